#ifndef INVAR_PLATFORM_DATASET_INPUT_LINES_H
#define INVAR_PLATFORM_DATASET_INPUT_LINES_H

#include <invar/platform/dataset/input_file.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace invar::platform {

/// The lines of a text file, plain or gzip, one after the other, without the byte order mark of
/// UTF-8. Takes memory for a line, not for the file.
class InputLines {
 public:
  /// \throws InputError as InputFile does
  explicit InputLines(const std::string& path) : file_(path) {}

  /// The next line without its end, valid until the next call; false at the end of the file.
  /// \throws InputError for a line beyond 64 KiB, for a file beyond what is expected of it, and as
  /// InputFile does
  bool next(std::string_view& line);
  /// Of the last line, from 1.
  std::int64_t number() const { return number_; }
  const InputFile& file() const { return file_; }

  /// Beyond 64 MiB a file is read on only as far as what it announces explains.
  void expect(std::uint64_t more_bytes) { expected_bytes_ += more_bytes; }

 private:
  /// Reads on; false at the end of the file.
  bool fill();
  [[noreturn]] void refuse(const std::string& what) const;

  InputFile file_;
  std::string text_;  ///< read and not yet given out, from at_
  std::size_t at_ = 0;
  std::int64_t number_ = 0;
  std::uint64_t read_bytes_ = 0;
  std::uint64_t expected_bytes_ = std::uint64_t{1} << 26;
};

}  // namespace invar::platform

#endif
