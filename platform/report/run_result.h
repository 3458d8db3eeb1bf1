#ifndef INVAR_PLATFORM_REPORT_RUN_RESULT_H
#define INVAR_PLATFORM_REPORT_RUN_RESULT_H

#include <invar/platform/configuration/solve_accuracy.h>
#include <invar/registers/accelerator_commands.h>
#include <invar/registers/phases.h>
#include <invar/solver/shot_samples.h>
#include <invar/sw/boot/driver_counters.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace invar::ledger {
class Ledger;
}

namespace invar::platform {

/// What the run worked on.
struct RunData {
  std::string name;  ///< of a known data set, or what it is; no file's name
  std::string hash;  ///< of the contents
  /// In the order of the report, for example {"training_images", 25667}.
  std::vector<std::pair<std::string, std::uint64_t>> sizes;
  /// Of a network that was read from a file to be trained on the data; empty: none was.
  std::string network_name{}, network_hash{};
};

/// Matrices of one size that were inverted (programmed or factorised) and what was solved.
struct InversionWork {
  std::uint32_t n = 0;
  std::uint64_t matrices = 0;
  std::uint64_t right_hand_sides = 0;
};

/// What the solves were worth.
struct SolutionQuality {
  invar_driver_counters counters{};
  /// Whether max_residual covers those of the digital engine.
  bool engine_tells_residuals = false;
  /// Circuit fidelity: means over programmings, INV errors over those with a stable loop.
  struct WireErrors {
    double matrix_before = 0.0, matrix_after = 0.0;
    std::optional<double> inv_before, inv_after;
  };
  std::optional<WireErrors> wire_errors;
  solver::ShotSamples shots;  ///< of single shots
  /// `solve`: of what it solved.
  std::optional<SolveAccuracy> accuracy;
};

/// Writes to the cells of one tile.
struct TileWear {
  std::string name;
  std::uint64_t cells = 0;  ///< of the arrays in use
  std::uint64_t total_writes = 0;
  std::uint64_t max_writes = 0;  ///< of the most worn cell
};

/// One look at the test images.
struct Evaluation {
  double epoch = 0.0;
  std::uint64_t step = 0;
  double simulated_time_s = 0.0;
  double loss = 0.0;  ///< of training, smoothed
  double test_accuracy = 0.0;
};

/// K-FAC: where the driver's fall-back damped factors more than was asked, so that the optimiser
/// was not the one configured.
struct RaisedDamping {
  std::uint64_t factors = 0, all_factors = 0;      ///< Kronecker factors that had it in some step
  std::uint64_t refreshes = 0, all_refreshes = 0;  ///< inversions with such a step before the next
  std::uint64_t steps = 0, all_steps = 0;
  double largest_multiple = 1.0;  ///< of the damping asked for
};

struct TrainingResult {
  std::uint64_t steps = 0;
  std::uint64_t steps_per_epoch = 0;
  std::uint64_t images = 0;   ///< trained on, repeats counted
  std::uint64_t factors = 0;  ///< of the network
  std::vector<Evaluation> evaluations;
  std::string weights_hash;  ///< of the bits of all weights at the last evaluation
  std::optional<RaisedDamping> raised_damping;  ///< K-FAC
};

/// Exclusive time and energy of the phases of one step of a workload.
struct WorkloadStep {
  struct Phase {
    double seconds = 0.0;
    double energy_j = 0.0;
  };
  std::array<Phase, INVAR_PHASE_COUNT> phases{};
};
/// What a ledger holds up to now, as a step.
WorkloadStep step_of(const ledger::Ledger& ledger);

/// What `workload` found.
struct WorkloadResult {
  std::uint64_t parameters = 0;
  double forward_macs = 0.0;                                     ///< of a batch
  std::vector<std::pair<std::uint32_t, std::uint64_t>> factors;  ///< size, count
  std::uint64_t preconditioned_layers = 0;
  std::uint64_t tiles_for_all = 0;
  struct Steps {
    WorkloadStep with_refresh, with_factors, plain, amortised;
  };
  std::optional<Steps> steps;  ///< once all are simulated
  /// The amortised step if each size were inverted as the fastest, and the slowest, of its samples.
  std::optional<WorkloadStep> fastest, slowest;

  struct Sample {
    int n = 0, matrices = 0, stored = 0;
    std::uint64_t right_hand_sides = 0, solved = 0;
    double iterations_mean = 0.0;
    std::uint32_t iterations_max = 0;
    int slices = 0;
    double writings = 0.0;
    double settling_time_s = 0.0, mean_conductance_s = 0.0;
    std::vector<double> iterations_of_each, settling_time_of_each_s;  ///< matrix by matrix
  };
  std::string sampled;  ///< where the timing estimates come from
  std::vector<Sample> samples;
  std::vector<std::uint32_t> extrapolated;
  std::vector<std::string> assumptions;
  double sampling_host_s = 0.0;
};

/// What a run has to say besides what the ledger holds.
struct RunResult {
  std::string system;            ///< optimiser, inverter and core, for people: "kfac, rram"
  std::uint64_t tiles_used = 0;  ///< tiles that held a matrix at some time
  std::uint64_t matrix_buffer_bytes = 0;  ///< memory of matrices as it is built
  bool complete = false;
  std::string reason;  ///< why it is not complete; empty if it is
  RunData data;
  std::string firmware_hash;  ///< of the image; empty: the firmware is code of the host
  std::vector<InversionWork> inversion_work;
  SolutionQuality quality;
  std::vector<TileWear> wear;
  std::optional<TrainingResult> training;
  std::optional<WorkloadResult> workload;
  double host_wall_s = 0.0;
  double host_cpu_s = 0.0;
  int host_threads = 1;
};

}  // namespace invar::platform

#endif
