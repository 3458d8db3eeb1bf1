// Square arrays of cells, and the writing of all of them.
#ifndef INVAR_TESTS_DEVICE_RRAM_ARRAYS_H
#define INVAR_TESTS_DEVICE_RRAM_ARRAYS_H

#include <invar/device/rram_array.h>

#include <cstdint>

namespace invar::test {

constexpr int k_side = 100;

inline device::RramParameters exact_cells() {
  device::RramParameters parameters;
  parameters.programming_error = device::ProgrammingErrorModel::none;
  parameters.read_noise = 0.0;
  return parameters;
}

inline device::RramArray array_of(const device::RramParameters& parameters, std::uint64_t seed = 1,
                                  int side = k_side) {
  return {parameters, side, side, device::KeyedRandom(seed, 0), 0};
}

/// A level of the default cells, by hand.
inline double at(int level) {
  return 0.5e-6 + (35e-6 - 0.5e-6) / 7.0 * level;
}

template <typename Each>
void write_all(device::RramArray& array, int level, Each each) {
  for (int row = 0; row < array.rows(); ++row) {
    for (int column = 0; column < array.columns(); ++column) {
      each(array.write(row, column, at(level)));
    }
  }
}

inline void write_all(device::RramArray& array, int level) {
  write_all(array, level, [](const device::CellWrite&) {});
}

}  // namespace invar::test

#endif
