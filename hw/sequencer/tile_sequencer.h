#ifndef INVAR_SEQUENCER_TILE_SEQUENCER_H
#define INVAR_SEQUENCER_TILE_SEQUENCER_H

#include <invar/ledger/ledger.h>
#include <invar/programming/write_verify.h>
#include <invar/sequencer/command.h>
#include <invar/sequencer/sequencer_parameters.h>
#include <invar/simulation/dma_interface.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/solver/jacobi_scaling.h>
#include <invar/solver/refinement.h>
#include <invar/tile/tile_account.h>
#include <invar/tile/tile_model.h>
#include <invar/tile/tile_trace.h>

#include <Eigen/Core>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace invar::sequencer {

/// Everything that a tile sequencer is built from.
struct TileSequencerConfiguration {
  tile::TileParameters tile;
  programming::ProgrammingParameters programming;
  solver::RefinementParameters solver;
  SequencerParameters sequencer;
  /// Invert exactly (FP64), free of time and energy: a bound, not a machine.
  bool exact = false;
  std::uint64_t seed = 0;
};

/// What wires did to the matrices of a tile, summed over programmings (circuit fidelity).
struct WireErrors {
  std::uint64_t programs = 0;
  std::uint64_t stable = 0;  ///< of those with a stable loop
  tile::WireError sum;       ///< INV errors of stable loops only

  void add(const tile::WireError& error, bool is_stable) {
    ++programs;
    sum.matrix_before += error.matrix_before;
    sum.matrix_after += error.matrix_after;
    if (is_stable) {
      ++stable;
      sum.inv_before += error.inv_before;
      sum.inv_after += error.inv_after;
    }
  }
  WireErrors& operator+=(const WireErrors& other) {
    programs += other.programs;
    stable += other.stable;
    sum.matrix_before += other.sum.matrix_before;
    sum.matrix_after += other.sum.matrix_after;
    sum.inv_before += other.sum.inv_before;
    sum.inv_after += other.sum.inv_after;
    return *this;
  }
};

/// Runs the commands of one tile in order: programming, refinement, products, read-back.
///
/// The numbers of a command are computed when it starts; the results leave when the simulated time
/// that the physics asks for has passed. A reset drops all commands; the cells keep their
/// conductances.
class TileSequencer : public sc_core::sc_module {
 public:
  /// Called when a command is done, from the tile's process: writes the completion record.
  using Completion = std::function<void(const Command&, const invar_completion&)>;
  /// \param number of the tile, part of the random key and of its handles
  TileSequencer(const sc_core::sc_module_name& name,
                const TileSequencerConfiguration& configuration, std::uint32_t number,
                simulation::DmaInterface& dma, ledger::Ledger& ledger, Completion completion);

  void submit(const Command& command);
  /// Drops everything and forgets the stored matrix.
  void reset();

  /// Whether no command waits or runs.
  bool idle() const { return commands_.empty() && !running_; }
  /// Whether a matrix is stored or about to be.
  bool allocated() const { return handle_ != INVAR_HANDLE_NONE; }
  /// Whether a RELEASE is on its way.
  bool release_pending() const { return release_pending_; }
  std::uint32_t handle() const { return handle_; }
  void allocate(std::uint32_t handle) { handle_ = handle; }

  /// Notified whenever a command has finished.
  const sc_core::sc_event& finished_event() const { return finished_; }
  const tile::TileModel& model() const { return *model_; }
  const WireErrors& wire_errors() const { return wire_errors_; }
  /// \param rows whose converter codes are traced; fewer if the array is smaller
  /// \param settling whether outputs are traced while they settle
  void trace(trace::SignalSink& sink, const tile::TraceDetail& detail, bool settling);
  void trace(trace::ActivitySink& sink) { trace_.attach(sink, name()); }

 private:
  void run();
  invar_completion execute(const Command& command);
  void program(const Command& command, invar_completion& record);
  void solve(const Command& command, invar_completion& record);
  void solve_exactly(const Command& command, invar_completion& record);
  void multiply(const Command& command, invar_completion& record);
  void read_back(const Command& command, invar_completion& record);
  void release(invar_completion& record);
  void calibrate(const Command& command, invar_completion& record);

  bool load(std::uint64_t address, Eigen::Index rows, Eigen::Index columns,
            const invar_descriptor& descriptor, Eigen::MatrixXd& matrix);
  bool store(std::uint64_t address, const Eigen::MatrixXd& matrix,
             const invar_descriptor& descriptor);
  /// The vectors of a command on a stored matrix of `size` rows. \return false with the status set
  bool load_vectors(const invar_descriptor& descriptor, Eigen::Index size, Eigen::MatrixXd& vectors,
                    invar_completion& record);
  void store_result(const invar_descriptor& descriptor, const Eigen::MatrixXd& result,
                    invar_completion& record);
  /// Runs `work` on the main stack. \return false, perhaps without having run it, on a reset
  bool compute(const std::function<void()>& work);
  /// Lets simulated time pass as work of `phase`. \return false, at once, on a reset
  bool spend(double duration_s, ledger::Phase phase);
  void charge_macs(std::uint64_t count, std::uint64_t fetched_bytes, const Command& command,
                   const sc_core::sc_time& duration);
  /// Time of so many operations on the MAC lanes.
  double mac_time_s(std::uint64_t count) const;
  double round_time_s(const solver::RefinementRound& round) const;
  /// The rounds of a refinement that starts now; `round_s` is how long each takes.
  void trace_rounds(const std::vector<solver::RefinementRound>& rounds,
                    const std::vector<double>& round_s) const;
  bool was_reset(std::uint64_t generation) const { return generation != generation_; }

  TileSequencerConfiguration configuration_;
  simulation::DmaInterface& dma_;
  ledger::Ledger& ledger_;
  Completion completion_;
  tile::TileTrace trace_;
  simulation::NumericsRunner numerics_;
  std::unique_ptr<tile::TileModel> model_;
  tile::TileAccount account_;
  ledger::Ledger::ComponentId mac_component_;
  ledger::Ledger::EventId mac_event_;
  ledger::Ledger::ComponentId buffer_component_;
  ledger::Ledger::EventId buffer_event_;

  std::deque<Command> commands_;
  bool running_ = false;
  bool release_pending_ = false;
  std::uint32_t handle_ = INVAR_HANDLE_NONE;
  std::uint64_t generation_ = 0;
  sc_core::sc_event submitted_;
  sc_core::sc_event finished_;
  sc_core::sc_event reset_;

  Eigen::MatrixXd matrix_;  ///< as requested, in the sequencer's buffer
  Eigen::VectorXd scale_;
  WireErrors wire_errors_;
  Eigen::MatrixXd exact_factor_;  ///< Cholesky factor in the exact mode
  std::vector<unsigned char> buffer_;
};

}  // namespace invar::sequencer

#endif
