#include <invar/sw/apps/batches.h>
#include <invar/sw/port/function_costs.h>

int invar_batches_init(struct invar_batches* batches, struct invar_port* port,
                       struct invar_heap* heap, const struct invar_train_parameters* parameters,
                       uint32_t groups, int resumed) {
  batches->port = port;
  batches->parameters = parameters;
  batches->groups = groups;
  batches->labels = invar_port_memory(port, parameters->labels_address, parameters->count);
  if (batches->labels == NULL) {
    return INVAR_RESULT_BAD_ARGUMENT;
  }
  invar_random_init(&batches->random, parameters->seed, INVAR_STREAM_ORDER);
  int result = invar_heap_allocate(heap, parameters->count * 4, &batches->order);
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, (uint64_t)INVAR_BATCH_SLOTS * 2 * parameters->batch * 4,
                                 &batches->slots);
  }
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, (uint64_t)INVAR_BATCH_SLOTS * groups * 4, &batches->losses);
  }
  if (result != INVAR_RESULT_OK || resumed) {
    return result;
  }
  uint32_t* order = batches->order.data;
  for (uint64_t i = 0; i < parameters->count; ++i) {
    order[i] = (uint32_t)i;
  }
  INVAR_COST(port, batches, invar_batches_init, parameters->count);
  return INVAR_RESULT_OK;
}

struct invar_batch_slot invar_batches_slot(const struct invar_batches* batches, uint64_t step) {
  const uint64_t slot = step % INVAR_BATCH_SLOTS;
  return (struct invar_batch_slot){
      .indices_address = batches->slots.address + slot * 2 * batches->parameters->batch * 4,
      .loss_address = batches->losses.address + slot * batches->groups * 4};
}

int invar_batches_prepare(struct invar_batches* batches, uint64_t step) {
  const struct invar_train_parameters* p = batches->parameters;
  const uint32_t batch = p->batch;
  const uint32_t first = (uint32_t)(step % p->steps_per_epoch) * batch;
  uint32_t* order = batches->order.data;
  uint32_t* indices = (uint32_t*)batches->slots.data + step % INVAR_BATCH_SLOTS * 2 * batch;
  uint32_t* labels = indices + batch;
  int result = INVAR_RESULT_OK;
  for (uint32_t i = 0; i < batch; ++i) {
    const uint32_t position = first + i;
    const uint32_t other =
        position + invar_random_below(&batches->random, (uint32_t)p->count - position);
    const uint32_t image = order[other];
    order[other] = order[position];
    order[position] = image;
    indices[i] = image;
    labels[i] = batches->labels[image];
    if (labels[i] >= p->classes) {
      result = INVAR_RESULT_BAD_ARGUMENT;
    }
  }
  INVAR_COST(batches->port, batches, invar_batches_prepare, batch);
  return result;
}

float invar_batches_loss(const struct invar_batches* batches, uint64_t step) {
  const float* losses =
      (const float*)batches->losses.data + step % INVAR_BATCH_SLOTS * batches->groups;
  float sum = 0.0f;
  for (uint32_t group = 0; group < batches->groups; ++group) {
    sum += losses[group];
  }
  INVAR_COST(batches->port, batches, invar_batches_loss, batches->groups);
  return sum / (float)batches->parameters->batch;
}
