#include <invar/registers/accelerator_registers.h>
#include <invar/sw/driver/fallback.h>

void invar_fallback_init(struct invar_fallback* fallback, uint32_t slices, uint32_t slices_limit,
                         uint32_t damping_retries) {
  fallback->slices = slices;
  fallback->slices_limit = slices_limit;
  fallback->damping_retries = damping_retries;
  fallback->digital_allowed = 1;
  fallback->contraction_limit = 0.0;
  invar_fallback_begin(fallback);
}

void invar_fallback_begin(struct invar_fallback* fallback) {
  fallback->damping_steps = 0;
  fallback->damping_factor = 1.0f;
}

static enum invar_fallback_action go_digital(struct invar_fallback* fallback,
                                             struct invar_driver_counters* counters) {
  if (!fallback->digital_allowed) {
    return INVAR_FALLBACK_GIVE_UP;
  }
  /* More damping was to help the tiles. */
  invar_fallback_begin(fallback);
  ++counters->fallback_digital;
  return INVAR_FALLBACK_DIGITAL;
}

static uint32_t slices_of(const struct invar_fallback* fallback) {
  return fallback->slices != 0 ? fallback->slices : INVAR_FALLBACK_DEFAULT_SLICES;
}

int invar_fallback_wants_slice(struct invar_fallback* fallback, double contraction,
                               struct invar_driver_counters* counters) {
  const uint32_t slices = slices_of(fallback);
  if (fallback->contraction_limit <= 0.0 || contraction <= fallback->contraction_limit ||
      slices >= fallback->slices_limit) {
    return 0;
  }
  fallback->slices = slices + 1;
  ++counters->quality_slices;
  return 1;
}

/* The matrix is too hard for the seed as it is programmed. */
static enum invar_fallback_action try_harder(struct invar_fallback* fallback,
                                             struct invar_driver_counters* counters) {
  const uint32_t slices = slices_of(fallback);
  if (slices < fallback->slices_limit) {
    fallback->slices = slices + 1;
    ++counters->fallback_slices;
    return INVAR_FALLBACK_SLICES;
  }
  if (fallback->damping_steps < fallback->damping_retries) {
    ++fallback->damping_steps;
    fallback->damping_factor *= INVAR_FALLBACK_DAMPING_FACTOR;
    ++counters->fallback_damping;
    return INVAR_FALLBACK_DAMPING;
  }
  return go_digital(fallback, counters);
}

enum invar_fallback_action invar_fallback_next(struct invar_fallback* fallback, uint32_t status,
                                               struct invar_driver_counters* counters) {
  switch (status) {
    case INVAR_STATUS_OK:
      return INVAR_FALLBACK_DONE;
    case INVAR_STATUS_NOT_CONVERGED:
    case INVAR_STATUS_UNSTABLE:
    case INVAR_STATUS_SATURATED:
      return try_harder(fallback, counters);
    case INVAR_STATUS_CELL_FAILED:
    case INVAR_STATUS_WORN_OUT:
    case INVAR_STATUS_NO_TILE:
    case INVAR_STATUS_TOO_LARGE:
    case INVAR_STATUS_NO_MEMORY:
    case INVAR_STATUS_BAD_MATRIX: /* the engine's own check tells damaged from merely indefinite */
      return go_digital(fallback, counters);
    default:
      return INVAR_FALLBACK_FATAL;
  }
}
