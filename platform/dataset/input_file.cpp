#include <fcntl.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace invar::platform {
namespace {

/// A deflate stream holds at most 258 bytes in two bits (RFC 1951), and zlib's documentation gives
/// 1032 to 1.
constexpr std::uint64_t k_largest_ratio = 1032;
constexpr std::size_t k_step = std::size_t{1} << 22;

int open_regular(const std::string& path, std::uint64_t& bytes) {
  // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    throw InputError(path + ": " +
                     (errno == ENOENT ? "no such file"
                                      : std::string("cannot be read: ") + std::strerror(errno)));
  }
  struct stat status {};
  const bool known = fstat(file, &status) == 0;
  if (known && S_ISREG(status.st_mode)) {
    bytes = static_cast<std::uint64_t>(status.st_size);
    return file;
  }
  close(file);
  throw InputError(path + (known && S_ISDIR(status.st_mode)
                               ? ": is a directory, must be a file"
                               : ": not a regular file: pipes and devices are not read"));
}

/// zlib puts what it takes for the file's name before its message.
std::string without_name(const std::string& message) {
  const std::size_t colon = message.find(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

}  // namespace

void InputFile::Close::operator()(gzFile_s* file) const {
  gzclose(file);
}

InputFile::InputFile(const std::string& path) : path_(path) {
  const int file = open_regular(path, stored_bytes_);
  file_.reset(gzdopen(file, "rb"));
  if (!file_) {
    close(file);
    throw InputError(path + ": cannot be read");
  }
  gzbuffer(file_.get(), 1u << 17);
  compressed_ = gzdirect(file_.get()) == 0;
}

std::uint64_t InputFile::most_bytes() const {
  return compressed_ ? stored_bytes_ * k_largest_ratio : stored_bytes_;
}

std::size_t InputFile::read(void* to, std::size_t count) {
  std::size_t got = 0;
  while (got < count) {
    const auto want = static_cast<unsigned>(std::min(count - got, k_step));
    const int step = gzread(file_.get(), static_cast<char*>(to) + got, want);
    int code = Z_OK;
    const std::string message = gzerror(file_.get(), &code);
    truncated_ = code == Z_BUF_ERROR;
    if (step < 0 || (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)) {
      throw InputError(path_ + (code == Z_ERRNO
                                    ? std::string(": cannot be read: ") + std::strerror(errno)
                                    : ": damaged gzip data (" + without_name(message) + ")"));
    }
    got += static_cast<std::size_t>(step);
    if (static_cast<unsigned>(step) < want) {
      break;
    }
  }
  return got;
}

std::string read_text(const std::string& path, std::size_t most_bytes) {
  InputFile file(path);
  std::string text;
  std::size_t got = 0;
  do {
    text.resize(got + std::min(k_step, most_bytes + 1 - got));
    const std::size_t step = file.read(text.data() + got, text.size() - got);
    got += step;
    if (got > most_bytes) {
      throw InputError(path + ": longer than " + std::to_string(most_bytes) +
                       " bytes, the most that is read of such a file");
    }
    if (got < text.size()) {
      break;
    }
  } while (true);
  if (file.is_truncated()) {
    throw InputError(path + ": damaged gzip data (it ends early)");
  }
  text.resize(got);
  constexpr const char* k_byte_order_mark = "\xEF\xBB\xBF";
  return text.compare(0, 3, k_byte_order_mark) == 0 ? text.substr(3) : text;
}

}  // namespace invar::platform
