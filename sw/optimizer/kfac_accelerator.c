#include <invar/sw/driver/console.h>
#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

/* Where a factor's turn on the accelerator stands. WAITING: for tiles; PROGRAMMED and SOLVED: for
 * room in the ring. */
enum turn {
  TURN_WAITING,
  TURN_PROGRAMMING,
  TURN_PROGRAMMED,
  TURN_SOLVING,
  TURN_SOLVED,
  TURN_DONE,
  TURN_FAILED
};

/* Checked solutions have the accelerator's own, single shots none. */
static double tolerance_of(const struct invar_train_parameters* p) {
  return p->service == INVAR_SERVICE_REFINED ? (double)p->tolerance : 0.0;
}

/* A dominant eigenvalue is worth its digital part in a factor of many rows. */
#define ROWS_A_RANK 8u

/* An input factor's last row is that of the bias. */
static uint32_t storage_flags(const struct invar_kfac* kfac,
                              const struct invar_kfac_factor* factor) {
  const int is_bordered = kfac->parameters->eliminate_bias && factor->is_a && factor->n > 1;
  return INVAR_FLAG_FP32 | (is_bordered ? INVAR_FLAG_ELIMINATE_LAST : 0);
}

static uint32_t rank_of(const struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  const uint32_t most = factor->n / ROWS_A_RANK;
  const uint32_t rank = kfac->parameters->deflation_rank;
  return rank < most ? rank : most;
}

int invar_kfac_submit_solve(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                            uint32_t* ticket) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_submit_solve);
  return invar_accelerator_submit(
      &kfac->machine->accelerator,
      &(struct invar_descriptor){.opcode = INVAR_OP_SOLVE,
                                 .phase = INVAR_PHASE_INVERSION,
                                 .flags = INVAR_FLAG_FP32,
                                 .handle = factor->handle,
                                 .n = factor->n,
                                 .columns = factor->columns,
                                 .source = factor->source,
                                 .destination = factor->destination,
                                 .tolerance = tolerance_of(kfac->parameters),
                                 .service = kfac->parameters->service,
                                 .iteration_limit = kfac->parameters->iteration_limit},
      ticket);
}

int invar_kfac_submit_pair(struct invar_kfac* kfac, const struct invar_kfac_factor* a,
                           const struct invar_kfac_factor* gamma, uint64_t source,
                           uint64_t destination, uint32_t* ticket) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_submit_pair);
  return invar_accelerator_submit(
      &kfac->machine->accelerator,
      &(struct invar_descriptor){.opcode = INVAR_OP_PRECONDITION,
                                 .phase = INVAR_PHASE_INVERSION,
                                 .flags = INVAR_FLAG_FP32,
                                 .handle = a->handle,
                                 .second_handle = gamma->handle,
                                 .n = a->n,
                                 .columns = gamma->n,
                                 .source = source,
                                 .destination = destination,
                                 .tolerance = tolerance_of(kfac->parameters),
                                 .service = kfac->parameters->service,
                                 .iteration_limit = kfac->parameters->iteration_limit},
      ticket);
}

int invar_kfac_submit_program(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                              uint32_t handle, uint32_t phase, uint32_t* ticket) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_submit_program);
  return invar_accelerator_submit(
      &kfac->machine->accelerator,
      &(struct invar_descriptor){
          .opcode = INVAR_OP_PROGRAM,
          .phase = phase,
          .flags = storage_flags(kfac, factor) |
                   (invar_kfac_is_damped_as_read(factor) ? INVAR_FLAG_ADD_DAMPING : 0),
          .handle = handle,
          .n = factor->n,
          .slices = factor->fallback.slices,
          .source = invar_kfac_matrix_address(kfac, factor),
          .service = INVAR_SERVES(kfac->parameters->service),
          .rank = rank_of(kfac, factor),
          .block_layout = kfac->parameters->block_layout,
          .replicas = factor->replicas,
          .label = factor->label,
          .damping = invar_kfac_damping(factor)},
      ticket);
}

/* A factor with a handle is written over the last one, whose cells are often right already. */
static int submit_program(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                          uint32_t* ticket) {
  kfac->free_tiles -= factor->handle == INVAR_HANDLE_NONE ? factor->tiles : 0;
  return invar_kfac_submit_program(kfac, factor, factor->handle, INVAR_PHASE_PROGRAMMING, ticket);
}

/* Forgets the handle; its tiles are free as far as later commands are concerned. */
static uint32_t give_back(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const uint32_t handle = factor->handle;
  factor->handle = INVAR_HANDLE_NONE;
  kfac->free_tiles += factor->tiles;
  return handle;
}

static int release(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, release);
  struct invar_completion completion;
  return factor->handle == INVAR_HANDLE_NONE
             ? INVAR_RESULT_OK
             : invar_accelerator_release(&kfac->machine->accelerator, give_back(kfac, factor),
                                         &completion);
}

static int submit_release(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, submit_release);
  return invar_accelerator_submit_detached(
      &kfac->machine->accelerator, &(struct invar_descriptor){.opcode = INVAR_OP_RELEASE,
                                                              .phase = INVAR_PHASE_PROGRAMMING,
                                                              .handle = give_back(kfac, factor)});
}

/* What served before the last refresh, too. */
static int release_both(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const int result = release(kfac, factor);
  factor->handle = factor->shadow;
  factor->shadow = INVAR_HANDLE_NONE;
  return result == INVAR_RESULT_OK ? release(kfac, factor) : result;
}

int invar_kfac_release_all(struct invar_kfac* kfac) {
  int result = invar_kfac_end_refresh(kfac);
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
    result = release_both(kfac, &kfac->factors[i]);
  }
  return result;
}

/* The explicit inverse from RAM to where it is applied, symmetrised. */
static void load_inverse(struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, load_inverse);
  invar_plan_load(kfac->network->plan, INVAR_PHASE_INVERSION, factor->inverse.address, kfac->work,
                  (uint64_t)factor->n * factor->n);
  invar_kfac_symmetrize(kfac, INVAR_PHASE_INVERSION, factor->n, kfac->work, factor->inverse.address,
                        factor->applied.offset);
  invar_plan_commit(kfac->network->plan, INVAR_PHASE_INVERSION, &factor->applied);
  invar_engine_flush(kfac->network->engine);
}

/* Notes the handle of a PROGRAM that is done: a failed one leaves none. The result is its status.
 */
static uint32_t take_program(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
                             const struct invar_completion* completion) {
  if (completion->status == INVAR_STATUS_OK) {
    factor->handle = completion->handle;
  } else {
    give_back(kfac, factor);
  }
  return completion->status;
}

/* Programs the factor as it stands and solves, waiting for both. */
static int program_and_solve(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
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
    *status = take_program(kfac, factor, &completion);
  } while (
      *status == INVAR_STATUS_OK &&
      invar_fallback_wants_slice(&factor->fallback, completion.residual, kfac->machine->counters));
  if (*status != INVAR_STATUS_OK || factor->columns == 0) {
    return INVAR_RESULT_OK;
  }
  result = invar_kfac_submit_solve(kfac, factor, &ticket);
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

int invar_kfac_fall_back(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
                         uint32_t status) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_fall_back);
  /* Without a free tile at first: others may have given theirs back since. */
  int tile_may_be_free = status == INVAR_STATUS_NO_TILE;
  /* What is programmed in the background reads the matrix that more damping changes. */
  int result = invar_kfac_end_refresh(kfac);
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
      result = program_and_solve(kfac, factor, &status);
    }
  }
  return result;
}

/* The next command of a factor's turn, if the ring has room. */
static int proceed(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  if (!invar_accelerator_can_submit(&kfac->machine->accelerator)) {
    return INVAR_RESULT_OK;
  }
  if (factor->state == TURN_WAITING) {
    factor->state = TURN_PROGRAMMING;
    return submit_program(kfac, factor, &factor->ticket);
  }
  if (factor->state == TURN_PROGRAMMED) {
    factor->state = TURN_SOLVING;
    return invar_kfac_submit_solve(kfac, factor, &factor->ticket);
  }
  factor->state = TURN_DONE;
  return submit_release(kfac, factor);
}

static int is_waiting_for_ring(const struct invar_kfac_factor* factor) {
  return factor->state == TURN_PROGRAMMED || factor->state == TURN_SOLVED;
}

static int is_due(const struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  return factor->state == TURN_WAITING &&
         (factor->handle != INVAR_HANDLE_NONE || factor->tiles <= kfac->free_tiles);
}

/* Whatever can go on: those that hold tiles first, then in the order of turns. */
static int proceed_all(struct invar_kfac* kfac) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, proceed_all, kfac->factor_count);
  int result = INVAR_RESULT_OK;
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
    if (is_waiting_for_ring(&kfac->factors[i])) {
      result = proceed(kfac, &kfac->factors[i]);
    }
  }
  for (uint32_t place = 0; place < kfac->factor_count && result == INVAR_RESULT_OK; ++place) {
    struct invar_kfac_factor* factor = &kfac->factors[kfac->factors[place].order];
    if (is_due(kfac, factor)) {
      result = proceed(kfac, factor);
    }
  }
  return result;
}

static int fail(struct invar_kfac_factor* factor, uint32_t status) {
  factor->state = TURN_FAILED;
  factor->status = status;
  return INVAR_RESULT_OK;
}

/* After a PROGRAM that went well or not. */
static int advance_program(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
                           const struct invar_completion* completion) {
  if (take_program(kfac, factor, completion) != INVAR_STATUS_OK) {
    return fail(factor, completion->status);
  }
  if (invar_fallback_wants_slice(&factor->fallback, completion->residual,
                                 kfac->machine->counters)) {
    factor->state = TURN_WAITING;
    return proceed(kfac, factor);
  }
  if (factor->columns == 0) {
    factor->state = TURN_DONE;
    return INVAR_RESULT_OK;
  }
  factor->state = TURN_PROGRAMMED;
  return proceed(kfac, factor);
}

/* The next move of a factor whose command has finished. */
static int advance(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_completion completion;
  INVAR_COST(kfac->machine->port, kfac_accelerator, advance);
  const int result =
      invar_accelerator_wait(&kfac->machine->accelerator, factor->ticket, &completion);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  if (factor->state == TURN_PROGRAMMING) {
    return advance_program(kfac, factor, &completion);
  }
  if (completion.status != INVAR_STATUS_OK) {
    return fail(factor, completion.status);
  }
  if (invar_kfac_applies_inverse(kfac)) {
    load_inverse(kfac, factor);
  }
  factor->state = TURN_SOLVED;
  return proceed(kfac, factor);
}

/* As many factors at once as there are tiles for: one is programmed while another solves. Failures
 * are left for later, when the accelerator has time for repetitions. */
static int run_turns(struct invar_kfac* kfac) {
  struct invar_accelerator* accelerator = &kfac->machine->accelerator;
  int result = INVAR_RESULT_OK;
  for (;;) {
    int moved = 0, under_way = 0;
    for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
      struct invar_kfac_factor* factor = &kfac->factors[i];
      if (factor->state != TURN_PROGRAMMING && factor->state != TURN_SOLVING) {
        continue;
      }
      ++under_way;
      if (invar_accelerator_poll(accelerator, factor->ticket)) {
        result = advance(kfac, factor);
        ++moved;
      }
    }
    INVAR_COST(kfac->machine->port, kfac_accelerator, run_turns, kfac->factor_count,
               (uint32_t)under_way);
    if (result != INVAR_RESULT_OK || under_way == 0) {
      return result;
    }
    result = moved == 0 ? invar_accelerator_wait_any(accelerator) : proceed_all(kfac);
  }
}

/* The fall-backs of one factor that failed, up to the loaded inverse. */
static int repair(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  factor->state = TURN_DONE;
  const int result = invar_kfac_fall_back(kfac, factor, factor->status);
  if (result != INVAR_RESULT_OK || factor->columns == 0 || factor->digital) {
    return result;
  }
  if (invar_kfac_applies_inverse(kfac)) {
    load_inverse(kfac, factor);
  }
  return release(kfac, factor);
}

/* Ends all turns that have begun: what failed holds tiles that others may wait for. */
static int finish_turns(struct invar_kfac* kfac) {
  int result = INVAR_RESULT_OK, waiting;
  do {
    waiting = 0;
    INVAR_COST(kfac->machine->port, kfac_accelerator, finish_turns, kfac->factor_count);
    result = run_turns(kfac);
    for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
      if (kfac->factors[i].state == TURN_FAILED) {
        result = repair(kfac, &kfac->factors[i]);
      }
      waiting |= kfac->factors[i].state == TURN_WAITING;
    }
    if (result == INVAR_RESULT_OK && waiting) {
      result = proceed_all(kfac);
    }
  } while (result == INVAR_RESULT_OK && waiting);
  return result;
}

/* What a refresh asks of a factor; nothing where each solve programs it anew. */
static void begin_turn(const struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const int inverse = invar_kfac_applies_inverse(kfac);
  factor->columns = inverse ? factor->n : 0;
  factor->source = factor->identity.address;
  factor->destination = factor->inverse.address;
  factor->state = !factor->is_engines && (inverse || kfac->stay) ? TURN_WAITING : TURN_DONE;
}

/* The share of the engine, beside what the accelerator has begun. */
static int factorize_engines(struct invar_kfac* kfac) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    count += (uint32_t)kfac->factors[i].is_engines;
  }
  kfac->machine->counters->fallback_digital += count;
  return count == 0 ? INVAR_RESULT_OK : invar_kfac_factorize_all(kfac);
}

int invar_kfac_program_all(struct invar_kfac* kfac) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_program_all, kfac->factor_count);
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    factor->digital = factor->is_engines;
    if (!factor->is_engines) {
      invar_kfac_store_damped(kfac, factor);
    }
    begin_turn(kfac, factor);
  }
  invar_engine_flush(kfac->network->engine);
  int result = invar_engine_wait(kfac->network->engine);
  if (result == INVAR_RESULT_OK) {
    result = proceed_all(kfac);
  }
  if (result == INVAR_RESULT_OK) {
    result = factorize_engines(kfac);
  }
  return result == INVAR_RESULT_OK ? finish_turns(kfac) : result;
}

int invar_kfac_solve_in_turn(struct invar_kfac* kfac) {
  INVAR_COST(kfac->machine->port, kfac_accelerator, invar_kfac_solve_in_turn, kfac->factor_count);
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    kfac->factors[i].state = kfac->factors[i].is_submitted ? TURN_WAITING : TURN_DONE;
  }
  const int result = proceed_all(kfac);
  return result == INVAR_RESULT_OK ? finish_turns(kfac) : result;
}

uint32_t invar_kfac_rank(const struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  return rank_of(kfac, factor);
}
