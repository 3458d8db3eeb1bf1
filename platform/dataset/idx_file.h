#ifndef INVAR_PLATFORM_DATASET_IDX_FILE_H
#define INVAR_PLATFORM_DATASET_IDX_FILE_H

#include <cstdint>
#include <string>
#include <vector>

namespace invar::platform {

/// The contents of one IDX file of unsigned bytes, plain or gzip (told by its contents).
///
/// Format (LeCun's MNIST page): a magic number 0x000008DD with DD the number of dimensions, one
/// big-endian 32-bit size for each dimension, then the bytes, last dimension fastest.
struct IdxFile {
  std::string path;
  std::vector<std::uint32_t> sizes;
  std::vector<std::uint8_t> bytes;

  /// Whether the contents begin as those of a file with so many dimensions.
  /// \throws InputError naming the file: missing, not readable
  static bool is_one(const std::string& path, int dimensions);
  /// Reads a file that must have `dimensions` dimensions: 3 for images, 1 for labels.
  /// \throws InputError naming the file: missing, not readable, bad magic number, truncated,
  /// longer than its header says, empty, more than 2^30 bytes or 100 times what it takes as gzip.
  static IdxFile read(const std::string& path, int dimensions);
};

}  // namespace invar::platform

#endif
