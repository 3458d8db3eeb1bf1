// Register file, buffers, interrupt and reset of a tile that is used alone.
#include <invar/simulation/register_access.h>
#include <invar/tile/tile_core.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace invar::tile {
namespace {

constexpr std::uint32_t k_id = 0x454C4954u;
constexpr std::uint32_t k_version = 0x00010000u;

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
      [this](std::uint64_t offset, bool) { return read_word(offset); },
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
      [this](std::uint64_t offset, bool) { return read_word(offset); });
}

std::uint32_t TileCore::read_word(std::uint64_t offset) const {
  if (offset >= INVAR_TILE_MATRIX) {
    return element(matrix_, offset - INVAR_TILE_MATRIX);
  }
  if (offset >= INVAR_TILE_OUTPUT) {
    return element(output_, offset - INVAR_TILE_OUTPUT);
  }
  return offset >= INVAR_TILE_INPUT ? element(input_, offset - INVAR_TILE_INPUT)
                                    : read_register(offset);
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
    write_register(offset, value, delay);
  }
}

std::uint32_t TileCore::read_register(std::uint64_t offset) const {
  const bool stable = stored_ && model_.stable();
  switch (offset) {
    case INVAR_TILE_REG_ID:
      return k_id;
    case INVAR_TILE_REG_VERSION:
      return k_version;
    case INVAR_TILE_REG_CAPABILITY:
      return static_cast<std::uint32_t>(parameters_.tile.rows) |
             static_cast<std::uint32_t>(parameters_.tile.slices) << 16;
    case INVAR_TILE_REG_STATUS:
      return (busy_ ? INVAR_TILE_STATUS_BUSY : 0u) | (stored_ ? INVAR_TILE_STATUS_STORED : 0u) |
             (stable ? INVAR_TILE_STATUS_STABLE : 0u);
    case INVAR_TILE_REG_IRQ_STATUS:
      return irq_status_;
    case INVAR_TILE_REG_IRQ_ENABLE:
      return irq_enable_;
    case INVAR_TILE_REG_COMMAND:
      return command_.code;
    case INVAR_TILE_REG_RESULT:
      return result_;
    case INVAR_TILE_REG_SIZE:
      return setup_.size;
    case INVAR_TILE_REG_SEED_SLICES:
      return setup_.seed_slices;
    case INVAR_TILE_REG_SLICES:
      return setup_.slices;
    case INVAR_TILE_REG_RANGE:
      return setup_.range;
    case INVAR_TILE_REG_PHASE:
      return setup_.phase;
    case INVAR_TILE_REG_CLIPPED:
      return clipped_;
    case INVAR_TILE_REG_FAILED_CELLS:
      return failed_cells_;
    case INVAR_TILE_REG_SETTLING_TIME:
      return stable ? to_word(static_cast<float>(model_.settling_time_s())) : 0u;
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
      change_line(delay, [this] { line_status_ = irq_status_; });
      break;
    case INVAR_TILE_REG_IRQ_ENABLE:
      irq_enable_ = value & INVAR_TILE_IRQ_DONE;
      change_line(delay, [this, enable = irq_enable_] { line_enable_ = enable; });
      break;
    case INVAR_TILE_REG_COMMAND:
      write_command(value, delay);
      break;
    case INVAR_TILE_REG_SIZE:
      setup_.size = value;
      break;
    case INVAR_TILE_REG_SEED_SLICES:
      setup_.seed_slices = value;
      break;
    case INVAR_TILE_REG_SLICES:
      setup_.slices = value;
      break;
    case INVAR_TILE_REG_RANGE:
      setup_.range = value;
      break;
    case INVAR_TILE_REG_PHASE:
      if (ledger::is_phase(value)) {
        setup_.phase = static_cast<ledger::Phase>(value);
      }
      break;
    default:
      // Read-only registers and holes in the map: no effect.
      break;
  }
}

void TileCore::write_command(std::uint32_t code, const sc_core::sc_time& delay) {
  if (busy_) {
    return;
  }
  busy_ = true;
  command_.code = code;
  command_.setup = setup_;
  command_.start = sc_core::sc_time_stamp() + delay;
  command_.generation = generation_;
  if (code == INVAR_TILE_PROGRAM) {
    const std::size_t count = static_cast<std::size_t>(setup_.size) * setup_.size;
    command_.operand.assign(matrix_.begin(), matrix_.begin() + std::min(count, matrix_.size()));
  } else {
    command_.operand = input_;
  }
  command_written_.notify(sc_core::SC_ZERO_TIME);
}

void TileCore::finish(invar_tile_status result) {
  result_ = result;
  busy_ = false;
  irq_status_ |= INVAR_TILE_IRQ_DONE;
  line_status_ |= INVAR_TILE_IRQ_DONE;
  line_changed_.notify(sc_core::SC_ZERO_TIME);
}

void TileCore::change_line(const sc_core::sc_time& delay, std::function<void()> change) {
  line_changes_.after(delay, [this, change = std::move(change), generation = generation_] {
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
  setup_ = Setup{};
  result_ = INVAR_TILE_OK;
  clipped_ = failed_cells_ = 0;
  irq_status_ = irq_enable_ = line_status_ = line_enable_ = 0;
  model_.disconnect();
  reset_event_.notify(sc_core::SC_ZERO_TIME);
  line_changed_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::tile
