#include <invar/sw/apps/training.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/register_access.h>

#define LEAST_RING 32u
/* Steps whose commands the ring holds beside the completions of tiles that are programmed in the
 * background; later ones wait where those are not done. */
#define STEPS_IN_BACKGROUND 8u

static int is_kfac(const struct invar_training* training) {
  return training->parameters->optimizer == INVAR_OPTIMIZER_KFAC;
}

/* A power of two, with room for a command of each factor, of two a layer, and in the background for
 * those of some steps besides, of each factor and each layer. */
static uint32_t ring_descriptors(const struct invar_train_parameters* parameters) {
  const uint32_t delay = parameters->refresh_delay_steps;
  const uint32_t steps = delay < STEPS_IN_BACKGROUND ? delay : STEPS_IN_BACKGROUND;
  const uint64_t commands = (2 + 3 * (uint64_t)steps) * parameters->layer_count;
  uint32_t size = LEAST_RING;
  while (size < commands && size < INVAR_ACCELERATOR_RING_LIMIT) {
    size *= 2;
  }
  return size;
}

int invar_training_init(struct invar_training* training, struct invar_machine* machine,
                        const struct invar_train_parameters* parameters) {
  training->machine = machine;
  training->parameters = parameters;
  int result = invar_engine_init(&machine->engine, machine->port, &machine->interrupts,
                                 &machine->heap, INVAR_ENGINE_RING_JOBS);
  if (result == INVAR_RESULT_OK && is_kfac(training) &&
      parameters->solver == INVAR_SOLVER_ACCELERATOR) {
    result =
        invar_accelerator_init(&machine->accelerator, machine->port, &machine->interrupts,
                               &machine->heap, machine->counters, ring_descriptors(parameters));
  }
  invar_plan_init(&training->plan, &machine->engine, &machine->heap, parameters->batch);
  return result;
}

static int report_scratchpad(const struct invar_training* training, int result) {
  const uint32_t has = training->machine->engine.scratchpad_bytes;
  if (result == INVAR_RESULT_OUT_OF_MEMORY && training->plan.needed_bytes > has) {
    struct invar_port* port = training->machine->port;
    invar_print(port, "engine.scratchpad_bytes: has ");
    invar_print_unsigned(port, has);
    invar_print(port, ", one image at a time needs ");
    invar_print_unsigned(port, training->plan.needed_bytes);
    invar_print(port, "\n");
  }
  return result;
}

int invar_training_settle(struct invar_training* training) {
  struct invar_machine* machine = training->machine;
  int result =
      invar_network_init(&training->network, &machine->heap, &training->plan, training->parameters);
  if (result == INVAR_RESULT_OK && is_kfac(training)) {
    result = invar_kfac_init(&training->kfac, machine, &training->network);
  } else if (result == INVAR_RESULT_OK) {
    invar_first_order_init(&training->first_order, &training->network);
  }
  return result == INVAR_RESULT_OK ? report_scratchpad(training, invar_plan_settle(&training->plan))
                                   : result;
}

void invar_training_start(struct invar_training* training) {
  if (is_kfac(training)) {
    invar_kfac_start(&training->kfac);
  } else {
    invar_first_order_start(&training->first_order);
  }
}
