/* Convolutions, and dense layers, which are convolutions on a map of 1 x 1: patches times weights.
 */
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

static void declare(struct invar_memory_plan* plan, struct invar_layer* layer) {
  const enum invar_operand_kind kind =
      layer->keeps_batch ? INVAR_OPERAND_KEPT : INVAR_OPERAND_BY_IMAGE;
  const uint64_t rows = layer->keeps_batch ? layer->rows : layer->positions;
  invar_plan_declare(plan, &layer->patches, kind, rows * layer->inputs);
  invar_plan_declare(plan, &layer->maps, kind, rows * layer->outputs);
  invar_plan_declare(plan, &layer->map_gradient, kind, rows * layer->outputs);
}

/* Between the maps of the input, or their gradient, and rows of patches. */
static void append_patches(const struct invar_pass* pass, const struct invar_layer* layer,
                           uint32_t opcode, uint32_t from, uint32_t to) {
  const struct invar_layer_shape* s = layer->shape;
  INVAR_COST(pass->engine->port, layer_product, append_patches);
  invar_engine_append(
      pass->engine,
      &(struct invar_engine_job){
          .opcode = opcode,
          .phase = pass->phase,
          .flags = INVAR_ENGINE_FLAG_CHANNELS_LAST | INVAR_ENGINE_FLAG_PADDING(s->padding) |
                   ((s->flags & INVAR_LAYER_BIAS) != 0 ? 0 : INVAR_ENGINE_FLAG_NO_BIAS),
          .m = pass->count,
          .n = s->channels,
          .geometry = INVAR_ENGINE_GEOMETRY(s->height, s->width, s->kernel, s->stride),
          .a = from,
          .c = to});
}

static void forward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t activations = invar_offset(pass, &layer->activations);
  INVAR_COST(pass->engine->port, layer_product, forward);
  if (!layer->is_fed_by_pool) {
    append_patches(pass, layer, INVAR_ENGINE_IM2COL, invar_offset(pass, &layer->input),
                   activations);
  }
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = pass->phase,
                                                 .flags = INVAR_ENGINE_FLAG_TRANSPOSE_B,
                                                 .m = pass->count * layer->positions,
                                                 .n = layer->outputs,
                                                 .k = layer->inputs,
                                                 .a = activations,
                                                 .b = layer->weights,
                                                 .c = invar_offset(pass, &layer->output),
                                                 .alpha = 1.0f});
}

static void backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t patches = layer->patch_gradient->offset;
  INVAR_COST(pass->engine->port, layer_product, backward);
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = pass->phase,
                                                 .m = pass->count * layer->positions,
                                                 .n = layer->inputs,
                                                 .k = layer->outputs,
                                                 .a = invar_offset(pass, &layer->output_gradient),
                                                 .b = layer->weights,
                                                 .c = patches,
                                                 .alpha = 1.0f});
  if (!layer->is_fed_by_pool) {
    append_patches(pass, layer, INVAR_ENGINE_COL2IM, patches,
                   invar_offset(pass, &layer->before->output_gradient));
  }
}

const struct invar_layer_operations invar_layer_product = {declare, forward, backward};
