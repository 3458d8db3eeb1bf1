#include <fmt/format.h>
#include <invar/platform/command_line/interrupt.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <initializer_list>

namespace invar::platform {
namespace {

using Clock = std::chrono::steady_clock;

// A signal handler can reach nothing but a static; it belongs to the program, not to a model.
std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

/// When the program is to end by itself, and after how long.
Clock::time_point deadline = Clock::time_point::max();
double limit_s = 0.0;

extern "C" void note_interrupt(int signal) {
  int none = 0;
  first_signal.compare_exchange_strong(none, signal, std::memory_order_relaxed);
}

void catch_signal(int signal, int flags) {
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART | flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void catch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM}) {
    // One shot: the default action is back for the second time.
    catch_signal(signal, static_cast<int>(SA_RESETHAND));
  }
  // Limits are announced again and again until the program ends.
  for (const int signal : {SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ}) {
    catch_signal(signal, 0);
  }
  if (!is_ignored(SIGHUP)) {  // as nohup has it
    catch_signal(SIGHUP, 0);
  }
}

bool interrupt_requested() {
  return first_signal.load(std::memory_order_relaxed) != 0;
}

std::string interrupt_reason() {
  switch (first_signal.load(std::memory_order_relaxed)) {
    case SIGXCPU:
      return "interrupted: the limit of processor time is reached (SIGXCPU)";
    case SIGXFSZ:
      return "interrupted: a file may grow no further (SIGXFSZ)";
    case SIGUSR1:
      return "interrupted by SIGUSR1";
    case SIGUSR2:
      return "interrupted by SIGUSR2";
    default:
      return "interrupted by the user";
  }
}

void limit_host_time(double seconds) {
  // Beyond a century the clock would overflow.
  constexpr double k_longest_s = 3e9;
  limit_s = seconds;
  deadline = seconds > 0.0 && seconds < k_longest_s
                 ? Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds))
                 : Clock::time_point::max();
}

bool is_host_time_up() {
  return Clock::now() > deadline;
}

std::string early_end_reason() {
  if (interrupt_requested()) {
    return interrupt_reason();
  }
  return is_host_time_up() ? fmt::format("stopped by --timeout {:g}", limit_s) : std::string();
}

}  // namespace invar::platform
