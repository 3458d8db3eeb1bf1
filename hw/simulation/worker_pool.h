#ifndef INVAR_SIMULATION_WORKER_POOL_H
#define INVAR_SIMULATION_WORKER_POOL_H

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace invar::simulation {

/// Host threads that run linear algebra beside the simulation. They know nothing of simulated time:
/// a module hands over a job and waits for it when simulated time needs the result
/// (NumericsRunner), so that results do not depend on how many threads there are.
class WorkerPool {
 public:
  /// \param threads below 2: none; whoever hands over work does it himself
  explicit WorkerPool(int threads);
  /// As `stop`.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  bool has_threads() const { return !threads_.empty(); }
  /// Waits for the jobs under way; jobs that have not begun are dropped, and none is taken any
  /// more.
  void stop();
  /// Jobs run in the order in which they come. The future carries what `work` throws.
  std::future<void> submit(std::function<void()> work);

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::packaged_task<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace invar::simulation

#endif
