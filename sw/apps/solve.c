#include <invar/sw/apps/apps.h>
#include <invar/sw/apps/solve_steps.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/port/function_costs.h>

/* Right-hand sides that are named one by one when they are not solved. */
#define NAMED_LIMIT 5u

/* Names what is not solved and how far it came. */
static void tell_missed(const struct invar_linear_system* system, uint32_t missed) {
  struct invar_port* port = system->machine->port;
  uint32_t named = 0;
  for (uint32_t i = 0; i < system->parameters->columns && named < NAMED_LIMIT; ++i) {
    const struct invar_right_hand_side* column = &system->columns[i];
    if (column->solved) {
      continue;
    }
    ++named;
    invar_print(port, "right-hand side ");
    invar_print_unsigned(port, (uint64_t)i + 1);
    invar_print(port, ": cannot reach the tolerance ");
    invar_print_scientific(port, system->parameters->tolerance);
    invar_print(port, ", reached ");
    invar_print_scientific(port, column->residual);
    invar_print(port, "\n");
  }
  if (missed > named) {
    invar_print(port, "and ");
    invar_print_unsigned(port, missed - named);
    invar_print(port, " more\n");
  }
}

static int solve(struct invar_linear_system* system) {
  const struct invar_solve_parameters* p = system->parameters;
  int result = INVAR_RESULT_OK;
  if (p->solver == INVAR_SOLVER_ACCELERATOR) {
    result = invar_solve_on_accelerator(system);
    if (result != INVAR_RESULT_OK || invar_linear_system_unfinished(system) == 0 ||
        !p->digital_fallback) {
      return result;
    }
    ++system->machine->counters->fallback_digital;
  }
  return invar_solve_on_engine(system);
}

int invar_solve(struct invar_machine* machine, const struct invar_solve_parameters* parameters) {
  struct invar_linear_system system;
  INVAR_COST(machine->port, solve, invar_solve);
  int result = invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  result = result ? result : invar_linear_system_init(&system, machine, parameters);
  if (result == INVAR_RESULT_NOT_FINITE) {
    invar_print(machine->port,
                "the matrix is singular: its rows cannot be matched to its columns\n");
    return INVAR_EXIT_SOLVE_FAILED;
  }
  result = result ? result : solve(&system);
  if (result != INVAR_RESULT_OK) {
    return invar_exit_of(machine, result);
  }
  result = invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  const uint32_t missed = invar_linear_system_restore(&system);
  if (missed != 0) {
    tell_missed(&system, missed);
    return INVAR_EXIT_SOLVE_FAILED;
  }
  return invar_exit_of(machine, result);
}
