#include <invar/platform/dataset/content_hash.h>

#include <cinttypes>
#include <cstdio>

namespace invar::platform {

ContentHash& ContentHash::add(const void* data, std::size_t bytes) {
  constexpr std::uint64_t k_prime = 0x100000001B3ull;
  const auto* byte = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < bytes; ++i) {
    value_ = (value_ ^ byte[i]) * k_prime;
  }
  return *this;
}

ContentHash& ContentHash::add(std::uint64_t value) {
  unsigned char bytes[8];
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<unsigned char>(value >> (8 * i));
  }
  return add(bytes, sizeof bytes);
}

std::string ContentHash::text() const {
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, value_);
  return text;
}

}  // namespace invar::platform
