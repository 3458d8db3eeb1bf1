#include <invar/sequencer/command_queue.h>
#include <invar/sequencer/handover.h>
#include <invar/simulation/clock_cycles.h>
#include <invar/simulation/record_ring.h>
#include <invar/simulation/time_exchange.h>
#include <invar/state/archive.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace invar::sequencer {
namespace {

constexpr std::uint64_t k_record_bytes = 128;
static_assert(sizeof(invar_descriptor) == k_record_bytes, "the register map says 128 bytes");
static_assert(sizeof(invar_completion) == k_record_bytes, "the register map says 128 bytes");

}  // namespace

std::uint32_t RingSetup::fault() const {
  if (!simulation::is_ring_size(size)) {
    return INVAR_FAULT_RING_SIZE;
  }
  if (!simulation::is_ring_base(base, size, k_record_bytes)) {
    return INVAR_FAULT_RING_BASE;
  }
  return simulation::is_ring_base(completion_base, size, k_record_bytes)
             ? 0u
             : static_cast<std::uint32_t>(INVAR_FAULT_COMPLETION_BASE);
}

CommandQueue::CommandQueue(const sc_core::sc_module_name& name, const DataPorts& ports,
                           ledger::Ledger& ledger, const SequencerConfiguration& configuration,
                           simulation::WorkerPool* workers, Listener listener)
    : sc_core::sc_module(name),
      ledger_(ledger),
      configuration_(configuration),
      listener_(std::move(listener)),
      dma_("dma", ports.memory, ledger),
      operands_("operands", ports.operands, ledger),
      paths_(dma_, operands_, configuration.operand_window),
      pool_(configuration, ledger),
      matrices_("matrix") {
  const int contexts = std::min(configuration.tiles, configuration.sequencer.contexts);
  matrices_.init(contexts, [&](const char* matrix_name, std::size_t) {
    return new MatrixSequencer(matrix_name, configuration_, {pool_, paths_, ledger_, workers},
                               [this](const Command& command, const invar_completion& record) {
                                 complete(command, record);
                               });
  });
  INVAR_HAS_PROCESS(CommandQueue);
  SC_THREAD(fetch);
}

void CommandQueue::ring_doorbell(const RingSetup& setup, std::uint32_t tail) {
  setup_ = setup;
  tail_ = tail;
  if (!window_open_ && !halted_ && tail_ != head_) {
    window_open_ = true;
    window_start_ = sc_core::sc_time_stamp();
  }
  show_waiting();
  doorbell_.notify(sc_core::SC_ZERO_TIME);
}

void CommandQueue::show_waiting() const {
  traced_waiting_.set(tail_ - head_);
  counted_waiting_.set(tail_ - head_);
}

void CommandQueue::show_bits(const invar_completion& record) const {
  const bool is_shot = record.service == INVAR_SERVICE_SINGLE_SHOT && record.quality > 0.0;
  const double bits = is_shot ? -std::log2(record.quality) : double{record.seed_effective_bits};
  if (bits != 0.0) {
    counted_bits_.set(bits);
  }
}

void CommandQueue::trace(trace::ActivitySink& sink) {
  const std::string prefix = name();
  counted_waiting_.attach(sink, prefix + ".descriptors_waiting", "commands");
  counted_bits_.attach(sink, prefix + ".effective_bits", "commands");
  counted_waiting_.set(0);
  for (PooledTile& tile : pool_.tiles()) {
    tile.attach(sink);
  }
}

void CommandQueue::trace(trace::SignalSink& sink, const tile::TraceDetail& detail) {
  const std::string prefix = name();
  traced_waiting_.attach(sink, prefix + ".descriptors_waiting",
                         trace::SignalFormat::wire(16).feature());
  traced_completed_.attach(sink, prefix + ".completed", trace::SignalFormat::wire(32).feature());
  traced_waiting_.set(0);
  traced_completed_.set(0);
  for (PooledTile& tile : pool_.tiles()) {
    tile.attach(sink, detail, static_cast<int>(tile.number()) == detail.settling_tile);
  }
}

void CommandQueue::reset() {
  ++generation_;
  close_window();
  tail_ = head_ = completed_ = 0;
  halted_ = false;
  show_waiting();
  traced_completed_.set(0);
  dma_.reset();
  operands_.reset();
  pool_.reset();
  for (MatrixSequencer& matrix : matrices_) {
    matrix.reset();
  }
  reset_.notify(sc_core::SC_ZERO_TIME);
}

bool CommandQueue::busy() const {
  return fetching_ || (head_ != tail_ && !halted_) ||
         std::any_of(matrices_.begin(), matrices_.end(),
                     [](const MatrixSequencer& matrix) { return !matrix.idle(); });
}

void CommandQueue::close_window() {
  if (window_open_) {
    active_time_ = active_time();
    window_open_ = false;
  }
}

sc_core::sc_time CommandQueue::active_time() const {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  return window_open_ && now > window_start_ ? active_time_ + (now - window_start_) : active_time_;
}

solver::ShotSamples CommandQueue::shot_samples() const {
  solver::ShotSamples all;
  for (const MatrixSequencer& matrix : matrices_) {
    all += matrix.shot_samples();
  }
  return all;
}

void CommandQueue::exchange(state::Archive& archive) {
  archive.part("command queue");
  pool_.exchange(archive);
  for (MatrixSequencer& matrix : matrices_) {
    archive.value(matrix.wire_errors());
    archive.value(matrix.past_shot_samples());
  }
  archive.value(handles_made_);
  archive.map(work_);
  simulation::exchange(archive, active_time_);
}

void CommandQueue::halt(invar_ring_fault fault) {
  if (!halted_) {
    close_window();
    halted_ = true;
    listener_.fault(fault);
  }
}

void CommandQueue::fetch() {
  for (;;) {
    while (halted_ || head_ == tail_) {
      wait(doorbell_ | reset_);
    }
    const std::uint32_t fault = setup_.fault();
    if (fault != 0 || tail_ - head_ > setup_.size) {
      halt(fault != 0 ? static_cast<invar_ring_fault>(fault) : INVAR_FAULT_RING_TAIL);
      continue;
    }
    fetching_ = true;
    const std::uint64_t generation = generation_;
    const std::uint32_t mask = setup_.size - 1;
    Command command;
    command.slot = head_ & mask;
    const bool ok = dma_.read(setup_.base + command.slot * k_record_bytes, &command.descriptor,
                              sizeof command.descriptor);
    if (generation == generation_) {
      if (ok) {
        ++head_;
        show_waiting();
        dispatch(command);
      } else {
        halt(INVAR_FAULT_FETCH);
      }
    }
    fetching_ = false;
  }
}

void CommandQueue::dispatch(const Command& command) {
  const invar_descriptor& descriptor = command.descriptor;
  invar_completion record{};
  record.tag = descriptor.tag;
  record.status = check_descriptor(descriptor, configuration_.tile.slices);
  if (record.status != INVAR_STATUS_OK) {
    complete(command, record);
    return;
  }
  if (descriptor.opcode == INVAR_OP_PROGRAM && descriptor.handle == INVAR_HANDLE_NONE) {
    dispatch_program(command, record);
    return;
  }
  MatrixSequencer* matrix = find_matrix(descriptor.handle);
  if (matrix == nullptr || matrix->release_pending()) {
    record.status = INVAR_STATUS_BAD_HANDLE;
    complete(command, record);
    return;
  }
  if (descriptor.opcode == INVAR_OP_PRECONDITION) {
    dispatch_pair(command, *matrix);
  } else {
    matrix->submit(command);
  }
}

void CommandQueue::dispatch_pair(const Command& command, MatrixSequencer& first) {
  MatrixSequencer* const second = find_matrix(command.descriptor.second_handle);
  if (second == nullptr || second->release_pending()) {
    invar_completion record{};
    record.tag = command.descriptor.tag;
    record.status = INVAR_STATUS_BAD_HANDLE;
    record.handle = command.descriptor.second_handle;
    complete(command, record);
    return;
  }
  Command half = command;
  half.handover = std::make_shared<Handover>();
  first.submit(half);
  half.is_second_half = true;
  second->submit(half);
}

void CommandQueue::dispatch_program(const Command& command, invar_completion record) {
  const std::uint64_t generation = generation_;
  // More than a record can count are more than there are.
  const int tiles = static_cast<int>(
      std::min<std::int64_t>(tiles_for(command.descriptor, configuration_.stored_matrix()),
                             std::numeric_limits<int>::max()));
  record.tiles = static_cast<std::uint32_t>(tiles);
  MatrixSequencer* matrix = allocate(tiles, command.descriptor.n, record.status);
  if (generation != generation_) {
    return;
  }
  if (matrix == nullptr) {
    complete(command, record);
    return;
  }
  // Handles count up, so that a stale one is never mistaken for a new matrix.
  handles_made_ = handles_made_ == 0xFFFFFFFFu ? 1 : handles_made_ + 1;
  if (holders_.size() > 2 * matrices_.size()) {
    // Handles whose PROGRAM failed.
    for (auto holder = holders_.begin(); holder != holders_.end();) {
      holder = holder->second->handle() != holder->first ? holders_.erase(holder) : ++holder;
    }
  }
  holders_[handles_made_] = matrix;
  matrix->allocate(handles_made_, static_cast<int>(command.descriptor.n), pool_.take(tiles));
  matrix->submit(command);
}

bool CommandQueue::has_memory(std::uint64_t rows, bool but_for_ending) const {
  const SequencerParameters& hardware = configuration_.sequencer;
  if (configuration_.exact || !hardware.refines() || hardware.matrix_buffer_bytes == 0) {
    return true;
  }
  std::uint64_t bytes = hardware.matrix_bytes(rows, rows);
  for (const MatrixSequencer& matrix : matrices_) {
    const std::uint64_t held = static_cast<std::uint64_t>(matrix.dimension());
    const bool ends = matrix.release_pending() || !matrix.allocated();
    bytes += but_for_ending && ends ? 0 : hardware.matrix_bytes(held, held);
  }
  return bytes <= hardware.matrix_buffer_bytes;
}

MatrixSequencer* CommandQueue::allocate(int tiles, std::uint64_t rows, std::uint32_t& status) {
  const std::uint64_t generation = generation_;
  for (;;) {
    if (tiles > configuration_.tiles) {
      status = INVAR_STATUS_TOO_LARGE;
      return nullptr;
    }
    if (tiles > pool_.in_service()) {
      status = INVAR_STATUS_CELL_FAILED;
      return nullptr;
    }
    MatrixSequencer* context = nullptr;
    sc_core::sc_event_or_list releases;
    int coming = 0;
    bool context_coming = false;
    for (MatrixSequencer& matrix : matrices_) {
      const bool ends = matrix.release_pending() || !matrix.allocated();
      if (!matrix.allocated() && matrix.idle()) {
        context = context == nullptr ? &matrix : context;
      } else if (ends) {
        // About to be released, or its PROGRAM has just failed.
        releases |= matrix.finished_event();
        coming += matrix.tile_count();
        context_coming = true;
      }
    }
    if (context != nullptr && tiles <= pool_.free() && has_memory(rows, false)) {
      return context;
    }
    if ((context == nullptr && !context_coming) || tiles > pool_.free() + coming ||
        !has_memory(rows, true)) {
      status = INVAR_STATUS_NO_TILE;
      return nullptr;
    }
    releases |= reset_;
    wait(releases);
    if (generation != generation_) {
      return nullptr;
    }
  }
}

MatrixSequencer* CommandQueue::find_matrix(std::uint32_t handle) {
  const auto found = holders_.find(handle);
  if (found == holders_.end()) {
    return nullptr;
  }
  if (found->second->handle() != handle) {
    holders_.erase(found);
    return nullptr;
  }
  return found->second;
}

void CommandQueue::complete(const Command& command, invar_completion record) {
  const std::uint64_t generation = generation_;
  if (command.started) {
    record.ticks = simulation::nearest_cycles(sc_core::sc_time_stamp() - *command.started,
                                              configuration_.sequencer.clock_period_s);
  }
  const bool ok = write_record(command.slot, record);
  if (generation != generation_) {
    return;
  }
  if (!ok) {
    halt(INVAR_FAULT_COMPLETION);
    return;
  }
  ++completed_;
  traced_completed_.set(completed_);
  if (record.status == INVAR_STATUS_OK) {
    InversionCount& count = work_[command.descriptor.n];
    if (command.descriptor.opcode == INVAR_OP_SOLVE) {
      count.right_hand_sides += command.descriptor.columns;
      show_bits(record);
    } else if (command.descriptor.opcode == INVAR_OP_PRECONDITION) {
      show_bits(record);
      count.right_hand_sides += command.descriptor.columns;
      work_[command.descriptor.columns].right_hand_sides += command.descriptor.n;
    } else if (command.descriptor.opcode == INVAR_OP_PROGRAM) {
      ++count.matrices;
    } else if (command.descriptor.opcode == INVAR_OP_RELEASE) {
      holders_.erase(command.descriptor.handle);
    }
  }
  if (completed_ == tail_) {
    close_window();
  }
  listener_.completed(record.status);
}

bool CommandQueue::write_record(std::uint32_t slot, const invar_completion& record) {
  constexpr std::size_t k_status_bytes = sizeof record.status;
  static_assert(offsetof(invar_completion, status) == 0, "the status comes first in memory");
  const std::uint64_t address = setup_.completion_base + slot * k_record_bytes;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&record);
  const std::uint64_t generation = generation_;
  return dma_.write(address + k_status_bytes, bytes + k_status_bytes,
                    sizeof record - k_status_bytes) &&
         generation == generation_ && dma_.write(address, bytes, k_status_bytes);
}

}  // namespace invar::sequencer
