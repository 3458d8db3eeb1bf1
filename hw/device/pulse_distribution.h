#ifndef INVAR_DEVICE_PULSE_DISTRIBUTION_H
#define INVAR_DEVICE_PULSE_DISTRIBUTION_H

#include <vector>

namespace invar::device {

/// Pulses that a cell takes until it is verified, 1 + Poisson(mean - 1): entry t is the probability
/// of at most t + 1; the last one is 1.
std::vector<double> pulse_distribution(double mean);

}  // namespace invar::device

#endif
