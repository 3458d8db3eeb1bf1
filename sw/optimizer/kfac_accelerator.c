#include <invar/sw/driver/console.h>
#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

/* Of a factor on its way through the accelerator. */
enum refresh_state { REFRESH_PROGRAMMING, REFRESH_SOLVING, REFRESH_DONE, REFRESH_FAILED };

static int is_inverse_applied(const struct invar_kfac* kfac) {
  return kfac->parameters->kfac_apply == INVAR_KFAC_APPLY_INVERSE;
}

int invar_kfac_submit_solve(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                            uint32_t columns, uint64_t source, uint64_t destination,
                            uint32_t* ticket) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_submit_solve);
  return invar_accelerator_submit(
      &kfac->machine->accelerator,
      &(struct invar_descriptor){.opcode = INVAR_OP_SOLVE,
                                 .phase = INVAR_PHASE_INVERSION,
                                 .flags = INVAR_FLAG_FP32,
                                 .handle = factor->handle,
                                 .n = factor->n,
                                 .columns = columns,
                                 .source = source,
                                 .destination = destination,
                                 .tolerance = (double)kfac->parameters->tolerance,
                                 .iteration_limit = kfac->parameters->iteration_limit},
      ticket);
}

static int submit_program(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                          uint32_t* ticket) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, submit_program);
  return invar_accelerator_submit(&kfac->machine->accelerator,
                                  &(struct invar_descriptor){.opcode = INVAR_OP_PROGRAM,
                                                             .phase = INVAR_PHASE_PROGRAMMING,
                                                             .flags = INVAR_FLAG_FP32,
                                                             .handle = factor->handle,
                                                             .n = factor->n,
                                                             .slices = factor->fallback.slices,
                                                             .source = factor->matrix.address},
                                  ticket);
}

static int release(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_completion completion;
  const uint32_t handle = factor->handle;
  INVAR_COST(kfac->machine->port, kfac_accelerator, release);
  factor->handle = INVAR_HANDLE_NONE;
  return handle == INVAR_HANDLE_NONE
             ? INVAR_RESULT_OK
             : invar_accelerator_release(&kfac->machine->accelerator, handle, &completion);
}

/* The explicit inverse from RAM to where it is applied, symmetrised. */
static void load_inverse(struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, load_inverse);
  invar_engine_load(kfac->network->engine, INVAR_PHASE_INVERSION, factor->inverse.address,
                    kfac->work, factor->n * factor->n * 4);
  invar_kfac_symmetrize(kfac, INVAR_PHASE_INVERSION, factor->n, kfac->work, factor->inverse.address,
                        factor->applied.offset);
  invar_plan_commit(kfac->network->plan, INVAR_PHASE_INVERSION, &factor->applied);
  invar_engine_flush(kfac->network->engine);
}

/* Notes the handle of a PROGRAM that is done: a failed one leaves none. The result is its status.
 */
static uint32_t take_program(struct invar_kfac_factor* factor,
                             const struct invar_completion* completion) {
  factor->handle = completion->status == INVAR_STATUS_OK ? completion->handle : INVAR_HANDLE_NONE;
  return completion->status;
}

/* Programs the factor as it stands and solves, waiting for both. */
static int program_and_solve(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
                             uint32_t columns, uint64_t source, uint64_t destination,
                             uint32_t* status) {
  struct invar_accelerator* accelerator = &kfac->machine->accelerator;
  struct invar_completion completion;
  uint32_t ticket = 0;
  int result = INVAR_RESULT_OK;
  do {
    result = submit_program(kfac, factor, &ticket);
    if (result == INVAR_RESULT_OK) {
      result = invar_accelerator_wait(accelerator, ticket, &completion);
    }
    if (result != INVAR_RESULT_OK) {
      return result;
    }
    *status = take_program(factor, &completion);
  } while (
      *status == INVAR_STATUS_OK &&
      invar_fallback_wants_slice(&factor->fallback, completion.residual, kfac->machine->counters));
  if (*status != INVAR_STATUS_OK || columns == 0) {
    return INVAR_RESULT_OK;
  }
  result = invar_kfac_submit_solve(kfac, factor, columns, source, destination, &ticket);
  if (result == INVAR_RESULT_OK) {
    result = invar_accelerator_wait(accelerator, ticket, &completion);
  }
  *status = completion.status;
  return result;
}

static int report_fatal(struct invar_kfac* kfac, uint32_t status) {
  struct invar_port* port = kfac->machine->port;
  invar_print(port, "accelerator: ");
  invar_print(port, invar_accelerator_status_text(status));
  invar_print(port, "\n");
  return status == INVAR_STATUS_BAD_RHS ? INVAR_RESULT_NOT_FINITE : INVAR_RESULT_FATAL_STATUS;
}

int invar_kfac_fall_back(struct invar_kfac* kfac, struct invar_kfac_factor* factor, uint32_t status,
                         uint32_t columns, uint64_t source, uint64_t destination) {
  /* Without a free tile at first: others may have given theirs back since. */
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_fall_back);
  int tile_may_be_free = status == INVAR_STATUS_NO_TILE;
  int result = INVAR_RESULT_OK;
  while (result == INVAR_RESULT_OK && status != INVAR_STATUS_OK) {
    if (!tile_may_be_free) {
      const enum invar_fallback_action action =
          invar_fallback_next(&factor->fallback, status, kfac->machine->counters);
      if (action == INVAR_FALLBACK_FATAL || action == INVAR_FALLBACK_GIVE_UP) {
        return report_fatal(kfac, status);
      }
      if (action == INVAR_FALLBACK_DIGITAL) {
        factor->digital = 1;
        result = release(kfac, factor);
        return result != INVAR_RESULT_OK ? result : invar_kfac_factorize(kfac, factor);
      }
      if (action == INVAR_FALLBACK_DAMPING) {
        invar_kfac_damp_stored(kfac, factor);
        result = invar_engine_wait(kfac->network->engine);
      }
    }
    tile_may_be_free = 0;
    if (result == INVAR_RESULT_OK) {
      result = program_and_solve(kfac, factor, columns, source, destination, &status);
    }
  }
  return result;
}

static int submit_inversion(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                            uint32_t* ticket) {
  return invar_kfac_submit_solve(kfac, factor, factor->n, factor->identity.address,
                                 factor->inverse.address, ticket);
}

static int submit_release(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const uint32_t handle = factor->handle;
  INVAR_COST(kfac->machine->port, kfac_accelerator, submit_release);
  factor->handle = INVAR_HANDLE_NONE;
  return invar_accelerator_submit_detached(
      &kfac->machine->accelerator,
      &(struct invar_descriptor){
          .opcode = INVAR_OP_RELEASE, .phase = INVAR_PHASE_PROGRAMMING, .handle = handle});
}

/* The next move of a factor whose command has finished. */
static int advance(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_completion completion;
  INVAR_COST(kfac->machine->port, kfac_accelerator, advance);
  int result = invar_accelerator_wait(&kfac->machine->accelerator, factor->ticket, &completion);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  if (factor->state == REFRESH_PROGRAMMING &&
      take_program(factor, &completion) == INVAR_STATUS_OK &&
      invar_fallback_wants_slice(&factor->fallback, completion.residual, kfac->machine->counters)) {
    return submit_program(kfac, factor, &factor->ticket);
  }
  if (completion.status != INVAR_STATUS_OK) {
    factor->state = REFRESH_FAILED;
    factor->status = completion.status;
    return INVAR_RESULT_OK;
  }
  if (factor->state == REFRESH_PROGRAMMING && is_inverse_applied(kfac)) {
    factor->state = REFRESH_SOLVING;
    return submit_inversion(kfac, factor, &factor->ticket);
  }
  if (factor->state == REFRESH_SOLVING) {
    load_inverse(kfac, factor);
    result = submit_release(kfac, factor);
  }
  factor->state = REFRESH_DONE;
  return result;
}

/* All factors at once: one tile is programmed while another solves. Failures are left for later,
 * when the accelerator has time for repetitions. */
static int run_all(struct invar_kfac* kfac) {
  struct invar_accelerator* accelerator = &kfac->machine->accelerator;
  int result = INVAR_RESULT_OK;
  /* The last layers have the largest factors: they start first. */
  for (uint32_t i = kfac->factor_count; i-- > 0 && result == INVAR_RESULT_OK;) {
    struct invar_kfac_factor* factor = &kfac->factors[i ^ 1u];
    factor->state = REFRESH_PROGRAMMING;
    result = submit_program(kfac, factor, &factor->ticket);
  }
  for (;;) {
    int moved = 0, waiting = 0;
    for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
      struct invar_kfac_factor* factor = &kfac->factors[i];
      if (factor->state != REFRESH_PROGRAMMING && factor->state != REFRESH_SOLVING) {
        continue;
      }
      ++waiting;
      if (invar_accelerator_poll(accelerator, factor->ticket)) {
        result = advance(kfac, factor);
        ++moved;
      }
    }
    INVAR_COST(kfac->machine->port, kfac_accelerator, run_all, kfac->factor_count,
               (uint32_t)waiting);
    if (result != INVAR_RESULT_OK || waiting == 0) {
      return result;
    }
    if (moved == 0) {
      result = invar_accelerator_wait_any(accelerator);
    }
  }
}

/* The fall-backs of one factor that failed, up to the loaded inverse. */
static int repair(struct invar_kfac* kfac, struct invar_kfac_factor* factor, uint32_t status) {
  const int inverse = is_inverse_applied(kfac);
  const int result = invar_kfac_fall_back(kfac, factor, status, inverse ? factor->n : 0,
                                          factor->identity.address, factor->inverse.address);
  if (result != INVAR_RESULT_OK || !inverse || factor->digital) {
    return result;
  }
  load_inverse(kfac, factor);
  return release(kfac, factor);
}

int invar_kfac_program_all(struct invar_kfac* kfac) {
  int result;
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_program_all, kfac->factor_count);
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    kfac->factors[i].digital = 0;
    invar_kfac_store_damped(kfac, &kfac->factors[i]);
  }
  invar_engine_flush(kfac->network->engine);
  /* A factor is written over the last one, whose cells are often right already. */
  result = invar_engine_wait(kfac->network->engine);
  if (result == INVAR_RESULT_OK) {
    result = run_all(kfac);
  }
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
    if (kfac->factors[i].state == REFRESH_FAILED) {
      result = repair(kfac, &kfac->factors[i], kfac->factors[i].status);
    }
  }
  return result;
}
