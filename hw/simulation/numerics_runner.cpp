#include <invar/simulation/numerics_runner.h>

#include <utility>

namespace invar::simulation {

NumericsRunner::NumericsRunner(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
  INVAR_HAS_PROCESS(NumericsRunner);
  SC_METHOD(execute);
  sensitive << requested_;
  dont_initialize();
}

void NumericsRunner::run(std::function<void()> work) {
  work_ = std::move(work);
  failure_ = nullptr;
  done_ = false;
  requested_.notify(sc_core::SC_ZERO_TIME);
  while (!done_) {
    wait(finished_);
  }
  work_ = nullptr;
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

void NumericsRunner::execute() {
  // An exception may not cross the kernel: carry it over to the caller.
  try {
    work_();
  } catch (...) {
    failure_ = std::current_exception();
  }
  done_ = true;
  finished_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::simulation
