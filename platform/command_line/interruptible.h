#ifndef INVAR_PLATFORM_COMMAND_LINE_INTERRUPTIBLE_H
#define INVAR_PLATFORM_COMMAND_LINE_INTERRUPTIBLE_H

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

namespace invar::platform {

/// An end was asked for, by a signal or by --timeout, while the host was still preparing a run.
/// What it was doing goes on behind: after this the program must end without the destructors of its
/// statics (std::_Exit).
class EarlyEnd : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Calls `look` ten times a second until `is_done` says so. \param is_done waits for so long itself
/// \throws EarlyEnd when an end is asked for before
void watch(const std::function<bool()>& is_done, const std::function<void()>& look);

/// A thread that nobody waits for. \throws std::runtime_error when the host gives none
template <typename Task>
void start_thread(Task task) {
  try {
    std::thread(std::move(task)).detach();
  } catch (const std::system_error& error) {
    throw std::runtime_error(std::string("no thread can be started: ") + error.what());
  }
}

/// Does host work that may take long, samples or the reading of large files, in such a way that
/// signals and --timeout are obeyed at once whatever it does: on a thread of its own, which is left
/// to itself then.
///
/// \param work refers to nothing that ends before the program does, but for what it owns
/// \param look called on this thread ten times a second, to tell how far the work is
/// \return what `work` returns \throws what it throws, or EarlyEnd
template <typename Work>
auto interruptible(Work work, const std::function<void()>& look = {}) {
  using Result = std::invoke_result_t<Work>;
  std::packaged_task<Result()> task(std::move(work));
  std::future<Result> result = task.get_future();
  start_thread(std::move(task));
  watch(
      [&] { return result.wait_for(std::chrono::milliseconds(100)) == std::future_status::ready; },
      look);
  return result.get();
}

}  // namespace invar::platform

#endif
