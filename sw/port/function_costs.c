#include <invar/sw/port/function_costs.h>

/* The numbers of a row come in groups of INVAR_OPERATION_COUNT: a call, a count, the other count.
 */
const struct invar_function_cost invar_function_costs[INVAR_COSTED_FUNCTIONS] = {
#define INVAR_FUNCTION_COST(file, function, ...) {#file ".c", #function, {__VA_ARGS__}},
#include <invar/sw/port/function_cost_table.inc>
#undef INVAR_FUNCTION_COST
};
