#include <invar/registers/peripheral_registers.h>
#include <invar/sw/boot/boot_block.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/port/riscv/riscv_port.h>

#include "start.h"

enum { CAUSE_ILLEGAL_INSTRUCTION = 2, CAUSE_BREAKPOINT = 3, CAUSE_STORE_ACCESS_FAULT = 7 };

/* Shared with the trap handler: a wait is open; an interrupt was taken outside of any. */
static volatile int waiting, taken_outside;

static uint64_t disable_interrupts(void) {
  uint64_t before;
  __asm__ volatile("csrrci %0, mstatus, %1" : "=r"(before) : "i"(MSTATUS_MIE) : "memory");
  return before & MSTATUS_MIE;
}

static void enable_interrupts(void) {
  __asm__ volatile("csrsi mstatus, %0" : : "i"(MSTATUS_MIE) : "memory");
}

void invar_riscv_enable_interrupts(void) {
  enable_interrupts();
}

int invar_riscv_disable_interrupts(void) {
  return disable_interrupts() != 0;
}

/* wfi with interrupts off: it ends when one is pending, also one that came before it, and the trap
 * is taken where the program says. The trap handler closes the window behind the first. */
void invar_port_wait_for_interrupt(struct invar_port* port) {
  (void)port;
  const uint64_t before = disable_interrupts();
  if (taken_outside == 0) {
    waiting = 1;
    while (waiting != 0) { /* wfi may end without a reason */
      __asm__ volatile("wfi" ::: "memory");
      enable_interrupts();
      disable_interrupts();
    }
  }
  taken_outside = 0;
  if (before != 0) {
    enable_interrupts();
  }
}

/* Called by the trap entry with interrupts off. */
void invar_riscv_interrupt(uint64_t cause, uint64_t* frame) {
  struct invar_port* port = &invar_riscv_the_port;
  if (cause != MCAUSE_EXTERNAL_INTERRUPT || port->interrupt_entry == NULL) {
    invar_riscv_exception(cause, frame[INVAR_TRAP_FRAME_MEPC], 0);
  }
  port->interrupt_entry(port->interrupt_context);
  if (waiting != 0) {
    waiting = 0;
    frame[INVAR_TRAP_FRAME_MSTATUS] &= ~(uint64_t)MSTATUS_MPIE;
  } else {
    taken_outside = 1;
  }
}

static void print_hexadecimal(struct invar_port* port, uint64_t value) {
  int shift = 60;
  while (shift > 0 && value >> shift == 0) {
    shift -= 4;
  }
  invar_print(port, "0x");
  for (; shift >= 0; shift -= 4) {
    invar_port_put_char(port, "0123456789abcdef"[value >> shift & 15u]);
  }
}

static const char* describe(uint64_t cause) {
  static const char* const names[] = {"fetch misaligned",
                                      "fetch access fault",
                                      "illegal instruction",
                                      "breakpoint",
                                      "load misaligned",
                                      "load access fault",
                                      "store misaligned",
                                      "store access fault",
                                      NULL,
                                      NULL,
                                      NULL,
                                      "environment call"};
  if (cause == MCAUSE_EXTERNAL_INTERRUPT) {
    return "interrupt without a handler";
  }
  if (cause >> 63 != 0) {
    return "interrupt of an unknown kind";
  }
  return cause < sizeof names / sizeof *names && names[cause] != NULL ? names[cause]
                                                                      : "unknown exception";
}

/* Says what happened in one line and gives up. */
_Noreturn void invar_riscv_exception(uint64_t cause, uint64_t pc, uint64_t value) {
  static volatile int reporting;
  struct invar_port* port = &invar_riscv_the_port;
  disable_interrupts();
  if (reporting++ == 0) {
    invar_print(port, "firmware: ");
    invar_print(port, describe(cause));
    invar_print(port, " at pc ");
    print_hexadecimal(port, pc);
    if (cause <= CAUSE_STORE_ACCESS_FAULT && cause != CAUSE_BREAKPOINT) {
      invar_print(port, cause == CAUSE_ILLEGAL_INSTRUCTION ? ", instruction " : ", address ");
      print_hexadecimal(port, value);
    }
    const uint64_t guard = (uint64_t)(uintptr_t)invar_stack_guard;
    if (value >= guard && value - guard < INVAR_STACK_GUARD_BYTES) {
      invar_print(port, ": stack overflow");
    }
    invar_print(port, "\n");
    /* Without a handler: the core tells of the exception that mepc is still of. */
    __asm__ volatile("csrw mtvec, zero\n\tebreak");
  }
  invar_riscv_halt();
}
