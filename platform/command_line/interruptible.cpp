#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/command_line/interruptible.h>

namespace invar::platform {

void watch(const std::function<bool()>& is_done, const std::function<void()>& look) {
  while (!is_done()) {
    if (const std::string reason = early_end_reason(); !reason.empty()) {
      throw EarlyEnd(reason);
    }
    if (look) {
      look();
    }
  }
}

}  // namespace invar::platform
