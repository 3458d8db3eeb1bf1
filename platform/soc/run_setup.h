#ifndef INVAR_PLATFORM_SOC_RUN_SETUP_H
#define INVAR_PLATFORM_SOC_RUN_SETUP_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/configuration/solve_problem.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/report/run_result.h>
#include <invar/platform/soc/memory_layout.h>
#include <invar/platform/soc/soc.h>
#include <invar/platform/workload/layer_table.h>
#include <invar/platform/workload/sampling.h>
#include <invar/sw/boot/boot_block.h>

namespace invar::platform {

/// For the firmware.
std::uint32_t solver_of(Inverter inverter);

/// What `solve` and `train` have in common: where things lie in RAM, what the SoC is built from,
/// and what is read from it afterwards.
class RunSetup {
 public:
  explicit RunSetup(const RunConfiguration& configuration);
  virtual ~RunSetup() = default;

  const SocParameters& soc_parameters() const { return soc_; }
  /// Leaves boot block and data in RAM, before the simulation starts.
  virtual void load(Soc& soc) = 0;
  /// Fills in what the firmware's counters and the accelerator know.
  void collect(Soc& soc, RunResult& result) const;

 protected:
  /// Sizes RAM: what has been reserved, and a heap for the firmware.
  void finish_plan(std::uint64_t heap_bytes);
  /// Sizes the accelerator's memory of matrices: `elements` are of all matrices that it has at
  /// once, each counted once. Where matrices stay in it, those of a refresh in the background stand
  /// beside the ones in use.
  void size_matrix_memory(std::uint64_t elements, int refresh_delay_steps = 0);
  void load_boot_block(Soc& soc, const invar_boot_block& block) const;

  const RunConfiguration& configuration_;
  SocParameters soc_;
  RamPlanner plan_;
  RunData data_;
  std::uint64_t counters_address_ = 0;
  std::uint64_t heap_address_ = 0;
  std::uint64_t heap_bytes_ = 0;
};

/// Whether the machine has room for a system of so many rows. \throws InputError saying what lacks
void require_room_to_solve(const RunConfiguration& configuration, std::int64_t rows);

class SolveSetup : public RunSetup {
 public:
  SolveSetup(const RunConfiguration& configuration, const SolveProblem& problem);
  void load(Soc& soc) override;
  /// The firmware's solutions, n x k.
  Eigen::MatrixXd solution(Soc& soc) const;

 private:
  const SolveProblem& problem_;
  std::uint64_t matrix_address_, rhs_address_, solution_address_;
};

class TrainSetup : public RunSetup {
 public:
  /// \throws InputError when network and data do not fit together
  TrainSetup(const RunConfiguration& configuration, const Dataset& dataset);
  void load(Soc& soc) override;
  const invar_train_parameters& parameters() const { return parameters_; }
  const NetworkShapes& network() const { return network_; }
  const RunData& data() const { return data_; }
  std::string firmware_hash() const;
  /// Of the firmware's checkpoint record.
  std::uint64_t checkpoint_address() const { return heap_address_; }

 private:
  const Dataset& dataset_;
  NetworkShapes network_;
  invar_train_parameters parameters_{};
};

/// A program of the user's own: a heap, and nothing to work on.
class ProgramSetup : public RunSetup {
 public:
  explicit ProgramSetup(const RunConfiguration& configuration);
  void load(Soc& soc) override;
};

class WorkloadSetup : public RunSetup {
 public:
  /// \throws InputError when the machine cannot hold what the network takes
  WorkloadSetup(const RunConfiguration& configuration, NetworkShapes network);
  /// What the tiles are taken to do, before the SoC is made.
  void expect(const solver::TimingEstimate& estimate);
  void load(Soc& soc) override;
  const LayerTable& table() const { return table_; }
  std::uint64_t tiles_for_all() const { return tiles_for_all_; }

 private:
  /// Bytes that one command may name: the largest factor that goes to tiles, and any gradient.
  std::uint64_t largest_data() const;

  NetworkShapes network_;
  LayerTable table_;
  std::uint64_t tiles_for_all_ = 0;
  invar_workload_parameters parameters_{};
};

}  // namespace invar::platform

#endif
