#include <invar/sequencer/command_queue.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace invar::sequencer {
namespace {

constexpr std::uint32_t k_smallest_ring = 2;
constexpr std::uint32_t k_largest_ring = 4096;
constexpr std::uint64_t k_record_bytes = 64;
static_assert(sizeof(invar_descriptor) == k_record_bytes, "the register map says 64 bytes");
static_assert(sizeof(invar_completion) == k_record_bytes, "the register map says 64 bytes");

}  // namespace

bool RingSetup::valid() const {
  const bool power_of_two = (size & (size - 1)) == 0;
  return size >= k_smallest_ring && size <= k_largest_ring && power_of_two &&
         base % k_record_bytes == 0 && completion_base % k_record_bytes == 0;
}

bool CommandQueue::SharedDma::read(std::uint64_t address, void* data, std::size_t bytes) {
  mutex_.lock();
  const bool ok = dma_.read(address, data, bytes);
  mutex_.unlock();
  return ok;
}

bool CommandQueue::SharedDma::write(std::uint64_t address, const void* data, std::size_t bytes) {
  mutex_.lock();
  const bool ok = dma_.write(address, data, bytes);
  mutex_.unlock();
  return ok;
}

CommandQueue::CommandQueue(const sc_core::sc_module_name& name, simulation::DmaInterface& dma,
                           ledger::Ledger& ledger, const TileSequencerConfiguration& configuration,
                           int tile_count, Listener listener)
    : sc_core::sc_module(name),
      ledger_(ledger),
      configuration_(configuration),
      listener_(std::move(listener)),
      dma_(dma),
      tiles_("tile") {
  tiles_.init(tile_count, [&](const char* tile_name, std::size_t number) {
    return new TileSequencer(tile_name, configuration_, static_cast<std::uint32_t>(number), dma_,
                             ledger_,
                             [this](const Command& command, const invar_completion& record) {
                               complete(command, record);
                             });
  });
  INVAR_HAS_PROCESS(CommandQueue);
  SC_THREAD(fetch);
}

void CommandQueue::ring_doorbell(const RingSetup& setup, std::uint32_t tail,
                                 const sc_core::sc_time& delay) {
  setup_ = setup;
  tail_ = tail;
  if (!window_open_ && tail_ != head_) {
    window_open_ = true;
    window_start_ = sc_core::sc_time_stamp() + delay;
  }
  traced_waiting_.set(tail_ - head_, sc_core::sc_time_stamp() + delay);
  doorbell_.notify(delay == sc_core::SC_ZERO_TIME ? sc_core::SC_ZERO_TIME : delay);
}

void CommandQueue::trace(trace::ActivitySink& sink) {
  for (TileSequencer& tile : tiles_) {
    tile.trace(sink);
  }
}

void CommandQueue::trace(trace::SignalSink& sink, const tile::TraceDetail& detail) {
  const std::string prefix = name();
  traced_waiting_.attach(sink, prefix + ".descriptors_waiting",
                         trace::SignalFormat::wire(16).feature());
  traced_completed_.attach(sink, prefix + ".completed", trace::SignalFormat::wire(32).feature());
  traced_waiting_.set(0);
  traced_completed_.set(0);
  int number = 0;
  for (TileSequencer& tile : tiles_) {
    tile.trace(sink, detail, number++ == detail.settling_tile);
  }
}

void CommandQueue::reset() {
  ++generation_;
  close_window();
  tail_ = head_ = completed_ = 0;
  halted_ = false;
  traced_waiting_.set(0);
  traced_completed_.set(0);
  for (TileSequencer& tile : tiles_) {
    tile.reset();
  }
  reset_.notify(sc_core::SC_ZERO_TIME);
}

bool CommandQueue::busy() const {
  return fetching_ || (head_ != tail_ && !halted_) ||
         std::any_of(tiles_.begin(), tiles_.end(),
                     [](const TileSequencer& tile) { return !tile.idle(); });
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

void CommandQueue::halt() {
  close_window();
  halted_ = true;
  listener_.fault();
}

void CommandQueue::fetch() {
  for (;;) {
    while (halted_ || head_ == tail_) {
      wait(doorbell_ | reset_);
    }
    if (!setup_.valid() || tail_ - head_ > setup_.size) {
      halt();
      continue;
    }
    fetching_ = true;
    const std::uint64_t generation = generation_;
    const std::uint32_t mask = setup_.size - 1;
    Command command;
    command.slot = head_ & mask;
    ledger_.begin_activity(INVAR_PHASE_DATA_MOVEMENT);
    const bool ok = dma_.read(setup_.base + command.slot * k_record_bytes, &command.descriptor,
                              sizeof command.descriptor);
    ledger_.end_activity(INVAR_PHASE_DATA_MOVEMENT);
    if (generation == generation_) {
      if (ok) {
        ++head_;
        traced_waiting_.set(tail_ - head_);
        dispatch(command);
      } else {
        halt();
      }
    }
    fetching_ = false;
  }
}

void CommandQueue::dispatch(const Command& command) {
  invar_completion record{};
  record.tag = command.descriptor.tag;
  record.status =
      check_descriptor(command.descriptor, configuration_.tile.rows, configuration_.tile.slices);
  if (record.status != INVAR_STATUS_OK) {
    complete(command, record);
    return;
  }
  if (command.descriptor.opcode == INVAR_OP_PROGRAM) {
    const std::uint64_t generation = generation_;
    TileSequencer* tile = allocate_tile();
    if (generation != generation_) {
      return;
    }
    if (tile == nullptr) {
      record.status = INVAR_STATUS_NO_TILE;
      complete(command, record);
      return;
    }
    // Handles count up, so that a stale one is never mistaken for a new matrix.
    handles_made_ = handles_made_ == 0xFFFFFFFFu ? 1 : handles_made_ + 1;
    tile->allocate(handles_made_);
    tile->submit(command);
    return;
  }
  TileSequencer* tile = find_tile(command.descriptor.handle);
  if (tile == nullptr || tile->release_pending()) {
    record.status = INVAR_STATUS_BAD_HANDLE;
    complete(command, record);
    return;
  }
  tile->submit(command);
}

TileSequencer* CommandQueue::allocate_tile() {
  const std::uint64_t generation = generation_;
  for (;;) {
    sc_core::sc_event_or_list releases;
    bool release_on_its_way = false;
    for (TileSequencer& tile : tiles_) {
      if (!tile.allocated() && tile.idle()) {
        return &tile;
      }
      // A tile that is about to be released, or whose PROGRAM has just failed.
      if (tile.release_pending() || !tile.allocated()) {
        releases |= tile.finished_event();
        release_on_its_way = true;
      }
    }
    if (!release_on_its_way) {
      return nullptr;
    }
    releases |= reset_;
    wait(releases);
    if (generation != generation_) {
      return nullptr;
    }
  }
}

TileSequencer* CommandQueue::find_tile(std::uint32_t handle) {
  if (handle == INVAR_HANDLE_NONE) {
    return nullptr;
  }
  for (TileSequencer& tile : tiles_) {
    if (tile.handle() == handle) {
      return &tile;
    }
  }
  return nullptr;
}

void CommandQueue::complete(const Command& command, invar_completion record) {
  const std::uint64_t generation = generation_;
  const double now_ps = sc_core::sc_time_stamp().to_seconds() * 1e12;
  if (command.started_ps != 0) {
    record.ticks =
        static_cast<std::uint64_t>(std::llround((now_ps - static_cast<double>(command.started_ps)) /
                                                (configuration_.sequencer.clock_period_s * 1e12)));
  }
  ledger_.begin_activity(INVAR_PHASE_DATA_MOVEMENT);
  const bool ok =
      dma_.write(setup_.completion_base + command.slot * k_record_bytes, &record, sizeof record);
  ledger_.end_activity(INVAR_PHASE_DATA_MOVEMENT);
  if (generation != generation_) {
    return;
  }
  if (!ok) {
    halt();
    return;
  }
  ++completed_;
  traced_completed_.set(completed_);
  if (record.status == INVAR_STATUS_OK) {
    InversionCount& count = work_[command.descriptor.n];
    if (command.descriptor.opcode == INVAR_OP_SOLVE) {
      count.right_hand_sides += command.descriptor.columns;
      // A matrix counts once it has served: one that is programmed anew after a failure, once.
      count.matrices += served_.insert(command.descriptor.handle).second ? 1 : 0;
    } else if (command.descriptor.opcode == INVAR_OP_RELEASE) {
      served_.erase(command.descriptor.handle);
    }
  }
  if (completed_ == tail_) {
    close_window();
  }
  listener_.completed(record.status);
}

}  // namespace invar::sequencer
