#include <invar/parameters/range_check.h>
#include <invar/sequencer/tile_sequencer.h>

#include <cmath>
#include <utility>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Rows of the memory image to a matrix: row-major elements of either precision.
template <typename Element>
void unpack(const unsigned char* bytes, MatrixXd& matrix) {
  using RowMajor = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  matrix = Eigen::Map<const RowMajor>(reinterpret_cast<const Element*>(bytes), matrix.rows(),
                                      matrix.cols())
               .template cast<double>();
}

template <typename Element>
void pack(const MatrixXd& matrix, unsigned char* bytes) {
  using RowMajor = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<RowMajor>(reinterpret_cast<Element*>(bytes), matrix.rows(), matrix.cols()) =
      matrix.cast<Element>();
}

}  // namespace

void SequencerParameters::check() const {
  parameters::require_range("sequencer.clock_period_s", clock_period_s, 1e-12, 1e-3);
  parameters::require_range("sequencer.command_cycles", command_cycles, 0, 1000000);
  parameters::require_range("sequencer.mac_lanes", mac_lanes, 1, 65536);
  parameters::require_range("sequencer.mac_energy_j", mac_energy_j, 0.0, 1e-6);
  parameters::require_range("sequencer.buffer_energy_per_byte_j", buffer_energy_per_byte_j, 0.0,
                            1e-6);
}

TileSequencer::TileSequencer(const sc_core::sc_module_name& name,
                             const TileSequencerConfiguration& configuration, std::uint32_t number,
                             simulation::DmaInterface& dma, ledger::Ledger& ledger,
                             Completion completion)
    : sc_core::sc_module(name),
      configuration_(configuration),
      dma_(dma),
      ledger_(ledger),
      completion_(std::move(completion)),
      numerics_("numerics"),
      model_(std::make_unique<tile::TileModel>(configuration.tile, configuration.seed, number)),
      account_(ledger, this->name()) {
  const std::string self = this->name();
  mac_component_ = ledger_.component(self + ".mac_lanes");
  mac_event_ = ledger_.event(mac_component_, "multiply_accumulate");
  buffer_component_ = ledger_.component(self + ".matrix_buffer");
  buffer_event_ = ledger_.event(buffer_component_, "byte_read");
  INVAR_HAS_PROCESS(TileSequencer);
  SC_THREAD(run);
}

void TileSequencer::submit(const Command& command) {
  if (command.descriptor.opcode == INVAR_OP_RELEASE) {
    release_pending_ = true;
  }
  commands_.push_back(command);
  submitted_.notify(sc_core::SC_ZERO_TIME);
}

void TileSequencer::reset() {
  ++generation_;
  commands_.clear();
  release_pending_ = false;
  handle_ = INVAR_HANDLE_NONE;
  model_->disconnect();
  reset_.notify(sc_core::SC_ZERO_TIME);
}

void TileSequencer::trace(trace::SignalSink& sink, const tile::TraceDetail& detail, bool settling) {
  const int traced = std::min(detail.rows, configuration_.tile.rows);
  trace_.attach(sink, name(), traced, configuration_.tile.dac.bits, configuration_.tile.adc.bits);
  model_->watch_codes(traced);
  if (settling && traced > 0) {
    trace_.attach_outputs(sink, name(), traced, detail.settling_samples);
    model_->watch_settling(traced, detail.settling_samples);
  }
}

void TileSequencer::run() {
  for (;;) {
    while (commands_.empty()) {
      wait(submitted_);
    }
    const std::uint64_t generation = generation_;
    Command command = commands_.front();
    commands_.pop_front();
    running_ = true;
    command.started_ps =
        static_cast<std::uint64_t>(std::llround(sc_core::sc_time_stamp().to_seconds() * 1e12));
    const invar_completion record = execute(command);
    trace_.set_state(tile::TileState::idle);
    if (!was_reset(generation)) {
      completion_(command, record);
    }
    running_ = false;
    finished_.notify(sc_core::SC_ZERO_TIME);
  }
}

invar_completion TileSequencer::execute(const Command& command) {
  invar_completion record{};
  record.status = INVAR_STATUS_OK;
  record.tag = command.descriptor.tag;
  record.handle = handle_;
  if (!spend(configuration_.sequencer.command_cycles * configuration_.sequencer.clock_period_s,
             phase_of(command.descriptor))) {
    return record;
  }
  const bool stored = model_->size() > 0 || exact_factor_.size() > 0;
  if (command.descriptor.opcode != INVAR_OP_PROGRAM && !stored &&
      command.descriptor.opcode != INVAR_OP_RELEASE) {
    // The PROGRAM that this handle came from has failed.
    record.status = INVAR_STATUS_BAD_HANDLE;
    return record;
  }
  switch (command.descriptor.opcode) {
    case INVAR_OP_PROGRAM:
      program(command, record);
      break;
    case INVAR_OP_SOLVE:
      solve(command, record);
      break;
    case INVAR_OP_MVM:
      multiply(command, record);
      break;
    case INVAR_OP_READ_BACK:
      read_back(command, record);
      break;
    case INVAR_OP_RELEASE:
      release(record);
      break;
    case INVAR_OP_CALIBRATE:
      calibrate(command, record);
      break;
    default:
      record.status = INVAR_STATUS_BAD_DESCRIPTOR;
  }
  return record;
}

bool TileSequencer::load(std::uint64_t address, Index rows, Index columns,
                         const invar_descriptor& descriptor, MatrixXd& matrix) {
  trace_.set_state(tile::TileState::load);
  const std::uint64_t generation = generation_;
  const std::uint32_t bytes = element_bytes(descriptor);
  buffer_.resize(static_cast<std::size_t>(rows) * columns * bytes);
  ledger_.begin_activity(INVAR_PHASE_DATA_MOVEMENT);
  const bool ok = dma_.read(address, buffer_.data(), buffer_.size());
  ledger_.end_activity(INVAR_PHASE_DATA_MOVEMENT);
  if (ok) {
    numerics_.run([&] {
      matrix.resize(rows, columns);
      bytes == 4 ? unpack<float>(buffer_.data(), matrix) : unpack<double>(buffer_.data(), matrix);
    });
  }
  return ok && !was_reset(generation);
}

bool TileSequencer::store(std::uint64_t address, const MatrixXd& matrix,
                          const invar_descriptor& descriptor) {
  trace_.set_state(tile::TileState::store);
  const std::uint32_t bytes = element_bytes(descriptor);
  buffer_.resize(static_cast<std::size_t>(matrix.size()) * bytes);
  numerics_.run([&] {
    bytes == 4 ? pack<float>(matrix, buffer_.data()) : pack<double>(matrix, buffer_.data());
  });
  ledger_.begin_activity(INVAR_PHASE_DATA_MOVEMENT);
  const bool ok = dma_.write(address, buffer_.data(), buffer_.size());
  ledger_.end_activity(INVAR_PHASE_DATA_MOVEMENT);
  return ok;
}

bool TileSequencer::compute(const std::function<void()>& work) {
  const std::uint64_t generation = generation_;
  numerics_.run([&] {
    // A reset in between has taken the matrix away.
    if (!was_reset(generation)) {
      work();
    }
  });
  return !was_reset(generation);
}

bool TileSequencer::spend(double duration_s, ledger::Phase phase) {
  const sc_core::sc_time duration(duration_s, sc_core::SC_SEC);
  if (duration == sc_core::SC_ZERO_TIME) {
    return true;
  }
  const std::uint64_t generation = generation_;
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  ledger_.begin_activity(phase);
  wait(duration, reset_);
  ledger_.end_activity(phase);
  account_.add_busy(sc_core::sc_time_stamp() - start, phase);
  return !was_reset(generation);
}

void TileSequencer::charge_macs(std::uint64_t count, std::uint64_t fetched_bytes,
                                const Command& command, const sc_core::sc_time& duration) {
  const ledger::ChargeSpan span{sc_core::sc_time_stamp(), duration};
  const SequencerParameters& parameters = configuration_.sequencer;
  const ledger::Phase phase = phase_of(command.descriptor);
  ledger_.charge(mac_component_, mac_event_, phase, count,
                 ledger::to_attojoules(static_cast<double>(count) * parameters.mac_energy_j), span);
  ledger_.charge(buffer_component_, buffer_event_, phase, fetched_bytes,
                 ledger::to_attojoules(static_cast<double>(fetched_bytes) *
                                       parameters.buffer_energy_per_byte_j),
                 span);
}

double TileSequencer::mac_time_s(std::uint64_t count) const {
  return std::ceil(static_cast<double>(count) / configuration_.sequencer.mac_lanes) *
         configuration_.sequencer.clock_period_s;
}

}  // namespace invar::sequencer
