#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/train_state.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/network/lasting_operands.h>
#include <invar/sw/port/function_costs.h>

struct state {
  struct invar_checkpoint checkpoint;
  float learning_rate;
  float loss, smoothed_loss;
  uint64_t steps_with_loss;
  struct invar_random order;
  double beta1_power, beta2_power; /* Adam */
  struct invar_driver_counters counters;
  /* K-FAC's follows */
};

int invar_train_restarts_after(const struct invar_train_parameters* p, uint64_t step) {
  uint64_t interval = p->checkpoint_interval;
  if (p->optimizer == INVAR_OPTIMIZER_KFAC) {
    interval = (interval + p->inverse_interval - 1) / p->inverse_interval * p->inverse_interval;
  }
  return interval != 0 && step % interval == 0 && step < p->steps;
}

/* An upper bound: the network is not there yet. */
static uint64_t state_bytes(const struct invar_train_parameters* parameters) {
  const struct invar_kfac most = {.factor_count = 2 * parameters->layer_count};
  return sizeof(struct state) + invar_kfac_state_bytes(&most);
}

static int is_kfac(const struct invar_train_run* run) {
  return run->of.parameters->optimizer == INVAR_OPTIMIZER_KFAC;
}

int invar_train_state_allocate(struct invar_train_run* run, struct invar_machine* machine,
                               const struct invar_train_parameters* parameters) {
  return parameters->checkpoint_interval == 0
             ? INVAR_RESULT_OK
             : invar_heap_allocate(&machine->heap, state_bytes(parameters), &run->state);
}

int invar_train_state_save(struct invar_train_run* run, uint64_t step) {
  struct invar_machine* machine = run->of.machine;
  struct state* state = run->state.data;
  int result = invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  invar_lasting_store(&run->of.plan);
  if (result == INVAR_RESULT_OK && is_kfac(run)) {
    result = invar_kfac_release_all(&run->of.kfac);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_engine_wait(&machine->engine);
  }
  *state =
      (struct state){.checkpoint = {.step = step, .bytes = machine->heap.next - run->state.address},
                     .learning_rate = run->learning_rate,
                     .loss = run->loss,
                     .smoothed_loss = run->smoothed_loss,
                     .steps_with_loss = run->steps_with_loss,
                     .order = run->batches.random,
                     .beta1_power = is_kfac(run) ? 0 : run->of.first_order.beta1_power,
                     .beta2_power = is_kfac(run) ? 0 : run->of.first_order.beta2_power,
                     .counters = *machine->counters};
  INVAR_COST(machine->port, train_state, invar_train_state_save);
  if (is_kfac(run)) {
    invar_kfac_save(&run->of.kfac, state + 1);
  }
  return result;
}

int invar_train_state_announce(const struct invar_train_run* run, struct invar_machine* machine) {
  struct invar_port* port = machine->port;
  return invar_register_write(port, port->host_control_base + INVAR_HOST_REG_CHECKPOINT,
                              (uint32_t)(run->state.address / 16));
}

int invar_train_state_restore(struct invar_train_run* run, uint64_t* step) {
  const struct state* state = run->state.data;
  *step = state->checkpoint.step;
  *run->of.machine->counters = state->counters;
  run->learning_rate = state->learning_rate;
  run->loss = state->loss;
  run->smoothed_loss = state->smoothed_loss;
  run->steps_with_loss = state->steps_with_loss;
  run->batches.random = state->order;
  run->of.first_order.beta1_power = state->beta1_power;
  run->of.first_order.beta2_power = state->beta2_power;
  INVAR_COST(run->of.machine->port, train_state, invar_train_state_restore);
  if (is_kfac(run)) {
    invar_kfac_restore(&run->of.kfac, state + 1);
  }
  invar_lasting_load(&run->of.plan);
  return invar_engine_wait(&run->of.machine->engine);
}
