#include <invar/sw/apps/solve_steps.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/port/function_costs.h>

#define RING_DESCRIPTORS 16u
/* A seed that helps is used so often at most; each use takes the residual down by the tolerance, or
 * by what the seed can do at once. */
#define ROUNDS_LIMIT 8u
/* What a round is asked for where only the units are missing. */
#define UNITS_REDUCTION 1e-3

struct seed {
  struct invar_linear_system* system;
  struct invar_fallback fallback;
  uint32_t handle;
  uint32_t tiles;              /* that the matrix takes */
  uint32_t status;             /* of the last command */
  struct invar_buffer request; /* right-hand sides as the accelerator gets them, packed */
  struct invar_buffer answer;
};

/* Programs, until the seed is good enough or all slices are in use. */
static int program(struct seed* seed) {
  struct invar_machine* machine = seed->system->machine;
  const struct invar_solve_parameters* p = seed->system->parameters;
  const uint64_t matrix = p->general ? seed->system->scaled.address : p->matrix_address;
  struct invar_completion completion;
  int result = invar_machine_set_phase(machine, INVAR_PHASE_PROGRAMMING);
  INVAR_COST(machine->port, solve_accelerator, program);
  do {
    if (result == INVAR_RESULT_OK) {
      result = invar_accelerator_run(
          &machine->accelerator,
          &(struct invar_descriptor){.opcode = INVAR_OP_PROGRAM,
                                     .phase = INVAR_PHASE_PROGRAMMING,
                                     .flags = p->general ? INVAR_FLAG_GENERAL : 0,
                                     .handle = seed->handle,
                                     .n = p->n,
                                     .slices = seed->fallback.slices,
                                     .source = matrix,
                                     .service = INVAR_SERVES(p->service),
                                     .rank = p->deflation_rank,
                                     .block_layout = p->block_layout},
          &completion);
    }
    if (result != INVAR_RESULT_OK) {
      return result;
    }
    seed->status = completion.status;
    seed->tiles = completion.tiles;
    seed->handle = completion.status == INVAR_STATUS_OK ? completion.handle : INVAR_HANDLE_NONE;
  } while (seed->handle != INVAR_HANDLE_NONE &&
           invar_fallback_wants_slice(&seed->fallback, completion.residual, machine->counters));
  return result;
}

/* One batch after another. A status other than OK does not end it: others may be solved. */
static int solve_batches(struct seed* seed, uint64_t source, uint64_t destination, uint32_t columns,
                         uint32_t flags, double tolerance, double* residual) {
  struct invar_machine* machine = seed->system->machine;
  const struct invar_solve_parameters* p = seed->system->parameters;
  int result = invar_machine_set_phase(machine, INVAR_PHASE_INVERSION);
  INVAR_COST(machine->port, solve_accelerator, solve_batches);
  seed->status = INVAR_STATUS_OK;
  for (uint32_t first = 0; first < columns && result == INVAR_RESULT_OK;) {
    const uint32_t rest = columns - first;
    const uint32_t batch =
        rest < INVAR_ACCELERATOR_COLUMNS_LIMIT ? rest : INVAR_ACCELERATOR_COLUMNS_LIMIT;
    const uint64_t offset = 8 * (uint64_t)first * p->n;
    struct invar_completion completion;
    result =
        invar_accelerator_run(&machine->accelerator,
                              &(struct invar_descriptor){.opcode = INVAR_OP_SOLVE,
                                                         .phase = INVAR_PHASE_INVERSION,
                                                         .flags = flags,
                                                         .handle = seed->handle,
                                                         .n = p->n,
                                                         .columns = batch,
                                                         .source = source + offset,
                                                         .destination = destination + offset,
                                                         .tolerance = tolerance,
                                                         .service = p->service,
                                                         .iteration_limit = p->iteration_limit},
                              &completion);
    if (result == INVAR_RESULT_OK && completion.status != INVAR_STATUS_OK) {
      seed->status = completion.status;
    }
    *residual = completion.residual > *residual ? completion.residual : *residual;
    first += batch;
  }
  return result;
}

/* What the solutions that stand there are worth, and whether they are worth something. */
static int look(struct invar_linear_system* system, int* helped) {
  const int result = invar_linear_system_start(system, 0);
  *helped = 1;
  for (uint32_t i = 0; i < system->parameters->columns && result == INVAR_RESULT_OK; ++i) {
    struct invar_right_hand_side* column = &system->columns[i];
    invar_linear_system_take(system, i);
    column->finished = column->solved;
    *helped = *helped && (column->solved || column->residual <= 0.5);
    /* The driver counts those of commands that went well. */
    system->machine->counters->right_hand_sides += column->solved;
  }
  return result;
}

/* The first solve of a symmetric matrix: straight from the right-hand sides to the solutions. What
 * the accelerator says it has solved is solved; where it has not, the host core looks for itself.
 */
static int solve_all(struct seed* seed, int* helped) {
  struct invar_linear_system* system = seed->system;
  const struct invar_solve_parameters* p = system->parameters;
  const int refines = p->service == INVAR_SERVICE_REFINED;
  double residual = 0.0;
  const int result =
      solve_batches(seed, p->rhs_address, p->solution_address, p->columns,
                    refines ? INVAR_FLAG_UNITS : 0, refines ? p->tolerance : 0.0, &residual);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  if (seed->status != INVAR_STATUS_OK) {
    return look(system, helped);
  }
  for (uint32_t i = 0; i < p->columns; ++i) {
    system->columns[i].solved = system->columns[i].finished = 1;
    system->columns[i].residual = residual;
  }
  return result;
}

/* What a right-hand side still lacks, as the accelerator wants it. */
static void pack(struct seed* seed, uint32_t index, double* request) {
  const struct invar_linear_system* system = seed->system;
  const uint64_t n = system->n;
  const double* residual = system->residual + index * n;
  for (uint64_t i = 0; i < n; ++i) {
    request[i] = system->parameters->general ? residual[i] : residual[i] / system->row_scale[i];
  }
  INVAR_COST(system->machine->port, solve_accelerator, pack, n,
             system->parameters->general ? 0 : n);
}

static int unpack(struct seed* seed, uint32_t index, double* answer) {
  const struct invar_linear_system* system = seed->system;
  for (uint64_t j = 0; j < system->n && system->parameters->general; ++j) {
    answer[j] *= system->column_scale[j];
  }
  INVAR_COST(system->machine->port, solve_accelerator, unpack,
             system->parameters->general ? system->n : 0);
  return invar_linear_system_correct(seed->system, index, answer);
}

/* By how much a residual has still to fall. */
static double reduction(const struct invar_linear_system* system,
                        const struct invar_right_hand_side* column) {
  const double tolerance = system->parameters->tolerance;
  if (column->solved) {
    return UNITS_REDUCTION;
  }
  const double lacking = 0.5 * tolerance / column->residual;
  return lacking > tolerance ? lacking : tolerance;
}

/* Solves for the residuals of all right-hand sides that are not finished. */
static int correct(struct seed* seed, int* helped) {
  struct invar_linear_system* system = seed->system;
  const uint64_t n = system->n;
  double* request = seed->request.data;
  double* answer = seed->answer.data;
  uint32_t packed = 0;
  double wanted = 1.0;
  for (uint32_t i = 0; i < system->parameters->columns; ++i) {
    if (!system->columns[i].finished) {
      const double lacking = reduction(system, &system->columns[i]);
      wanted = lacking < wanted ? lacking : wanted;
      pack(seed, i, request + packed++ * n);
    }
  }
  INVAR_COST(system->machine->port, solve_accelerator, correct, system->parameters->columns);
  double residual = 0.0;
  const uint64_t counted = system->machine->counters->right_hand_sides;
  const int result = solve_batches(seed, seed->request.address, seed->answer.address, packed, 0,
                                   wanted, &residual);
  uint32_t solved = 0;
  packed = 0;
  *helped = 1;
  for (uint32_t i = 0; i < system->parameters->columns && result == INVAR_RESULT_OK; ++i) {
    struct invar_right_hand_side* column = &system->columns[i];
    if (column->finished) {
      continue;
    }
    const int was_solved = column->solved;
    const int halved = unpack(seed, i, answer + packed++ * n);
    solved += column->solved && !was_solved;
    *helped = *helped && (halved || column->finished);
  }
  system->machine->counters->right_hand_sides = counted + solved;
  return result;
}

/* As long as it helps: once, where nothing is refined. */
static int use(struct seed* seed) {
  struct invar_linear_system* system = seed->system;
  int helped = 1;
  int result = INVAR_RESULT_OK;
  INVAR_COST(system->machine->port, solve_accelerator, use, system->parameters->columns);
  for (uint32_t round = 0; round < ROUNDS_LIMIT && helped && result == INVAR_RESULT_OK; ++round) {
    if (!system->started && !system->parameters->general) {
      result = solve_all(seed, &helped);
    } else {
      result = invar_linear_system_start(system, 1);
      result = result ? result : correct(seed, &helped);
    }
    if (result != INVAR_RESULT_OK || invar_linear_system_unfinished(system) == 0 ||
        system->parameters->service != INVAR_SERVICE_REFINED) {
      break;
    }
  }
  for (uint32_t i = 0; i < system->parameters->columns; ++i) {
    system->columns[i].finished = system->columns[i].solved;
  }
  return result;
}

static void tell(const struct seed* seed) {
  struct invar_port* port = seed->system->machine->port;
  invar_print(port, "accelerator, ");
  invar_print_unsigned(
      port, seed->fallback.slices != 0 ? seed->fallback.slices : INVAR_FALLBACK_DEFAULT_SLICES);
  invar_print(port, " slices: ");
  invar_print(port, seed->status == INVAR_STATUS_OK ? "comes no nearer"
                                                    : invar_accelerator_status_text(seed->status));
  if (seed->status == INVAR_STATUS_TOO_LARGE || seed->status == INVAR_STATUS_NO_TILE) {
    invar_print(port, ": it takes ");
    invar_print_unsigned(port, seed->tiles);
  }
  invar_print(port, ", ");
  invar_print_unsigned(port, invar_linear_system_unfinished(seed->system));
  invar_print(port, " right-hand sides left\n");
}

static int prepare(struct seed* seed) {
  struct invar_linear_system* system = seed->system;
  struct invar_machine* machine = system->machine;
  const struct invar_solve_parameters* p = system->parameters;
  const uint64_t bytes = 8 * (uint64_t)p->n * p->columns;
  seed->handle = INVAR_HANDLE_NONE;
  INVAR_COST(machine->port, solve_accelerator, prepare);
  int result = invar_accelerator_init(&machine->accelerator, machine->port, &machine->interrupts,
                                      &machine->heap, machine->counters, RING_DESCRIPTORS);
  result = result ? result : invar_heap_allocate(&machine->heap, bytes, &seed->request);
  result = result ? result : invar_heap_allocate(&machine->heap, bytes, &seed->answer);
  const uint32_t slices = machine->accelerator.slices;
  invar_fallback_init(&seed->fallback, p->slices,
                      p->slices_limit < slices ? p->slices_limit : slices, 0);
  seed->fallback.digital_allowed = 0; /* what comes after this is the caller's affair */
  seed->fallback.contraction_limit = p->contraction_limit;
  return result;
}

int invar_solve_on_accelerator(struct invar_linear_system* system) {
  struct seed seed = {.system = system};
  INVAR_COST(system->machine->port, solve_accelerator, invar_solve_on_accelerator);
  int result = prepare(&seed);
  while (result == INVAR_RESULT_OK) {
    result = program(&seed);
    if (result == INVAR_RESULT_OK && seed.handle != INVAR_HANDLE_NONE) {
      result = use(&seed);
    }
    if (result != INVAR_RESULT_OK || invar_linear_system_unfinished(system) == 0) {
      break;
    }
    tell(&seed);
    /* All went well, but the host core wants more: a better seed. */
    const uint32_t status =
        seed.status == INVAR_STATUS_OK ? INVAR_STATUS_NOT_CONVERGED : seed.status;
    if (invar_fallback_next(&seed.fallback, status, system->machine->counters) !=
        INVAR_FALLBACK_SLICES) {
      break;
    }
  }
  if (result == INVAR_RESULT_OK && invar_linear_system_unfinished(system) != 0) {
    result = invar_linear_system_start(system, 1);
  }
  if (result == INVAR_RESULT_OK && seed.handle != INVAR_HANDLE_NONE) {
    struct invar_completion released;
    result = invar_accelerator_release(&system->machine->accelerator, seed.handle, &released);
  }
  return result;
}
