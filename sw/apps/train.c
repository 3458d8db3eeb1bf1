#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/apps.h>
#include <invar/sw/apps/batches.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/network/network.h>
#include <invar/sw/optimizer/first_order.h>
#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

#define ACCELERATOR_RING_DESCRIPTORS 32u
/* Weight of the past in the smoothed loss. */
#define LOSS_SMOOTHING 0.95f

struct training {
  struct invar_machine* machine;
  const struct invar_train_parameters* parameters;
  struct invar_memory_plan plan;
  struct invar_network network;
  struct invar_batches batches;
  struct invar_first_order first_order;
  struct invar_kfac kfac;
  struct invar_buffer progress;
  float learning_rate;
  float loss, smoothed_loss;
  uint64_t steps_with_loss;                /* steps whose loss has been read */
  uint32_t last_ticket[INVAR_BATCH_SLOTS]; /* of the last job of the step in each slot */
};

static int report_scratchpad(const struct training* training, int result) {
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

/* Network, optimiser and batches, each with its place. */
static int make_plan(struct training* training) {
  struct invar_machine* machine = training->machine;
  const struct invar_train_parameters* p = training->parameters;
  const int kfac = p->optimizer == INVAR_OPTIMIZER_KFAC;
  struct invar_memory_plan* plan = &training->plan;
  invar_plan_init(plan, &machine->engine, &machine->heap, p->batch);
  int result = invar_network_init(&training->network, &machine->heap, plan, p);
  if (result == INVAR_RESULT_OK && kfac) {
    result = invar_kfac_init(&training->kfac, machine, &training->network);
  } else if (result == INVAR_RESULT_OK) {
    invar_first_order_init(&training->first_order, &training->network);
  }
  if (result == INVAR_RESULT_OK) {
    result = report_scratchpad(training, invar_plan_settle(plan));
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_batches_init(&training->batches, machine->port, &machine->heap, p, plan->groups);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  invar_network_place(&training->network);
  if (kfac) {
    invar_kfac_start(&training->kfac);
  } else {
    invar_first_order_start(&training->first_order);
  }
  return INVAR_RESULT_OK;
}

/* Devices, memory plan and initial weights. */
static int prepare(struct training* training) {
  struct invar_machine* machine = training->machine;
  const struct invar_train_parameters* p = training->parameters;
  INVAR_COST(machine->port, train, prepare);
  const int kfac = p->optimizer == INVAR_OPTIMIZER_KFAC;
  int result = invar_engine_init(&machine->engine, machine->port, &machine->interrupts,
                                 &machine->heap, INVAR_ENGINE_RING_JOBS);
  if (result == INVAR_RESULT_OK && kfac && p->solver == INVAR_SOLVER_ACCELERATOR) {
    result =
        invar_accelerator_init(&machine->accelerator, machine->port, &machine->interrupts,
                               &machine->heap, machine->counters, ACCELERATOR_RING_DESCRIPTORS);
  }
  if (result == INVAR_RESULT_OK) {
    result =
        invar_heap_allocate(&machine->heap, sizeof(struct invar_progress), &training->progress);
  }
  if (result == INVAR_RESULT_OK) {
    result = make_plan(training);
  }
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  invar_network_initialize_weights(&training->network);
  return machine->engine.error;
}

/* Reads the losses of all steps that are known to have finished. */
static int read_losses(struct training* training, uint64_t steps_started) {
  INVAR_COST(training->machine->port, train, read_losses);
  while (training->steps_with_loss < steps_started &&
         invar_engine_is_finished(
             &training->machine->engine,
             training->last_ticket[training->steps_with_loss % INVAR_BATCH_SLOTS])) {
    INVAR_COST(training->machine->port, train, read_losses, 1);
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
static int report_progress(struct training* training, uint64_t steps) {
  struct invar_machine* machine = training->machine;
  struct invar_network* network = &training->network;
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
static int prepare_batch(struct training* training, uint64_t step) {
  if (step >= training->parameters->steps) {
    return INVAR_RESULT_OK;
  }
  struct invar_engine* engine = &training->machine->engine;
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

static int run_step(struct training* training, uint64_t step) {
  struct invar_machine* machine = training->machine;
  struct invar_engine* engine = &machine->engine;
  const struct invar_train_parameters* p = training->parameters;
  INVAR_COST(machine->port, train, run_step);
  const struct invar_batch_slot slot = invar_batches_slot(&training->batches, step);
  if (step != 0 && step % p->steps_per_epoch == 0) {
    training->learning_rate *= p->learning_rate_decay;
  }
  int result = invar_machine_set_phase(machine, INVAR_PHASE_HOST);
  invar_network_forward(&training->network, &slot, 0);
  if (p->optimizer != INVAR_OPTIMIZER_KFAC) {
    invar_network_gradients(&training->network, &slot);
    if (p->optimizer == INVAR_OPTIMIZER_SGD) {
      invar_sgd_update(&training->first_order, training->learning_rate);
    } else {
      invar_adam_update(&training->first_order, training->learning_rate);
    }
  }
  /* Until the loss is stored: corrected below, when every job of the step has its number. */
  training->last_ticket[step % INVAR_BATCH_SLOTS] = engine->appended - 1;
  invar_engine_flush(engine);
  if (result == INVAR_RESULT_OK) {
    result = prepare_batch(training, step + 1);
  }
  if (result == INVAR_RESULT_OK && p->optimizer == INVAR_OPTIMIZER_KFAC) {
    result = invar_kfac_step(&training->kfac, &slot, step, training->learning_rate);
    training->last_ticket[step % INVAR_BATCH_SLOTS] = engine->appended - 1;
    invar_engine_flush(engine);
  }
  return result != INVAR_RESULT_OK ? result : engine->error;
}

int invar_train(struct invar_machine* machine, const struct invar_train_parameters* parameters) {
  struct training training;
  training.machine = machine;
  training.parameters = parameters;
  training.learning_rate = parameters->learning_rate;
  training.loss = 0.0f;
  training.smoothed_loss = 0.0f;
  training.steps_with_loss = 0;
  int result = prepare(&training);
  if (result == INVAR_RESULT_OK) {
    result = prepare_batch(&training, 0);
  }
  int stopped = 0;
  uint64_t reported = 0;
  for (uint64_t step = 0; result == INVAR_RESULT_OK && step < parameters->steps && !stopped;) {
    INVAR_COST(machine->port, train, invar_train);
    result = run_step(&training, step);
    ++step;
    stopped = invar_machine_stop_requested(machine);
    const int due =
        parameters->evaluation_interval != 0 && step % parameters->evaluation_interval == 0;
    if (result == INVAR_RESULT_OK && (due || stopped || step == parameters->steps)) {
      result = report_progress(&training, step);
      reported = step;
    }
  }
  if (result == INVAR_RESULT_OK && stopped && reported < parameters->steps) {
    return INVAR_EXIT_STOPPED;
  }
  return invar_exit_of(machine, result);
}
