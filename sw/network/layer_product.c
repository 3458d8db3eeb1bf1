/* Convolutions, and dense layers, which are convolutions on a map of 1 x 1: patches times weights.
 */
#include <invar/sw/boot/boot_limits.h>
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

/* Of a map, as jobs of windows count it. */
#define LARGEST_SIDE 255

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
  /* A window of one pixel takes every map as maps of one. */
  const int is_pixel = s->kernel == 1 && s->stride == 1;
  INVAR_COST(pass->engine->port, layer_product, append_patches);
  invar_engine_append(
      pass->engine,
      &(struct invar_engine_job){
          .opcode = opcode,
          .phase = pass->phase,
          .flags = INVAR_ENGINE_FLAG_CHANNELS_LAST | INVAR_ENGINE_FLAG_PADDING(s->padding) |
                   ((s->flags & INVAR_LAYER_BIAS) != 0 ? 0 : INVAR_ENGINE_FLAG_NO_BIAS),
          .m = is_pixel ? pass->count * layer->positions : pass->count,
          .n = s->channels,
          .geometry = is_pixel ? INVAR_ENGINE_GEOMETRY(1, 1, 1, 1)
                               : INVAR_ENGINE_GEOMETRY(s->height, s->width, s->kernel, s->stride),
          .a = from,
          .c = to});
}

/* The rows, from the maps of the input; a pooling before the layer has left them as they are. */
static uint32_t form_rows(const struct invar_pass* pass, const struct invar_layer* layer) {
  if (layer->is_fed_by_pool) {
    return invar_fetch(pass, &layer->activations, layer->inputs);
  }
  const uint32_t input = invar_fetch(pass, &layer->input, invar_layer_input_elements(layer->shape));
  const uint32_t rows = invar_offset(pass, &layer->activations);
  append_patches(pass, layer, INVAR_ENGINE_IM2COL, input, rows);
  return rows;
}

uint32_t invar_layer_activations(const struct invar_pass* pass, const struct invar_layer* layer) {
  return pass->plan->streams ? form_rows(pass, layer) : invar_offset(pass, &layer->activations);
}

static void forward(const struct invar_pass* pass, const struct invar_layer* layer) {
  INVAR_COST(pass->engine->port, layer_product, forward);
  const uint32_t activations = form_rows(pass, layer);
  const uint32_t weights = invar_layer_weights(pass, layer);
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = pass->phase,
                                                 .flags = INVAR_ENGINE_FLAG_TRANSPOSE_B,
                                                 .m = pass->count * layer->positions,
                                                 .n = layer->outputs,
                                                 .k = layer->inputs,
                                                 .a = activations,
                                                 .b = weights,
                                                 .c = invar_offset(pass, &layer->output),
                                                 .alpha = 1.0f});
}

static void backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t patches = layer->patch_gradient->offset;
  INVAR_COST(pass->engine->port, layer_product, backward);
  const uint32_t weights = invar_layer_weights(pass, layer);
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_GEMM,
                                                 .phase = pass->phase,
                                                 .m = pass->count * layer->positions,
                                                 .n = layer->inputs,
                                                 .k = layer->outputs,
                                                 .a = invar_offset(pass, &layer->output_gradient),
                                                 .b = weights,
                                                 .c = patches,
                                                 .alpha = 1.0f});
  if (!layer->is_fed_by_pool) {
    append_patches(pass, layer, INVAR_ENGINE_COL2IM, patches,
                   invar_offset(pass, &layer->before->output_gradient));
  }
}

static uint32_t side(const struct invar_layer_shape* shape, uint32_t size) {
  return (size + 2 * shape->padding - shape->kernel) / shape->stride + 1;
}

/* Rows of the larger factor. */
static uint64_t largest_factor(const struct invar_layer_shape* p) {
  const uint64_t inputs = (uint64_t)p->channels * p->kernel * p->kernel + 1;
  return inputs > p->outputs ? inputs : p->outputs;
}

static const char* check(const struct invar_layer_shape* p, uint32_t number) {
  const int is_pixel = p->kernel == 1 && p->stride == 1;
  (void)number;
  if (p->padding >= p->kernel) {
    return "padding: 0 to kernel - 1";
  }
  if (p->kernel > p->height + 2 * p->padding || p->kernel > p->width + 2 * p->padding) {
    return "kernel: 1 to the padded input's height and width";
  }
  if (!is_pixel && (p->height > LARGEST_SIDE || p->width > LARGEST_SIDE)) {
    return "height, width: 1 to " INVAR_TEXT(LARGEST_SIDE) " with kernel or stride above 1";
  }
  if ((p->flags & INVAR_LAYER_PLAIN) == 0 && largest_factor(p) > INVAR_BOOT_LARGEST_MATRIX) {
    return "channels * kernel^2 + 1, outputs: up to " INVAR_TEXT(INVAR_BOOT_LARGEST_MATRIX);
  }
  return NULL;
}

const struct invar_layer_operations invar_layer_product = {
    .declare = declare, .forward = forward, .backward = backward, .side = side, .check = check};
