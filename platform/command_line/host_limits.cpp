#include <fmt/format.h>
#include <invar/platform/command_line/host_limits.h>
#include <sys/resource.h>

#include <stdexcept>

namespace invar::platform {
namespace {

/// Twice what Eigen takes at most (two blocks of 128 KiB), with room for everything else.
constexpr rlim_t k_least_stack_bytes = 1 << 20;

}  // namespace

void require_stack() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < k_least_stack_bytes) {
    throw std::runtime_error(
        fmt::format("the stack is limited to {} KiB: must be at least {} KiB (ulimit -s)",
                    limit.rlim_cur >> 10, k_least_stack_bytes >> 10));
  }
}

void lift_file_size_limit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
}

}  // namespace invar::platform
