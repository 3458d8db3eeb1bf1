/* What every host core must do alike: a firmware for both, and what it leaves behind.
 *
 * It takes the boot block of INVAR_APP_NONE: RAM, heap and the place of the counters. The record
 * lies at the heap's address, rounded up to 64 bytes.
 */
#ifndef INVAR_TESTS_HOST_CORE_CONTRACT_FIRMWARE_H
#define INVAR_TESTS_HOST_CORE_CONTRACT_FIRMWARE_H

#include <invar/sw/port/port.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INVAR_CONTRACT_MAGIC 0x54434152544E4F43ull
#define INVAR_CONTRACT_VALUES 256u
#define INVAR_CONTRACT_WAITS 100u
#define INVAR_CONTRACT_BACKGROUND 20u
#define INVAR_CONTRACT_SIZE 4u

/* What contract_firmware returns: the first check that failed. */
enum invar_contract_check {
  INVAR_CONTRACT_OK = 0,
  INVAR_CONTRACT_NO_BOOT_BLOCK = 1,
  INVAR_CONTRACT_NO_MEMORY = 2,
  INVAR_CONTRACT_TIMER_REGISTER = 3,   /* a bus error at a timer register */
  INVAR_CONTRACT_ENTRIES_OF_WAITS = 4, /* not one interrupt entry a wait */
  INVAR_CONTRACT_TIME_RAN_BACK = 5,    /* the timer, or a wait that ended too early */
  INVAR_CONTRACT_BACKGROUND_COUNT = 6, /* not one entry an interrupt while computing */
  INVAR_CONTRACT_BACKGROUND_SUM = 7,   /* an interrupt changed what it interrupted */
  INVAR_CONTRACT_ENGINE = 8,           /* the job failed */
  INVAR_CONTRACT_ACCELERATOR = 9,      /* a driver call failed, or a status other than OK */
  INVAR_CONTRACT_SPURIOUS = 10,        /* entries that found no interrupt pending */
  INVAR_CONTRACT_LATE_BACKGROUND = 11  /* the interrupts while computing did not all come */
};

struct invar_contract_record {
  uint64_t magic;   /* INVAR_CONTRACT_MAGIC once the record is complete */
  uint64_t entries; /* interrupt entries in all: two waits and background, engine, accelerator */
  uint64_t wait_entries, background_entries;
  uint64_t start_ns, end_ns; /* timer, at the begin and at the end */
  uint32_t solve_status, solve_iterations;
  double solve_residual;
  double values[INVAR_CONTRACT_VALUES]; /* the same bits on every core */
  double solution[INVAR_CONTRACT_SIZE]; /* of matrix x = rhs, by the accelerator */
  double matrix[INVAR_CONTRACT_SIZE * INVAR_CONTRACT_SIZE], rhs[INVAR_CONTRACT_SIZE];
  float product[INVAR_CONTRACT_SIZE * INVAR_CONTRACT_SIZE]; /* matrix^2 by the engine, FP32 */
  float factor[INVAR_CONTRACT_SIZE * INVAR_CONTRACT_SIZE];  /* the matrix in FP32 */
};

/* Returns enum invar_contract_check. */
int contract_firmware(struct invar_port* port);

#ifdef __cplusplus
}
#endif

#endif
