/* The sum of two layers' outputs. */
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

static void declare(struct invar_memory_plan* plan, struct invar_layer* layer) {
  const uint64_t elements = (uint64_t)layer->positions * layer->outputs;
  invar_plan_declare(plan, &layer->maps, INVAR_OPERAND_BY_IMAGE, elements);
  invar_plan_declare(plan, &layer->map_gradient, INVAR_OPERAND_BY_IMAGE, elements);
}

/* c <- a + beta b over all elements of the layer's output. */
static void combine(const struct invar_pass* pass, const struct invar_layer* layer, uint32_t a,
                    float beta, uint32_t b, uint32_t c) {
  INVAR_COST(pass->engine->port, layer_add, combine);
  invar_engine_append(
      pass->engine, &(struct invar_engine_job){.opcode = INVAR_ENGINE_AXPBY,
                                               .phase = pass->phase,
                                               .m = pass->count * layer->positions * layer->outputs,
                                               .a = a,
                                               .b = b,
                                               .c = c,
                                               .alpha = 1.0f,
                                               .beta = beta});
}

static void forward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint64_t elements = invar_layer_output_elements(layer->shape);
  const uint32_t input = invar_fetch(pass, &layer->input, elements);
  const uint32_t addend = invar_fetch(pass, &layer->addend->output, elements);
  combine(pass, layer, input, 1.0f, addend, invar_offset(pass, &layer->output));
}

/* To the layer before it by a copy; the addend takes the same when its own turn comes. */
static void backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t gradient = invar_offset(pass, &layer->output_gradient);
  combine(pass, layer, gradient, 0.0f, gradient,
          invar_offset(pass, &layer->before->output_gradient));
}

void invar_layer_add_gradients(const struct invar_pass* pass, const struct invar_layer* layer) {
  uint64_t passed = 0;
  for (const struct invar_layer* sum = layer->after; sum != NULL; sum = sum->after, ++passed) {
    if (sum->addend == layer) {
      const uint32_t gradient = invar_offset(pass, &layer->output_gradient);
      combine(pass, layer, gradient, 1.0f, invar_layer_output_gradient(pass, sum), gradient);
    }
  }
  INVAR_COST(pass->engine->port, layer_add, invar_layer_add_gradients, passed);
}

static void evaluate(const struct invar_layer_shape* shape, const float* input, const float* addend,
                     float* output, uint32_t count) {
  const uint64_t elements = count * invar_layer_output_elements(shape);
  for (uint64_t i = 0; i < elements; ++i) {
    output[i] = input[i] + addend[i];
  }
}

static const char* check(const struct invar_layer_shape* shape, uint32_t number) {
  return shape->addend >= number ? "addend: a layer before this one" : NULL;
}

const struct invar_layer_operations invar_layer_add = {.declare = declare,
                                                       .forward = forward,
                                                       .backward = backward,
                                                       .evaluate = evaluate,
                                                       .check = check};
