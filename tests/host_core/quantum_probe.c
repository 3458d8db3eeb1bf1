/* What a core that runs ahead can get wrong without noticing: it reads clocks of devices, resets an
 * engine in the middle of its job, polls, and prints what it saw. */
#include <invar/registers/accelerator_registers.h>
#include <invar/registers/digital_engine_registers.h>
#include <invar/registers/memory_map.h>
#include <invar/registers/peripheral_registers.h>
#include <invar/registers/phases.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/riscv/riscv_port.h>
#include <stdio.h>

enum {
#define OFFSET(name, offset, reset, access, effect) ENGINE_##name = offset,
  INVAR_ENGINE_REGISTERS(OFFSET)
#undef OFFSET
};

static struct invar_engine_job ring[2] __attribute__((aligned(64)));

static void work(int turns) {
  for (volatile int i = 0; i < turns; ++i) {
  }
}

static uint32_t read(uint64_t address) {
  uint32_t value = 0;
  invar_register_read(invar_riscv_port(), address, &value);
  return value;
}

static void write_engine(uint32_t offset, uint32_t value) {
  invar_register_write(invar_riscv_port(), INVAR_MAP_ENGINE + offset, value);
}

int main(void) {
  for (int i = 0; i < 5; ++i) {
    work(100 << i);
    const unsigned timer = read(INVAR_MAP_TIMER + INVAR_TIMER_REG_TIME_LO);
    const unsigned ticks = read(INVAR_MAP_ACCELERATOR + INVAR_REG_TICKS_LO);
    /* Both count nanoseconds; between the reads lies one register access. */
    printf("%u %s\n", timer, ticks - timer < 50u ? "agree" : "disagree");
  }
  ring[0] = (struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                      .phase = INVAR_PHASE_FORWARD,
                                      .m = 128,
                                      .n = 128,
                                      .k = 128,
                                      .b = 65536,
                                      .c = 131072,
                                      .alpha = 1.0f};
  write_engine(ENGINE_RING_BASE_LO, (uint32_t)(uintptr_t)ring);
  write_engine(ENGINE_RING_SIZE, 2);
  write_engine(ENGINE_CONTROL, INVAR_ENGINE_CONTROL_ENABLE);
  write_engine(ENGINE_RING_TAIL, 1);
  work(600);
  write_engine(ENGINE_CONTROL, INVAR_ENGINE_CONTROL_RESET);
  work(3000);
  unsigned polls = 0;
  while (read(INVAR_MAP_TIMER + INVAR_TIMER_REG_TIME_LO) < 200000u) {
    ++polls;
  }
  printf("%u polls\n", polls);
  return 0;
}
