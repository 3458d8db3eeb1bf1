// Register file, buffers, interrupt and reset of a tile that is used alone.
#include <invar/simulation/register_access.h>
#include <invar/tile/tile_core.h>
#include <invar/tile_model/tile_model.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace invar::tile {
namespace {

constexpr std::uint64_t k_largest_rows = 512;  // TileParameters::check
static_assert(INVAR_TILE_OUTPUT - INVAR_TILE_INPUT >= 4 * k_largest_rows, "inputs must fit");
static_assert(INVAR_TILE_WINDOW_BYTES - INVAR_TILE_MATRIX >= 4 * k_largest_rows * k_largest_rows,
              "the matrix must fit its window");

std::uint32_t to_word(float value) {
  std::uint32_t word = 0;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

std::uint32_t element(const std::vector<float>& buffer, std::uint64_t byte) {
  return byte / 4 < buffer.size() ? to_word(buffer[byte / 4]) : 0u;
}

void set_element(std::vector<float>& buffer, std::uint64_t byte, std::uint32_t word) {
  if (byte / 4 < buffer.size()) {
    std::memcpy(&buffer[byte / 4], &word, sizeof word);
  }
}

}  // namespace

void TileCore::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                      unsigned int beat_bytes) {
  simulation::access_registers(
      payload, {INVAR_TILE_WINDOW_BYTES, INVAR_TILE_INPUT},
      [this](std::uint64_t offset, bool debug) { return read_word(offset, debug); },
      [this, &delay](std::uint64_t offset, std::uint32_t value) {
        write_word(offset, value, delay);
      });
  // A refused access costs one beat.
  const unsigned int beats =
      payload.is_response_ok() ? (payload.get_data_length() + beat_bytes - 1) / beat_bytes : 1;
  delay += std::max(beats, 1u) * sc_core::sc_time(parameters_.register_latency_s, sc_core::SC_SEC);
}

unsigned int TileCore::debug_access(tlm::tlm_generic_payload& payload) {
  return simulation::debug_registers(
      payload, {INVAR_TILE_WINDOW_BYTES, INVAR_TILE_INPUT},
      [this](std::uint64_t offset, bool debug) { return read_word(offset, debug); });
}

std::uint32_t TileCore::read_word(std::uint64_t offset, bool debug) const {
  if (offset >= INVAR_TILE_MATRIX) {
    return element(matrix_, offset - INVAR_TILE_MATRIX);
  }
  if (offset >= INVAR_TILE_OUTPUT) {
    return element(output_, offset - INVAR_TILE_OUTPUT);
  }
  return offset >= INVAR_TILE_INPUT ? element(input_, offset - INVAR_TILE_INPUT)
                                    : registers_.read(offset, sc_core::SC_ZERO_TIME, debug);
}

void TileCore::write_word(std::uint64_t offset, std::uint32_t value,
                          const sc_core::sc_time& delay) {
  if (rst.read()) {
    return;
  }
  if (offset >= INVAR_TILE_MATRIX) {
    set_element(matrix_, offset - INVAR_TILE_MATRIX, value);
  } else if (offset >= INVAR_TILE_INPUT && offset < INVAR_TILE_OUTPUT) {
    set_element(input_, offset - INVAR_TILE_INPUT, value);
  } else if (offset < INVAR_TILE_INPUT) {
    registers_.write(offset, value, delay);
  }
}

const simulation::RegisterTable& TileCore::register_table() {
  using namespace simulation::register_access;
  static constexpr simulation::RegisterTable k_table{INVAR_TILE_REGISTERS(INVAR_REGISTER_ROW)};
  return k_table;
}

void TileCore::describe_registers() {
  using simulation::RegisterQuery;
  using simulation::RegisterWritten;
  const std::uint32_t capability = static_cast<std::uint32_t>(parameters_.tile.rows) |
                                   static_cast<std::uint32_t>(parameters_.tile.slices) << 16;
  registers_.on_read(INVAR_TILE_REG_CAPABILITY, [=](const RegisterQuery&) { return capability; });
  registers_.on_read(INVAR_TILE_REG_STATUS, [this](const RegisterQuery&) {
    return (busy_ ? INVAR_TILE_STATUS_BUSY : 0u) | (stored_ ? INVAR_TILE_STATUS_STORED : 0u) |
           (stored_ && model_->stable() ? INVAR_TILE_STATUS_STABLE : 0u);
  });
  registers_.on_read(INVAR_TILE_REG_RESULT,
                     [this](const RegisterQuery&) { return static_cast<std::uint32_t>(result_); });
  registers_.on_read(INVAR_TILE_REG_CLIPPED, [this](const RegisterQuery&) { return clipped_; });
  registers_.on_read(INVAR_TILE_REG_FAILED_CELLS,
                     [this](const RegisterQuery&) { return failed_cells_; });
  registers_.on_read(INVAR_TILE_REG_SETTLING_TIME, [this](const RegisterQuery&) {
    const bool settles = stored_ && model_->stable();
    return settles ? to_word(static_cast<float>(model_->settling_time_s())) : 0u;
  });
  registers_.on_write(INVAR_TILE_REG_CONTROL, [this](const RegisterWritten& write) {
    if ((write.value & INVAR_TILE_CONTROL_RESET) != 0) {
      reset();
    }
  });
  registers_.on_write(INVAR_TILE_REG_IRQ_STATUS, [this](const RegisterWritten& write) {
    change_line(write.at, [this] { line_status_ = registers_[INVAR_TILE_REG_IRQ_STATUS]; });
  });
  registers_.on_write(INVAR_TILE_REG_IRQ_ENABLE, [this](const RegisterWritten& write) {
    change_line(write.at,
                [this, enable = registers_[INVAR_TILE_REG_IRQ_ENABLE]] { line_enable_ = enable; });
  });
  registers_.on_access(INVAR_TILE_REG_COMMAND,
                       [this](std::uint32_t, const sc_core::sc_time&) { return !busy_; });
  registers_.on_write(INVAR_TILE_REG_COMMAND,
                      [this](const RegisterWritten& write) { start_command(write); });
  registers_.on_access(INVAR_TILE_REG_PHASE, [](std::uint32_t value, const sc_core::sc_time&) {
    return ledger::is_phase(value);
  });
}

TileCore::Setup TileCore::setup() const {
  return {registers_[INVAR_TILE_REG_SIZE], registers_[INVAR_TILE_REG_SEED_SLICES],
          registers_[INVAR_TILE_REG_SLICES], registers_[INVAR_TILE_REG_RANGE],
          static_cast<ledger::Phase>(registers_[INVAR_TILE_REG_PHASE])};
}

void TileCore::start_command(const simulation::RegisterWritten& write) {
  busy_ = true;
  command_.code = write.value;
  command_.setup = setup();
  command_.start = write.at;
  command_.generation = generation_;
  if (write.value == INVAR_TILE_PROGRAM) {
    const std::size_t count = static_cast<std::size_t>(command_.setup.size) * command_.setup.size;
    command_.operand.assign(matrix_.begin(), matrix_.begin() + std::min(count, matrix_.size()));
  } else {
    command_.operand = input_;
  }
  command_written_.notify(sc_core::SC_ZERO_TIME);
}

void TileCore::finish(invar_tile_status result) {
  result_ = result;
  busy_ = false;
  registers_.set(INVAR_TILE_REG_IRQ_STATUS,
                 registers_[INVAR_TILE_REG_IRQ_STATUS] | INVAR_TILE_IRQ_DONE);
  line_status_ |= INVAR_TILE_IRQ_DONE;
  line_changed_.notify(sc_core::SC_ZERO_TIME);
}

void TileCore::change_line(const sc_core::sc_time& at, std::function<void()> change) {
  line_changes_.after(at - sc_core::sc_time_stamp(),
                      [this, change = std::move(change), generation = generation_] {
                        if (generation == generation_) {
                          change();
                          line_changed_.notify();
                        }
                      });
}

void TileCore::drive_irq() {
  const bool level = (line_status_ & line_enable_) != 0;
  irq.write(level);
  traced_irq_.set(level);
}

void TileCore::watch_reset() {
  if (rst.read()) {
    reset();
  }
}

void TileCore::reset() {
  ++generation_;
  busy_ = stored_ = false;
  command_ = Command{};
  registers_.reset();
  result_ = INVAR_TILE_OK;
  clipped_ = failed_cells_ = 0;
  line_status_ = line_enable_ = 0;
  model_->disconnect();
  reset_event_.notify(sc_core::SC_ZERO_TIME);
  line_changed_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::tile
