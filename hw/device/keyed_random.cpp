#include <Random123/philox.h>
#include <invar/device/keyed_random.h>

#include <cmath>

namespace invar::device {

KeyedRandom::Words KeyedRandom::words(RandomStream stream, std::uint32_t row, std::uint32_t column,
                                      std::uint64_t event) const {
  const r123::Philox4x32::ctr_type counter = {
      {row | column << 16, static_cast<std::uint32_t>(event),
       static_cast<std::uint32_t>(event >> 32) | static_cast<std::uint32_t>(stream) << 16, tile_}};
  const r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
  const r123::Philox4x32::ctr_type bits = r123::Philox4x32()(counter, key);
  return {bits[0], bits[1], bits[2], bits[3]};
}

void KeyedRandom::words_of_column(RandomStream stream, std::uint32_t first_row, std::uint32_t rows,
                                  std::uint32_t column, std::uint64_t event,
                                  const std::array<std::uint32_t*, 4>& words) const {
  for (std::uint32_t k = 0; k < rows; ++k) {
    const Words bits = KeyedRandom::words(stream, first_row + k, column, event);
    for (int w = 0; w < 4; ++w) {
      words[w][k] = bits[w];
    }
  }
}

std::array<double, 2> KeyedRandom::normal_pair(RandomStream stream, std::uint32_t row,
                                               std::uint32_t column, std::uint64_t event) const {
  const Words bits = words(stream, row, column, event);
  return to_normal_pair(bits[0], bits[1]);
}

std::array<double, 2> KeyedRandom::to_normal_pair(std::uint32_t first, std::uint32_t second) {
  const double radius = std::sqrt(-2.0 * std::log(to_uniform(first)));
  const double angle = 6.283185307179586476925286766559 * to_uniform(second);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace invar::device
