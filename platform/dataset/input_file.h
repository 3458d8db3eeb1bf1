#ifndef INVAR_PLATFORM_DATASET_INPUT_FILE_H
#define INVAR_PLATFORM_DATASET_INPUT_FILE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct gzFile_s;

namespace invar::platform {

/// A regular file that is read from its start, plain or gzip (told by its contents).
///
/// Directories, devices, pipes and sockets are refused: what has no end cannot be an input.
class InputFile {
 public:
  /// \throws InputError naming the file: missing, not a regular file, not readable
  explicit InputFile(const std::string& path);

  const std::string& path() const { return path_; }
  bool is_compressed() const { return compressed_; }
  /// As it is stored.
  std::uint64_t stored_bytes() const { return stored_bytes_; }
  /// No file of this size holds more, compressed or not: what a header announces beyond is missing.
  std::uint64_t most_bytes() const;

  /// Reads up to `count` bytes; fewer only at the end of the file.
  /// \throws InputError naming the file: damaged or truncated gzip data, not readable
  std::size_t read(void* to, std::size_t count);
  /// Whether the file ended in the middle of its gzip data; known at the end.
  bool is_truncated() const { return truncated_; }

 private:
  struct Close {
    void operator()(gzFile_s* file) const;
  };
  std::string path_;
  std::uint64_t stored_bytes_ = 0;
  bool compressed_ = false;
  bool truncated_ = false;
  std::unique_ptr<gzFile_s, Close> file_;
};

/// The largest texts that are read as a whole: parameters and networks, reports.
constexpr std::size_t k_largest_toml_bytes = std::size_t{1} << 20;
constexpr std::size_t k_largest_report_bytes = std::size_t{1} << 26;

/// The deepest nesting of arrays, objects and tables in them: parsers and what walks their results
/// recurse, and nothing that is read here goes beyond ten.
constexpr int k_deepest_nesting = 64;

/// A whole file, plain or gzip, without the byte order mark of UTF-8.
/// \throws InputError as InputFile does, and for more than `most_bytes`
std::string read_text(const std::string& path, std::size_t most_bytes);

}  // namespace invar::platform

#endif
