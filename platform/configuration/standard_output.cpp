#include <fcntl.h>
#include <invar/platform/configuration/standard_output.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <stdexcept>

namespace invar::platform {
namespace {

/// Waits for a pipe that another program has made non-blocking.
void wait_until_writable(int descriptor) {
  pollfd wanted{descriptor, POLLOUT, 0};
  poll(&wanted, 1, -1);
}

}  // namespace

void prepare_standard_streams() {
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    std::signal(signal, SIG_IGN);
  }
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) {
      // The lowest number that is free. The wrong way round, so that using it stays an error.
      static_cast<void>(open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
    }
  }
}

int write_all(int descriptor, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(descriptor, text.data() + written, text.size() - written);
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      wait_until_writable(descriptor);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

std::string try_standard_output(const std::string& text) {
  const int error = write_all(STDOUT_FILENO, text);
  return error == 0 ? std::string()
                    : std::string("standard output cannot be written: ") + std::strerror(error);
}

void write_standard_output(const std::string& text) {
  if (const std::string failure = try_standard_output(text); !failure.empty()) {
    throw std::runtime_error(failure);
  }
}

}  // namespace invar::platform
