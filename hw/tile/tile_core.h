#ifndef INVAR_TILE_TILE_CORE_H
#define INVAR_TILE_TILE_CORE_H

#include <invar/ledger/ledger.h>
#include <invar/parameters/description_fwd.h>
#include <invar/programming/programming_parameters.h>
#include <invar/registers/tile_registers.h>
#include <invar/simulation/delayed_actions.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/simulation/register_file.h>
#include <invar/tile/tile_account.h>
#include <invar/tile/trace_detail.h>
#include <invar/tile_model/tile_parameters.h>
#include <invar/trace/activity_sink.h>
#include <invar/trace/signal_sink.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <tlm>
#include <vector>

namespace invar::tile {

class TileModel;
class TileTrace;

/// Everything about a tile that is used alone.
struct AnalogTileParameters {
  TileParameters tile;
  programming::ProgrammingParameters programming;
  std::uint64_t seed = 0;
  std::uint32_t number = 0;  ///< of the tile, part of the random key
  /// Latency of a register or buffer access, for each beat of the socket's width.
  double register_latency_s = 2e-9;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<AnalogTileParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// Registers, buffers and timing of a tile that is used alone, independent of its socket's width.
///
/// An access only latches: the numbers of a command run later, on the kernel's main stack, and
/// never on the stack of whoever calls. A command starts at its initiator's local time; what
/// registers say is the state at simulated time, which for a decoupled initiator is at most its
/// quantum old.
class TileCore : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  /// \throws std::invalid_argument for parameters out of range
  TileCore(const sc_core::sc_module_name& name, const AnalogTileParameters& parameters,
           ledger::Ledger& ledger);
  ~TileCore() override;

  /// \param beat_bytes moved in one latency
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, unsigned int beat_bytes);
  unsigned int debug_access(tlm::tlm_generic_payload& payload);

  /// \param rows whose converter codes are traced; fewer if the array is smaller
  void trace(trace::SignalSink& sink, const TraceDetail& detail);
  /// Offers its track to a timeline.
  void trace(trace::ActivitySink& sink);

  const AnalogTileParameters& parameters() const { return parameters_; }
  /// Its arrays and their numbers (<invar/tile_model/tile_model.h>).
  const TileModel& model() const { return *model_; }

 private:
  /// What the registers set up for a command.
  struct Setup {
    std::uint32_t size = 0;
    std::uint32_t seed_slices = 0;
    std::uint32_t slices = 0;
    std::uint32_t range = 0;
    ledger::Phase phase = INVAR_PHASE_INVERSION;
  };
  /// A command as latched when it was written.
  struct Command {
    std::uint32_t code = 0;
    Setup setup;
    std::vector<float> operand;
    sc_core::sc_time start;
    std::uint64_t generation = 0;
  };

  std::uint32_t read_word(std::uint64_t offset, bool debug) const;
  void write_word(std::uint64_t offset, std::uint32_t value, const sc_core::sc_time& delay);
  static const simulation::RegisterTable& register_table();
  void describe_registers();
  Setup setup() const;
  void start_command(const simulation::RegisterWritten& write);

  void run();
  void await_command();
  invar_tile_status execute(const Command& command);
  invar_tile_status program(const Command& command);
  invar_tile_status apply(const Command& command);
  bool is_loadable(const Setup& setup) const;
  /// Runs `work` on the main stack, unless a reset comes first. \return false on a reset
  bool compute(const Command& command, const std::function<void()>& work);
  /// Lets simulated time pass. \return false, at once, on a reset
  bool spend(const Command& command, double duration_s);
  bool was_reset(const Command& command) const { return command.generation != generation_; }

  void finish(invar_tile_status result);
  /// Runs `change` of the line's state at `at`, an initiator's local time, unless a reset comes
  /// first.
  void change_line(const sc_core::sc_time& at, std::function<void()> change);
  void drive_irq();
  void watch_reset();
  void reset();

  AnalogTileParameters parameters_;
  ledger::Ledger& ledger_;
  std::unique_ptr<TileModel> model_;
  TileAccount account_;
  std::unique_ptr<TileTrace> trace_;
  trace::TraceSignal<bool> traced_irq_;
  simulation::NumericsRunner numerics_;
  simulation::DelayedActions line_changes_;

  std::vector<float> matrix_, input_, output_;
  simulation::RegisterFile registers_;
  Command command_;
  bool busy_ = false;    ///< from the write of COMMAND to its end
  bool stored_ = false;  ///< a PROGRAM has ended well
  invar_tile_status result_ = INVAR_TILE_OK;
  std::uint32_t clipped_ = 0, failed_cells_ = 0;
  std::uint64_t generation_ = 0;  ///< counts resets: what was under way before one is dropped
  sc_core::sc_event command_written_, reset_event_;

  // As the line shows them: a decoupled initiator's writes come into force at its local time.
  std::uint32_t line_status_ = 0, line_enable_ = 0;
  sc_core::sc_event line_changed_;
};

}  // namespace invar::tile

#endif
