#include "memory_protection.h"

namespace invar::platform::riscv {

namespace {

// A configuration byte.
constexpr std::uint8_t k_permissions = 0x07;
constexpr std::uint8_t k_matching = 0x18;
constexpr std::uint8_t k_top_of_range = 0x08;
constexpr std::uint8_t k_four_bytes = 0x10;
constexpr std::uint8_t k_power_of_two = 0x18;
constexpr std::uint8_t k_locked = 0x80;

constexpr std::uint64_t k_address_mask = (std::uint64_t{1} << 54) - 1;
// Addresses are in units of 4 bytes: these are within a page, and all but the highest of them.
constexpr std::uint64_t k_in_page = 0x3ff;
constexpr std::uint64_t k_in_smallest_power = k_in_page >> 1;

std::uint8_t legal(std::uint8_t wanted, std::uint8_t before) {
  std::uint8_t value = wanted & (k_permissions | k_matching | k_locked);
  if ((value & MemoryProtection::k_write) != 0 && (value & MemoryProtection::k_read) == 0) {
    return before;  // reserved
  }
  if ((value & k_matching) == k_four_bytes) {
    value &= static_cast<std::uint8_t>(~k_matching);  // smaller than the granularity
  }
  return value;
}

}  // namespace

std::uint64_t MemoryProtection::configuration() const {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < k_usable; ++i) {
    value |= std::uint64_t{configuration_[i]} << (8 * i);
  }
  return value;
}

void MemoryProtection::set_configuration(std::uint64_t value) {
  for (unsigned i = 0; i < k_usable; ++i) {
    if ((configuration_[i] & k_locked) == 0) {
      configuration_[i] = legal(static_cast<std::uint8_t>(value >> (8 * i)), configuration_[i]);
    }
  }
}

std::uint64_t MemoryProtection::address(unsigned entry) const {
  const bool power = entry < k_usable && (configuration_[entry] & k_matching) == k_power_of_two;
  return power ? address_[entry] | k_in_smallest_power : address_[entry] & ~k_in_page;
}

void MemoryProtection::set_address(unsigned entry, std::uint64_t value) {
  const auto locks = [this](unsigned which, std::uint8_t matching) {
    return which < k_usable && (configuration_[which] & k_locked) != 0 &&
           (matching == 0 || (configuration_[which] & k_matching) == matching);
  };
  if (!locks(entry, 0) && !locks(entry + 1, k_top_of_range)) {
    address_[entry] = value & k_address_mask;
  }
}

std::optional<MemoryProtection::Region> MemoryProtection::region(unsigned entry) const {
  const std::uint8_t configuration = configuration_[entry];
  Region region{0, ~std::uint64_t{0}, static_cast<std::uint8_t>(configuration & k_permissions),
                (configuration & k_locked) != 0};
  switch (configuration & k_matching) {
    case k_top_of_range: {
      const std::uint64_t end = (address_[entry] & ~k_in_page) << 2;
      region.first = entry == 0 ? 0 : (address_[entry - 1] & ~k_in_page) << 2;
      region.last = end - 1;
      return region.first < end ? std::optional<Region>(region) : std::nullopt;
    }
    case k_power_of_two: {
      const std::uint64_t encoded = address_[entry] | k_in_smallest_power;
      if (encoded != k_address_mask) {
        const std::uint64_t low_ones = encoded & ~(encoded + 1);
        region.first = (encoded & ~low_ones) << 2;
        region.last = region.first + (low_ones + 1) * 8 - 1;
      }
      return region;
    }
    default:
      return std::nullopt;
  }
}

bool MemoryProtection::allows(std::uint64_t address, Permission permission, bool user) const {
  bool any = false;
  for (unsigned i = 0; i < k_usable; ++i) {
    const std::optional<Region> entry = region(i);
    any |= entry.has_value();
    if (entry && entry->first <= address && address <= entry->last) {
      return (!user && !entry->locked) || (entry->permissions & permission) != 0;
    }
  }
  return !user || !any;
}

}  // namespace invar::platform::riscv
