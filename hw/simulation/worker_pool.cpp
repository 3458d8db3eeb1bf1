#include <invar/simulation/worker_pool.h>

#include <system_error>
#include <utility>

namespace invar::simulation {

WorkerPool::WorkerPool(int threads) {
  try {
    for (int i = 0; threads > 1 && i < threads; ++i) {
      threads_.emplace_back([this] { serve(); });
    }
  } catch (const std::system_error&) {
    // The host gives no more of them: fewer, or none, do the same work.
  }
}

WorkerPool::~WorkerPool() {
  stop();
}

void WorkerPool::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

std::future<void> WorkerPool::submit(std::function<void()> work) {
  std::packaged_task<void()> job(std::move(work));
  std::future<void> done = job.get_future();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return done;
}

void WorkerPool::serve() {
  for (;;) {
    std::packaged_task<void()> job;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) {
        return;
      }
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace invar::simulation
