/* A handler of the program's own that goes on behind every instruction that fails: bus errors,
 * ebreak and ecall at one place each, two thousand times. */
#include <invar/sw/port/riscv/riscv_port.h>
#include <stdint.h>

#define TURNS 2000

volatile uint64_t skipped;

__attribute__((interrupt, aligned(4))) void skip(void) {
  uint64_t pc;
  __asm__ volatile("csrr %0, mepc" : "=r"(pc));
  const uint16_t low = *(const uint16_t*)pc;
  pc += (low & 3) == 3 ? 4 : 2;
  __asm__ volatile("csrw mepc, %0" : : "r"(pc));
  skipped = skipped + 1;
}

uint32_t* volatile hole = (uint32_t*)0x30000010;

int main(void) {
  __asm__ volatile("csrw mtvec, %0" : : "r"(&skip));
  for (int i = 0; i < TURNS; ++i) {
    *hole = (uint32_t)i;
    (void)*(volatile uint32_t*)hole;
    __asm__ volatile("ebreak");
    __asm__ volatile("ecall");
  }
  return skipped == 4 * TURNS ? 0 : 1;
}
