/* One hundred thousand interrupts of the timer, each waited for: the host time of a round trip. */
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/driver/interrupts.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/riscv/riscv_port.h>

#define ROUND_TRIPS 100000u

static int acknowledge(void* context) {
  struct invar_port* port = context;
  return invar_register_write(port, port->timer_base + INVAR_TIMER_REG_STATUS, 1);
}

int main(void) {
  struct invar_port* port = invar_riscv_port();
  struct invar_interrupts interrupts;
  uint64_t count = 0;
  uint32_t now = 0;
  invar_interrupts_init(&interrupts, port, &count);
  invar_interrupts_connect(&interrupts, port->timer_irq, acknowledge, port);
  invar_register_write(port, port->timer_base + INVAR_TIMER_REG_CONTROL, 1);
  for (uint32_t i = 0; i < ROUND_TRIPS; ++i) {
    invar_register_read(port, port->timer_base + INVAR_TIMER_REG_TIME_LO, &now);
    invar_register_write(port, port->timer_base + INVAR_TIMER_REG_COMPARE_LO, now + 500);
    invar_register_write(port, port->timer_base + INVAR_TIMER_REG_COMPARE_HI, 0);
    invar_interrupts_wait(&interrupts);
  }
  return count == ROUND_TRIPS ? 0 : 1;
}
