#ifndef INVAR_BUS_ADDRESS_MAP_H
#define INVAR_BUS_ADDRESS_MAP_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace invar::bus {

/// One window of the address space and who answers in it.
struct AddressRange {
  std::string name;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
};

/// Which range an address falls into. Ranges keep the index they were given in.
class AddressMap {
 public:
  /// Reports SC_ERROR "invar/bus/address_map" for a range that is empty or passes 2^64, and for
  /// two that overlap, naming both.
  explicit AddressMap(std::vector<AddressRange> ranges);

  /// The range that holds all of [address, address + bytes); none if there is no such range.
  std::optional<std::size_t> find(std::uint64_t address, std::uint64_t bytes) const;

  const AddressRange& operator[](std::size_t index) const { return ranges_[index]; }
  std::size_t size() const { return ranges_.size(); }

 private:
  std::vector<AddressRange> ranges_;
  std::vector<std::size_t> by_base_;
};

}  // namespace invar::bus

#endif
