#include <invar/parameters/range_check.h>
#include <invar/simulation/register_access.h>
#include <invar/tile/tile_core.h>
#include <invar/tile/tile_programming.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace invar::tile {
namespace {

constexpr std::uint32_t k_id = 0x454C4954u;
constexpr std::uint32_t k_version = 0x00010000u;
constexpr std::uint32_t k_largest_range = 15;

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::uint32_t to_word(float value) {
  std::uint32_t word = 0;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

float to_float(std::uint32_t word) {
  float value = 0.0F;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

/// Whether all values are numbers of magnitude 1 at most.
bool is_normalised(const float* values, std::size_t count) {
  return std::all_of(values, values + count, [](float value) { return std::abs(value) <= 1.0F; });
}

const AnalogTileParameters& checked(const AnalogTileParameters& parameters) {
  parameters.check();
  return parameters;
}

}  // namespace

void AnalogTileParameters::check() const {
  tile.check();
  programming.check();
  parameters::require_range("tile.register_latency_s", register_latency_s, 0.0, 1.0);
}

TileCore::TileCore(const sc_core::sc_module_name& name, const AnalogTileParameters& parameters,
                   ledger::Ledger& ledger)
    : sc_core::sc_module(name),
      irq("irq"),
      rst("rst"),
      parameters_(checked(parameters)),
      ledger_(ledger),
      model_(parameters.tile, parameters.seed, parameters.number),
      account_(ledger, this->name()),
      writer_component_(ledger.component(std::string(this->name()) + ".write_verify")),
      pulse_event_(ledger.event(writer_component_, "cell_pulse")),
      verify_event_(ledger.event(writer_component_, "cell_verify")),
      numerics_("numerics") {
  const std::size_t rows = static_cast<std::size_t>(parameters.tile.rows);
  matrix_.assign(rows * rows, 0.0F);
  input_.assign(rows, 0.0F);
  output_.assign(rows, 0.0F);
  INVAR_HAS_PROCESS(TileCore);
  SC_THREAD(run);
  SC_METHOD(drive_irq);
  sensitive << irq_changed_;
  SC_METHOD(watch_reset);
  sensitive << rst;
  dont_initialize();
}

void TileCore::run() {
  for (;;) {
    wait(command_written_);
    const std::uint64_t generation = generation_;
    clipped_ = 0;
    const invar_tile_status result = execute();
    if (generation == generation_) {
      result_ = result;
      busy_ = false;
      irq_status_ |= INVAR_TILE_IRQ_DONE;
      update_irq(sc_core::SC_ZERO_TIME);
    }
  }
}

invar_tile_status TileCore::execute() {
  switch (command_) {
    case INVAR_TILE_PROGRAM:
      return program();
    case INVAR_TILE_INVERT:
    case INVAR_TILE_MULTIPLY:
      return apply();
    default:
      return INVAR_TILE_BAD_COMMAND;
  }
}

bool TileCore::is_loadable() const {
  const auto rows = static_cast<std::uint32_t>(parameters_.tile.rows);
  const auto slices = static_cast<std::uint32_t>(parameters_.tile.slices);
  return size_ >= 1 && size_ <= rows && slices_ <= slices && seed_slices_ <= slices;
}

invar_tile_status TileCore::program() {
  if (!is_loadable()) {
    return INVAR_TILE_BAD_COMMAND;
  }
  const std::size_t n = size_;
  if (!is_normalised(matrix_.data(), n * n)) {
    return INVAR_TILE_BAD_VALUE;
  }
  const int slices = slices_ != 0 ? static_cast<int>(slices_) : parameters_.tile.slices;
  const int seed_slices = std::min(
      seed_slices_ != 0 ? static_cast<int>(seed_slices_) : parameters_.tile.seed_slices, slices);
  programming::ProgrammingResult written;
  model_.disconnect();
  numerics_.run([&] {
    const Eigen::MatrixXd matrix =
        Eigen::Map<const RowMajor>(matrix_.data(), size_, size_).cast<double>();
    written = write_matrix(model_, matrix, seed_slices, slices, parameters_.programming);
  });
  const auto phase = static_cast<ledger::Phase>(phase_);
  const ledger::ChargeSpan span{sc_core::sc_time_stamp(),
                                sc_core::sc_time(written.duration_s, sc_core::SC_SEC)};
  ledger_.charge(writer_component_, pulse_event_, phase, written.set_pulses + written.reset_pulses,
                 ledger::to_attojoules(written.pulse_energy_j + written.driver_energy_j), span);
  ledger_.charge(writer_component_, verify_event_, phase, written.verify_reads,
                 ledger::to_attojoules(written.verify_energy_j + written.adc_energy_j), span);
  const std::uint64_t generation = generation_;
  spend(written.duration_s);
  if (generation != generation_) {
    return INVAR_TILE_OK;
  }
  failed_cells_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(written.failed_cells, ~0u));
  switch (written.status) {
    case programming::ProgrammingStatus::ok:
      return INVAR_TILE_OK;
    case programming::ProgrammingStatus::cell_failed:
      model_.disconnect();
      return INVAR_TILE_CELL_FAILED;
    case programming::ProgrammingStatus::worn_out:
      model_.disconnect();
      return INVAR_TILE_WORN_OUT;
    case programming::ProgrammingStatus::unstable:
      break;
  }
  model_.disconnect();
  return INVAR_TILE_UNSTABLE;
}

invar_tile_status TileCore::apply() {
  const int n = model_.size();
  if (n == 0) {
    return INVAR_TILE_NO_MATRIX;
  }
  if (range_ > k_largest_range) {
    return INVAR_TILE_BAD_COMMAND;
  }
  if (!is_normalised(input_.data(), static_cast<std::size_t>(n))) {
    return INVAR_TILE_BAD_VALUE;
  }
  const bool invert = command_ == INVAR_TILE_INVERT;
  AnalogBatch batch;
  numerics_.run([&] {
    const Eigen::MatrixXd input =
        Eigen::Map<const Eigen::VectorXf>(input_.data(), n).cast<double>();
    batch = invert ? model_.invert(input, {static_cast<int>(range_)}) : model_.multiply(input);
  });
  const double duration_s = batch.shot_time_s * static_cast<double>(batch.counts.shots);
  account_.charge(batch.energy, batch.counts, static_cast<ledger::Phase>(phase_),
                  sc_core::sc_time(duration_s, sc_core::SC_SEC));
  const std::uint64_t generation = generation_;
  spend(duration_s);
  if (generation != generation_) {
    return INVAR_TILE_OK;
  }
  for (int row = 0; row < n; ++row) {
    output_[static_cast<std::size_t>(row)] = static_cast<float>(batch.output(row, 0));
  }
  clipped_ = static_cast<std::uint32_t>(batch.counts.dac_clips + batch.counts.adc_clips);
  return batch.clipped[0] != 0 ? INVAR_TILE_OUTPUT_CLIPPED : INVAR_TILE_OK;
}

void TileCore::spend(double duration_s) {
  const auto phase = static_cast<ledger::Phase>(phase_);
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  ledger_.begin_activity(phase);
  wait(sc_core::sc_time(duration_s, sc_core::SC_SEC), reset_event_);
  ledger_.end_activity(phase);
  account_.add_busy(sc_core::sc_time_stamp() - start, phase);
}

void TileCore::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  simulation::access_registers(
      payload, {INVAR_TILE_WINDOW_BYTES, INVAR_TILE_INPUT},
      [this](std::uint64_t offset, bool) { return read_word(offset); },
      [this, &delay](std::uint64_t offset, std::uint32_t value) {
        write_word(offset, value, delay);
      });
  delay += sc_core::sc_time(parameters_.register_latency_s, sc_core::SC_SEC);
}

unsigned int TileCore::debug_access(tlm::tlm_generic_payload& payload) {
  return simulation::debug_registers(
      payload, {INVAR_TILE_WINDOW_BYTES, INVAR_TILE_INPUT},
      [this](std::uint64_t offset, bool) { return read_word(offset); });
}

std::uint32_t TileCore::read_word(std::uint64_t offset) const {
  const auto element = [&](const std::vector<float>& buffer, std::uint64_t base) {
    const std::uint64_t index = (offset - base) / 4;
    return index < buffer.size() ? to_word(buffer[index]) : 0u;
  };
  if (offset >= INVAR_TILE_MATRIX) {
    return element(matrix_, INVAR_TILE_MATRIX);
  }
  if (offset >= INVAR_TILE_OUTPUT) {
    return element(output_, INVAR_TILE_OUTPUT);
  }
  return offset >= INVAR_TILE_INPUT ? element(input_, INVAR_TILE_INPUT) : read_register(offset);
}

void TileCore::write_word(std::uint64_t offset, std::uint32_t value,
                          const sc_core::sc_time& delay) {
  const auto assign = [&](std::vector<float>& buffer, std::uint64_t base) {
    const std::uint64_t index = (offset - base) / 4;
    if (index < buffer.size()) {
      buffer[index] = to_float(value);
    }
  };
  if (offset >= INVAR_TILE_MATRIX) {
    assign(matrix_, INVAR_TILE_MATRIX);
  } else if (offset >= INVAR_TILE_INPUT && offset < INVAR_TILE_OUTPUT) {
    assign(input_, INVAR_TILE_INPUT);
  } else if (offset < INVAR_TILE_INPUT) {
    write_register(offset, value, delay);
  }
}

std::uint32_t TileCore::read_register(std::uint64_t offset) const {
  switch (offset) {
    case INVAR_TILE_REG_ID:
      return k_id;
    case INVAR_TILE_REG_VERSION:
      return k_version;
    case INVAR_TILE_REG_CAPABILITY:
      return static_cast<std::uint32_t>(parameters_.tile.rows) |
             static_cast<std::uint32_t>(parameters_.tile.slices) << 16;
    case INVAR_TILE_REG_STATUS:
      return (busy_ ? INVAR_TILE_STATUS_BUSY : 0u) |
             (model_.size() > 0 ? INVAR_TILE_STATUS_STORED : 0u);
    case INVAR_TILE_REG_IRQ_STATUS:
      return irq_status_;
    case INVAR_TILE_REG_IRQ_ENABLE:
      return irq_enable_;
    case INVAR_TILE_REG_COMMAND:
      return command_;
    case INVAR_TILE_REG_RESULT:
      return result_;
    case INVAR_TILE_REG_SIZE:
      return size_;
    case INVAR_TILE_REG_SEED_SLICES:
      return seed_slices_;
    case INVAR_TILE_REG_SLICES:
      return slices_;
    case INVAR_TILE_REG_RANGE:
      return range_;
    case INVAR_TILE_REG_PHASE:
      return phase_;
    case INVAR_TILE_REG_CLIPPED:
      return clipped_;
    case INVAR_TILE_REG_FAILED_CELLS:
      return failed_cells_;
    case INVAR_TILE_REG_SETTLING_TIME:
      return model_.size() > 0 ? to_word(static_cast<float>(model_.settling_time_s())) : 0u;
    default:
      return 0;
  }
}

void TileCore::write_register(std::uint64_t offset, std::uint32_t value,
                              const sc_core::sc_time& delay) {
  switch (offset) {
    case INVAR_TILE_REG_CONTROL:
      if ((value & INVAR_TILE_CONTROL_RESET) != 0) {
        reset();
      }
      break;
    case INVAR_TILE_REG_IRQ_STATUS:
      irq_status_ &= ~value;
      update_irq(delay);
      break;
    case INVAR_TILE_REG_IRQ_ENABLE:
      irq_enable_ = value & INVAR_TILE_IRQ_DONE;
      update_irq(delay);
      break;
    case INVAR_TILE_REG_COMMAND:
      if (!busy_) {
        command_ = value;
        busy_ = true;
        command_written_.notify(delay);
      }
      break;
    case INVAR_TILE_REG_SIZE:
      size_ = value;
      break;
    case INVAR_TILE_REG_SEED_SLICES:
      seed_slices_ = value;
      break;
    case INVAR_TILE_REG_SLICES:
      slices_ = value;
      break;
    case INVAR_TILE_REG_RANGE:
      range_ = value;
      break;
    case INVAR_TILE_REG_PHASE:
      phase_ = ledger::is_phase(value) ? value : phase_;
      break;
    default:
      // Read-only registers and holes in the map: no effect.
      break;
  }
}

void TileCore::update_irq(const sc_core::sc_time& delay) {
  irq_changed_.notify(delay);
}

void TileCore::drive_irq() {
  irq.write((irq_status_ & irq_enable_) != 0);
}

void TileCore::watch_reset() {
  if (rst.read()) {
    reset();
  }
}

void TileCore::reset() {
  ++generation_;
  busy_ = false;
  command_written_.cancel();
  command_ = 0;
  result_ = INVAR_TILE_OK;
  irq_status_ = irq_enable_ = 0;
  size_ = seed_slices_ = slices_ = range_ = clipped_ = failed_cells_ = 0;
  phase_ = INVAR_PHASE_INVERSION;
  model_.disconnect();
  reset_event_.notify(sc_core::SC_ZERO_TIME);
  update_irq(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::tile
