#include <invar/simulation/numerics_runner.h>

#include <utility>

namespace invar::simulation {

NumericsRunner::NumericsRunner(const sc_core::sc_module_name& name, WorkerPool* pool)
    : sc_core::sc_module(name), pool_(pool) {
  INVAR_HAS_PROCESS(NumericsRunner);
  SC_METHOD(execute);
  sensitive << requested_;
  dont_initialize();
}

NumericsRunner::~NumericsRunner() {
  if (running_.valid()) {
    running_.wait();
  }
}

void NumericsRunner::run(std::function<void()> work) {
  work_ = std::move(work);
  failure_ = nullptr;
  meet(true);
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

void NumericsRunner::start(std::function<void()> work) {
  failure_ = nullptr;
  started_ = true;
  if (pool_ != nullptr && pool_->has_threads()) {
    running_ = pool_->submit(std::move(work));
  } else {
    work_ = std::move(work);
  }
}

void NumericsRunner::meet(bool finish) {
  finish_ = finish;
  met_ = false;
  requested_.notify(sc_core::SC_ZERO_TIME);
  while (!met_) {
    wait(finished_);
  }
}

void NumericsRunner::join() {
  meet(true);
  started_ = false;
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

void NumericsRunner::execute() {
  // An exception may not cross the kernel: carry it over to the caller.
  try {
    if (finish_ && running_.valid()) {
      running_.get();
    } else if (finish_ && work_) {
      const std::function<void()> work = std::move(work_);
      work_ = nullptr;
      work();
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
  met_ = true;
  finished_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::simulation
