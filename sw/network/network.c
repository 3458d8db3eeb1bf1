#include <invar/sw/network/network.h>
#include <invar/sw/port/function_costs.h>
#include <string.h>

static struct invar_pass pass_of(const struct invar_network* network, uint32_t phase,
                                 uint32_t group) {
  return (struct invar_pass){.engine = network->engine,
                             .plan = network->plan,
                             .weights = &network->weights,
                             .phase = phase,
                             .first = group * network->plan->group,
                             .count = invar_plan_images(network->plan, group)};
}

static void link_layers(struct invar_network* network, const struct invar_layer_shape* shapes) {
  const struct invar_train_parameters* p = network->parameters;
  memset(network->layers, 0, p->layer_count * sizeof(struct invar_layer));
  INVAR_COST(network->engine->port, network, link_layers, p->layer_count);
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    struct invar_layer* layer = &network->layers[i];
    layer->shape = &shapes[i];
    layer->before = i == 0 ? NULL : layer - 1;
    layer->after = i + 1 == p->layer_count ? NULL : layer + 1;
    layer->patch_gradient = &network->patch_gradient;
    if (shapes[i].kind == INVAR_LAYER_ADD) {
      layer->addend = &network->layers[shapes[i].addend];
      layer->addend->is_addend = 1;
    }
  }
  network->last = &network->layers[p->layer_count - 1];
}

/* Sizes and places of the layers, and their parts of the weights. The result is the elements of the
 * largest rows of patches whose gradient is asked for. */
static uint64_t init_layers(struct invar_network* network) {
  const struct invar_train_parameters* p = network->parameters;
  uint64_t largest = 0;
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    struct invar_layer* layer = &network->layers[i];
    invar_layer_init(layer, &network->images, p->batch);
    if (layer->shape->kind == INVAR_LAYER_PRODUCT) {
      layer->first_parameter = network->parameter_count;
      network->parameter_count += layer->outputs * layer->inputs;
      network->weighted[network->weighted_count++] = layer;
      const uint64_t rows = i == 0 ? 0 : (uint64_t)layer->positions * layer->inputs;
      largest = rows > largest ? rows : largest;
    }
    INVAR_COST(network->engine->port, network, init_layers);
  }
  return largest;
}

static int allocate_layers(struct invar_network* network, struct invar_heap* heap) {
  const uint64_t count = network->parameters->layer_count;
  struct invar_buffer layers, weighted;
  int result = invar_heap_allocate(heap, count * sizeof(struct invar_layer), &layers);
  if (result == INVAR_RESULT_OK) {
    result = invar_heap_allocate(heap, count * sizeof(struct invar_layer*), &weighted);
  }
  if (result == INVAR_RESULT_OK) {
    network->layers = layers.data;
    network->weighted = weighted.data;
  }
  return result;
}

int invar_network_init(struct invar_network* network, struct invar_heap* heap,
                       struct invar_memory_plan* plan,
                       const struct invar_train_parameters* parameters) {
  const struct invar_train_parameters* p = parameters;
  network->engine = plan->engine;
  network->plan = plan;
  network->parameters = parameters;
  network->weighted_count = 0;
  network->parameter_count = 0;
  const int result = allocate_layers(network, heap);
  if (result != INVAR_RESULT_OK) {
    return result;
  }
  link_layers(network, invar_port_memory(plan->engine->port, p->layers_address,
                                         p->layer_count * sizeof(struct invar_layer_shape)));
  const uint64_t rows = init_layers(network);
  invar_plan_declare(plan, &network->weights, INVAR_OPERAND_KEPT, network->parameter_count);
  network->weights.is_lasting = 1;
  invar_plan_declare(plan, &network->gradient, INVAR_OPERAND_KEPT, network->parameter_count);
  const uint64_t labels = (uint64_t)p->batch * invar_network_labels(network);
  invar_plan_declare(plan, &network->indices, INVAR_OPERAND_KEPT, p->batch + labels);
  invar_plan_declare(plan, &network->sampled_labels, INVAR_OPERAND_KEPT, labels);
  invar_plan_declare(plan, &network->losses, INVAR_OPERAND_KEPT, p->batch);
  invar_plan_declare(plan, &network->images, INVAR_OPERAND_BY_IMAGE,
                     invar_layer_input_elements(network->layers[0].shape));
  invar_plan_declare(plan, &network->patch_gradient, INVAR_OPERAND_BY_IMAGE, rows);
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    network->layers[i].operations->declare(plan, &network->layers[i]);
  }
  return invar_plan_allocate(plan, network->parameter_count, &network->weights_ram);
}

/* The pixels of the pass's images. */
static void gather(const struct invar_network* network, const struct invar_pass* pass) {
  const struct invar_train_parameters* p = network->parameters;
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GATHER_U8,
                                                 .phase = pass->phase,
                                                 .m = pass->count,
                                                 .k = (uint32_t)network->images.elements,
                                                 .a = network->indices.offset + pass->first * 4,
                                                 .c = network->images.offset,
                                                 .alpha = p->pixel_scale,
                                                 .beta = p->pixel_offset,
                                                 .address = p->images_address});
  const struct invar_place images = {&network->images, 0};
  invar_commit(pass, &images, network->images.elements);
}

uint32_t invar_network_probabilities(const struct invar_network* network, uint32_t group) {
  const struct invar_pass pass = pass_of(network, 0, group);
  return invar_offset(&pass, &network->last->output);
}

/* Rows of probabilities. */
static uint32_t rows_of(const struct invar_network* network, const struct invar_pass* pass) {
  return pass->count * network->last->positions;
}

void invar_network_forward(struct invar_network* network, const struct invar_batch_slot* slot,
                           uint32_t group) {
  const struct invar_pass pass = pass_of(network, INVAR_PHASE_FORWARD, group);
  INVAR_COST(pass.engine->port, network, invar_network_forward);
  if (group == 0) {
    invar_engine_load(pass.engine, pass.phase, slot->indices_address, network->indices.offset,
                      (uint32_t)network->indices.elements * 4);
  }
  gather(network, &pass);
  for (const struct invar_layer* layer = network->layers; layer != NULL; layer = layer->after) {
    invar_layer_forward(&pass, layer);
  }
  const uint32_t output = invar_offset(&pass, &network->last->output);
  invar_engine_append(pass.engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_SOFTMAX,
                                                              .phase = pass.phase,
                                                              .m = rows_of(network, &pass),
                                                              .n = network->last->outputs,
                                                              .a = output,
                                                              .c = output});
  invar_commit(&pass, &network->last->output, invar_layer_output_elements(network->last->shape));
}

/* From the labels at `labels` to all layers' output gradients, each scaled by `scale`. */
static void output_gradients(const struct invar_network* network, const struct invar_pass* pass,
                             uint32_t labels, float scale, uint32_t loss) {
  const uint64_t outputs = invar_layer_output_elements(network->last->shape);
  const uint32_t probabilities = invar_fetch(pass, &network->last->output, outputs);
  INVAR_COST(pass->engine->port, network, output_gradients);
  invar_engine_append(pass->engine, &(struct invar_engine_job){
                                        .opcode = INVAR_ENGINE_CROSS_ENTROPY_BACKWARD,
                                        .phase = pass->phase,
                                        .m = rows_of(network, pass),
                                        .n = network->last->outputs,
                                        .a = probabilities,
                                        .b = labels,
                                        .c = invar_offset(pass, &network->last->output_gradient),
                                        .operand_d = loss,
                                        .alpha = scale});
  invar_commit(pass, &network->last->output_gradient, outputs);
  for (const struct invar_layer* layer = network->last; layer != NULL; layer = layer->before) {
    invar_layer_backward(pass, layer);
  }
}

struct invar_rows invar_network_rows(const struct invar_network* network,
                                     const struct invar_layer* layer, uint32_t group) {
  const int keeps_batch = layer->keeps_batch;
  struct invar_pass pass = pass_of(network, INVAR_PHASE_FACTORS, group);
  INVAR_COST(network->engine->port, network, invar_network_rows);
  /* Sums over rows of the whole batch are one job, after the last group. */
  if (keeps_batch && group + 1 != network->plan->groups) {
    return (struct invar_rows){.count = 0};
  }
  if (keeps_batch) {
    pass.first = 0;
    pass.count = network->parameters->batch;
  }
  return (struct invar_rows){
      .count = pass.count * layer->positions, .pass = pass, .is_first = keeps_batch || group == 0};
}

/* The group's part of the weight gradients: output gradients^T activations. */
static void weight_gradients(const struct invar_network* network, const struct invar_pass* pass) {
  for (uint32_t i = 0; i < network->weighted_count; ++i) {
    const struct invar_layer* layer = network->weighted[i];
    const uint32_t output_gradient = invar_layer_output_gradient(pass, layer);
    const uint32_t activations = invar_layer_activations(pass, layer);
    INVAR_COST(pass->engine->port, network, weight_gradients);
    invar_engine_append(
        pass->engine,
        &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                   .phase = pass->phase,
                                   .flags = INVAR_ENGINE_FLAG_TRANSPOSE_A,
                                   .m = layer->outputs,
                                   .n = layer->inputs,
                                   .k = pass->count * layer->positions,
                                   .a = output_gradient,
                                   .b = activations,
                                   .c = network->gradient.offset + layer->first_parameter * 4,
                                   .alpha = 1.0f,
                                   .beta = pass->first == 0 ? 0.0f : 1.0f});
    invar_plan_commit_part(pass->plan, pass->phase, &network->gradient, layer->first_parameter,
                           (uint64_t)layer->outputs * layer->inputs);
  }
}

void invar_network_backward(struct invar_network* network, const struct invar_batch_slot* slot,
                            uint32_t group) {
  const struct invar_pass pass = pass_of(network, INVAR_PHASE_BACKWARD, group);
  const uint32_t batch = network->parameters->batch;
  INVAR_COST(pass.engine->port, network, invar_network_backward);
  const uint32_t first_label = batch + pass.first * invar_network_labels(network);
  output_gradients(network, &pass, network->indices.offset + first_label * 4, 1.0f / (float)batch,
                   network->losses.offset + group * 4);
  weight_gradients(network, &pass);
  if (group + 1 == network->plan->groups) {
    invar_engine_store(pass.engine, pass.phase, network->losses.offset, slot->loss_address,
                       network->plan->groups * 4);
  }
}

void invar_network_backward_sampled(struct invar_network* network, uint32_t group) {
  INVAR_COST(network->engine->port, network, invar_network_backward_sampled);
  const struct invar_pass pass = pass_of(network, INVAR_PHASE_FACTORS, group);
  const uint32_t first_label = pass.first * invar_network_labels(network);
  output_gradients(network, &pass, network->sampled_labels.offset + first_label * 4, 1.0f,
                   INVAR_ENGINE_OPERAND_NONE);
}

void invar_network_gradients(struct invar_network* network, const struct invar_batch_slot* slot) {
  INVAR_COST(network->engine->port, network, invar_network_gradients, network->plan->groups);
  invar_network_backward(network, slot, 0);
  for (uint32_t group = 1; group < network->plan->groups; ++group) {
    invar_network_forward(network, slot, group);
    invar_network_backward(network, slot, group);
  }
}
