#ifndef INVAR_TRACE_GROWING_FILE_H
#define INVAR_TRACE_GROWING_FILE_H

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace invar::trace {

/// A text file that can be watched while it grows: buffered, and handed to the host's file system
/// about once a second, in whole records.
class GrowingFile {
 public:
  /// \throws std::runtime_error when `path` cannot be written
  explicit GrowingFile(const std::string& path);

  /// Where text is appended; holds whole records whenever `flush_when_due` is called.
  std::string& text() { return buffer_; }
  void flush_when_due();
  void flush();
  void close();

  std::uint64_t bytes() const { return bytes_written_ + buffer_.size(); }
  /// Whether the host refused to take data, e.g. for want of space.
  bool has_failed() const { return failed_; }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;
  std::uint64_t bytes_written_ = 0;
  bool failed_ = false;
  std::chrono::steady_clock::time_point last_flush_ = std::chrono::steady_clock::now();
};

}  // namespace invar::trace

#endif
