#include "start.h"

#include <invar/registers/peripheral_registers.h>
#include <invar/sw/boot/boot_block.h>
#include <invar/sw/port/platform_port.h>
#include <invar/sw/port/riscv/riscv_port.h>

_Static_assert((INVAR_STACK_GUARD_BYTES & (INVAR_STACK_GUARD_BYTES - 1)) == 0 &&
                   INVAR_STACK_GUARD_BYTES >= 8,
               "a naturally aligned region of memory protection is a power of two");

struct invar_port invar_riscv_the_port;
/* Not .bss, which the start-up clears. */
unsigned char invar_riscv_exception_stack[INVAR_EXCEPTION_STACK_BYTES]
    __attribute__((aligned(16), section(".preserve")));

struct invar_port* invar_riscv_port(void) {
  return &invar_riscv_the_port;
}

static void fill_port(void) {
  struct invar_port* port = &invar_riscv_the_port;
  const struct invar_boot_block* boot =
      (const struct invar_boot_block*)(uintptr_t)INVAR_MAP_BOOT_BLOCK;
  invar_port_use_memory_map(port);
  port->ram_base = INVAR_MAP_RAM;
  /* Without a boot block as much as the firmware is sure of: enough to say what is missing. */
  port->ram_bytes = INVAR_MAP_BOOT_BLOCK + sizeof *boot - INVAR_MAP_RAM;
  if (boot->magic == INVAR_BOOT_MAGIC) {
    port->ram_base = boot->ram_base;
    port->ram_bytes = boot->ram_bytes;
  }
}

/* A stack that grows too far meets memory without any permission, in machine mode as well: entry 0
 * of the memory protection, naturally aligned power of two, locked. */
static void protect_stack(void) {
  const uint64_t region =
      ((uint64_t)(uintptr_t)invar_stack_guard | (INVAR_STACK_GUARD_BYTES / 2 - 1)) >> 2;
  const uint64_t locked_without_permission = 0x80 | 0x18;
  __asm__ volatile("csrw pmpaddr0, %0" : : "r"(region));
  __asm__ volatile("csrw pmpcfg0, %0" : : "r"(locked_without_permission));
}

/* The first of the constructors. */
__attribute__((constructor(101))) void invar_riscv_initialize(void) {
  fill_port();
  __asm__ volatile("csrw mtvec, %0" : : "r"(invar_riscv_trap_entry));
  protect_stack();
  __asm__ volatile("csrw mie, %0" : : "r"((uint64_t)MIE_MEIE));
}

_Noreturn void invar_riscv_halt(void) {
  invar_riscv_disable_interrupts();
  /* Nothing may end the sleep: simulated time would pass in a loop. */
  __asm__ volatile("csrw mie, zero");
  for (;;) {
    __asm__ volatile("wfi");
  }
}

_Noreturn void invar_riscv_exit(int code) {
  invar_port_write32(&invar_riscv_the_port, INVAR_MAP_HOST_CONTROL + INVAR_HOST_REG_EXIT,
                     (uint32_t)code);
  invar_riscv_halt();
}
