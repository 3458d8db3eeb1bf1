#include <invar/sequencer/matrix_memory.h>

#include <algorithm>

namespace invar::sequencer {

MatrixMemory::Claim::Claim(MatrixMemory& memory, std::uint64_t bytes)
    : memory_(memory), bytes_(bytes) {
  memory_.waiting_.push_back(this);
}

MatrixMemory::Claim::~Claim() {
  if (is_taken_) {
    memory_.taken_ -= bytes_;
  } else {
    memory_.waiting_.erase(std::find(memory_.waiting_.begin(), memory_.waiting_.end(), this));
  }
  memory_.changed_.notify(sc_core::SC_ZERO_TIME);
}

bool MatrixMemory::Claim::take() {
  if (!is_taken_ && memory_.waiting_.front() == this &&
      memory_.could_hold(memory_.taken_ + bytes_)) {
    memory_.waiting_.pop_front();
    memory_.taken_ += bytes_;
    is_taken_ = true;
    memory_.changed_.notify(sc_core::SC_ZERO_TIME);
  }
  return is_taken_;
}

}  // namespace invar::sequencer
