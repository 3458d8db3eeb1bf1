#include <invar/platform/dataset/idx_file.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>

#include <cstdio>

namespace invar::platform {
namespace {

constexpr int k_most_dimensions = 3;
/// Of the contents, decompressed: above any set of pictures that a simulation can train on.
constexpr std::uint64_t k_largest_bytes = std::uint64_t{1} << 30;
/// Pictures are compressed by ten at most; a small file may hold blank ones.
constexpr std::uint64_t k_largest_picture_ratio = 100;
constexpr std::uint64_t k_always_bytes = std::uint64_t{1} << 26;

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
}

std::string hexadecimal(std::uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08X", value);
  return text;
}

[[noreturn]] void throw_truncated(const std::string& path, std::uint64_t expected,
                                  std::uint64_t actual) {
  throw InputError(path + ": truncated: " + std::to_string(expected) + " bytes expected, " +
                   std::to_string(actual) + " found");
}

std::uint32_t magic_number(int dimensions) {
  return 0x800u + static_cast<std::uint32_t>(dimensions);
}

/// Bytes of the contents by the sizes in the header, which must be plausible.
std::uint64_t announced_bytes(const InputFile& file, const std::vector<std::uint32_t>& sizes) {
  std::uint64_t bytes = 1;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0) {
      throw InputError(file.path() + ": empty: dimension " + std::to_string(i + 1) + " is 0");
    }
    if (sizes[i] > k_largest_bytes / bytes) {
      throw InputError(file.path() + ": dimensions beyond 2^30 bytes, the most that are read");
    }
    bytes *= sizes[i];
  }
  if (file.is_compressed() && bytes > k_always_bytes &&
      bytes / k_largest_picture_ratio > file.stored_bytes()) {
    throw InputError(file.path() + ": " + std::to_string(bytes) + " bytes announced by " +
                     std::to_string(file.stored_bytes()) +
                     " of gzip data: pictures are compressed to a hundredth at most");
  }
  return bytes;
}

}  // namespace

bool IdxFile::is_one(const std::string& path, int dimensions) {
  std::uint8_t magic[4];
  return InputFile(path).read(magic, sizeof magic) == sizeof magic &&
         big_endian(magic) == magic_number(dimensions);
}

IdxFile IdxFile::read(const std::string& path, int dimensions) {
  InputFile input(path);
  std::uint8_t header[4 + 4 * k_most_dimensions];
  const std::size_t header_bytes = 4 + 4 * static_cast<std::size_t>(dimensions);
  const std::size_t header_got = input.read(header, header_bytes);
  if (header_got == 0) {
    throw InputError(path + ": empty file");
  }
  const std::uint32_t expected_magic = magic_number(dimensions);
  if (header_got >= 4 && big_endian(header) != expected_magic) {
    throw InputError(path + ": magic number " + hexadecimal(big_endian(header)) + ", must be " +
                     hexadecimal(expected_magic) + (dimensions == 3 ? " (images)" : " (labels)"));
  }
  if (header_got < header_bytes) {
    throw_truncated(path, header_bytes, header_got);
  }
  IdxFile file;
  file.path = path;
  for (int i = 0; i < dimensions; ++i) {
    file.sizes.push_back(big_endian(header + 4 + 4 * i));
  }
  const std::uint64_t expected = announced_bytes(input, file.sizes);
  // A header cannot ask for more memory than the file fills.
  if (!input.is_compressed() && header_bytes + expected > input.stored_bytes()) {
    throw_truncated(path, header_bytes + expected, input.stored_bytes());
  }
  file.bytes.resize(expected);
  const std::size_t got = input.read(file.bytes.data(), expected);
  if (got < expected) {
    throw_truncated(path, header_bytes + expected, header_bytes + got);
  }
  std::uint8_t extra;
  if (input.read(&extra, 1) != 0) {
    throw InputError(path + ": longer than the " + std::to_string(header_bytes + expected) +
                     " bytes that its header announces");
  }
  return file;
}

}  // namespace invar::platform
