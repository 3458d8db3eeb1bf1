#include <invar/sw/apps/training.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/register_access.h>

#define SMALL_RING 32u

static int is_kfac(const struct invar_training* training) {
  return training->parameters->optimizer == INVAR_OPTIMIZER_KFAC;
}

/* Room for a command of each factor, of two a layer, and more where completions stay in the ring
 * while tiles are programmed in the background; an interrupt looks through the whole ring. */
static uint32_t ring_descriptors(const struct invar_train_parameters* parameters) {
  return parameters->layer_count <= SMALL_RING / 2 && parameters->refresh_delay_steps == 0
             ? SMALL_RING
             : INVAR_ACCELERATOR_RING_LIMIT;
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
