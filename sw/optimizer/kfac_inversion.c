#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

/* Times the engine's own factorisation may ask for more damping before the factor counts as
 * damaged: 3^10 times the damping. */
#define DIGITAL_DAMPING_RETRIES 10u

/* c <- a + diagonal I */
static void add_diagonal(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                         uint32_t phase, uint32_t a, float diagonal, uint32_t c) {
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_SCALE_ADD_DIAGONAL,
                                                 .phase = phase,
                                                 .m = factor->n,
                                                 .a = a,
                                                 .c = c,
                                                 .alpha = 1.0f,
                                                 .beta = diagonal});
}

/* c <- (a + c) / 2 for `count` elements from the `first` on. */
static void average(struct invar_kfac* kfac, uint32_t phase, uint32_t a, uint32_t c, uint64_t first,
                    uint32_t count) {
  INVAR_COST(kfac->machine->port, kfac_inversion, average);
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_AXPBY,
                                                 .phase = phase,
                                                 .m = count,
                                                 .a = a,
                                                 .b = c + (uint32_t)first * 4,
                                                 .c = c + (uint32_t)first * 4,
                                                 .alpha = 0.5f,
                                                 .beta = 0.5f});
}

void invar_kfac_symmetrize(struct invar_kfac* kfac, uint32_t phase, uint32_t n, uint32_t a,
                           uint64_t address, uint32_t c) {
  struct invar_engine* engine = kfac->network->engine;
  const uint32_t elements = n * n;
  INVAR_COST(engine->port, kfac_inversion, invar_kfac_symmetrize);
  invar_engine_append(
      engine,
      &(struct invar_engine_job){
          .opcode = INVAR_ENGINE_TRANSPOSE, .phase = phase, .m = n, .n = n, .a = a, .c = c});
  if (a != c) {
    average(kfac, phase, a, c, 0, elements);
    return;
  }
  /* The transposition has taken the place of the only copy. */
  const uint32_t piece = (uint32_t)kfac->exchange.elements;
  for (uint64_t first = 0; first < elements; first += piece) {
    const uint32_t count = elements - first < piece ? elements - (uint32_t)first : piece;
    const struct invar_buffer matrix = {address, NULL};
    INVAR_COST(engine->port, kfac_inversion, invar_kfac_symmetrize, 1);
    invar_plan_load(kfac->network->plan, phase,
                    invar_plan_address(kfac->network->plan, &matrix, first), kfac->exchange.offset,
                    count);
    average(kfac, phase, kfac->exchange.offset, c, first, count);
  }
}

/* Whether the accelerator reads the matrix from the scratchpad. */
static int is_at_hand(const struct invar_kfac_factor* factor) {
  return !factor->damped.is_spilled && !invar_kfac_is_damped_as_read(factor);
}

/* Of a matrix in RAM. */
static uint64_t address_in_ram(const struct invar_kfac_factor* factor) {
  return factor->is_in_place ? factor->moment.home.address : factor->matrix.address;
}

uint64_t invar_kfac_matrix_address(const struct invar_kfac* kfac,
                                   const struct invar_kfac_factor* factor) {
  return is_at_hand(factor) ? kfac->machine->port->scratchpad_base + factor->damped.offset
                            : address_in_ram(factor);
}

static void store_matrix(struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  invar_plan_store(kfac->network->plan, INVAR_PHASE_PROGRAMMING, kfac->work, factor->matrix.address,
                   (uint64_t)factor->n * factor->n);
}

/* c <- the matrix as it is programmed, with the damping of now; by way of the workspace. */
static void load_matrix(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                        uint32_t phase, uint32_t c) {
  const uint32_t from = is_at_hand(factor) ? factor->damped.offset : kfac->work;
  INVAR_COST(kfac->machine->port, kfac_inversion, load_matrix);
  if (!is_at_hand(factor)) {
    invar_plan_load(kfac->network->plan, phase, address_in_ram(factor), kfac->work,
                    (uint64_t)factor->n * factor->n);
  }
  add_diagonal(kfac, factor, phase, from, invar_kfac_damping(factor) - factor->stored, c);
}

void invar_kfac_store_damped(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  INVAR_COST(kfac->machine->port, kfac_inversion, invar_kfac_store_damped);
  factor->label = (uint32_t)(factor - kfac->factors) | (uint32_t)kfac->factor_updates
                                                           << INVAR_LABEL_UPDATE_SHIFT;
  if (invar_kfac_is_damped_as_read(factor)) {
    factor->is_in_place = 1;
    factor->stored = 0.0f;
    return;
  }
  const uint32_t moment =
      invar_plan_fetch(kfac->network->plan, INVAR_PHASE_PROGRAMMING, &factor->moment);
  factor->stored = invar_kfac_damping(factor);
  if (is_at_hand(factor)) {
    add_diagonal(kfac, factor, INVAR_PHASE_PROGRAMMING, moment, factor->stored,
                 factor->damped.offset);
    return;
  }
  add_diagonal(kfac, factor, INVAR_PHASE_PROGRAMMING, moment, factor->stored, kfac->work);
  store_matrix(kfac, factor);
}

void invar_kfac_damp_stored(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  if (invar_kfac_is_damped_as_read(factor)) {
    return;
  }
  load_matrix(kfac, factor, INVAR_PHASE_PROGRAMMING,
              is_at_hand(factor) ? factor->damped.offset : kfac->work);
  factor->stored = invar_kfac_damping(factor);
  if (!is_at_hand(factor)) {
    store_matrix(kfac, factor);
  }
}

void invar_kfac_append_damped(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  INVAR_COST(kfac->machine->port, kfac_inversion, invar_kfac_append_damped);
  add_diagonal(kfac, factor, INVAR_PHASE_INVERSION,
               invar_plan_fetch(kfac->network->plan, INVAR_PHASE_INVERSION, &factor->moment),
               invar_kfac_damping(factor), kfac->work);
}

/* Damps, and factorises or inverts: what the accelerator was given, where it was given something.
 */
static void append_factorization(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  const int inverse = invar_kfac_applies_inverse(kfac);
  struct invar_memory_plan* plan = kfac->network->plan;
  INVAR_COST(kfac->machine->port, kfac_inversion, append_factorization);
  if (factor->is_engines) {
    invar_kfac_append_damped(kfac, factor);
  } else {
    load_matrix(kfac, factor, INVAR_PHASE_INVERSION, kfac->work);
  }
  if (factor->blocks > 1) {
    ++kfac->machine->counters->digital_factorizations;
    kfac->machine->counters->digital_right_hand_sides += inverse ? factor->n : 0;
    invar_kfac_append_blocks(kfac, factor);
    invar_plan_commit(plan, INVAR_PHASE_INVERSION, &factor->applied);
    return;
  }
  invar_engine_append(
      kfac->network->engine,
      &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY,
                                 .phase = INVAR_PHASE_INVERSION,
                                 .m = factor->n,
                                 .a = kfac->work,
                                 .c = inverse ? kfac->work : factor->applied.offset});
  ++kfac->machine->counters->digital_factorizations;
  if (inverse) {
    invar_engine_append(kfac->network->engine,
                        &(struct invar_engine_job){.opcode = INVAR_ENGINE_CHOLESKY_INVERSE,
                                                   .phase = INVAR_PHASE_INVERSION,
                                                   .m = factor->n,
                                                   .a = kfac->work,
                                                   .c = factor->applied.offset});
    kfac->machine->counters->digital_right_hand_sides += factor->n;
  }
  invar_plan_commit(plan, INVAR_PHASE_INVERSION, &factor->applied);
}

/* Whether the engine halted because a matrix was not positive definite, or its inverse beyond the
 * format; restarts it then. */
static int recover_from_indefinite(struct invar_engine* engine) {
  return engine->error == INVAR_RESULT_JOB_FAILED &&
         (engine->job_status == INVAR_ENGINE_NOT_POSITIVE_DEFINITE ||
          engine->job_status == INVAR_ENGINE_OVERFLOW) &&
         invar_engine_recover(engine) == INVAR_RESULT_OK;
}

int invar_kfac_factorize(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_engine* engine = kfac->network->engine;
  for (uint32_t retry = 0;; ++retry) {
    int result = invar_kfac_deflate(kfac, factor, 1);
    if (result == INVAR_RESULT_OK) {
      append_factorization(kfac, factor);
      result = invar_engine_wait(engine);
    }
    if (result == INVAR_RESULT_OK) {
      return invar_kfac_finish_deflation(kfac, factor, 1);
    }
    if (!recover_from_indefinite(engine)) {
      return engine->error;
    }
    if (retry == DIGITAL_DAMPING_RETRIES) {
      return INVAR_RESULT_NOT_FINITE;
    }
    factor->fallback.damping_factor *= INVAR_FALLBACK_DAMPING_FACTOR;
    ++kfac->machine->counters->fallback_damping;
  }
}

int invar_kfac_factorize_all(struct invar_kfac* kfac) {
  struct invar_engine* engine = kfac->network->engine;
  int result = invar_kfac_deflate(kfac, kfac->factors, kfac->factor_count);
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
    if (kfac->factors[i].digital) {
      append_factorization(kfac, &kfac->factors[i]);
    }
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_engine_wait(engine);
  }
  if (result == INVAR_RESULT_OK) {
    return invar_kfac_finish_deflation(kfac, kfac->factors, kfac->factor_count);
  }
  if (!recover_from_indefinite(engine)) {
    return result;
  }
  /* One by one: one of them needs more damping. */
  result = INVAR_RESULT_OK;
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
    if (kfac->factors[i].digital) {
      result = invar_kfac_factorize(kfac, &kfac->factors[i]);
    }
  }
  return result;
}

void invar_kfac_append_trace(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                             uint32_t phase, uint32_t moment) {
  const uint32_t place = (uint32_t)(factor - kfac->factors);
  INVAR_COST(kfac->machine->port, kfac_inversion, invar_kfac_append_trace);
  invar_engine_append(kfac->network->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_TRACE,
                                                 .phase = phase,
                                                 .m = factor->n,
                                                 .a = moment,
                                                 .c = kfac->scalars.offset + 4 * place,
                                                 .alpha = 1.0f / (float)factor->n});
}

/* The damping of each factor from pi = sqrt((tr A / dim A) / (tr Gamma / dim Gamma)). */
static int compute_damping(struct invar_kfac* kfac) {
  struct invar_engine* engine = kfac->network->engine;
  const uint32_t phase = kfac->parameters->solver == INVAR_SOLVER_ENGINE ? INVAR_PHASE_INVERSION
                                                                         : INVAR_PHASE_PROGRAMMING;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    const struct invar_kfac_factor* factor = &kfac->factors[i];
    if (!factor->moment.is_spilled) { /* else since its last update */
      invar_kfac_append_trace(kfac, factor, phase, factor->moment.offset);
    }
  }
  invar_engine_store(engine, phase, kfac->scalars.offset, kfac->scalars_ram.address,
                     4 * kfac->factor_count);
  const int result = invar_engine_wait(engine);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  const float* mean_diagonal = kfac->scalars_ram.data;
  const float root = __builtin_sqrtf(kfac->parameters->damping);
  for (uint32_t i = 0; i < kfac->factor_count; i += 2) {
    const float ratio = mean_diagonal[i] / mean_diagonal[i + 1];
    if (!__builtin_isfinite(mean_diagonal[i]) || !__builtin_isfinite(mean_diagonal[i + 1])) {
      return INVAR_RESULT_NOT_FINITE;
    }
    /* A factor of zeros (all gradients vanish) has no scale to balance. */
    const float pi = ratio > 0.0f && __builtin_isfinite(ratio) ? __builtin_sqrtf(ratio) : 1.0f;
    kfac->factors[i].diagonal = pi * root;
    kfac->factors[i + 1].diagonal = root / pi;
    invar_fallback_begin(&kfac->factors[i].fallback);
    invar_fallback_begin(&kfac->factors[i + 1].fallback);
  }
  struct invar_port* port = kfac->machine->port;
  INVAR_COST(port, kfac_inversion, compute_damping, kfac->factor_count);
  return INVAR_RESULT_OK;
}

/* Tiles are written while the step goes on with the inverses that there are: those of tiles, or at
 * first those of the engine. */
static int program(struct invar_kfac* kfac, uint64_t step) {
  const uint32_t delay = kfac->parameters->refresh_delay_steps;
  INVAR_COST(kfac->machine->port, kfac_inversion, program);
  if (delay == 0) {
    return invar_kfac_program_all(kfac);
  }
  const int begins = invar_kfac_can_begin_with_engine(kfac);
  if (!begins && !invar_kfac_can_shadow(kfac)) {
    kfac->machine->counters->foreground_refreshes += kfac->machine->counters->refreshes > 1;
    return invar_kfac_program_all(kfac);
  }
  kfac->refresh_due =
      step +
      (delay < kfac->parameters->inverse_interval ? delay : kfac->parameters->inverse_interval);
  return begins ? invar_kfac_begin_with_engine(kfac) : invar_kfac_program_shadows(kfac);
}

int invar_kfac_refresh(struct invar_kfac* kfac, uint64_t step) {
  INVAR_COST(kfac->machine->port, kfac_inversion, invar_kfac_refresh);
  const int digital = kfac->parameters->solver == INVAR_SOLVER_ENGINE;
  int result = invar_machine_set_phase(kfac->machine,
                                       digital ? INVAR_PHASE_INVERSION : INVAR_PHASE_PROGRAMMING);
  ++kfac->machine->counters->refreshes;
  kfac->was_damped = 0;
  if (result == INVAR_RESULT_OK) {
    result = compute_damping(kfac);
  }
  if (result == INVAR_RESULT_OK) {
    result = digital ? invar_kfac_factorize_all(kfac) : program(kfac, step);
  }
  return result;
}
