#include <fcntl.h>
#include <invar/platform/configuration/file_place.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/dataset/input_error.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace invar::platform {
namespace {

namespace fs = std::filesystem;

/// A name in the directory of `target` that nobody can foresee.
std::string temporary_path(const std::string& target) {
  constexpr char k_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  std::string name = ".invar-";
  for (int i = 0; i < 12; ++i) {
    name += k_characters[random() % (sizeof k_characters - 1)];
  }
  return (fs::path(target).parent_path() / (name + ".tmp")).string();
}

/// A file that takes the place of another when it is complete, and goes away otherwise.
class TemporaryFile {
 public:
  /// `error` tells what went wrong. \param target the file to replace or to make
  explicit TemporaryFile(const std::string& target) : target_(target) {
    struct stat old = {};
    const bool replaces = stat(target.c_str(), &old) == 0;
    // Where there are permissions to keep, nobody else reads it before it has them.
    const mode_t mode =
        replaces ? S_IRUSR | S_IWUSR : S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
    do {
      path_ = temporary_path(target);
      file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    } while (file_ < 0 && errno == EEXIST);
    if (file_ < 0 || (replaces && fchmod(file_, old.st_mode & 07777) != 0)) {
      error_ = errno;
    }
  }
  ~TemporaryFile() {
    close_file();
    if (!path_.empty()) {
      unlink(path_.c_str());
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int error() const { return error_; }
  /// \return 0 or errno
  int write(const std::string& contents) {
    error_ = error_ == 0 ? write_all(file_, contents) : error_;
    if (error_ == 0) {
      fsync(file_);  // before the rename, or a loss of power may leave neither; as far as it goes
    }
    const int close_error = close_file();  // some file systems tell only now
    error_ = error_ == 0 ? close_error : error_;
    return error_;
  }
  /// \return 0 or errno
  int take_place() {
    if (std::rename(path_.c_str(), target_.c_str()) != 0) {
      return errno;
    }
    path_.clear();
    return 0;
  }

 private:
  int close_file() {
    const int result = file_ >= 0 && close(file_) != 0 ? errno : 0;
    file_ = -1;
    return result;
  }

  std::string target_;
  std::string path_;
  int file_ = -1;
  int error_ = 0;
};

/// 0 or errno.
int try_replacing(const std::string& path) {
  const std::string target = resolved_path(path);
  if (access(target.c_str(), F_OK) == 0 && access(target.c_str(), W_OK) != 0) {
    return errno;
  }
  return TemporaryFile(target).error();
}

/// 0 or errno.
int replace(const std::string& path, const std::string& contents) {
  TemporaryFile file(resolved_path(path));
  const int error = file.write(contents);
  return error != 0 ? error : file.take_place();
}

/// Into a device or a pipe. \return 0 or errno
int write_directly(const std::string& path, const std::string& contents) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return errno;
  }
  const int error = write_all(file, contents);
  const int close_error = close(file) != 0 ? errno : 0;
  return error != 0 ? error : close_error;
}

}  // namespace

void require_writable(const std::string& flag, const std::string& path) {
  if (path.empty() || is_standard_output(path)) {
    return;
  }
  std::error_code ignored;
  int error = 0;
  if (fs::is_directory(path, ignored)) {
    error = EISDIR;
  } else if (is_special_file(path)) {
    // Not opened: the reader of a pipe would take it for the end.
    error = access(path.c_str(), W_OK) != 0 ? errno : 0;
  } else {
    error = try_replacing(path);
  }
  if (error != 0) {
    throw InputError(flag + " " + path + ": cannot be written: " + std::strerror(error));
  }
}

void write_file_atomically(const std::string& path, const std::string& contents) {
  if (is_standard_output(path)) {
    write_standard_output(contents);
    return;
  }
  const int error =
      is_special_file(path) ? write_directly(path, contents) : replace(path, contents);
  if (error != 0) {
    throw std::runtime_error(path + ": cannot be written: " + std::strerror(error));
  }
}

}  // namespace invar::platform
