#include <invar/bus/address_map.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <sstream>
#include <systemc>
#include <utility>

namespace invar::bus {
namespace {

constexpr const char* k_message_id = "invar/bus/address_map";

std::string describe(const AddressRange& range) {
  std::ostringstream text;
  text << "'" << range.name << "' [0x" << std::hex << range.base << ", 0x"
       << range.base + (range.size - 1) << "]";
  return text.str();
}

}  // namespace

AddressMap::AddressMap(std::vector<AddressRange> ranges)
    : ranges_(std::move(ranges)), by_base_(ranges_.size()) {
  for (const AddressRange& range : ranges_) {
    if (range.size == 0) {
      SC_REPORT_ERROR(k_message_id, ("range '" + range.name + "' is empty").c_str());
    } else if (range.size - 1 > std::numeric_limits<std::uint64_t>::max() - range.base) {
      SC_REPORT_ERROR(k_message_id, ("range '" + range.name + "' passes 2^64").c_str());
    }
  }
  std::iota(by_base_.begin(), by_base_.end(), std::size_t{0});
  std::stable_sort(by_base_.begin(), by_base_.end(), [this](std::size_t a, std::size_t b) {
    return ranges_[a].base < ranges_[b].base;
  });
  for (std::size_t i = 1; i < by_base_.size(); ++i) {
    const AddressRange& lower = ranges_[by_base_[i - 1]];
    const AddressRange& upper = ranges_[by_base_[i]];
    if (upper.base - lower.base < lower.size) {
      SC_REPORT_ERROR(
          k_message_id,
          ("ranges " + describe(lower) + " and " + describe(upper) + " overlap").c_str());
    }
  }
}

std::optional<std::size_t> AddressMap::find(std::uint64_t address, std::uint64_t bytes) const {
  const auto after = std::upper_bound(
      by_base_.begin(), by_base_.end(), address,
      [this](std::uint64_t value, std::size_t index) { return value < ranges_[index].base; });
  if (after == by_base_.begin()) {
    return std::nullopt;
  }
  const std::size_t index = *(after - 1);
  const std::uint64_t offset = address - ranges_[index].base;
  if (offset >= ranges_[index].size || bytes > ranges_[index].size - offset) {
    return std::nullopt;
  }
  return index;
}

}  // namespace invar::bus
