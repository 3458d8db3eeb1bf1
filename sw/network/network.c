#include <invar/sw/driver/register_access.h>
#include <invar/sw/network/network.h>

static void plan_layers(struct invar_network* network) {
  const struct invar_train_parameters* p = network->parameters;
  network->out_height = (p->height - p->kernel) / p->stride + 1;
  network->out_width = (p->width - p->kernel) / p->stride + 1;
  network->pool_height = network->out_height / 2;
  network->pool_width = network->out_width / 2;
  network->features = network->pool_height * network->pool_width * p->channels;

  struct invar_layer* conv = &network->layers[0];
  conv->outputs = p->channels;
  conv->inputs = p->kernel * p->kernel + 1;
  conv->positions = network->out_height * network->out_width;
  conv->rows = p->batch * conv->positions;
  conv->first_parameter = 0;

  struct invar_layer* dense = &network->layers[1];
  dense->outputs = p->classes;
  dense->inputs = network->features + 1;
  dense->positions = 1;
  dense->rows = p->batch;
  dense->first_parameter = conv->outputs * conv->inputs;
  network->parameter_count = dense->first_parameter + dense->outputs * dense->inputs;
}

static uint64_t larger(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

int invar_network_init(struct invar_network* network, struct invar_engine* engine,
                       struct invar_heap* heap, struct invar_scratchpad* scratchpad,
                       const struct invar_train_parameters* parameters,
                       uint64_t workspace_elements) {
  network->engine = engine;
  network->parameters = parameters;
  plan_layers(network);
  const struct invar_train_parameters* p = parameters;
  struct invar_layer* conv = &network->layers[0];
  struct invar_layer* dense = &network->layers[1];
  const uint64_t batch = p->batch;
  const uint64_t conv_elements = (uint64_t)conv->rows * conv->outputs;

  network->weights = invar_scratchpad_allocate(scratchpad, network->parameter_count);
  network->gradient = invar_scratchpad_allocate(scratchpad, network->parameter_count);
  network->indices = invar_scratchpad_allocate(scratchpad, 2 * batch);
  network->labels = network->indices + p->batch * 4;
  network->sampled_labels = invar_scratchpad_allocate(scratchpad, batch);
  /* The pixels are dead once the patches are cut, long before the way back gets there. */
  network->images =
      invar_scratchpad_allocate(scratchpad, larger(batch * p->height * p->width, conv_elements));
  conv->output_gradient = network->images;
  conv->activations = invar_scratchpad_allocate(
      scratchpad, larger((uint64_t)conv->rows * conv->inputs, workspace_elements));
  network->workspace = conv->activations;
  network->convolved = invar_scratchpad_allocate(scratchpad, conv_elements);
  network->winners = invar_scratchpad_allocate(scratchpad, batch * network->features);
  dense->activations = invar_scratchpad_allocate(scratchpad, batch * dense->inputs);
  network->pooled_gradient = invar_scratchpad_allocate(scratchpad, batch * dense->inputs);
  network->probabilities = invar_scratchpad_allocate(scratchpad, batch * dense->outputs);
  dense->output_gradient = invar_scratchpad_allocate(scratchpad, batch * dense->outputs);
  network->loss = invar_scratchpad_allocate(scratchpad, 1);
  if (!invar_scratchpad_fits(scratchpad)) {
    return INVAR_RESULT_OUT_OF_MEMORY;
  }
  return invar_heap_allocate(heap, (uint64_t)network->parameter_count * 4, &network->weights_ram);
}

void invar_network_forward(struct invar_network* network, const struct invar_batch_slot* slot) {
  const struct invar_train_parameters* p = network->parameters;
  const struct invar_layer* conv = &network->layers[0];
  const struct invar_layer* dense = &network->layers[1];
  struct invar_engine* engine = network->engine;
  const uint32_t phase = INVAR_PHASE_FORWARD;

  invar_charge(engine->port, 11, 24);
  invar_engine_load(engine, phase, slot->indices_address, network->indices, 2 * p->batch * 4);
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_GATHER_U8,
                                                         .phase = phase,
                                                         .m = p->batch,
                                                         .k = p->height * p->width,
                                                         .a = network->indices,
                                                         .c = network->images,
                                                         .alpha = p->pixel_scale,
                                                         .beta = p->pixel_offset,
                                                         .address = p->images_address});
  invar_engine_append(
      engine, &(struct invar_engine_job){
                  .opcode = INVAR_ENGINE_IM2COL,
                  .phase = phase,
                  .m = p->batch,
                  .n = 1,
                  .geometry = INVAR_ENGINE_GEOMETRY(p->height, p->width, p->kernel, p->stride),
                  .a = network->images,
                  .c = conv->activations});
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                         .phase = phase,
                                                         .flags = INVAR_ENGINE_FLAG_TRANSPOSE_B,
                                                         .m = conv->rows,
                                                         .n = conv->outputs,
                                                         .k = conv->inputs,
                                                         .a = conv->activations,
                                                         .b = network->weights,
                                                         .c = network->convolved,
                                                         .alpha = 1.0f});
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_RELU,
                                                         .phase = phase,
                                                         .m = conv->rows * conv->outputs,
                                                         .a = network->convolved,
                                                         .c = network->convolved});
  invar_engine_append(
      engine, &(struct invar_engine_job){
                  .opcode = INVAR_ENGINE_MAXPOOL,
                  .phase = phase,
                  .flags = INVAR_ENGINE_FLAG_BIAS,
                  .m = p->batch,
                  .n = p->channels,
                  .geometry = INVAR_ENGINE_GEOMETRY(network->out_height, network->out_width, 2, 2),
                  .a = network->convolved,
                  .b = network->winners,
                  .c = dense->activations});
  invar_engine_append(engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = phase,
                                                 .flags = INVAR_ENGINE_FLAG_TRANSPOSE_B,
                                                 .m = dense->rows,
                                                 .n = dense->outputs,
                                                 .k = dense->inputs,
                                                 .a = dense->activations,
                                                 .b = network->weights + dense->first_parameter * 4,
                                                 .c = network->probabilities,
                                                 .alpha = 1.0f});
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_SOFTMAX,
                                                         .phase = phase,
                                                         .m = dense->rows,
                                                         .n = dense->outputs,
                                                         .a = network->probabilities,
                                                         .c = network->probabilities});
}

/* From the labels at `labels` to both layers' output gradients, each scaled by `scale`. */
static void output_gradients(struct invar_network* network, uint32_t phase, uint32_t labels,
                             float scale, uint32_t loss) {
  const struct invar_train_parameters* p = network->parameters;
  const struct invar_layer* conv = &network->layers[0];
  const struct invar_layer* dense = &network->layers[1];
  struct invar_engine* engine = network->engine;
  invar_charge(engine->port, 20, 16);
  invar_engine_append(engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_CROSS_ENTROPY_BACKWARD,
                                                 .phase = phase,
                                                 .m = dense->rows,
                                                 .n = dense->outputs,
                                                 .a = network->probabilities,
                                                 .b = labels,
                                                 .c = dense->output_gradient,
                                                 .operand_d = loss,
                                                 .alpha = scale});
  invar_engine_append(engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = phase,
                                                 .m = dense->rows,
                                                 .n = dense->inputs,
                                                 .k = dense->outputs,
                                                 .a = dense->output_gradient,
                                                 .b = network->weights + dense->first_parameter * 4,
                                                 .c = network->pooled_gradient,
                                                 .alpha = 1.0f});
  invar_engine_append(
      engine, &(struct invar_engine_job){
                  .opcode = INVAR_ENGINE_MAXPOOL_BACKWARD,
                  .phase = phase,
                  .flags = INVAR_ENGINE_FLAG_BIAS,
                  .m = p->batch,
                  .n = p->channels,
                  .geometry = INVAR_ENGINE_GEOMETRY(network->out_height, network->out_width, 2, 2),
                  .a = network->pooled_gradient,
                  .b = network->winners,
                  .c = conv->output_gradient});
  invar_engine_append(engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_RELU_BACKWARD,
                                                         .phase = phase,
                                                         .m = conv->rows * conv->outputs,
                                                         .a = conv->output_gradient,
                                                         .b = network->convolved,
                                                         .c = conv->output_gradient});
}

void invar_network_backward(struct invar_network* network, const struct invar_batch_slot* slot) {
  const uint32_t phase = INVAR_PHASE_BACKWARD;
  struct invar_engine* engine = network->engine;
  invar_charge(engine->port, 24, 31);
  invar_port_charge(engine->port, INVAR_OPERATION_FLOAT, 1);
  invar_port_charge(engine->port, INVAR_OPERATION_FLOAT_DIVIDE, 1);
  output_gradients(network, phase, network->labels, 1.0f / (float)network->parameters->batch,
                   network->loss);
  for (uint32_t i = 0; i < INVAR_NETWORK_LAYERS; ++i) {
    const struct invar_layer* layer = &network->layers[i];
    invar_engine_append(
        engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                           .phase = phase,
                                           .flags = INVAR_ENGINE_FLAG_TRANSPOSE_A,
                                           .m = layer->outputs,
                                           .n = layer->inputs,
                                           .k = layer->rows,
                                           .a = layer->output_gradient,
                                           .b = layer->activations,
                                           .c = network->gradient + layer->first_parameter * 4,
                                           .alpha = 1.0f});
  }
  invar_engine_store(engine, phase, network->loss, slot->loss_address, 4);
}

void invar_network_backward_sampled(struct invar_network* network) {
  output_gradients(network, INVAR_PHASE_FACTORS, network->sampled_labels, 1.0f,
                   INVAR_ENGINE_OPERAND_NONE);
}
