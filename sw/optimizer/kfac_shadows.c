#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

/* Programming in the background. Each factor has two handles: one serves, the other one is written,
 * over what served before, and they change places for both factors of a layer at once (pi couples
 * their damping). The first inverses of all are the engine's, until tiles are written. After a
 * programming that failed the next refresh waits, and climbs the ladder of
 * fall-backs. What is written is read from where the damped matrix lies, which stays as it is until
 * the shadows have ended. */

/* Commands of a step: pairs that fail are repeated one by one. */
static uint32_t commands_of_step(const struct invar_kfac* kfac) {
  return kfac->factor_count + (kfac->has_port ? kfac->factor_count / 2 : 0);
}

/* Whether the ring holds all shadows beside the commands of a step. */
static int fits_ring(const struct invar_kfac* kfac) {
  return kfac->factor_count + commands_of_step(kfac) <= kfac->machine->accelerator.ring_size;
}

int invar_kfac_can_shadow(struct invar_kfac* kfac) {
  uint64_t missing = 0;
  int all_serve = kfac->stay && fits_ring(kfac) && !kfac->shadow_failed && !kfac->has_no_shadows;
  kfac->shadow_failed = 0;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    const struct invar_kfac_factor* factor = &kfac->factors[i];
    all_serve = all_serve && !factor->digital && factor->handle != INVAR_HANDLE_NONE;
    missing += factor->shadow == INVAR_HANDLE_NONE ? factor->tiles : 0;
  }
  INVAR_COST(kfac->machine->port, kfac_shadows, invar_kfac_can_shadow, kfac->factor_count);
  return all_serve && missing <= kfac->free_tiles;
}

int invar_kfac_can_begin_with_engine(struct invar_kfac* kfac) {
  uint64_t tiles = 0;
  int all = kfac->stay && fits_ring(kfac) && !kfac->has_begun;
  kfac->has_begun = 1;
  INVAR_COST(kfac->machine->port, kfac_shadows, invar_kfac_can_begin_with_engine,
             kfac->factor_count);
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    all = all && !kfac->factors[i].is_engines;
    tiles += kfac->factors[i].tiles;
  }
  return all && 2 * tiles <= kfac->free_tiles;
}

int invar_kfac_begin_with_engine(struct invar_kfac* kfac) {
  INVAR_COST(kfac->machine->port, kfac_shadows, invar_kfac_begin_with_engine, kfac->factor_count);
  const int result = invar_kfac_program_shadows(kfac);
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    kfac->factors[i].digital = 1;
  }
  return result == INVAR_RESULT_OK ? invar_kfac_factorize_all(kfac) : result;
}

static int submit_shadow(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  INVAR_COST(kfac->machine->port, kfac_shadows, submit_shadow);
  kfac->free_tiles -= factor->shadow == INVAR_HANDLE_NONE ? factor->tiles : 0;
  factor->shadow_state = INVAR_SHADOW_SUBMITTED;
  return invar_kfac_submit_program(kfac, factor, factor->shadow, INVAR_PHASE_BACKGROUND,
                                   &factor->shadow_ticket);
}

/* Takes the completion of what was written, and waits for it where it has to. */
static int take_shadow(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  struct invar_driver_counters* counters = kfac->machine->counters;
  struct invar_completion completion;
  INVAR_COST(kfac->machine->port, kfac_shadows, take_shadow);
  const int result =
      invar_accelerator_wait(&kfac->machine->accelerator, factor->shadow_ticket, &completion);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  if (completion.status == INVAR_STATUS_OK) {
    factor->shadow_state = INVAR_SHADOW_WRITTEN;
    factor->shadow = completion.handle;
    /* A weak seed serves as it is, and gets another slice at the next refresh. */
    invar_fallback_wants_slice(&factor->fallback, completion.residual, counters);
  } else {
    factor->shadow_state = INVAR_SHADOW_FAILED;
    factor->shadow = INVAR_HANDLE_NONE;
    kfac->free_tiles += factor->tiles;
    kfac->shadow_failed = 1;
    kfac->has_no_shadows |= completion.status == INVAR_STATUS_NO_TILE;
  }
  return INVAR_RESULT_OK;
}

static int is_written(const struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  return invar_accelerator_poll(&kfac->machine->accelerator, factor->shadow_ticket);
}

static int wait_for_shadow(struct invar_kfac* kfac, struct invar_kfac_factor* factor) {
  if (factor->shadow_state != INVAR_SHADOW_SUBMITTED) {
    return INVAR_RESULT_OK;
  }
  kfac->machine->counters->late_refreshes += !is_written(kfac, factor);
  return take_shadow(kfac, factor);
}

/* Whether the commands of a step would come round to the shadow's place in the ring. */
static int is_in_the_way(const struct invar_kfac* kfac, const struct invar_kfac_factor* factor) {
  const struct invar_accelerator* accelerator = &kfac->machine->accelerator;
  const uint32_t since = accelerator->submitted - factor->shadow_ticket;
  return since + commands_of_step(kfac) > accelerator->ring_size;
}

int invar_kfac_tend_shadows(struct invar_kfac* kfac) {
  int result = INVAR_RESULT_OK;
  if (!kfac->is_refreshing) {
    return result;
  }
  INVAR_COST(kfac->machine->port, kfac_shadows, invar_kfac_tend_shadows, kfac->factor_count);
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; ++i) {
    struct invar_kfac_factor* factor = &kfac->factors[i];
    if (factor->shadow_state == INVAR_SHADOW_SUBMITTED &&
        (is_written(kfac, factor) || is_in_the_way(kfac, factor))) {
      result = wait_for_shadow(kfac, factor);
    }
  }
  return result;
}

static void swap(struct invar_kfac_factor* factor) {
  const uint32_t served = factor->handle;
  factor->handle = factor->shadow;
  factor->shadow = served;
  factor->digital = 0;
}

int invar_kfac_program_shadows(struct invar_kfac* kfac) {
  struct invar_engine* engine = kfac->network->engine;
  INVAR_COST(kfac->machine->port, kfac_shadows, invar_kfac_program_shadows);
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    invar_kfac_store_damped(kfac, &kfac->factors[i]);
  }
  invar_engine_flush(engine);
  int result = invar_engine_wait(engine);
  /* The last layers' first, as where they are waited for. */
  for (uint32_t place = 0; place < kfac->factor_count && result == INVAR_RESULT_OK; ++place) {
    result = submit_shadow(kfac, &kfac->factors[kfac->factors[place].order]);
  }
  kfac->is_refreshing = 1;
  return result;
}

int invar_kfac_end_refresh(struct invar_kfac* kfac) {
  if (!kfac->is_refreshing) {
    return INVAR_RESULT_OK;
  }
  int result = invar_machine_set_phase(kfac->machine, INVAR_PHASE_PROGRAMMING);
  kfac->is_refreshing = 0;
  for (uint32_t i = 0; i < kfac->factor_count && result == INVAR_RESULT_OK; i += 2) {
    struct invar_kfac_factor* a = &kfac->factors[i];
    struct invar_kfac_factor* gamma = &kfac->factors[i + 1];
    INVAR_COST(kfac->machine->port, kfac_shadows, invar_kfac_end_refresh);
    result = wait_for_shadow(kfac, a);
    result = result == INVAR_RESULT_OK ? wait_for_shadow(kfac, gamma) : result;
    if (a->shadow_state == INVAR_SHADOW_WRITTEN && gamma->shadow_state == INVAR_SHADOW_WRITTEN) {
      swap(a);
      swap(gamma);
    } else {
      ++kfac->machine->counters->stale_layers;
    }
  }
  return result;
}
