/* What the functions of the firmware cost a core that cannot count instructions.
 *
 * A function that works says so in one line, with the counts that its work grows with:
 *
 *   INVAR_COST(port, machine, invar_machine_set_phase);
 *   INVAR_COST(port, linear_system, find_residual, n, n * n);
 *
 * i.e. the port, the source file without its ending, the function, and up to two counts. The line
 * stands in the function that it names. It stands for all that the function does, for what is
 * inlined into it and for what it calls, except where that has a line of its own. What it costs is
 * a row of function_cost_table.inc, measured on the RISC-V image by scripts/function_costs.py. On
 * RISC-V the line is nothing.
 */
#ifndef INVAR_SW_PORT_FUNCTION_COSTS_H
#define INVAR_SW_PORT_FUNCTION_COSTS_H

#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rows of the table; the names are those of files and functions. */
enum invar_costed_function {
#define INVAR_FUNCTION_COST(file, function, ...) INVAR_COST_##file##_##function,
#include <invar/sw/port/function_cost_table.inc>
#undef INVAR_FUNCTION_COST
  INVAR_COSTED_FUNCTIONS
};

extern const struct invar_function_cost invar_function_costs[INVAR_COSTED_FUNCTIONS];

#define INVAR_COST(port, file, ...) INVAR_COST_OF_COUNTS(port, file, __VA_ARGS__, 0, 0, 0)
#define INVAR_COST_OF_COUNTS(port, file, function, first, second, ...) \
  invar_port_charge(port, &invar_function_costs[INVAR_COST_##file##_##function], first, second)

#ifdef __cplusplus
}
#endif

#endif
