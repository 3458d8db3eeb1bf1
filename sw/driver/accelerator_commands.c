#include <invar/sw/driver/accelerator_driver.h>

int invar_accelerator_run(struct invar_accelerator* accelerator,
                          const struct invar_descriptor* descriptor,
                          struct invar_completion* completion) {
  uint32_t ticket = 0;
  const int result = invar_accelerator_submit(accelerator, descriptor, &ticket);
  return result != INVAR_RESULT_OK ? result
                                   : invar_accelerator_wait(accelerator, ticket, completion);
}

int invar_accelerator_program(struct invar_accelerator* accelerator, uint32_t handle,
                              uint64_t matrix, uint32_t n, uint32_t slices, uint32_t flags,
                              struct invar_completion* completion) {
  return invar_accelerator_run(accelerator,
                               &(struct invar_descriptor){.opcode = INVAR_OP_PROGRAM,
                                                          .phase = INVAR_PHASE_PROGRAMMING,
                                                          .flags = flags,
                                                          .handle = handle,
                                                          .n = n,
                                                          .slices = slices,
                                                          .source = matrix},
                               completion);
}

int invar_accelerator_solve(struct invar_accelerator* accelerator, uint32_t handle, uint32_t n,
                            uint32_t columns, uint64_t source, uint64_t destination,
                            double tolerance, uint32_t iteration_limit, uint32_t flags,
                            struct invar_completion* completion) {
  return invar_accelerator_run(accelerator,
                               &(struct invar_descriptor){.opcode = INVAR_OP_SOLVE,
                                                          .phase = INVAR_PHASE_INVERSION,
                                                          .flags = flags,
                                                          .handle = handle,
                                                          .n = n,
                                                          .columns = columns,
                                                          .source = source,
                                                          .destination = destination,
                                                          .tolerance = tolerance,
                                                          .iteration_limit = iteration_limit},
                               completion);
}

int invar_accelerator_mvm(struct invar_accelerator* accelerator, uint32_t handle, uint32_t n,
                          uint32_t columns, uint64_t source, uint64_t destination, uint32_t flags,
                          struct invar_completion* completion) {
  return invar_accelerator_run(accelerator,
                               &(struct invar_descriptor){.opcode = INVAR_OP_MVM,
                                                          .phase = INVAR_PHASE_INVERSION,
                                                          .flags = flags,
                                                          .handle = handle,
                                                          .n = n,
                                                          .columns = columns,
                                                          .source = source,
                                                          .destination = destination},
                               completion);
}

int invar_accelerator_read_back(struct invar_accelerator* accelerator, uint32_t handle, uint32_t n,
                                uint64_t destination, uint32_t flags,
                                struct invar_completion* completion) {
  return invar_accelerator_run(accelerator,
                               &(struct invar_descriptor){.opcode = INVAR_OP_READ_BACK,
                                                          .phase = INVAR_PHASE_PROGRAMMING,
                                                          .flags = flags,
                                                          .handle = handle,
                                                          .n = n,
                                                          .destination = destination},
                               completion);
}

int invar_accelerator_calibrate(struct invar_accelerator* accelerator, uint32_t handle,
                                struct invar_completion* completion) {
  return invar_accelerator_run(
      accelerator,
      &(struct invar_descriptor){
          .opcode = INVAR_OP_CALIBRATE, .phase = INVAR_PHASE_PROGRAMMING, .handle = handle},
      completion);
}

int invar_accelerator_release(struct invar_accelerator* accelerator, uint32_t handle,
                              struct invar_completion* completion) {
  return invar_accelerator_run(
      accelerator,
      &(struct invar_descriptor){
          .opcode = INVAR_OP_RELEASE, .phase = INVAR_PHASE_PROGRAMMING, .handle = handle},
      completion);
}

const char* invar_accelerator_status_text(uint32_t status) {
  switch (status) {
#define INVAR_STATUS_TEXT(name, value, key, words, meaning) \
  case value:                                               \
    return words;
    INVAR_STATUSES(INVAR_STATUS_TEXT)
#undef INVAR_STATUS_TEXT
    default:
      return "unknown status";
  }
}
