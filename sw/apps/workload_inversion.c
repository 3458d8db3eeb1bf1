/* Kronecker factors on tiles: as many at once as fit, the largest first. */
#include <invar/sw/apps/workload.h>
#include <invar/sw/port/function_costs.h>

/* Of a factor: with a command under way, or (READY_TO_...) before the next. */
enum factor_state {
  WAITING, /* for tiles, or with a handle to solve with */
  PROGRAMMING,
  READY_TO_SOLVE,
  SOLVING,
  READY_TO_RELEASE,
  RELEASING,
  DONE
};

static int on_engine(const struct invar_workload_run* run,
                     const struct invar_workload_factor* factor) {
  return factor->digital || run->parameters->solver == INVAR_SOLVER_ENGINE;
}

static uint32_t columns_of(const struct invar_workload_factor* factor,
                           enum invar_workload_pass pass) {
  return pass == INVAR_WORKLOAD_INVERT ? factor->n : factor->columns;
}

/* The engine's way: the factor comes from memory, its inverse or the solutions go there. */
static void engine_pass(struct invar_workload_run* run, const struct invar_workload_factor* factor,
                        enum invar_workload_pass pass) {
  struct invar_driver_counters* counters = run->machine->counters;
  const uint64_t square = (uint64_t)factor->n * factor->n;
  const uint64_t vectors = (uint64_t)factor->n * factor->columns;
  const uint32_t phase = INVAR_PHASE_INVERSION;
  INVAR_COST(run->machine->port, workload_inversion, engine_pass);
  invar_workload_load(run, square * 4);
  if (pass != INVAR_WORKLOAD_SOLVE) {
    invar_workload_matrix(run, phase, INVAR_ENGINE_CHOLESKY, factor->n, 0);
    ++counters->digital_factorizations;
  }
  if (pass == INVAR_WORKLOAD_INVERT) {
    invar_workload_matrix(run, phase, INVAR_ENGINE_CHOLESKY_INVERSE, factor->n, 0);
    counters->digital_right_hand_sides += factor->n;
  }
  if (pass == INVAR_WORKLOAD_SOLVE) {
    invar_workload_load(run, vectors * 4);
    invar_workload_matrix(run, phase, INVAR_ENGINE_CHOLESKY_SOLVE, factor->n, factor->columns);
    counters->digital_right_hand_sides += factor->columns;
  }
  invar_workload_store(run, (pass == INVAR_WORKLOAD_SOLVE ? vectors : square) * 4);
}

/* The command that brings a factor from its state to the next. */
static int submit_next(struct invar_workload_run* run, struct invar_workload_factor* factor,
                       enum invar_workload_pass pass) {
  const struct invar_workload_parameters* p = run->parameters;
  INVAR_COST(run->machine->port, workload_inversion, submit_next);
  struct invar_descriptor descriptor = {.flags = INVAR_FLAG_FP32,
                                        .phase = INVAR_PHASE_PROGRAMMING,
                                        .handle = factor->handle,
                                        .n = factor->n,
                                        .source = p->data_address};
  if (factor->handle == INVAR_HANDLE_NONE) {
    factor->state = PROGRAMMING;
    descriptor.opcode = INVAR_OP_PROGRAM;
    descriptor.slices = factor->slices;
    run->free_tiles -= factor->tiles;
  } else if (factor->state == READY_TO_RELEASE) {
    factor->state = RELEASING;
    descriptor.opcode = INVAR_OP_RELEASE;
  } else {
    factor->state = SOLVING;
    descriptor.opcode = INVAR_OP_SOLVE;
    descriptor.phase = INVAR_PHASE_INVERSION;
    descriptor.columns = columns_of(factor, pass);
    descriptor.destination = p->data_address;
    descriptor.tolerance = p->tolerance;
    descriptor.iteration_limit = p->iteration_limit;
  }
  return invar_accelerator_submit(&run->machine->accelerator, &descriptor, &factor->ticket);
}

static void go_digital(struct invar_workload_run* run, struct invar_workload_factor* factor,
                       enum invar_workload_pass pass) {
  ++run->machine->counters->fallback_digital;
  factor->digital = 1;
  factor->state = DONE;
  if (pass == INVAR_WORKLOAD_SOLVE) {
    engine_pass(run, factor, INVAR_WORKLOAD_PROGRAM); /* no factor of it is there yet */
  }
  engine_pass(run, factor, pass);
}

/* Takes a completion. `busy` tells how many other factors are being worked on. */
static int advance(struct invar_workload_run* run, struct invar_workload_factor* factor,
                   enum invar_workload_pass pass, uint32_t busy) {
  struct invar_completion completion;
  INVAR_COST(run->machine->port, workload_inversion, advance);
  const int result =
      invar_accelerator_wait(&run->machine->accelerator, factor->ticket, &completion);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  const int ok = completion.status == INVAR_STATUS_OK;
  switch (factor->state) {
    case PROGRAMMING:
      if (ok) {
        factor->handle = completion.handle;
        factor->state = pass == INVAR_WORKLOAD_PROGRAM ? DONE : READY_TO_SOLVE;
        break;
      }
      run->free_tiles += factor->tiles;
      factor->state = WAITING;
      if (completion.status != INVAR_STATUS_NO_TILE || busy == 0) {
        go_digital(run, factor, pass);
      }
      break;
    case SOLVING:
      if (!ok) {
        go_digital(run, factor, pass);
      }
      factor->state = ok && run->resident ? DONE : READY_TO_RELEASE;
      break;
    default: /* RELEASING */
      factor->handle = INVAR_HANDLE_NONE;
      run->free_tiles += factor->tiles;
      factor->state = DONE;
  }
  return INVAR_RESULT_OK;
}

static int is_under_way(const struct invar_workload_factor* factor) {
  return factor->state == PROGRAMMING || factor->state == SOLVING || factor->state == RELEASING;
}

/* Whether a command of the factor can be given now. Factors that hold tiles go first. */
static int is_due(const struct invar_workload_run* run, const struct invar_workload_factor* factor,
                  int holders) {
  if (factor->state == READY_TO_SOLVE || factor->state == READY_TO_RELEASE) {
    return holders;
  }
  return !holders && factor->state == WAITING &&
         (factor->handle != INVAR_HANDLE_NONE || factor->tiles <= run->free_tiles);
}

/* How often a loop over the factors went round, and how often it met one that waits for tiles. */
struct loop_count {
  uint64_t looked_at, waiting;
};

static int submit_until_full(struct invar_workload_run* run, enum invar_workload_pass pass,
                             struct loop_count* count) {
  int result = INVAR_RESULT_OK;
  for (int holders = 1; holders >= 0; --holders) {
    for (uint32_t i = 0; i < run->factor_count && result == INVAR_RESULT_OK; ++i) {
      ++count->looked_at;
      count->waiting += !holders && run->factors[i].state == WAITING;
      if (is_due(run, &run->factors[i], holders)) {
        if (!invar_accelerator_can_submit(&run->machine->accelerator)) {
          return result;
        }
        result = submit_next(run, &run->factors[i], pass);
      }
    }
  }
  return result;
}

static int submit_due(struct invar_workload_run* run, enum invar_workload_pass pass) {
  struct loop_count count = {0, 0};
  const int result = submit_until_full(run, pass, &count);
  INVAR_COST(run->machine->port, workload_inversion, submit_due, count.looked_at, count.waiting);
  return result;
}

/* Takes all completions that have come. `left` counts factors that are not done. */
static int collect_done(struct invar_workload_run* run, enum invar_workload_pass pass,
                        uint32_t* left, uint32_t* finished) {
  int result = INVAR_RESULT_OK;
  uint32_t busy = 0;
  uint64_t under_way = 0;
  for (uint32_t i = 0; i < run->factor_count; ++i) {
    busy += run->factors[i].state != DONE && run->factors[i].state != WAITING;
  }
  *left = 0;
  for (uint32_t i = 0; i < run->factor_count && result == INVAR_RESULT_OK; ++i) {
    struct invar_workload_factor* factor = &run->factors[i];
    under_way += (uint64_t)is_under_way(factor);
    if (is_under_way(factor) &&
        invar_accelerator_poll(&run->machine->accelerator, factor->ticket)) {
      result = advance(run, factor, pass, busy - 1);
      ++*finished;
    }
    *left += factor->state != DONE;
  }
  INVAR_COST(run->machine->port, workload_inversion, collect_done, run->factor_count, under_way);
  return result;
}

/* Runs all factors of `mask` (bit 0 first, bit 1 second ones) through a pass. */
static int run_pass(struct invar_workload_run* run, enum invar_workload_pass pass, uint32_t mask) {
  struct invar_machine* machine = run->machine;
  uint32_t left = 0;
  int result = INVAR_RESULT_OK;
  INVAR_COST(machine->port, workload_inversion, run_pass, run->factor_count);
  for (uint32_t i = 0; i < run->factor_count; ++i) {
    struct invar_workload_factor* factor = &run->factors[i];
    factor->state = DONE;
    if ((mask >> factor->second & 1u) == 0) {
      continue;
    }
    if (on_engine(run, factor)) {
      engine_pass(run, factor, pass);
    } else {
      factor->state = WAITING;
      ++left;
    }
  }
  invar_engine_flush(&machine->engine);
  while (result == INVAR_RESULT_OK && left != 0) {
    uint32_t finished = 0;
    result = submit_due(run, pass);
    if (result == INVAR_RESULT_OK) {
      result = collect_done(run, pass, &left, &finished);
    }
    invar_engine_flush(&machine->engine);
    if (result == INVAR_RESULT_OK && left != 0 && finished == 0) {
      result = invar_accelerator_wait_any(&machine->accelerator);
    }
  }
  const int last = invar_engine_wait(&machine->engine);
  return result != INVAR_RESULT_OK ? result : last;
}

/* The matrix plus damping: trace, sum, and back to memory where the solver fetches it. */
static int damp(struct invar_workload_run* run) {
  for (uint32_t i = 0; i < run->factor_count; ++i) {
    const uint32_t n = run->factors[i].n;
    INVAR_COST(run->machine->port, workload_inversion, damp);
    invar_workload_load(run, (uint64_t)n * n * 4);
    invar_workload_matrix(run, INVAR_PHASE_INVERSION, INVAR_ENGINE_TRACE, n, 0);
    invar_workload_matrix(run, INVAR_PHASE_INVERSION, INVAR_ENGINE_SCALE_ADD_DIAGONAL, n, 0);
    invar_workload_store(run, (uint64_t)n * n * 4);
  }
  return invar_engine_wait(&run->machine->engine);
}

static int release_all(struct invar_workload_run* run) {
  int result = INVAR_RESULT_OK;
  for (uint32_t i = 0; i < run->factor_count && result == INVAR_RESULT_OK; ++i) {
    struct invar_workload_factor* factor = &run->factors[i];
    if (factor->handle != INVAR_HANDLE_NONE) {
      struct invar_completion completion;
      result = invar_accelerator_release(&run->machine->accelerator, factor->handle, &completion);
      factor->handle = INVAR_HANDLE_NONE;
      run->free_tiles += factor->tiles;
    }
  }
  return result;
}

int invar_workload_refresh(struct invar_workload_run* run) {
  const int solving = run->parameters->kfac_apply == INVAR_KFAC_APPLY_SOLVE;
  invar_machine_set_phase(run->machine, INVAR_PHASE_INVERSION);
  int result = damp(run);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  invar_machine_set_phase(run->machine, INVAR_PHASE_PROGRAMMING);
  if (!solving) {
    return run_pass(run, INVAR_WORKLOAD_INVERT, 3);
  }
  result = release_all(run);
  if (result == INVAR_RESULT_OK && run->resident) {
    return run_pass(run, INVAR_WORKLOAD_PROGRAM, 3);
  }
  /* What does not stay is programmed for each solve; only the engine's share is factorised now. */
  for (uint32_t i = 0; i < run->factor_count; ++i) {
    if (on_engine(run, &run->factors[i])) {
      engine_pass(run, &run->factors[i], INVAR_WORKLOAD_PROGRAM);
    }
  }
  return result == INVAR_RESULT_OK ? invar_engine_wait(&run->machine->engine) : result;
}

int invar_workload_solve(struct invar_workload_run* run) {
  invar_machine_set_phase(run->machine, INVAR_PHASE_INVERSION);
  int result = run_pass(run, INVAR_WORKLOAD_SOLVE, 1);
  for (uint32_t i = 0; i < run->factor_count && result == INVAR_RESULT_OK; ++i) {
    const struct invar_workload_factor* factor = &run->factors[i];
    INVAR_COST(run->machine->port, workload_inversion, invar_workload_solve, factor->second);
    if (factor->second) {
      /* The first factor's solutions are the second one's right-hand sides, the other way round. */
      invar_workload_load(run, (uint64_t)factor->n * factor->columns * 4);
      invar_workload_matrix(run, INVAR_PHASE_INVERSION, INVAR_ENGINE_TRANSPOSE, factor->columns,
                            factor->n);
      invar_workload_store(run, (uint64_t)factor->n * factor->columns * 4);
    }
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_engine_wait(&run->machine->engine);
  }
  return result == INVAR_RESULT_OK ? run_pass(run, INVAR_WORKLOAD_SOLVE, 2) : result;
}

/* Inserts a factor behind those that are as large. */
static void insert(struct invar_workload_run* run, const struct invar_workload_factor* factor) {
  uint32_t place = run->factor_count++;
  uint32_t moved = 0;
  for (; place > 0 && run->factors[place - 1].n < factor->n; --place) {
    run->factors[place] = run->factors[place - 1];
    ++moved;
  }
  run->factors[place] = *factor;
  INVAR_COST(run->machine->port, workload_inversion, insert, moved);
}

int invar_workload_prepare(struct invar_workload_run* run) {
  const struct invar_workload_parameters* p = run->parameters;
  const int accelerated = p->solver == INVAR_SOLVER_ACCELERATOR;
  const struct invar_accelerator* accelerator = &run->machine->accelerator;
  uint64_t total = 0, tiles = 0;
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    total += run->layers[i].factor_a != 0 ? 2 * (uint64_t)run->layers[i].repeats : 0;
  }
  struct invar_buffer buffer;
  const int result =
      invar_heap_allocate(&run->machine->heap, total * sizeof *run->factors, &buffer);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  run->factors = buffer.data;
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    const struct invar_workload_layer* layer = &run->layers[i];
    for (uint32_t repeat = 0; layer->factor_a != 0 && repeat < layer->repeats; ++repeat) {
      insert(run, &(struct invar_workload_factor){.n = layer->factor_a,
                                                  .columns = layer->factor_g,
                                                  .tiles = layer->tiles_a,
                                                  .slices = layer->slices_a});
      insert(run, &(struct invar_workload_factor){.n = layer->factor_g,
                                                  .columns = layer->factor_a,
                                                  .second = 1,
                                                  .tiles = layer->tiles_g,
                                                  .slices = layer->slices_g});
    }
  }
  INVAR_COST(run->machine->port, workload_inversion, invar_workload_prepare, run->factor_count);
  run->free_tiles = accelerated ? accelerator->tiles : 0;
  for (uint32_t i = 0; accelerated && i < run->factor_count; ++i) {
    struct invar_workload_factor* factor = &run->factors[i];
    factor->digital = factor->tiles > accelerator->tiles;
    run->machine->counters->fallback_digital += factor->digital;
    factor->tiles = factor->digital ? 0 : factor->tiles;
    tiles += factor->tiles;
  }
  run->resident =
      p->kfac_apply == INVAR_KFAC_APPLY_SOLVE && accelerated && tiles <= accelerator->tiles;
  return INVAR_RESULT_OK;
}
