#ifndef INVAR_PLATFORM_DATASET_CONTENT_HASH_H
#define INVAR_PLATFORM_DATASET_CONTENT_HASH_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace invar::platform {

/// FNV-1a, 64 bit (Fowler, Noll, Vo): tells whether two runs saw the same bytes. No protection
/// against intent.
class ContentHash {
 public:
  ContentHash& add(const void* data, std::size_t bytes);
  ContentHash& add(const std::string& text) { return add(text.data(), text.size()); }
  /// Eight bytes, little-endian, whatever the host.
  ContentHash& add(std::uint64_t value);

  std::uint64_t value() const { return value_; }
  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  std::uint64_t value_ = 0xCBF29CE484222325ull;
};

}  // namespace invar::platform

#endif
