#include <invar/sequencer/command_run.h>
#include <invar/sequencer/handover.h>
#include <invar/sequencer/matrix_sequencer.h>

#include <utility>

namespace invar::sequencer {

MatrixSequencer::MatrixSequencer(const sc_core::sc_module_name& name,
                                 const SequencerConfiguration& configuration,
                                 const SharedParts& shared, Completion completion)
    : sc_core::sc_module(name),
      configuration_(configuration),
      completion_(std::move(completion)),
      numerics_("numerics", shared.workers),
      packing_("packing"),
      matrix_(configuration_, shared.pool),
      player_(this->name(), configuration_, shared.pool, shared.ledger, matrix_, resets_,
              numerics_),
      stream_(configuration_, shared.paths, matrix_, player_, numerics_, packing_) {
  INVAR_HAS_PROCESS(MatrixSequencer);
  SC_THREAD(run);
}

void MatrixSequencer::allocate(std::uint32_t handle, int n, std::vector<PooledTile*> tiles) {
  matrix_.take(handle, n, std::move(tiles));
}

void MatrixSequencer::submit(const Command& command) {
  if (command.descriptor.opcode == INVAR_OP_RELEASE) {
    release_pending_ = true;
  }
  commands_.push_back(command);
  submitted_.notify(sc_core::SC_ZERO_TIME);
}

void MatrixSequencer::reset() {
  commands_.clear();
  release_pending_ = false;
  matrix_.drop_handle();
  if (!running_) {
    give_tiles_back();
  }
  resets_.raise();
}

sc_core::sc_time MatrixSequencer::started(const Command& command) {
  if (!command.handover) {
    return sc_core::sc_time_stamp();
  }
  // The first half begins a command, even if the second has its turn sooner.
  std::optional<sc_core::sc_time>& started = command.handover->started;
  started = started.value_or(sc_core::sc_time_stamp());
  return *started;
}

void MatrixSequencer::run() {
  for (;;) {
    while (commands_.empty()) {
      wait(submitted_);
    }
    Command command = commands_.front();
    commands_.pop_front();
    running_ = true;
    command.started = started(command);
    finish(command, CommandRun(command, configuration_, matrix_, player_, stream_).execute());
    running_ = false;
    finished_.notify(sc_core::SC_ZERO_TIME);
  }
}

void MatrixSequencer::finish(const Command& command, const invar_completion& record) {
  player_.set_states(tile::TileState::idle);
  if (player_.was_reset()) {
    give_tiles_back();
    return;
  }
  if (command.descriptor.opcode == INVAR_OP_RELEASE) {
    release_pending_ = false;
  }
  if (!allocated()) {
    give_tiles_back();
  }
  if (command.handover && !command.is_second_half) {
    command.handover->record = record;
    command.handover->is_done = true;
    command.handover->done.notify(sc_core::SC_ZERO_TIME);
  } else {
    completion_(command, record);
  }
  if (player_.was_reset()) {
    give_tiles_back();
  }
}

void MatrixSequencer::give_tiles_back() {
  player_.forget_tiles();
  matrix_.give_tiles_back();
}

}  // namespace invar::sequencer
