/* The engine's part of a step. Operands move once each between memory and scratchpad; patches of a
 * convolution are formed in the scratchpad and never leave it. */
#include <invar/sw/apps/workload.h>
#include <invar/sw/port/function_costs.h>

#define LARGEST_TRANSFER ((uint64_t)1 << 30)
#define LARGEST_COUNT ((uint64_t)1 << 30)

static void append(struct invar_workload_run* run, const struct invar_engine_job* job) {
  invar_engine_append(&run->machine->engine, job);
}

/* Hands the bytes to `move` in pieces that a job can count. */
static void transfer(struct invar_workload_run* run, uint32_t opcode, uint64_t bytes) {
  while (bytes != 0) {
    INVAR_COST(run->machine->port, workload_layers, transfer);
    const uint64_t piece = bytes < LARGEST_TRANSFER ? bytes : LARGEST_TRANSFER;
    append(run, &(struct invar_engine_job){.opcode = opcode,
                                           .phase = INVAR_PHASE_DATA_MOVEMENT,
                                           .m = (uint32_t)piece,
                                           .address = run->parameters->data_address});
    bytes -= piece;
  }
}

void invar_workload_load(struct invar_workload_run* run, uint64_t bytes) {
  transfer(run, INVAR_ENGINE_LOAD, bytes);
}

void invar_workload_store(struct invar_workload_run* run, uint64_t bytes) {
  transfer(run, INVAR_ENGINE_STORE, bytes);
}

void invar_workload_gemm(struct invar_workload_run* run, uint32_t phase, uint32_t m, uint32_t n,
                         uint32_t k, uint32_t flags) {
  INVAR_COST(run->machine->port, workload_layers, invar_workload_gemm);
  append(run, &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                         .phase = phase,
                                         .flags = flags,
                                         .m = m,
                                         .n = n,
                                         .k = k,
                                         .alpha = 1.0f});
}

void invar_workload_elementwise(struct invar_workload_run* run, uint32_t phase, uint32_t opcode,
                                uint64_t count) {
  while (count != 0) {
    INVAR_COST(run->machine->port, workload_layers, invar_workload_elementwise);
    const uint64_t piece = count < LARGEST_COUNT ? count : LARGEST_COUNT;
    append(
        run,
        &(struct invar_engine_job){
            .opcode = opcode, .phase = phase, .m = (uint32_t)piece, .alpha = 1.0f, .beta = 1.0f});
    count -= piece;
  }
}

void invar_workload_matrix(struct invar_workload_run* run, uint32_t phase, uint32_t opcode,
                           uint32_t n, uint32_t columns) {
  INVAR_COST(run->machine->port, workload_layers, invar_workload_matrix);
  append(run,
         &(struct invar_engine_job){
             .opcode = opcode, .phase = phase, .m = n, .n = columns, .alpha = 1.0f, .beta = 1.0f});
}

/* Inputs as the product takes them: patches for a convolution. */
static void load_inputs(struct invar_workload_run* run, const struct invar_workload_layer* layer,
                        uint32_t phase) {
  INVAR_COST(run->machine->port, workload_layers, load_inputs);
  invar_workload_load(run, layer->input_elements * 4);
  if (layer->geometry != 0) {
    append(run, &(struct invar_engine_job){.opcode = INVAR_ENGINE_IM2COL,
                                           .phase = phase,
                                           .m = layer->images,
                                           .n = layer->channels,
                                           .geometry = layer->geometry});
  }
}

static uint64_t weights_of(const struct invar_workload_layer* layer) {
  return layer->kind == INVAR_WORKLOAD_LINEAR ? (uint64_t)layer->n * layer->k : 0;
}

static void softmax(struct invar_workload_run* run, const struct invar_workload_layer* layer,
                    uint32_t phase) {
  append(run, &(struct invar_engine_job){
                  .opcode = INVAR_ENGINE_SOFTMAX, .phase = phase, .m = layer->m, .n = layer->n});
}

static void layer_forward(struct invar_workload_run* run,
                          const struct invar_workload_layer* layer) {
  const uint32_t phase = INVAR_PHASE_FORWARD;
  INVAR_COST(run->machine->port, workload_layers, layer_forward,
             layer->kind == INVAR_WORKLOAD_PRODUCT ? layer->products : 0);
  load_inputs(run, layer, phase);
  invar_workload_load(run, weights_of(layer) * 4);
  switch (layer->kind) {
    case INVAR_WORKLOAD_LINEAR:
      invar_workload_gemm(run, phase, layer->m, layer->n, layer->k, INVAR_ENGINE_FLAG_TRANSPOSE_B);
      break;
    case INVAR_WORKLOAD_PRODUCT:
      for (uint32_t i = 0; i < layer->products; ++i) {
        invar_workload_gemm(run, phase, layer->m, layer->n, layer->k, 0);
      }
      break;
    case INVAR_WORKLOAD_SOFTMAX:
      softmax(run, layer, phase);
      break;
    default:
      invar_workload_elementwise(run, phase, INVAR_ENGINE_AXPBY,
                                 layer->passes * layer->output_elements);
  }
  if ((layer->flags & INVAR_WORKLOAD_RELU) != 0) {
    invar_workload_elementwise(run, phase, INVAR_ENGINE_RELU, layer->output_elements);
  }
  invar_workload_store(run, layer->output_elements * 4);
}

static void linear_backward(struct invar_workload_run* run,
                            const struct invar_workload_layer* layer) {
  const uint32_t phase = INVAR_PHASE_BACKWARD;
  /* Gradient of the weights, then of the inputs; a convolution's is added up from its patches. */
  invar_workload_gemm(run, phase, layer->n, layer->k, layer->m, INVAR_ENGINE_FLAG_TRANSPOSE_A);
  invar_workload_store(run, weights_of(layer) * 4);
  if ((layer->flags & INVAR_WORKLOAD_FIRST) != 0) {
    return;
  }
  invar_workload_load(run, weights_of(layer) * 4);
  invar_workload_gemm(run, phase, layer->m, layer->k, layer->n, 0);
  if (layer->geometry != 0) {
    invar_workload_elementwise(run, phase, INVAR_ENGINE_AXPBY, (uint64_t)layer->m * layer->k);
  }
  invar_workload_store(run, layer->input_elements * 4);
}

static void layer_backward(struct invar_workload_run* run,
                           const struct invar_workload_layer* layer) {
  const uint32_t phase = INVAR_PHASE_BACKWARD;
  INVAR_COST(run->machine->port, workload_layers, layer_backward,
             layer->kind == INVAR_WORKLOAD_PRODUCT ? layer->products : 0);
  invar_workload_load(run, layer->output_elements * 4);
  load_inputs(run, layer, phase);
  if ((layer->flags & INVAR_WORKLOAD_RELU) != 0) {
    invar_workload_elementwise(run, phase, INVAR_ENGINE_RELU_BACKWARD, layer->output_elements);
  }
  if (layer->kind == INVAR_WORKLOAD_LINEAR) {
    linear_backward(run, layer);
    return;
  }
  if (layer->kind == INVAR_WORKLOAD_PRODUCT) {
    /* Gradients of both operands. */
    for (uint32_t i = 0; i < layer->products; ++i) {
      invar_workload_gemm(run, phase, layer->m, layer->k, layer->n, INVAR_ENGINE_FLAG_TRANSPOSE_B);
      invar_workload_gemm(run, phase, layer->k, layer->n, layer->m, INVAR_ENGINE_FLAG_TRANSPOSE_A);
    }
  } else if (layer->kind == INVAR_WORKLOAD_SOFTMAX) {
    invar_workload_elementwise(run, phase, INVAR_ENGINE_AXPBY, 2 * layer->output_elements);
  } else {
    invar_workload_elementwise(run, phase, INVAR_ENGINE_AXPBY,
                               layer->passes * layer->output_elements);
  }
  invar_workload_store(run, layer->input_elements * 4);
}

static void update_factor(struct invar_workload_run* run, uint32_t n, uint32_t samples) {
  const uint64_t elements = (uint64_t)n * n;
  INVAR_COST(run->machine->port, workload_layers, update_factor);
  invar_workload_gemm(run, INVAR_PHASE_FACTORS, n, n, samples, INVAR_ENGINE_FLAG_TRANSPOSE_A);
  invar_workload_load(run, elements * 4);
  invar_workload_elementwise(run, INVAR_PHASE_FACTORS, INVAR_ENGINE_AXPBY, elements);
  invar_workload_store(run, elements * 4);
}

void invar_workload_forward(struct invar_workload_run* run) {
  for (uint32_t i = 0; i < run->parameters->layer_count; ++i) {
    INVAR_COST(run->machine->port, workload_layers, invar_workload_forward, run->layers[i].repeats);
    for (uint32_t repeat = 0; repeat < run->layers[i].repeats; ++repeat) {
      layer_forward(run, &run->layers[i]);
    }
  }
}

void invar_workload_backward(struct invar_workload_run* run) {
  for (uint32_t i = run->parameters->layer_count; i-- > 0;) {
    INVAR_COST(run->machine->port, workload_layers, invar_workload_backward,
               run->layers[i].repeats);
    for (uint32_t repeat = 0; repeat < run->layers[i].repeats; ++repeat) {
      layer_backward(run, &run->layers[i]);
    }
  }
}

void invar_workload_factors(struct invar_workload_run* run) {
  for (uint32_t i = 0; i < run->parameters->layer_count; ++i) {
    const struct invar_workload_layer* layer = &run->layers[i];
    for (uint32_t repeat = 0; layer->factor_a != 0 && repeat < layer->repeats; ++repeat) {
      INVAR_COST(run->machine->port, workload_layers, invar_workload_factors);
      load_inputs(run, layer, INVAR_PHASE_FACTORS);
      update_factor(run, layer->factor_a, layer->m);
      invar_workload_load(run, layer->output_elements * 4);
      update_factor(run, layer->factor_g, layer->m);
    }
  }
}

void invar_workload_multiply_inverses(struct invar_workload_run* run) {
  for (uint32_t i = 0; i < run->parameters->layer_count; ++i) {
    const struct invar_workload_layer* layer = &run->layers[i];
    const uint32_t a = layer->factor_a, g = layer->factor_g;
    for (uint32_t repeat = 0; a != 0 && repeat < layer->repeats; ++repeat) {
      INVAR_COST(run->machine->port, workload_layers, invar_workload_multiply_inverses);
      invar_workload_load(run, (uint64_t)a * g * 4);
      invar_workload_load(run, (uint64_t)a * a * 4);
      invar_workload_load(run, (uint64_t)g * g * 4);
      invar_workload_gemm(run, INVAR_PHASE_INVERSION, g, a, g, 0);
      invar_workload_gemm(run, INVAR_PHASE_INVERSION, g, a, a, 0);
      invar_workload_store(run, (uint64_t)a * g * 4);
    }
  }
}

void invar_workload_update(struct invar_workload_run* run) {
  for (uint32_t i = 0; i < run->parameters->layer_count; ++i) {
    const struct invar_workload_layer* layer = &run->layers[i];
    const uint64_t weights = weights_of(layer) * layer->repeats;
    INVAR_COST(run->machine->port, workload_layers, invar_workload_update, weights != 0);
    if (weights == 0) {
      continue;
    }
    /* Direction, momentum and weights in; momentum and weights out. */
    invar_workload_load(run, weights * 12);
    invar_workload_elementwise(run, INVAR_PHASE_UPDATE, INVAR_ENGINE_AXPBY, 2 * weights);
    invar_workload_store(run, weights * 8);
  }
}
