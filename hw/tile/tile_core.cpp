// Execution of the commands of a tile that is used alone.
#include <invar/parameters/description.h>
#include <invar/simulation/duration.h>
#include <invar/tile/tile_core.h>
#include <invar/tile/tile_trace.h>
#include <invar/tile_model/tile_model.h>
#include <invar/tile_model/tile_programming.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace invar::tile {
namespace {

constexpr std::uint32_t k_largest_range = 15;

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Whether all values are numbers of magnitude 1 at most.
bool is_normalised(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::abs(value) <= 1.0F; });
}

const AnalogTileParameters& checked(const AnalogTileParameters& parameters) {
  parameters.check();
  return parameters;
}

}  // namespace

const parameters::Description<AnalogTileParameters>& AnalogTileParameters::description() {
  static const auto all =
      parameters::Description<AnalogTileParameters>("tile")
          .real("register_latency_s", &AnalogTileParameters::register_latency_s, {0, 1}, "s",
                "latency of a register or buffer access, each beat of the socket's width",
                "assumption")
          .integer("seed", &AnalogTileParameters::seed, {0, 0x1p63}, "", "key of all randomness",
                   "choice")
          .integer("number", &AnalogTileParameters::number, {0, 0xFFFFFFFF}, "",
                   "of the tile, part of the random key", "choice")
          .include(&AnalogTileParameters::tile, TileParameters::description())
          .include(&AnalogTileParameters::programming,
                   programming::ProgrammingParameters::description());
  return all;
}

void AnalogTileParameters::check() const {
  description().check(*this);
  tile.check();
  if (programming.wire_compensation == programming::WireCompensation::network) {
    throw std::invalid_argument(
        "programming.wire_compensation = \"network\": must be none or bias in a tile used alone, "
        "which has nothing that scales its inputs and outputs");
  }
}

TileCore::TileCore(const sc_core::sc_module_name& name, const AnalogTileParameters& parameters,
                   ledger::Ledger& ledger)
    : sc_core::sc_module(name),
      irq("irq"),
      rst("rst"),
      parameters_(checked(parameters)),
      ledger_(ledger),
      model_(std::make_unique<TileModel>(parameters.tile, parameters.seed, parameters.number)),
      account_(ledger, this->name()),
      trace_(std::make_unique<TileTrace>()),
      numerics_("numerics"),
      line_changes_("line_changes"),
      registers_(register_table(), INVAR_TILE_WINDOW_BYTES, parameters.register_latency_s, &rst,
                 simulation::RegisterFile::WriteTime::at_access) {
  describe_registers();
  const std::size_t rows = static_cast<std::size_t>(parameters.tile.rows);
  matrix_.assign(rows * rows, 0.0F);
  input_.assign(rows, 0.0F);
  output_.assign(rows, 0.0F);
  INVAR_HAS_PROCESS(TileCore);
  SC_THREAD(run);
  SC_METHOD(drive_irq);
  sensitive << line_changed_;
  SC_METHOD(watch_reset);
  sensitive << rst;
  dont_initialize();
}

TileCore::~TileCore() = default;

void TileCore::trace(trace::ActivitySink& sink) {
  trace_->attach(sink, name());
}

void TileCore::trace(trace::SignalSink& sink, const TraceDetail& detail) {
  const int traced = std::clamp(detail.rows, 0, parameters_.tile.rows);
  trace_->attach(sink, name(), traced, parameters_.tile.dac.bits, parameters_.tile.adc.bits);
  traced_irq_.attach(sink, std::string(name()) + ".irq", trace::SignalFormat::wire(1).feature());
  traced_irq_.set(false);
  model_->watch_codes(traced);
  if (detail.settling_tile >= 0 && traced > 0) {
    trace_->attach_outputs(sink, name(), traced, detail.settling_samples);
    model_->watch_settling(traced, detail.settling_samples);
  }
}

void TileCore::run() {
  for (;;) {
    await_command();
    const Command command = command_;
    const invar_tile_status result = execute(command);
    trace_->set_power(0.0);
    trace_->set_state(TileState::idle);
    if (!was_reset(command)) {
      finish(result);
    }
  }
}

void TileCore::await_command() {
  // By state, not by events: a command may be written in the instant in which a reset ends another.
  for (;;) {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    if (!busy_) {
      wait(command_written_);
    } else if (command_.start > now) {
      wait(command_.start - now, reset_event_);
    } else {
      return;
    }
  }
}

invar_tile_status TileCore::execute(const Command& command) {
  switch (command.code) {
    case INVAR_TILE_PROGRAM:
      return program(command);
    case INVAR_TILE_INVERT:
    case INVAR_TILE_MULTIPLY:
      return apply(command);
    default:
      return INVAR_TILE_BAD_COMMAND;
  }
}

bool TileCore::is_loadable(const Setup& setup) const {
  const auto rows = static_cast<std::uint32_t>(parameters_.tile.rows);
  const auto slices = static_cast<std::uint32_t>(parameters_.tile.slices);
  return setup.size >= 1 && setup.size <= rows && setup.slices <= slices &&
         setup.seed_slices <= (setup.slices != 0 ? setup.slices : slices);
}

invar_tile_status TileCore::program(const Command& command) {
  clipped_ = 0;
  failed_cells_ = 0;
  if (!is_loadable(command.setup)) {
    return INVAR_TILE_BAD_COMMAND;
  }
  if (!is_normalised(command.operand)) {
    return INVAR_TILE_BAD_VALUE;
  }
  const TileParameters& tile = parameters_.tile;
  const int n = static_cast<int>(command.setup.size);
  const int slices =
      command.setup.slices != 0 ? static_cast<int>(command.setup.slices) : tile.slices;
  const int seed_slices = command.setup.seed_slices != 0
                              ? static_cast<int>(command.setup.seed_slices)
                              : std::min(tile.seed_slices, slices);
  stored_ = false;
  trace_->set_state(TileState::program, {{"n", command.setup.size}});
  programming::ProgrammingResult written;
  const bool computed = compute(command, [&] {
    model_->disconnect();
    const Eigen::MatrixXd matrix =
        Eigen::Map<const RowMajor>(command.operand.data(), n, n).cast<double>();
    written = write_matrix(*model_, matrix, seed_slices, slices, parameters_.programming);
  });
  if (!computed) {
    return INVAR_TILE_OK;
  }
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  account_.charge_programming(written, command.setup.phase);
  trace_->set_power(written.energy_j() / std::max(written.duration_s, 1e-12));
  const bool finished = spend(command, written.duration_s);
  account_.add_programming(sc_core::sc_time_stamp() - start, command.setup.phase);
  if (!finished) {
    return INVAR_TILE_OK;
  }
  failed_cells_ = static_cast<std::uint32_t>(written.failed_cells);
  switch (written.status) {
    case programming::ProgrammingStatus::ok:
      stored_ = true;
      return INVAR_TILE_OK;
    case programming::ProgrammingStatus::unstable:
      stored_ = true;
      return INVAR_TILE_UNSTABLE;
    case programming::ProgrammingStatus::cell_failed:
      model_->disconnect();
      return INVAR_TILE_CELL_FAILED;
    case programming::ProgrammingStatus::worn_out:
      break;
  }
  model_->disconnect();
  return INVAR_TILE_WORN_OUT;
}

invar_tile_status TileCore::apply(const Command& command) {
  clipped_ = 0;
  if (!stored_) {
    return INVAR_TILE_NO_MATRIX;
  }
  const bool invert = command.code == INVAR_TILE_INVERT;
  if (invert && command.setup.range > k_largest_range) {
    return INVAR_TILE_BAD_COMMAND;
  }
  if (invert && !model_->stable()) {
    return INVAR_TILE_UNSTABLE;
  }
  const int n = model_->size();
  if (!is_normalised({command.operand.begin(), command.operand.begin() + n})) {
    return INVAR_TILE_BAD_VALUE;
  }
  trace_->set_state(invert ? TileState::solve : TileState::multiply, {{"n", n}, {"columns", 1}});
  AnalogBatch batch;
  const bool computed = compute(command, [&] {
    const Eigen::MatrixXd input =
        Eigen::Map<const Eigen::VectorXf>(command.operand.data(), n).cast<double>();
    batch = invert ? model_->invert(input, {static_cast<int>(command.setup.range)})
                   : model_->multiply(input);
  });
  if (!computed) {
    return INVAR_TILE_OK;
  }
  account_.charge(batch.energy, batch.counts, command.setup.phase,
                  sc_core::sc_time(batch.shot_time_s, sc_core::SC_SEC));
  trace_->set_power(batch.energy.total_j() / std::max(batch.shot_time_s, 1e-12));
  if (batch.dac_codes.cols() > 0) {
    trace_->set_dac_codes(batch.dac_codes, 0, sc_core::sc_time_stamp());
  }
  if (batch.settling_v.cols() > 0) {
    const double converted_s = parameters_.tile.dac.conversion_time_s;
    trace_->set_outputs(batch.settling_v, 0,
                        sc_core::sc_time_stamp() + sc_core::sc_time(converted_s, sc_core::SC_SEC),
                        sc_core::sc_time(model_->settling_time_s(), sc_core::SC_SEC));
  }
  if (!spend(command, batch.shot_time_s)) {
    return INVAR_TILE_OK;
  }
  if (batch.adc_codes.cols() > 0) {
    trace_->set_adc_codes(batch.adc_codes, 0, sc_core::sc_time_stamp());
  }
  for (int row = 0; row < n; ++row) {
    output_[static_cast<std::size_t>(row)] = static_cast<float>(batch.output(row, 0));
  }
  clipped_ = static_cast<std::uint32_t>(batch.counts.dac_clips + batch.counts.adc_clips);
  return batch.clipped[0] != 0 ? INVAR_TILE_OUTPUT_CLIPPED : INVAR_TILE_OK;
}

bool TileCore::compute(const Command& command, const std::function<void()>& work) {
  numerics_.run([&] {
    // A reset in between has taken the matrix away.
    if (!was_reset(command)) {
      work();
    }
  });
  return !was_reset(command);
}

bool TileCore::spend(const Command& command, double duration_s) {
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  const sc_core::sc_time duration = simulation::duration(duration_s, [&] {
    return std::string(name()) + ": command " + std::to_string(command.code) +
           " of SIZE = " + std::to_string(command.setup.size);
  });
  ledger_.begin_activity(command.setup.phase);
  wait(duration, reset_event_);
  ledger_.end_activity(command.setup.phase);
  account_.add_busy(sc_core::sc_time_stamp() - start, command.setup.phase);
  return !was_reset(command);
}

}  // namespace invar::tile
