#include <invar/platform/dataset/idx_file.h>
#include <invar/platform/dataset/input_error.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace invar::platform {
namespace {

/// zlib's file: reads gzip and, transparently, plain files.
class ByteReader {
 public:
  explicit ByteReader(const std::string& path) : path_(path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      throw InputError(path + ": no such file");
    }
    if (!std::filesystem::is_regular_file(path, ignored)) {
      throw InputError(path + ": not a regular file");
    }
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_) {
      throw InputError(path + ": cannot be opened for reading");
    }
    gzbuffer(file_.get(), 1u << 17);
  }

  /// Reads up to `count` bytes; fewer only at the end of the file.
  std::size_t read(std::uint8_t* to, std::size_t count) {
    const int got = gzread(file_.get(), to, static_cast<unsigned>(count));
    int code = Z_OK;
    const char* message = gzerror(file_.get(), &code);
    // Z_BUF_ERROR is a gzip stream that stops early: the caller knows how much is missing.
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)) {
      throw InputError(path_ + ": damaged gzip data (" + message + ")");
    }
    return static_cast<std::size_t>(got);
  }

 private:
  struct Close {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
};

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

}  // namespace

IdxFile IdxFile::read(const std::string& path, int dimensions) {
  ByteReader reader(path);
  std::uint8_t header[4 + 4 * 3];
  const std::size_t header_bytes = 4 + 4 * static_cast<std::size_t>(dimensions);
  const std::size_t header_got = reader.read(header, header_bytes);
  if (header_got == 0) {
    throw InputError(path + ": empty file");
  }
  const std::uint32_t expected_magic = 0x800u + static_cast<std::uint32_t>(dimensions);
  if (header_got >= 4 && big_endian(header) != expected_magic) {
    throw InputError(path + ": magic number " + hexadecimal(big_endian(header)) + ", must be " +
                     hexadecimal(expected_magic) + (dimensions == 3 ? " (images)" : " (labels)"));
  }
  if (header_got < header_bytes) {
    throw_truncated(path, header_bytes, header_got);
  }

  IdxFile file;
  file.path = path;
  std::uint64_t expected = 1;
  for (int i = 0; i < dimensions; ++i) {
    const std::uint32_t size = big_endian(header + 4 + 4 * i);
    file.sizes.push_back(size);
    if (size == 0) {
      throw InputError(path + ": empty: dimension " + std::to_string(i + 1) + " is 0");
    }
    // 2^40 bytes: far above any data set, far below an overflow.
    if (size > (1ull << 40) / expected) {
      throw InputError(path + ": dimensions beyond 2^40 bytes, a damaged header");
    }
    expected *= size;
  }

  // In steps, so that a damaged header cannot ask for more memory than the file fills.
  constexpr std::size_t k_step = 1u << 22;
  while (file.bytes.size() < expected) {
    const std::size_t before = file.bytes.size();
    const std::size_t want = std::min<std::uint64_t>(k_step, expected - before);
    file.bytes.resize(before + want);
    const std::size_t got = reader.read(file.bytes.data() + before, want);
    if (got < want) {
      throw_truncated(path, header_bytes + expected, header_bytes + before + got);
    }
  }
  std::uint8_t extra;
  if (reader.read(&extra, 1) != 0) {
    throw InputError(path + ": longer than the " + std::to_string(header_bytes + expected) +
                     " bytes that its header announces");
  }
  return file;
}

}  // namespace invar::platform
