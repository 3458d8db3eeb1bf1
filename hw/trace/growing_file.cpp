#include <invar/trace/growing_file.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>

namespace invar::trace {
namespace {

constexpr std::size_t k_buffer_bytes = std::size_t{64} << 10;

}  // namespace

GrowingFile::GrowingFile(const std::string& path)
    : path_(path), file_(std::fopen(path.c_str(), "w")) {
  if (!file_) {
    throw std::runtime_error("cannot write '" + path + "': " + std::strerror(errno));
  }
}

void GrowingFile::flush_when_due() {
  if (buffer_.size() >= k_buffer_bytes ||
      std::chrono::steady_clock::now() - last_flush_ > std::chrono::seconds(1)) {
    flush();
  }
}

void GrowingFile::flush() {
  if (file_ && !failed_) {
    failed_ = std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size() ||
              std::fflush(file_.get()) != 0;
  }
  bytes_written_ += buffer_.size();
  buffer_.clear();
  last_flush_ = std::chrono::steady_clock::now();
}

void GrowingFile::close() {
  flush();
  file_.reset();
}

}  // namespace invar::trace
