/* Four million reads of a register, or none: the difference is what they cost. */
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/port/riscv/riscv_port.h>

#define READS 4000000u

int main(void) {
  struct invar_port* port = invar_riscv_port();
  uint32_t sum = 0;
  for (uint32_t i = 0; i < READS; ++i) {
    uint32_t value = 0;
#ifdef NO_READS
    __asm__ volatile("" : "+r"(value) : "r"(port));
#else
    invar_port_read32(port, port->interrupt_controller_base + INVAR_INTC_REG_ENABLE, &value);
#endif
    sum += value;
  }
  return sum == 0 ? 0 : 1;
}
