/* C interface between a host core and an instruction-set simulator that is loaded at run time.
 *
 * The simulator is one RISC-V hart (RV64GC, machine and user mode) without time: it executes,
 * counts, and asks its host, the core, for everything outside. The platform links no simulator, and
 * a simulator no SystemC. All of it happens on the caller's thread; callbacks may suspend that
 * thread.
 *
 * A plug-in is a shared object that exports `invar_iss_interface`.
 */
#ifndef INVAR_PLATFORM_HOST_CORE_INSTRUCTION_SET_SIMULATOR_H
#define INVAR_PLATFORM_HOST_CORE_INSTRUCTION_SET_SIMULATOR_H

#include <invar/sw/port/port.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INVAR_ISS_INTERFACE_VERSION 2u

/* Exception codes of the RISC-V privileged architecture (mcause) that a simulator reports. */
enum invar_iss_cause {
  INVAR_ISS_FETCH_MISALIGNED = 0,
  INVAR_ISS_FETCH_FAULT = 1,
  INVAR_ISS_ILLEGAL_INSTRUCTION = 2,
  INVAR_ISS_BREAKPOINT = 3,
  INVAR_ISS_LOAD_MISALIGNED = 4,
  INVAR_ISS_LOAD_FAULT = 5,
  INVAR_ISS_STORE_MISALIGNED = 6,
  INVAR_ISS_STORE_FAULT = 7,
  INVAR_ISS_USER_ENVIRONMENT_CALL = 8,
  INVAR_ISS_ENVIRONMENT_CALL = 11
};
/* mcause of a machine external interrupt. */
#define INVAR_ISS_EXTERNAL_INTERRUPT (UINT64_C(1) << 63 | 11)

/* Memory that a simulator may access by pointer: bus addresses first ... last. */
struct invar_iss_memory {
  uint64_t first, last;
  unsigned char* data;
};

/* What the simulator asks of its host. */
struct invar_iss_host {
  void* context;
  /* A data access outside memory known to the simulator; `bytes` is 1, 2 or 4. Returns 0, or 1 for
   * an access fault (a load then gives 0). */
  int (*load)(void* context, uint64_t address, unsigned bytes, uint32_t* value);
  int (*store)(void* context, uint64_t address, unsigned bytes, uint32_t value);
  /* Memory around `address` that may be accessed by pointer. Returns 1 with `memory` filled in, or
   * 0: then data accesses come as loads and stores, and a fetch is an access fault. */
  int (*find_memory)(void* context, uint64_t address, struct invar_iss_memory* memory);
  /* The budget of cycles is used up; between two basic blocks. Returns the next budget, or 0 to end
   * the run. */
  uint64_t (*budget_spent)(void* context);
  /* Before each instruction while tracing is on: its 2 or 4 bytes, low first. */
  void (*trace)(void* context, uint64_t pc, uint32_t instruction);
  /* Simulated time behind the instructions counted so far: for reads of cycle and time. */
  void (*clock)(void* context, uint64_t* cycles, uint64_t* nanoseconds);
  /* The level of the external interrupt at that time: for reads of mip. */
  int (*interrupt_line)(void* context);
};

/* Running counts since creation, exact to the instruction when a run has ended, to the basic block
 * in callbacks (that of a load or store counts as executed). */
struct invar_iss_counts {
  uint64_t instructions;
  uint64_t cycles; /* of each class as given at creation */
  uint64_t by_class[INVAR_OPERATION_COUNT];
};

/* Why a run ended. */
enum invar_iss_stop {
  INVAR_ISS_STOP_BUDGET = 0,             /* the host asked for it */
  INVAR_ISS_STOP_WAIT_FOR_INTERRUPT = 1, /* wfi; the pc is behind it */
  INVAR_ISS_STOP_INTERRUPT = 2, /* the line is high and the hart would take the interrupt */
  INVAR_ISS_STOP_EXCEPTION = 3, /* `event` says which; no trap has been entered */
  INVAR_ISS_STOP_ERROR = 4      /* the simulator failed; `message` says why */
};

/* One exception. */
struct invar_iss_event {
  uint64_t cause; /* enum invar_iss_cause */
  uint64_t pc;    /* of the instruction. After an access fault of the host, registers and counts are
                     those before it as well; of what followed in its basic block, accesses to the
                     host have been left out, and those to memory have been executed */
  uint64_t value; /* as mtval: faulting address, or the instruction's bits */
  const char* message;
};

struct invar_iss; /* one hart */

struct invar_iss_functions {
  uint32_t version; /* INVAR_ISS_INTERFACE_VERSION */
  const char* name; /* e.g. "unicorn 2.0.1" */
  /* `cycles` of an instruction by class. NULL when the simulator cannot be made, with the reason in
   * `message`. */
  struct invar_iss* (*create)(const struct invar_iss_host* host,
                              const uint32_t cycles[INVAR_OPERATION_COUNT], char* message,
                              uint64_t message_bytes);
  void (*destroy)(struct invar_iss* iss);
  /* The state of a hart out of reset, at `pc`. Memory known so far stays known. Not from a
   * callback. */
  void (*reset)(struct invar_iss* iss, uint64_t pc);
  /* Executes until something ends the run. Takes no interrupt itself. */
  enum invar_iss_stop (*run)(struct invar_iss* iss, uint64_t budget_cycles,
                             struct invar_iss_event* event);
  /* Gives the run under way another budget, counted from the end of the current block; 0 asks
   * `budget_spent` there. From a load or store: something may now happen earlier than was known. */
  void (*set_budget)(struct invar_iss* iss, uint64_t budget_cycles);
  /* The level of the external interrupt: while it is high, each block asks whether the hart would
   * take it. */
  void (*set_interrupt_line)(struct invar_iss* iss, int level);
  /* Whether a wfi would end by an external interrupt (mie.MEIE). */
  int (*is_interrupt_enabled)(struct invar_iss* iss);
  /* Whether a trap handler is installed (mtvec). */
  int (*has_trap_handler)(struct invar_iss* iss);
  /* Where the next mret goes (mepc). */
  uint64_t (*return_pc)(struct invar_iss* iss);
  /* Enters the trap handler: mcause, mepc, mtval, mstatus, pc. */
  void (*enter_trap)(struct invar_iss* iss, uint64_t cause, uint64_t pc, uint64_t value);
  /* Forgets memory in first ... last: it is asked for anew. From a callback as well; memory that
   * code has been executed from is then used to the end of the block. */
  void (*forget_memory)(struct invar_iss* iss, uint64_t first, uint64_t last);
  /* Calls `trace` before each instruction from the next run on, or no longer. */
  void (*set_trace)(struct invar_iss* iss, int on);
  uint64_t (*pc)(struct invar_iss* iss);
  /* x0 ... x31. */
  uint64_t (*integer_register)(struct invar_iss* iss, unsigned number);
  const struct invar_iss_counts* (*counts)(const struct invar_iss* iss);
};

/* The one symbol of a plug-in. */
const struct invar_iss_functions* invar_iss_interface(void);
typedef const struct invar_iss_functions* (*invar_iss_interface_function)(void);

#ifdef __cplusplus
}
#endif

#endif
