#include <invar/platform/command_line/interrupt.h>

#include <atomic>
#include <csignal>
#include <initializer_list>

namespace invar::platform {
namespace {

// A signal handler can reach nothing but a static; it belongs to the program, not to a model.
std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void note_interrupt(int) {
  requested.store(true, std::memory_order_relaxed);
}

}  // namespace

void catch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {};
    action.sa_handler = note_interrupt;
    // One shot: the default action is back for the second time.
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
}

bool interrupt_requested() {
  return requested.load(std::memory_order_relaxed);
}

}  // namespace invar::platform
