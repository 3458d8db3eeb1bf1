#include "code_hooks.h"

#include <utility>

namespace invar::platform::riscv {

void CodeHooks::attach(uc_engine* engine) {
  engine_ = engine;
  addresses_.clear();
  ranges_.clear();
}

CodeHooks::Ranges CodeHooks::wanted() const {
  Ranges ranges;
  for (const std::uint64_t address : addresses_) {
    if (!ranges.empty() && address - ranges.rbegin()->second.last <= gap_) {
      ranges.rbegin()->second.last = address;
    } else {
      ranges.emplace(address, Range{address, 0});
    }
  }
  return ranges;
}

uc_err CodeHooks::install(std::uint64_t first, Range& range) {
  const uc_err error = uc_hook_add(engine_, &range.hook, UC_HOOK_CODE,
                                   reinterpret_cast<void*>(callback_), data_, first, range.last);
  // What has been translated there does not call back.
  memory_.drop_translations(first, range.last);
  return error;
}

uc_err CodeHooks::add(const std::vector<std::uint64_t>& addresses) {
  addresses_.insert(addresses.begin(), addresses.end());
  Ranges ranges = wanted();
  for (; ranges.size() > k_maximum_ranges; ranges = wanted()) {
    gap_ *= 2;
  }
  uc_err error = UC_ERR_OK;
  for (auto& [first, range] : ranges) {
    const auto known = ranges_.find(first);
    if (known != ranges_.end() && known->second.last == range.last) {
      range.hook = known->second.hook;
      ranges_.erase(known);
    } else if (error == UC_ERR_OK) {
      error = install(first, range);
    }
  }
  for (const auto& [first, range] : ranges_) {
    uc_hook_del(engine_, range.hook);
  }
  ranges_ = std::move(ranges);
  return error;
}

}  // namespace invar::platform::riscv
