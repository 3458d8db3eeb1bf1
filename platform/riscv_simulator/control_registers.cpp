#include "control_registers.h"

namespace invar::platform::riscv {

namespace {

// Numbers of registers.
enum : std::uint32_t {
  k_fflags = 0x001,
  k_frm = 0x002,
  k_fcsr = 0x003,
  k_mstatus = 0x300,
  k_misa = 0x301,
  k_mie = 0x304,
  k_mtvec = 0x305,
  k_mcounteren = 0x306,
  k_menvcfg = 0x30a,
  k_mcountinhibit = 0x320,
  k_mhpmevent_first = 0x323,
  k_mhpmevent_last = 0x33f,
  k_mscratch = 0x340,
  k_mepc = 0x341,
  k_mcause = 0x342,
  k_mtval = 0x343,
  k_mip = 0x344,
  k_pmpcfg0 = 0x3a0,
  k_pmpcfg2 = 0x3a2,
  k_pmpaddr_first = 0x3b0,
  k_pmpaddr_last = 0x3bf,
  k_trigger_first = 0x7a0,
  k_trigger_last = 0x7a3,
  k_mcycle = 0xb00,
  k_minstret = 0xb02,
  k_machine_counter_last = 0xb1f,
  k_cycle = 0xc00,
  k_counter_last = 0xc1f,
  k_mvendorid = 0xf11,
  k_mconfigptr = 0xf15
};

constexpr std::uint64_t k_status_mie = 1u << 3;
constexpr std::uint64_t k_status_mpie = 1u << 7;
constexpr std::uint64_t k_status_mpp = 3u << 11;
constexpr unsigned k_status_fs = 13;  // and bit 14
constexpr std::uint64_t k_status_mprv = 1u << 17;
constexpr std::uint64_t k_status_tw = 1u << 21;
constexpr std::uint64_t k_status_uxl = std::uint64_t{2} << 32;  // 64 bits in user mode
constexpr std::uint64_t k_status_sd = std::uint64_t{1} << 63;
constexpr unsigned k_float_dirty = 3;

constexpr std::uint64_t k_external = 1u << 11;
constexpr std::uint64_t k_interrupts = k_external | 1u << 7 | 1u << 3;
constexpr std::uint64_t k_interrupt = std::uint64_t{1} << 63;

constexpr std::uint64_t extension(char letter) {
  return std::uint64_t{1} << (letter - 'A');
}
constexpr std::uint64_t k_isa = std::uint64_t{2} << 62 | extension('I') | extension('M') |
                                extension('A') | extension('F') | extension('D') | extension('C') |
                                extension('U');

// Indices of counters.
enum : std::uint32_t { k_index_cycle = 0, k_index_time = 1, k_index_instructions = 2 };

/// What is written to a counter holds for the next instruction.
constexpr std::uint64_t k_this_instruction = 1;

constexpr bool is_read_only(std::uint32_t number) {
  return number >> 10 == 3;
}
constexpr bool is_machine(std::uint32_t number) {
  return (number >> 8 & 3) != 0;
}

}  // namespace

std::optional<std::uint64_t> ControlRegisters::read(std::uint32_t number) {
  if (user_ && is_machine(number)) {
    return std::nullopt;
  }
  if (number <= k_fcsr) {
    return read_float(number);
  }
  if (number >= k_cycle && number <= k_counter_last) {
    const std::uint32_t index = number - k_cycle;
    return user_ && (counter_enable_ >> index & 1) == 0 ? std::nullopt : read_counter(index);
  }
  if (number >= k_mcycle && number <= k_machine_counter_last) {
    const std::uint32_t index = number - k_mcycle;
    return index == k_index_time ? std::nullopt : read_counter(index);
  }
  return read_machine(number);
}

bool ControlRegisters::write(std::uint32_t number, std::uint64_t value) {
  if (is_read_only(number) || (user_ && is_machine(number))) {
    return false;
  }
  if (number <= k_fcsr) {
    return write_float(number, value);
  }
  return write_machine(number, value);
}

std::optional<std::uint64_t> ControlRegisters::read_counter(std::uint32_t index) {
  switch (index) {
    case k_index_cycle:
      return sources_.clock_cycles() + cycle_offset_;
    case k_index_time:
      return sources_.nanoseconds();
    case k_index_instructions:
      return sources_.instructions() + instruction_offset_;
    default:
      return 0;
  }
}

std::optional<std::uint64_t> ControlRegisters::read_float(std::uint32_t number) {
  if (number < k_fflags || sources_.float_status() == 0) {
    return std::nullopt;
  }
  const std::uint64_t value = sources_.float_control();
  return number == k_fflags ? value & 0x1f : number == k_frm ? value >> 5 : value;
}

bool ControlRegisters::write_float(std::uint32_t number, std::uint64_t value) {
  if (number < k_fflags || sources_.float_status() == 0) {
    return false;
  }
  const std::uint64_t before = sources_.float_control();
  if (number == k_fflags) {
    value = (before & 0xe0) | (value & 0x1f);
  } else if (number == k_frm) {
    value = (value & 7) << 5 | (before & 0x1f);
  }
  sources_.set_float_control(value & 0xff);
  sources_.set_float_status(k_float_dirty);
  return true;
}

std::optional<std::uint64_t> ControlRegisters::read_machine(std::uint32_t number) {
  if (number >= k_pmpaddr_first && number <= k_pmpaddr_last) {
    return protection_.address(number - k_pmpaddr_first);
  }
  const bool is_zero = (number >= k_mhpmevent_first && number <= k_mhpmevent_last) ||
                       (number >= k_trigger_first && number <= k_trigger_last) ||
                       (number >= k_mvendorid && number <= k_mconfigptr);
  if (is_zero) {
    return 0;
  }
  switch (number) {
    case k_mstatus: {
      const std::uint64_t floats = sources_.float_status();
      return status_ | floats << k_status_fs | k_status_uxl |
             (floats == k_float_dirty ? k_status_sd : 0);
    }
    case k_misa:
      return k_isa;
    case k_mie:
      return interrupt_enable_;
    case k_mtvec:
      return trap_vector_;
    case k_mcounteren:
      return counter_enable_;
    case k_menvcfg:
    case k_mcountinhibit:
    case k_pmpcfg2:
      return 0;
    case k_mscratch:
      return scratch_;
    case k_mepc:
      return exception_pc_;
    case k_mcause:
      return cause_;
    case k_mtval:
      return trap_value_;
    case k_mip:
      return sources_.external_interrupt() ? k_external : 0;
    case k_pmpcfg0:
      return protection_.configuration();
    default:
      return std::nullopt;
  }
}

bool ControlRegisters::write_machine(std::uint32_t number, std::uint64_t value) {
  if (number >= k_pmpaddr_first && number <= k_pmpaddr_last) {
    protection_.set_address(number - k_pmpaddr_first, value);
    return true;
  }
  switch (number) {
    case k_mstatus:
      write_status(value);
      return true;
    case k_mie:
      interrupt_enable_ = value & k_interrupts;
      return true;
    case k_mtvec:
      trap_vector_ = value & ~std::uint64_t{2};
      return true;
    case k_mcounteren:
      counter_enable_ = value & 0xffffffff;
      return true;
    case k_mscratch:
      scratch_ = value;
      return true;
    case k_mepc:
      exception_pc_ = value & ~std::uint64_t{1};
      return true;
    case k_mcause:
      cause_ = value;
      return true;
    case k_mtval:
      trap_value_ = value;
      return true;
    case k_pmpcfg0:
      protection_.set_configuration(value);
      return true;
    case k_mcycle:
      cycle_offset_ = value - sources_.clock_cycles() - k_this_instruction;
      return true;
    case k_minstret:
      instruction_offset_ = value - sources_.instructions() - k_this_instruction;
      return true;
    default:
      // What is always the same takes a write without an effect.
      return read(number).has_value();
  }
}

void ControlRegisters::write_status(std::uint64_t value) {
  constexpr std::uint64_t writable = k_status_mie | k_status_mpie | k_status_mprv | k_status_tw;
  // Machine and user mode alone are legal.
  const std::uint64_t previous = value & k_status_mpp;
  const bool legal = previous == 0 || previous == k_status_mpp;
  status_ = (value & writable) | (legal ? previous : status_ & k_status_mpp);
  sources_.set_float_status(value >> k_status_fs & 3);
}

std::uint64_t ControlRegisters::enter_trap(std::uint64_t cause, std::uint64_t pc,
                                           std::uint64_t value) {
  const bool enabled = (status_ & k_status_mie) != 0;
  status_ &= ~(k_status_mie | k_status_mpie | k_status_mpp);
  status_ |= (enabled ? k_status_mpie : 0) | (user_ ? 0 : k_status_mpp);
  user_ = false;
  exception_pc_ = pc & ~std::uint64_t{1};
  cause_ = cause;
  trap_value_ = value;
  const bool vectored = (trap_vector_ & 1) != 0 && (cause & k_interrupt) != 0;
  return (trap_vector_ & ~std::uint64_t{3}) + (vectored ? 4 * (cause & ~k_interrupt) : 0);
}

std::uint64_t ControlRegisters::return_from_trap() {
  user_ = (status_ & k_status_mpp) == 0;
  const bool enable = (status_ & k_status_mpie) != 0;
  status_ &= ~(k_status_mie | k_status_mpp | (user_ ? k_status_mprv : 0));
  status_ |= k_status_mpie | (enable ? k_status_mie : 0);
  return exception_pc_;
}

bool ControlRegisters::accesses_as_user() const {
  return user_ || ((status_ & k_status_mprv) != 0 && (status_ & k_status_mpp) == 0);
}

bool ControlRegisters::traps_wait() const {
  return user_ && (status_ & k_status_tw) != 0;
}

bool ControlRegisters::enables_external_interrupt() const {
  return (interrupt_enable_ & k_external) != 0;
}

bool ControlRegisters::takes_external_interrupt() const {
  return (user_ || (status_ & k_status_mie) != 0) && enables_external_interrupt();
}

}  // namespace invar::platform::riscv
