#include <invar/sw/apps/apps.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/fallback.h>

#define RING_DESCRIPTORS 16u

/* All right-hand sides with one programmed matrix; stops at the first status other than OK. */
static int solve_batch(struct invar_machine* machine, const struct invar_solve_parameters* p,
                       uint32_t handle, uint32_t* status, uint32_t* converged) {
  *converged = 0;
  *status = INVAR_STATUS_OK;
  int result = invar_machine_set_phase(machine, INVAR_PHASE_INVERSION);
  for (uint32_t first = 0; first < p->columns && result == INVAR_RESULT_OK;) {
    const uint32_t rest = p->columns - first;
    const uint32_t columns =
        rest < INVAR_ACCELERATOR_COLUMNS_LIMIT ? rest : INVAR_ACCELERATOR_COLUMNS_LIMIT;
    const uint64_t offset = (uint64_t)first * p->n * 8;
    struct invar_completion completion;
    result = invar_accelerator_solve(&machine->accelerator, handle, p->n, columns,
                                     p->rhs_address + offset, p->solution_address + offset,
                                     p->tolerance, p->iteration_limit, 0, &completion);
    if (result == INVAR_RESULT_OK) {
      *status = completion.status;
      *converged += completion.converged;
      if (completion.status != INVAR_STATUS_OK) {
        break;
      }
    }
    first += columns;
  }
  return result;
}

static int give_up(struct invar_machine* machine, uint32_t status, uint32_t missed) {
  machine->counters->not_converged += missed;
  invar_print(machine->port, "accelerator: ");
  invar_print(machine->port, invar_accelerator_status_text(status));
  invar_print(machine->port, "\n");
  return INVAR_EXIT_SOLVE_FAILED;
}

/* Program and solve, with more slices when the status asks for them. */
static int solve_on_accelerator(struct invar_machine* machine,
                                const struct invar_solve_parameters* p) {
  struct invar_accelerator* accelerator = &machine->accelerator;
  struct invar_fallback fallback;
  struct invar_completion completion;
  int result = invar_accelerator_init(accelerator, machine->port, &machine->interrupts,
                                      &machine->heap, machine->counters, RING_DESCRIPTORS);
  if (result != INVAR_RESULT_OK) {
    return invar_exit_of(machine, result);
  }
  invar_fallback_init(&fallback, p->slices,
                      p->slices_limit < accelerator->slices ? p->slices_limit : accelerator->slices,
                      0);
  fallback.digital_allowed = 0;
  while (result == INVAR_RESULT_OK) {
    uint32_t converged = 0;
    result = invar_machine_set_phase(machine, INVAR_PHASE_PROGRAMMING);
    if (result == INVAR_RESULT_OK) {
      result = invar_accelerator_program(accelerator, p->matrix_address, p->n, fallback.slices, 0,
                                         &completion);
    }
    if (result != INVAR_RESULT_OK) {
      break;
    }
    uint32_t status = completion.status;
    if (status == INVAR_STATUS_OK) {
      const uint32_t handle = completion.handle;
      result = solve_batch(machine, p, handle, &status, &converged);
      if (result == INVAR_RESULT_OK) {
        result = invar_accelerator_release(accelerator, handle, &completion);
      }
    }
    if (result != INVAR_RESULT_OK) {
      break;
    }
    if (status == INVAR_STATUS_OK) {
      return INVAR_EXIT_OK;
    }
    if (invar_fallback_next(&fallback, status, machine->counters) != INVAR_FALLBACK_SLICES) {
      return give_up(machine, status, p->columns - converged);
    }
  }
  return invar_exit_of(machine, result);
}

int invar_solve(struct invar_machine* machine, const struct invar_solve_parameters* parameters) {
  const int exit_code = parameters->solver == INVAR_SOLVER_ENGINE
                            ? invar_solve_on_engine(machine, parameters)
                            : solve_on_accelerator(machine, parameters);
  invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  return exit_code;
}
