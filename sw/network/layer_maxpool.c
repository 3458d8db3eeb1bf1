/* Max pooling over windows of 2 x 2. Before a dense layer it writes that layer's rows. */
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

static void declare(struct invar_memory_plan* plan, struct invar_layer* layer) {
  const uint64_t elements = (uint64_t)layer->positions * layer->outputs;
  invar_plan_declare(plan, &layer->intermediate, INVAR_OPERAND_BY_IMAGE, elements);
  if (!layer->after->is_fed_by_pool) {
    invar_plan_declare(plan, &layer->maps, INVAR_OPERAND_BY_IMAGE, elements);
    invar_plan_declare(plan, &layer->map_gradient, INVAR_OPERAND_BY_IMAGE, elements);
  }
}

static void append_pool(const struct invar_pass* pass, const struct invar_layer* layer,
                        uint32_t opcode, uint32_t from, uint32_t to) {
  const struct invar_layer_shape* s = layer->shape;
  const int with_bias =
      layer->after->is_fed_by_pool && (layer->after->shape->flags & INVAR_LAYER_BIAS) != 0;
  INVAR_COST(pass->engine->port, layer_maxpool, append_pool);
  invar_engine_append(
      pass->engine,
      &(struct invar_engine_job){.opcode = opcode,
                                 .phase = pass->phase,
                                 .flags = with_bias ? INVAR_ENGINE_FLAG_BIAS : 0,
                                 .m = pass->count,
                                 .n = s->channels,
                                 .geometry = INVAR_ENGINE_GEOMETRY(s->height, s->width, 2, 2),
                                 .a = from,
                                 .b = layer->intermediate.offset,
                                 .c = to});
}

static void forward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t input = invar_fetch(pass, &layer->input, invar_layer_input_elements(layer->shape));
  append_pool(pass, layer, INVAR_ENGINE_MAXPOOL, input, invar_offset(pass, &layer->output));
  const struct invar_place winners = {&layer->intermediate, 0};
  invar_commit(pass, &winners, layer->intermediate.elements);
}

static void backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const struct invar_place winners = {&layer->intermediate, 0};
  invar_fetch(pass, &winners, layer->intermediate.elements);
  append_pool(pass, layer, INVAR_ENGINE_MAXPOOL_BACKWARD,
              invar_offset(pass, &layer->output_gradient),
              invar_offset(pass, &layer->before->output_gradient));
}

static uint32_t side(const struct invar_layer_shape* shape, uint32_t size) {
  (void)shape;
  return size / 2;
}

static float larger(float a, float b) {
  return a < b ? b : a;
}

static void evaluate(const struct invar_layer_shape* shape, const float* input, const float* addend,
                     float* output, uint32_t count) {
  const uint64_t channels = shape->channels, row = shape->width * channels;
  (void)addend;
  for (uint32_t image = 0; image < count; ++image) {
    for (uint32_t y = 0; y < shape->height / 2; ++y) {
      for (uint32_t x = 0; x < shape->width / 2; ++x) {
        const float* corner = input + 2 * y * row + 2 * x * channels;
        for (uint64_t i = 0; i < channels; ++i, ++corner) {
          *output++ = larger(larger(corner[0], corner[channels]),
                             larger(corner[row], corner[row + channels]));
        }
      }
    }
    input += shape->height * row;
  }
}

static const char* check(const struct invar_layer_shape* shape, uint32_t number) {
  (void)number;
  return shape->height < 2 || shape->width < 2 ? "height, width: at least 2 to pool over" : NULL;
}

const struct invar_layer_operations invar_layer_maxpool = {.declare = declare,
                                                           .forward = forward,
                                                           .backward = backward,
                                                           .evaluate = evaluate,
                                                           .side = side,
                                                           .check = check};
