#ifndef INVAR_SIMULATION_NUMERICS_RUNNER_H
#define INVAR_SIMULATION_NUMERICS_RUNNER_H

#include <invar/simulation/systemc_compatibility.h>

#include <exception>
#include <functional>

namespace invar::simulation {

/// Runs linear algebra for an SC_THREAD, but on the kernel's main stack.
///
/// Eigen takes up to 128 KiB of stack in one product and an SC_THREAD has 256 KiB in all, so no
/// SC_THREAD of this library calls Eigen itself. `run` hands the work to an SC_METHOD and returns
/// in the same simulated instant, one or two delta cycles later.
///
/// \code
/// NumericsRunner numerics{"numerics"};
/// numerics.run([&] { solution = matrix.llt().solve(right_hand_side); });
/// \endcode
class NumericsRunner : public sc_core::sc_module {
 public:
  explicit NumericsRunner(const sc_core::sc_module_name& name);

  /// Runs `work` to its end. Called from an SC_THREAD; one caller at a time.
  /// \throws whatever `work` throws.
  void run(std::function<void()> work);

 private:
  void execute();

  std::function<void()> work_;
  std::exception_ptr failure_;
  bool done_ = false;
  sc_core::sc_event requested_;
  sc_core::sc_event finished_;
};

}  // namespace invar::simulation

#endif
