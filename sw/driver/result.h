/* What a driver function may end with. 0 is success; every other value is an error of the machine,
 * not of the numbers: those come back as enum invar_status in completion records.
 */
#ifndef INVAR_SW_DRIVER_RESULT_H
#define INVAR_SW_DRIVER_RESULT_H

enum invar_result {
  INVAR_RESULT_OK = 0,
  INVAR_RESULT_BUS_ERROR = 1,     /* a register access failed */
  INVAR_RESULT_NO_DEVICE = 2,     /* the identification register holds something else */
  INVAR_RESULT_OUT_OF_MEMORY = 3, /* RAM heap or scratchpad too small */
  INVAR_RESULT_RING_FULL = 4,     /* the oldest completion was not collected by its owner */
  INVAR_RESULT_RING_FAULT = 5,    /* the accelerator halted: it cannot reach its ring */
  INVAR_RESULT_JOB_FAILED = 6,    /* the engine halted on a job; see invar_engine.job_status */
  INVAR_RESULT_BAD_ARGUMENT = 7,
  INVAR_RESULT_FATAL_STATUS = 8, /* a completion status that no fall-back helps against */
  INVAR_RESULT_NOT_FINITE = 9    /* NaN or infinity where the algorithm needs a number */
};

#endif
