/* A program for the RISC-V host core: solves A x = b on the RRAM accelerator. */
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/driver/machine.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/riscv/riscv_port.h>
#include <stdio.h>

/* Devices read and write memory where the program has it: one bus, one address space. */
static const double matrix[3][3] = {{4, 1, 0.5}, {1, 3, 1}, {0.5, 1, 2}};
static const double rhs[3] = {1, 2, 3};
static double solution[3];

static unsigned now_ns(struct invar_port* port) {
  uint32_t low = 0;
  invar_register_read(port, port->timer_base + INVAR_TIMER_REG_TIME_LO, &low);
  return low;
}

int main(void) {
  struct invar_port* port = invar_riscv_port();
  const struct invar_boot_block* boot =
      invar_port_memory(port, port->boot_block_address, sizeof *boot);
  static struct invar_machine machine; /* heap, interrupts, drivers */
  struct invar_accelerator* accelerator = &machine.accelerator;
  struct invar_completion program, solve;
  printf("hello from RV64GC at %u ns\n", now_ns(port));

  if (invar_machine_init(&machine, port, boot) != INVAR_RESULT_OK ||
      invar_accelerator_init(accelerator, port, &machine.interrupts, &machine.heap,
                             machine.counters, 4) != INVAR_RESULT_OK ||
      invar_accelerator_program(accelerator, INVAR_HANDLE_NONE, (uintptr_t)matrix, 3, 0, 0,
                                &program) != INVAR_RESULT_OK ||
      invar_accelerator_solve(accelerator, program.handle, 3, 1, (uintptr_t)rhs,
                              (uintptr_t)solution, 1e-9, 0, 0, &solve) != INVAR_RESULT_OK) {
    printf("the accelerator does not answer\n");
    return 1;
  }
  printf("program: %s, solve: %s\n", invar_accelerator_status_text(program.status),
         invar_accelerator_status_text(solve.status));
  printf("x = %.9f %.9f %.9f after %u iterations, residual %.1e\n", solution[0], solution[1],
         solution[2], (unsigned)solve.iterations, solve.residual);
  printf("%u interrupts, %u ns\n", (unsigned)machine.counters->interrupts, now_ns(port));
  return solve.status == INVAR_STATUS_OK ? 0 : 1;
}
