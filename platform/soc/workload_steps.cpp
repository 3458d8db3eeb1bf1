#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/configuration/workload_machine.h>
#include <invar/platform/soc/simulation.h>
#include <invar/platform/soc/workload_steps.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <type_traits>
#include <utility>

namespace invar::platform {
namespace {

WorkloadStep combine(const WorkloadStep& a, double factor, const WorkloadStep& b) {
  WorkloadStep sum = a;
  for (std::size_t i = 0; i < sum.phases.size(); ++i) {
    sum.phases[i].seconds += factor * b.phases[i].seconds;
    sum.phases[i].energy_j += factor * b.phases[i].energy_j;
  }
  return sum;
}

/// Simulates, and writes the result. \return whether it could
bool write_amortised(int pipe, const RunConfiguration& configuration, WorkloadSetup& setup) {
  static_assert(std::is_trivially_copyable_v<WorkloadStep>);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  const WorkloadSteps steps(soc, configuration);
  simulate(soc, configuration.run, 0.0);
  if (!steps.complete()) {
    return false;
  }
  const WorkloadStep amortised = steps.amortised(configuration.workload);
  return write(pipe, &amortised, sizeof amortised) == static_cast<ssize_t>(sizeof amortised);
}

}  // namespace

WorkloadSteps::WorkloadSteps(Soc& soc, const RunConfiguration& configuration, Listener listener)
    : delay_steps_(workload_delay_steps(configuration)),
      delays_with_factors_(delay_steps_ / configuration.workload.factor_interval) {
  soc.host_control.on_progress = [this, &soc, listener = std::move(listener)](
                                     std::uint64_t, const sc_core::sc_time& at) {
    if (listener) {
      listener(ends_.size(), at);
    }
    ends_.push_back(step_of(soc.ledger()));
  };
}

WorkloadStep WorkloadSteps::step(std::size_t number) const {
  WorkloadStep one = combine(ends_[number + 1], -1.0, ends_[number]);
  if (number == 0) {
    // The steps that pass until the inverses are used, less what they take without.
    one = combine(one, -1.0 * delays_with_factors_, step(1));
    one = combine(one, -1.0 * (delay_steps_ - delays_with_factors_), step(2));
  }
  return one;
}

WorkloadStep WorkloadSteps::amortised(const WorkloadParameters& parameters) const {
  const WorkloadStep factors = combine(step(1), -1.0, step(2));
  const WorkloadStep refresh = combine(step(0), -1.0, step(1));
  return combine(combine(step(2), 1.0 / parameters.factor_interval, factors),
                 1.0 / parameters.inverse_interval, refresh);
}

AmortisedElsewhere::AmortisedElsewhere(const RunConfiguration& configuration,
                                       const WorkloadSetup& setup,
                                       const solver::TimingEstimate& estimate) {
  int ends[2];
  if (pipe(ends) != 0) {
    return;
  }
  const pid_t parent = getpid();
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool done = false;
    try {
      WorkloadSetup other = setup;
      other.expect(estimate);
      done = getppid() == parent && write_amortised(ends[1], configuration, other);
    } catch (const std::exception&) {
      // The reader finds nothing.
    }
    // Nothing of the parent's is this process's to flush or to end.
    _exit(done ? 0 : 1);
  }
  close(ends[1]);
  pipe_ = ends[0];
}

AmortisedElsewhere::~AmortisedElsewhere() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (pipe_ >= 0) {
    close(pipe_);
  }
}

std::optional<WorkloadStep> AmortisedElsewhere::result() {
  WorkloadStep step;
  ssize_t count = 0;
  do {
    count = process_ > 0 ? read(pipe_, &step, sizeof step) : 0;
  } while (count < 0 && errno == EINTR && !interrupt_requested());
  return count == static_cast<ssize_t>(sizeof step) ? std::optional(step) : std::nullopt;
}

}  // namespace invar::platform
