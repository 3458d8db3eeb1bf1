#include <invar/simulation/register_table.h>

namespace invar::simulation {

std::uint64_t RegisterValues::pair(std::uint64_t low_offset) const {
  return (*this)[low_offset] | static_cast<std::uint64_t>((*this)[low_offset + 4]) << 32;
}

void RegisterValues::write(const TimedWrite& write) {
  const RegisterRow* const row = table_->find(write.offset);
  if (row == nullptr) {
    return;
  }
  std::uint32_t& word = words_[write.offset / 4];
  switch (row->access.kind) {
    case RegisterAccess::Kind::read_only:
      word = write.value;
      break;
    case RegisterAccess::Kind::read_write:
      word = write.value & row->access.bits;
      break;
    case RegisterAccess::Kind::write_one_to_clear:
      word &= ~(write.value & row->access.bits);
      break;
    case RegisterAccess::Kind::write_only:
    case RegisterAccess::Kind::alias:
      break;
  }
  if (table_->effect() != nullptr) {
    table_->effect()(*this, write);
  }
}

void RegisterValues::reset(const sc_core::sc_time& at) {
  words_.fill(0);
  for (const RegisterRow& row : table_->rows_) {
    words_[row.offset / 4] |= row.reset;
  }
  ++resets_;
  reset_time_ = at;
}

}  // namespace invar::simulation
