#include <invar/sequencer/matrix_memory.h>

#include <algorithm>

namespace invar::sequencer {

MatrixMemory::Use::Use(MatrixMemory& memory) : memory_(memory) {
  if (++memory_.users_ == 1 && memory_.on_use) {
    memory_.on_use(true);
  }
}

MatrixMemory::Use::~Use() {
  if (--memory_.users_ == 0 && memory_.on_use) {
    memory_.on_use(false);
  }
}

MatrixMemory::Claim::Claim(MatrixMemory& memory, std::uint64_t bytes)
    : memory_(memory), bytes_(bytes) {
  memory_.waiting_.push_back(this);
}

MatrixMemory::Claim::~Claim() {
  if (taken_) {
    memory_.taken_ -= bytes_;
  } else {
    memory_.waiting_.erase(std::find(memory_.waiting_.begin(), memory_.waiting_.end(), this));
  }
  memory_.changed_.notify(sc_core::SC_ZERO_TIME);
}

bool MatrixMemory::Claim::take() {
  if (!taken_ && memory_.waiting_.front() == this && memory_.could_hold(memory_.taken_ + bytes_)) {
    memory_.waiting_.pop_front();
    memory_.taken_ += bytes_;
    taken_.emplace(memory_);
    memory_.changed_.notify(sc_core::SC_ZERO_TIME);
  }
  return taken_.has_value();
}

}  // namespace invar::sequencer
