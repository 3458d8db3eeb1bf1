#include <invar/sw/apps/apps.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/fallback.h>
#include <invar/sw/driver/register_access.h>

#define RING_DESCRIPTORS 16u

/* All right-hand sides with one programmed matrix; stops at the first status other than OK. */
static int solve_batch(struct invar_machine* machine, const struct invar_solve_parameters* p,
                       uint32_t handle, struct invar_completion* last, uint32_t* converged) {
  int result = invar_machine_set_phase(machine, INVAR_PHASE_INVERSION);
  invar_charge(machine->port, 26, 13);
  for (uint32_t first = 0; first < p->columns && result == INVAR_RESULT_OK;) {
    const uint32_t rest = p->columns - first;
    const uint32_t columns =
        rest < INVAR_ACCELERATOR_COLUMNS_LIMIT ? rest : INVAR_ACCELERATOR_COLUMNS_LIMIT;
    const uint64_t offset = (uint64_t)first * p->n * 8;
    result = invar_accelerator_solve(&machine->accelerator, handle, p->n, columns,
                                     p->rhs_address + offset, p->solution_address + offset,
                                     p->tolerance, p->iteration_limit, 0, last);
    if (result == INVAR_RESULT_OK) {
      *converged += last->converged;
      if (last->status != INVAR_STATUS_OK) {
        break;
      }
    }
    first += columns;
  }
  return result;
}

/* Says why and how far it came. */
static int give_up(struct invar_machine* machine, const struct invar_solve_parameters* p,
                   const struct invar_completion* last, uint32_t missed) {
  struct invar_port* port = machine->port;
  machine->counters->not_converged += missed;
  invar_print(port, "accelerator: ");
  invar_print(port, invar_accelerator_status_text(last->status));
  if (last->status == INVAR_STATUS_NOT_CONVERGED) {
    invar_print(port, ": cannot reach the tolerance ");
    invar_print_scientific(port, p->tolerance);
    invar_print(port, ", reached ");
    invar_print_scientific(port, last->residual);
  } else if (last->status == INVAR_STATUS_TOO_LARGE || last->status == INVAR_STATUS_NO_TILE) {
    invar_print(port, ": it takes ");
    invar_print_unsigned(port, last->tiles);
  }
  invar_print(port, "\n");
  return INVAR_EXIT_SOLVE_FAILED;
}

/* Program, until the seed is good enough or all slices are in use. */
static int program(struct invar_machine* machine, const struct invar_solve_parameters* p,
                   struct invar_fallback* fallback, uint32_t* handle,
                   struct invar_completion* completion) {
  const uint32_t flags = p->general != 0 ? INVAR_FLAG_GENERAL : 0;
  int result = invar_machine_set_phase(machine, INVAR_PHASE_PROGRAMMING);
  invar_charge(machine->port, 26, 13);
  do {
    if (result == INVAR_RESULT_OK) {
      result = invar_accelerator_program(&machine->accelerator, *handle, p->matrix_address, p->n,
                                         fallback->slices, flags, completion);
    }
    *handle = result == INVAR_RESULT_OK && completion->status == INVAR_STATUS_OK
                  ? completion->handle
                  : INVAR_HANDLE_NONE;
  } while (*handle != INVAR_HANDLE_NONE &&
           invar_fallback_wants_slice(fallback, completion->residual, machine->counters));
  return result;
}

/* Program and solve, with more slices when the status asks for them. */
static int solve_on_accelerator(struct invar_machine* machine,
                                const struct invar_solve_parameters* p) {
  struct invar_accelerator* accelerator = &machine->accelerator;
  struct invar_fallback fallback;
  struct invar_completion last;
  uint32_t handle = INVAR_HANDLE_NONE;
  invar_charge(machine->port, 45, 30);
  invar_port_charge(machine->port, INVAR_OPERATION_FLOAT, 3);
  int result = invar_accelerator_init(accelerator, machine->port, &machine->interrupts,
                                      &machine->heap, machine->counters, RING_DESCRIPTORS);
  if (result != INVAR_RESULT_OK) {
    return invar_exit_of(machine, result);
  }
  invar_fallback_init(&fallback, p->slices,
                      p->slices_limit < accelerator->slices ? p->slices_limit : accelerator->slices,
                      0);
  fallback.digital_allowed = 0;
  fallback.contraction_limit = p->contraction_limit;
  uint32_t converged = 0;
  for (;;) {
    converged = 0;
    result = program(machine, p, &fallback, &handle, &last);
    if (result == INVAR_RESULT_OK && handle != INVAR_HANDLE_NONE) {
      result = solve_batch(machine, p, handle, &last, &converged);
    }
    if (result != INVAR_RESULT_OK) {
      return invar_exit_of(machine, result);
    }
    if (last.status == INVAR_STATUS_OK ||
        invar_fallback_next(&fallback, last.status, machine->counters) != INVAR_FALLBACK_SLICES) {
      break;
    }
  }
  const int exit_code = last.status == INVAR_STATUS_OK
                            ? INVAR_EXIT_OK
                            : give_up(machine, p, &last, p->columns - converged);
  if (handle != INVAR_HANDLE_NONE) {
    struct invar_completion released;
    result = invar_accelerator_release(accelerator, handle, &released);
  }
  return result == INVAR_RESULT_OK ? exit_code : invar_exit_of(machine, result);
}

int invar_solve(struct invar_machine* machine, const struct invar_solve_parameters* parameters) {
  const int exit_code = parameters->solver == INVAR_SOLVER_ENGINE
                            ? invar_solve_on_engine(machine, parameters)
                            : solve_on_accelerator(machine, parameters);
  invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  return exit_code;
}
