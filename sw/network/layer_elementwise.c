/* Multiply-adds of each element, without numbers: normalisation, activation functions, sums,
 * pooling whose windows are part of another layer's count. */
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

static void declare(struct invar_memory_plan* plan, struct invar_layer* layer) {
  const uint64_t elements = invar_layer_output_elements(layer->shape);
  invar_plan_declare(plan, &layer->maps, INVAR_OPERAND_BY_IMAGE, elements);
  invar_plan_declare(plan, &layer->map_gradient, INVAR_OPERAND_BY_IMAGE, elements);
}

static void append_passes(const struct invar_pass* pass, const struct invar_layer* layer,
                          uint32_t from, uint32_t to) {
  for (uint32_t i = 0; i < layer->shape->passes; ++i) {
    INVAR_COST(pass->engine->port, layer_elementwise, append_passes);
    invar_engine_append(pass->engine, &(struct invar_engine_job){
                                          .opcode = INVAR_ENGINE_AXPBY,
                                          .phase = pass->phase,
                                          .m = pass->count * layer->positions * layer->outputs,
                                          .a = from,
                                          .b = from,
                                          .c = to,
                                          .alpha = 1.0f,
                                          .beta = 1.0f});
  }
}

static void forward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t input = invar_fetch(pass, &layer->input, invar_layer_input_elements(layer->shape));
  append_passes(pass, layer, input, invar_offset(pass, &layer->output));
}

/* As many as forward (assumption); what they need of the input comes with the gradient. */
static void backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  invar_fetch(pass, &layer->input, invar_layer_input_elements(layer->shape));
  append_passes(pass, layer, invar_offset(pass, &layer->output_gradient),
                invar_offset(pass, &layer->before->output_gradient));
}

const struct invar_layer_operations invar_layer_elementwise = {
    .declare = declare, .forward = forward, .backward = backward};
