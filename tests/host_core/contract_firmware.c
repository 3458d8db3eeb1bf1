#include "contract_firmware.h"

#include <invar/registers/peripheral_registers.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/machine.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/numerics/elementary.h>
#ifdef INVAR_PORT_RISCV
#include <invar/sw/port/riscv/riscv_port.h>
#endif

#define N INVAR_CONTRACT_SIZE
#define SPACING_NS 2000u
/* Chunks of work after which interrupts every 2 us must have come: more than 1 ms. */
#define PATIENCE 10000

struct contract {
  struct invar_machine machine;
  struct invar_contract_record* record;
  /* The entry of the drivers, which the one that counts calls. */
  void (*entry)(void* context);
  void* entry_context;
  volatile uint64_t entries;
  /* timer */
  volatile uint32_t fired, left;
  uint32_t spacings_ns[4];
  uint64_t armed_for_ns;
  int error;
};

static void counting_entry(void* context) {
  struct contract* contract = context;
  contract->entries = contract->entries + 1;
  contract->entry(contract->entry_context);
}

static uint32_t read_timer(struct contract* contract, uint32_t offset) {
  struct invar_port* port = contract->machine.port;
  uint32_t value = 0;
  contract->error |= invar_register_read(port, port->timer_base + offset, &value);
  return value;
}

static void write_timer(struct contract* contract, uint32_t offset, uint32_t value) {
  struct invar_port* port = contract->machine.port;
  contract->error |= invar_register_write(port, port->timer_base + offset, value);
}

static uint64_t now_ns(struct contract* contract) {
  uint32_t high = read_timer(contract, INVAR_TIMER_REG_TIME_HI);
  for (;;) {
    const uint32_t low = read_timer(contract, INVAR_TIMER_REG_TIME_LO);
    const uint32_t again = read_timer(contract, INVAR_TIMER_REG_TIME_HI);
    if (again == high || contract->error != 0) {
      return (uint64_t)high << 32 | low;
    }
    high = again;
  }
}

static void arm_timer(struct contract* contract) {
  contract->armed_for_ns = now_ns(contract) + contract->spacings_ns[contract->left % 4];
  write_timer(contract, INVAR_TIMER_REG_COMPARE_LO, (uint32_t)contract->armed_for_ns);
  write_timer(contract, INVAR_TIMER_REG_COMPARE_HI, (uint32_t)(contract->armed_for_ns >> 32));
}

static int handle_timer(void* context) {
  struct contract* contract = context;
  write_timer(contract, INVAR_TIMER_REG_STATUS, 1);
  contract->fired = contract->fired + 1;
  contract->left = contract->left - 1;
  if (contract->left > 0) {
    arm_timer(contract);
  }
  return contract->error;
}

/* Numbers of the same bits on every core; what they cost is of no interest here. */
static double scramble(uint32_t i) {
  return (double)(int32_t)(i * 2654435761u + 12345u) * 0x1p-31;
}

static void compute_values(double* values) {
  const uint32_t quarter = INVAR_CONTRACT_VALUES / 4;
  for (uint32_t i = 0; i < quarter; ++i) {
    values[i] = invar_exp(30.0 * scramble(i));
    values[quarter + i] = invar_log(1.0000001 + scramble(i) * scramble(i + 1));
    values[2 * quarter + i] = __builtin_sqrt(values[i]);
    double dot = 0.0;
    for (uint32_t j = 0; j <= i; ++j) {
      dot += values[j] * scramble(i + 3 * j);
    }
    values[3 * quarter + i] = dot;
  }
}

/* Of a call of `work` on a core that cannot count: its operations. */
static const struct invar_function_cost work_cost = {
    "contract_firmware.c", "work", {{200000, 0, 40000, 0, 320000, 40000}}};

/* One piece of work, always the same result; keeps all registers busy that a trap must save. */
static double work(struct invar_port* port) {
  double a = 1.0, b = 2.0, c = 3.0, d = 4.0;
  uint64_t x = 1, y = 2;
  for (uint32_t i = 0; i < 40; ++i) {
    a = a * 0.75 + d;
    b = b * 0.5 + a / 3.0;
    c = c * 0.25 + b;
    d = d * 0.125 + c;
    x = x * 6364136223846793005u + y;
    y ^= x >> 29;
  }
  invar_port_charge(port, &work_cost, 0, 0);
  return a + b + c + d + (double)(y & 0xFFFFu);
}

/* One entry a wait, never too early. Some compares are over before the handler has returned. */
static int check_waits(struct contract* contract) {
  static const uint32_t spacings_ns[4] = {20, 700, 3000, 5};
  for (uint32_t i = 0; i < 4; ++i) {
    contract->spacings_ns[i] = spacings_ns[i];
  }
  contract->fired = 0;
  contract->left = INVAR_CONTRACT_WAITS;
  const uint64_t first = contract->entries;
  arm_timer(contract);
  for (uint64_t i = 1; i <= INVAR_CONTRACT_WAITS; ++i) {
    const uint64_t armed_for_ns = contract->armed_for_ns;
    if (contract->error != 0 ||
        invar_interrupts_wait(&contract->machine.interrupts) != INVAR_RESULT_OK) {
      return INVAR_CONTRACT_TIMER_REGISTER;
    }
    if (contract->entries - first != i || contract->fired != i) {
      return INVAR_CONTRACT_ENTRIES_OF_WAITS;
    }
    if (now_ns(contract) < armed_for_ns) {
      return INVAR_CONTRACT_TIME_RAN_BACK;
    }
  }
  contract->record->wait_entries = contract->entries - first;
  return INVAR_CONTRACT_OK;
}

/* Interrupts every 2 us while the core computes. A core that takes interrupts in waits alone waits
 * between the pieces of work. */
static int check_background(struct contract* contract) {
  struct invar_port* port = contract->machine.port;
  const double expected = work(port);
  const uint64_t first = contract->entries;
  for (uint32_t i = 0; i < 4; ++i) {
    contract->spacings_ns[i] = SPACING_NS;
  }
  contract->fired = 0;
  contract->left = INVAR_CONTRACT_BACKGROUND;
  int check = INVAR_CONTRACT_OK;
  arm_timer(contract);
#ifdef INVAR_PORT_RISCV
  invar_riscv_enable_interrupts();
#endif
  for (uint32_t i = 0; contract->left > 0 && i < PATIENCE; ++i) {
    if (work(port) != expected) {
      check = INVAR_CONTRACT_BACKGROUND_SUM;
    }
#ifndef INVAR_PORT_RISCV
    contract->error |= invar_interrupts_wait(&contract->machine.interrupts);
#endif
  }
  for (uint32_t i = 0; i < 100; ++i) { /* one that came twice would show now */
    if (work(port) != expected) {
      check = INVAR_CONTRACT_BACKGROUND_SUM;
    }
  }
#ifdef INVAR_PORT_RISCV
  invar_riscv_disable_interrupts();
#endif
  contract->record->background_entries = contract->entries - first;
  if (contract->left > 0) {
    return INVAR_CONTRACT_LATE_BACKGROUND;
  }
  if (contract->entries - first != INVAR_CONTRACT_BACKGROUND ||
      contract->fired != INVAR_CONTRACT_BACKGROUND) {
    return INVAR_CONTRACT_BACKGROUND_COUNT;
  }
  return contract->error != 0 ? INVAR_CONTRACT_TIMER_REGISTER : check;
}

static int check_timer(struct contract* contract) {
  struct invar_machine* machine = &contract->machine;
  contract->error |= invar_interrupts_connect(&machine->interrupts, machine->port->timer_irq,
                                              handle_timer, contract);
  write_timer(contract, INVAR_TIMER_REG_CONTROL, 1);
  int check = check_waits(contract);
  if (check == INVAR_CONTRACT_OK) {
    check = check_background(contract);
  }
  write_timer(contract, INVAR_TIMER_REG_CONTROL, 0);
  return check == INVAR_CONTRACT_OK && contract->error != 0 ? INVAR_CONTRACT_TIMER_REGISTER : check;
}

static void fill_operands(struct invar_contract_record* record) {
  for (uint32_t i = 0; i < N; ++i) {
    record->rhs[i] = 1.0 - 0.5 * i;
    for (uint32_t j = 0; j < N; ++j) {
      const double value = i == j ? 4.0 + i : 1.0 / (1.0 + i + j);
      record->matrix[i * N + j] = value;
      record->factor[i * N + j] = (float)value;
    }
  }
}

/* product <- factor factor, by DMA both ways. */
static int check_engine(struct contract* contract, uint64_t record_address) {
  struct invar_machine* machine = &contract->machine;
  struct invar_engine* engine = &machine->engine;
  const uint32_t bytes = N * N * 4, phase = INVAR_PHASE_HOST;
  if (invar_engine_init(engine, machine->port, &machine->interrupts, &machine->heap, 16) !=
      INVAR_RESULT_OK) {
    return INVAR_CONTRACT_ENGINE;
  }
  invar_engine_load(engine, phase, record_address + offsetof(struct invar_contract_record, factor),
                    0, bytes);
  const struct invar_engine_job gemm = {.opcode = INVAR_ENGINE_GEMM,
                                        .phase = phase,
                                        .m = N,
                                        .n = N,
                                        .k = N,
                                        .a = 0,
                                        .b = 0,
                                        .c = 1024,
                                        .alpha = 1.0f};
  invar_engine_append(engine, &gemm);
  invar_engine_store(engine, phase, 1024,
                     record_address + offsetof(struct invar_contract_record, product), bytes);
  return invar_engine_wait(engine) == INVAR_RESULT_OK ? INVAR_CONTRACT_OK : INVAR_CONTRACT_ENGINE;
}

static int check_accelerator(struct contract* contract, uint64_t record_address) {
  struct invar_machine* machine = &contract->machine;
  struct invar_accelerator* accelerator = &machine->accelerator;
  struct invar_completion completion;
  if (invar_accelerator_init(accelerator, machine->port, &machine->interrupts, &machine->heap,
                             machine->counters, 4) != INVAR_RESULT_OK ||
      invar_accelerator_program(accelerator, INVAR_HANDLE_NONE,
                                record_address + offsetof(struct invar_contract_record, matrix), N,
                                0, 0, &completion) != INVAR_RESULT_OK ||
      completion.status != INVAR_STATUS_OK ||
      invar_accelerator_solve(accelerator, completion.handle, N, 1,
                              record_address + offsetof(struct invar_contract_record, rhs),
                              record_address + offsetof(struct invar_contract_record, solution),
                              1e-9, 0, 0, &completion) != INVAR_RESULT_OK) {
    return INVAR_CONTRACT_ACCELERATOR;
  }
  contract->record->solve_status = completion.status;
  contract->record->solve_iterations = completion.iterations;
  contract->record->solve_residual = completion.residual;
  return completion.status == INVAR_STATUS_OK ? INVAR_CONTRACT_OK : INVAR_CONTRACT_ACCELERATOR;
}

static void report(struct invar_port* port, const struct invar_contract_record* record) {
  invar_print(port, "contract: ");
  invar_print_unsigned(port, record->wait_entries);
  invar_print(port, " waits, ");
  invar_print_unsigned(port, record->background_entries);
  invar_print(port, " in the background, dot product ");
  invar_print_scientific(
      port, record->values[INVAR_CONTRACT_VALUES - 1] * record->values[INVAR_CONTRACT_VALUES - 1]);
  invar_print(port, ", first unknown ");
  invar_print_scientific(port, record->solution[0]);
  invar_print(port, "\n");
}

static int run(struct contract* contract, struct invar_port* port) {
  const struct invar_boot_block* boot =
      invar_port_memory(port, port->boot_block_address, sizeof *boot);
  if (boot == NULL || boot->magic != INVAR_BOOT_MAGIC) {
    return INVAR_CONTRACT_NO_BOOT_BLOCK;
  }
  struct invar_buffer place;
  struct invar_machine* machine = &contract->machine;
  if (invar_machine_init(machine, port, boot) != INVAR_RESULT_OK ||
      invar_heap_allocate(&machine->heap, sizeof *contract->record, &place) != INVAR_RESULT_OK) {
    return INVAR_CONTRACT_NO_MEMORY;
  }
  contract->record = place.data;
  contract->record->magic = 0;
  contract->entries = 0;
  contract->error = 0;
  contract->entry = port->interrupt_entry;
  contract->entry_context = port->interrupt_context;
  port->interrupt_entry = counting_entry;
  port->interrupt_context = contract;

  contract->record->start_ns = now_ns(contract);
  compute_values(contract->record->values);
  fill_operands(contract->record);
  int check = check_timer(contract);
  if (check == INVAR_CONTRACT_OK) {
    check = check_engine(contract, place.address);
  }
  if (check == INVAR_CONTRACT_OK) {
    check = check_accelerator(contract, place.address);
  }
  if (check != INVAR_CONTRACT_OK) {
    return check;
  }
  contract->record->entries = contract->entries;
  contract->record->end_ns = now_ns(contract);
  if (contract->record->end_ns <= contract->record->start_ns) {
    return INVAR_CONTRACT_TIME_RAN_BACK;
  }
  if (contract->entries != machine->counters->interrupts) {
    return INVAR_CONTRACT_SPURIOUS;
  }
  report(port, contract->record);
  contract->record->magic = INVAR_CONTRACT_MAGIC;
  return INVAR_CONTRACT_OK;
}

int contract_firmware(struct invar_port* port) {
  struct contract contract;
  const int check = run(&contract, port);
  if (check != INVAR_CONTRACT_OK) {
    invar_print(port, "contract: check ");
    invar_print_unsigned(port, (uint64_t)check);
    invar_print(port, " failed\n");
  }
  return check;
}
