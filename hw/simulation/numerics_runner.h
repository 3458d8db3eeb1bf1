#ifndef INVAR_SIMULATION_NUMERICS_RUNNER_H
#define INVAR_SIMULATION_NUMERICS_RUNNER_H

#include <invar/simulation/systemc_compatibility.h>
#include <invar/simulation/worker_pool.h>

#include <exception>
#include <functional>
#include <future>

namespace invar::simulation {

/// Runs linear algebra for an SC_THREAD, but never on that thread's stack.
///
/// Eigen takes up to 128 KiB of stack in one product and an SC_THREAD has 256 KiB in all, so no
/// SC_THREAD of this library calls Eigen itself. `run` hands the work to an SC_METHOD, which has
/// the kernel's main stack, and returns in the same simulated instant, one or two delta cycles
/// later.
///
/// `start` lets the work begin on a thread of the pool while simulated time goes on; `join` returns
/// when it is done. Without threads the work runs in `join`. Either way each call takes the same
/// delta cycles, so that a simulation is the same with any number of threads.
///
/// \code
/// NumericsRunner numerics{"numerics", &pool};
/// numerics.run([&] { factor.compute(matrix); });            // now
/// numerics.start([&] { solution = factor.solve(rhs); });    // meanwhile
/// wait(earliest_use);
/// numerics.join();
/// \endcode
class NumericsRunner : public sc_core::sc_module {
 public:
  /// \param pool outlives the runner; nullptr: no threads
  explicit NumericsRunner(const sc_core::sc_module_name& name, WorkerPool* pool = nullptr);
  ~NumericsRunner() override;

  /// Runs `work` to its end. Called from an SC_THREAD; one caller at a time.
  /// \throws whatever `work` throws.
  void run(std::function<void()> work);

  /// Begins `work`. `join` has to follow before anything else is started.
  void start(std::function<void()> work);
  /// Whether `start` has no `join` yet.
  bool started() const { return started_; }
  /// A rendezvous between `start` and `join`: afterwards the work is done if `finish` says so.
  void meet(bool finish);
  /// Returns when the work is done. \throws whatever it throws.
  void join();

 private:
  void execute();

  WorkerPool* pool_;
  std::function<void()> work_;
  std::future<void> running_;  ///< on a thread of the pool
  std::exception_ptr failure_;
  bool started_ = false;
  bool finish_ = false;
  bool met_ = false;
  sc_core::sc_event requested_;
  sc_core::sc_event finished_;
};

}  // namespace invar::simulation

#endif
