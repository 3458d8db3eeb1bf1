#include <invar/trace/power_bins.h>

namespace invar::trace {

void PowerBins::set_static(double power_w) {
  level_w_ += power_w - static_w_;
  static_w_ = power_w;
}

void PowerBins::book(double energy_j, const ledger::ChargeSpan& span, const sc_core::sc_time& now) {
  const double start_s = (span.start < now ? now : span.start).to_seconds();
  add(energy_j, start_s, start_s + span.duration.to_seconds());
}

void PowerBins::add(double energy_j, double start_s, double end_s) {
  const std::uint64_t first = bin_at(start_s), last = bin_at(end_s);
  if (first == last) {
    bins_[first].energy_j += energy_j;
    return;
  }
  const double power_w = energy_j / (end_s - start_s);
  bins_[first].energy_j += power_w * (static_cast<double>(first + 1) * interval_s_ - start_s);
  bins_[first + 1].step_w += power_w;
  bins_[last].step_w -= power_w;
  bins_[last].energy_j += power_w * (end_s - static_cast<double>(last) * interval_s_);
}

void PowerBins::show(std::uint64_t until_bin, const Show& show) {
  while (!bins_.empty() && bins_.begin()->first < until_bin) {
    const std::uint64_t number = bins_.begin()->first;
    const Bin bin = bins_.begin()->second;
    bins_.erase(bins_.begin());
    level_w_ += bin.step_w;
    if (bins_.empty()) {
      level_w_ = static_w_;  // without what rounding has left over
    }
    show(number, level_w_ + bin.energy_j / interval_s_);
    if (bin.energy_j != 0.0 && (bins_.empty() || bins_.begin()->first != number + 1)) {
      show(number + 1, level_w_);
    }
  }
}

void PowerBins::show_last(double now_s, const Show& show_one) {
  const std::uint64_t number = bin_at(now_s);
  show(number, show_one);
  const double begin_s = static_cast<double>(number) * interval_s_;
  if (!bins_.empty() && bins_.begin()->first == number && now_s > begin_s) {
    const Bin bin = bins_.begin()->second;
    show_one(number, level_w_ + bin.step_w + bin.energy_j / (now_s - begin_s));
  }
}

}  // namespace invar::trace
