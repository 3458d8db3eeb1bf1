#include <fcntl.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/dataset/input_error.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace invar::platform {
namespace {

namespace fs = std::filesystem;

bool is_special(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

std::string temporary_path(const std::string& path) {
  // A link keeps pointing at its file: the target is what is replaced.
  std::error_code error;
  const std::string target =
      fs::is_symlink(path, error) ? fs::weakly_canonical(path, error).string() : path;
  return target + ".tmp" + std::to_string(getpid());
}

/// 0 or errno.
int try_create(const std::string& path, int flags) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
  if (file < 0) {
    return errno;
  }
  close(file);
  return 0;
}

}  // namespace

void require_writable(const std::string& flag, const std::string& path) {
  if (path.empty()) {
    return;
  }
  std::error_code ignored;
  int error = 0;
  if (fs::is_directory(path, ignored)) {
    error = EISDIR;
  } else if (is_special(path)) {
    error = try_create(path, 0);
  } else {
    if (fs::exists(path, ignored)) {
      error = try_create(path, 0);
    }
    if (error == 0) {
      const std::string probe = temporary_path(path);
      error = try_create(probe, O_CREAT | O_EXCL);
      if (error == 0) {
        unlink(probe.c_str());
      }
    }
  }
  if (error != 0) {
    throw InputError(flag + " " + path + ": cannot be written: " + std::strerror(error));
  }
}

void write_file_atomically(const std::string& path, const std::string& contents) {
  const bool direct = is_special(path);
  const std::string written = direct ? path : temporary_path(path);
  const auto fail = [&](int error) {
    if (!direct) {
      unlink(written.c_str());
    }
    throw std::runtime_error(path + ": cannot be written: " + std::strerror(error));
  };
  std::FILE* file = std::fopen(written.c_str(), "wb");
  if (file == nullptr) {
    fail(errno);
  }
  errno = 0;
  const bool complete = std::fwrite(contents.data(), 1, contents.size(), file) == contents.size();
  const int write_error = errno;
  if (std::fclose(file) != 0 || !complete) {
    fail(complete ? errno : write_error);
  }
  if (!direct) {
    const std::string target = written.substr(0, written.rfind(".tmp"));
    if (std::rename(written.c_str(), target.c_str()) != 0) {
      fail(errno);
    }
  }
}

}  // namespace invar::platform
