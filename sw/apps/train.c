#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/apps.h>
#include <invar/sw/apps/train_state.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/network/lasting_operands.h>
#include <invar/sw/port/function_costs.h>

/* Weight of the past in the smoothed loss. */
#define LOSS_SMOOTHING 0.95f

/* Devices, memory plan and batches. */
static int make_places(struct invar_train_run* training, struct invar_machine* machine,
                       const struct invar_train_parameters* p, int resumed) {
  int result = invar_training_init(&training->of, machine, p);
  if (result == INVAR_RESULT_OK) {
    result =
        invar_heap_allocate(&machine->heap, sizeof(struct invar_progress), &training->progress);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_training_settle(&training->of);
  }
  if (result == INVAR_RESULT_OK && p->checkpoint_interval != 0) {
    result = invar_lasting_allocate(&training->of.plan);
  }
  return result == INVAR_RESULT_OK
             ? invar_batches_init(&training->batches, machine->port, &machine->heap, p,
                                  training->of.plan.groups, resumed)
             : result;
}

/* Everything before the first step: with initial weights, or as a checkpoint has it. `step`: steps
 * finished. */
static int prepare(struct invar_train_run* training, struct invar_machine* machine,
                   const struct invar_train_parameters* p, int resumed, uint64_t* step) {
  INVAR_COST(machine->port, train, prepare);
  int result = invar_train_state_allocate(training, machine, p);
  if (result == INVAR_RESULT_OK && resumed) {
    result = invar_train_state_announce(training, machine);
  }
  if (result == INVAR_RESULT_OK) {
    result = make_places(training, machine, p, resumed);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  invar_training_start(&training->of);
  if (resumed) {
    return invar_train_state_restore(training, step);
  }
  invar_network_initialize_weights(&training->of.network);
  return machine->engine.error;
}

/* Reads the losses of all steps that are known to have finished. */
static int read_losses(struct invar_train_run* training, uint64_t steps_started) {
  INVAR_COST(training->of.machine->port, train, read_losses);
  while (training->steps_with_loss < steps_started &&
         invar_engine_is_finished(
             &training->of.machine->engine,
             training->last_ticket[training->steps_with_loss % INVAR_BATCH_SLOTS])) {
    INVAR_COST(training->of.machine->port, train, read_losses, 1);
    const float loss = invar_batches_loss(&training->batches, training->steps_with_loss);
    training->loss = loss;
    training->smoothed_loss =
        training->steps_with_loss == 0
            ? loss
            : LOSS_SMOOTHING * training->smoothed_loss + (1.0f - LOSS_SMOOTHING) * loss;
    ++training->steps_with_loss;
    if (!__builtin_isfinite(loss)) {
      return INVAR_RESULT_NOT_FINITE;
    }
  }
  return INVAR_RESULT_OK;
}

/* Waits for everything, leaves weights and losses in RAM and announces them. */
static int report_progress(struct invar_train_run* training, uint64_t steps) {
  struct invar_machine* machine = training->of.machine;
  struct invar_network* network = &training->of.network;
  int result = invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  invar_network_store_weights(network);
  if (result == INVAR_RESULT_OK) {
    result = invar_engine_wait(&machine->engine);
  }
  if (result == INVAR_RESULT_OK) {
    result = read_losses(training, steps);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  *(struct invar_progress*)training->progress.data =
      (struct invar_progress){.step = steps,
                              .loss = training->loss,
                              .smoothed_loss = training->smoothed_loss,
                              .evaluate = 1,
                              .weights_address = network->weights_ram.address,
                              .weight_count = network->parameter_count};
  INVAR_COST(machine->port, train, report_progress);
  return invar_register_write(machine->port,
                              machine->port->host_control_base + INVAR_HOST_REG_PROGRESS,
                              (uint32_t)(training->progress.address / 16));
}

/* Draws the batch of `step` once its slot is free. */
static int prepare_batch(struct invar_train_run* training, uint64_t step) {
  if (step >= training->of.parameters->steps) {
    return INVAR_RESULT_OK;
  }
  struct invar_engine* engine = &training->of.machine->engine;
  if (step >= INVAR_BATCH_SLOTS &&
      !invar_engine_is_finished(engine, training->last_ticket[step % INVAR_BATCH_SLOTS])) {
    const int result = invar_engine_wait(engine);
    if (result != INVAR_RESULT_OK) {
      return result;
    }
  }
  /* The slot's loss goes with it. */
  const int result = read_losses(training, step);
  return result != INVAR_RESULT_OK ? result : invar_batches_prepare(&training->batches, step);
}

static int run_step(struct invar_train_run* training, uint64_t step) {
  struct invar_machine* machine = training->of.machine;
  struct invar_engine* engine = &machine->engine;
  const struct invar_train_parameters* p = training->of.parameters;
  INVAR_COST(machine->port, train, run_step);
  const struct invar_batch_slot slot = invar_batches_slot(&training->batches, step);
  if (step != 0 && step % p->steps_per_epoch == 0) {
    training->learning_rate *= p->learning_rate_decay;
  }
  int result = invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  invar_network_forward(&training->of.network, &slot, 0);
  if (p->optimizer != INVAR_OPTIMIZER_KFAC) {
    invar_network_gradients(&training->of.network, &slot);
    invar_first_order_update(&training->of.first_order, training->learning_rate);
  }
  /* Until the loss is stored: corrected below, when every job of the step has its number. */
  training->last_ticket[step % INVAR_BATCH_SLOTS] = engine->appended - 1;
  invar_engine_flush(engine);
  if (result == INVAR_RESULT_OK) {
    result = prepare_batch(training, step + 1);
  }
  if (result == INVAR_RESULT_OK && p->optimizer == INVAR_OPTIMIZER_KFAC) {
    result = invar_kfac_step(&training->of.kfac, &slot, step, training->learning_rate);
    training->last_ticket[step % INVAR_BATCH_SLOTS] = engine->appended - 1;
    invar_engine_flush(engine);
  }
  return result != INVAR_RESULT_OK ? result : engine->error;
}

/* Steps up to the end, a stop or a restart. */
static int run_steps(struct invar_train_run* training, uint64_t step) {
  struct invar_machine* machine = training->of.machine;
  const struct invar_train_parameters* p = training->of.parameters;
  int result = INVAR_RESULT_OK;
  int stopped = 0, restarts = 0;
  uint64_t reported = step;
  while (result == INVAR_RESULT_OK && step < p->steps && !stopped && !restarts) {
    result = run_step(training, step);
    ++step;
    stopped = invar_machine_stop_requested(machine);
    restarts = p->checkpoint_interval != 0 && invar_train_restarts_after(p, step);
    const int due = p->evaluation_interval != 0 && step % p->evaluation_interval == 0;
    if (result == INVAR_RESULT_OK && (due || stopped || step == p->steps)) {
      result = report_progress(training, step);
      reported = step;
    }
  }
  if (result == INVAR_RESULT_OK && stopped && reported < p->steps) {
    return INVAR_EXIT_STOPPED;
  }
  if (result == INVAR_RESULT_OK && restarts) {
    result = invar_train_state_save(training, step);
    if (result == INVAR_RESULT_OK) {
      return INVAR_EXIT_RESTART;
    }
  }
  return invar_exit_of(machine, result);
}

int invar_train(struct invar_machine* machine, const struct invar_train_parameters* parameters,
                int resumed) {
  INVAR_COST(machine->port, train, invar_train);
  struct invar_train_run training;
  training.learning_rate = parameters->learning_rate;
  training.loss = 0.0f;
  training.smoothed_loss = 0.0f;
  training.steps_with_loss = 0;
  for (uint32_t i = 0; i < INVAR_BATCH_SLOTS; ++i) {
    training.last_ticket[i] = (uint32_t)-1; /* before the first job: finished */
  }
  uint64_t step = 0;
  int result = prepare(&training, machine, parameters, resumed, &step);
  if (result == INVAR_RESULT_OK && !resumed) {
    result = prepare_batch(&training, 0);
  }
  return result == INVAR_RESULT_OK ? run_steps(&training, step) : invar_exit_of(machine, result);
}
