#include <invar/device/pulse_distribution.h>

#include <cmath>

namespace invar::device {

std::vector<double> pulse_distribution(double mean) {
  std::vector<double> cumulative;
  const double rate = mean - 1.0;
  double log_term = -rate;  // exp(-rate) itself underflows for long trains
  double sum = 0.0;
  const int longest = 1000 + static_cast<int>(10.0 * mean);
  for (int extra = 0; extra < longest; ++extra) {
    sum += std::exp(log_term);
    if (sum >= 1.0 - 1e-12) {
      break;
    }
    cumulative.push_back(sum);
    log_term += std::log(rate / (extra + 1));
  }
  cumulative.push_back(1.0);
  return cumulative;
}

}  // namespace invar::device
