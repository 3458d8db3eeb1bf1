/* Attention (Vaswani et al. 2017), without numbers: for each image and head the scores of all
 * tokens, softmax(queries keys^T), times the values. Scores are formed again for the gradient, so
 * that they never leave the scratchpad (as Dao et al. 2022 do). No token is masked. */
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

static void declare(struct invar_memory_plan* plan, struct invar_layer* layer) {
  const uint64_t elements = invar_layer_output_elements(layer->shape);
  const uint64_t tokens = layer->positions;
  invar_plan_declare(plan, &layer->maps, INVAR_OPERAND_BY_IMAGE, elements);
  invar_plan_declare(plan, &layer->map_gradient, INVAR_OPERAND_BY_IMAGE, elements);
  invar_plan_declare(plan, &layer->intermediate, INVAR_OPERAND_BY_IMAGE,
                     tokens * tokens * layer->shape->heads);
}

/* m x n products over k, one for each image and head. */
static void multiply(const struct invar_pass* pass, const struct invar_layer* layer, uint32_t flags,
                     uint32_t m, uint32_t n, uint32_t k) {
  for (uint32_t i = 0; i < pass->count * layer->shape->heads; ++i) {
    INVAR_COST(pass->engine->port, layer_attention, multiply);
    invar_engine_append(pass->engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                                 .phase = pass->phase,
                                                                 .flags = flags,
                                                                 .m = m,
                                                                 .n = n,
                                                                 .k = k,
                                                                 .a = layer->intermediate.offset,
                                                                 .b = layer->intermediate.offset,
                                                                 .c = layer->intermediate.offset,
                                                                 .alpha = 1.0f});
  }
}

static uint32_t width_of(const struct invar_layer* layer) {
  return layer->outputs / layer->shape->heads;
}

static void form_scores(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t tokens = layer->positions;
  invar_fetch(pass, &layer->input, invar_layer_input_elements(layer->shape));
  multiply(pass, layer, INVAR_ENGINE_FLAG_TRANSPOSE_B, tokens, tokens, width_of(layer));
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_SOFTMAX,
                                                 .phase = pass->phase,
                                                 .m = pass->count * layer->shape->heads * tokens,
                                                 .n = tokens,
                                                 .a = layer->intermediate.offset,
                                                 .c = layer->intermediate.offset});
}

static void forward(const struct invar_pass* pass, const struct invar_layer* layer) {
  INVAR_COST(pass->engine->port, layer_attention, forward);
  form_scores(pass, layer);
  multiply(pass, layer, 0, layer->positions, width_of(layer), layer->positions);
}

/* p (g - sum of p g) over all scores. */
static void softmax_backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t scores = pass->count * (uint32_t)layer->intermediate.elements;
  for (uint32_t i = 0; i < 2; ++i) {
    invar_engine_append(pass->engine,
                        &(struct invar_engine_job){.opcode = INVAR_ENGINE_MULTIPLY_ACCUMULATE,
                                                   .phase = pass->phase,
                                                   .m = scores,
                                                   .a = layer->intermediate.offset,
                                                   .b = layer->intermediate.offset,
                                                   .c = layer->intermediate.offset,
                                                   .alpha = 1.0f});
  }
}

static void backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t tokens = layer->positions, width = width_of(layer);
  INVAR_COST(pass->engine->port, layer_attention, backward);
  form_scores(pass, layer);
  multiply(pass, layer, INVAR_ENGINE_FLAG_TRANSPOSE_A, tokens, width, tokens); /* of the values */
  multiply(pass, layer, INVAR_ENGINE_FLAG_TRANSPOSE_B, tokens, tokens, width); /* of the scores */
  softmax_backward(pass, layer);
  multiply(pass, layer, 0, tokens, width, tokens);                             /* of the queries */
  multiply(pass, layer, INVAR_ENGINE_FLAG_TRANSPOSE_A, tokens, width, tokens); /* of the keys */
}

static const char* check(const struct invar_layer_shape* shape, uint32_t number) {
  (void)number;
  if (shape->width != 1) {
    return "width: 1: a token is a row of the map";
  }
  return shape->channels != 3 * (uint64_t)shape->outputs || shape->outputs % shape->heads != 0
             ? "outputs: a third of channels, and as many for each of the heads"
             : NULL;
}

const struct invar_layer_operations invar_layer_attention = {
    .declare = declare, .forward = forward, .backward = backward, .check = check};
