#include <invar/sw/boot/boot_limits.h>
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

struct kind {
  const struct invar_layer_operations* operations; /* NULL: there is no such kind */
  enum invar_layer_use use;
  enum invar_layer_input input;
  uint32_t flags, fields;
};

static const struct kind kinds[] = {
#define KIND(name, number, file, key, use, input, flags, fields, effect) \
  [number] = {&invar_layer_##file, INVAR_LAYER_USE_##use, INVAR_LAYER_INPUT_##input, flags, fields},
    INVAR_LAYER_KINDS(KIND)
#undef KIND
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static const char* check_fields(const struct invar_layer_shape* p, uint32_t fields) {
#define CHECK_FIELD(field, lowest, highest, otherwise)                   \
  if ((fields & INVAR_TAKES(field)) != 0 &&                              \
      ((int64_t)p->field < (lowest) || (int64_t)p->field > (highest))) { \
    return INVAR_RANGE_TEXT(field, lowest, highest);                     \
  }
  INVAR_LAYER_FIELDS(CHECK_FIELD)
#undef CHECK_FIELD
  return NULL;
}

const char* invar_layer_check(const struct invar_layer_shape* p, uint32_t number,
                              enum invar_layer_use use) {
  const struct kind* kind = &kinds[p->kind < KIND_COUNT ? p->kind : 0];
  if (kind->operations == NULL) {
    return "layer kind: a number of layer_kinds.h";
  }
  if (use == INVAR_LAYER_USE_trained && kind->use != use) {
    return "layer kind: one that is trained";
  }
  const char* problem = check_fields(p, kind->fields);
  if (problem != NULL) {
    return problem;
  }
  if ((p->flags & ~kind->flags) != 0) {
    return "flags: those of its kind";
  }
  const int is_any =
      kind->input == INVAR_LAYER_INPUT_patches || kind->input == INVAR_LAYER_INPUT_heads;
  if (!is_any && p->outputs != p->channels) {
    return "outputs: as many as channels";
  }
  return kind->operations->check == NULL ? NULL : kind->operations->check(p, number);
}

uint32_t invar_layer_side(const struct invar_layer_shape* shape, uint32_t size) {
  const struct invar_layer_operations* operations = kinds[shape->kind].operations;
  return operations->side == NULL ? size : operations->side(shape, size);
}

void invar_layer_evaluate(const struct invar_layer_shape* shape, const float* input,
                          const float* addend, float* output, uint32_t count) {
  kinds[shape->kind].operations->evaluate(shape, input, addend, output, count);
}

uint32_t invar_layer_inputs(const struct invar_layer_shape* shape) {
  return shape->channels * shape->kernel * shape->kernel +
         ((shape->flags & INVAR_LAYER_BIAS) != 0 ? 1 : 0);
}

uint64_t invar_layer_input_elements(const struct invar_layer_shape* shape) {
  return (uint64_t)shape->height * shape->width * shape->channels;
}

uint64_t invar_layer_output_elements(const struct invar_layer_shape* shape) {
  return (uint64_t)invar_layer_side(shape, shape->height) * invar_layer_side(shape, shape->width) *
         shape->outputs;
}

/* Whether a pooling writes the rows of the layer behind it. */
static int feeds(const struct invar_layer* layer) {
  const struct invar_layer* after = layer->after;
  return layer->shape->kind == INVAR_LAYER_MAXPOOL && !layer->is_addend &&
         after->shape->kind == INVAR_LAYER_PRODUCT && after->shape->height == 1 &&
         after->shape->width == 1 && after->shape->kernel == 1;
}

static void choose_places(struct invar_layer* layer, const struct invar_operand* images) {
  const struct invar_layer* before = layer->before;
  struct invar_layer* after = layer->after;
  layer->input = before == NULL ? (struct invar_place){images, 0} : before->output;
  layer->activations =
      (struct invar_place){&layer->patches, layer->keeps_batch ? layer->inputs * 4 : 0};
  layer->output = (struct invar_place){&layer->maps, layer->keeps_batch ? layer->outputs * 4 : 0};
  layer->output_gradient = layer->output;
  layer->output_gradient.operand = &layer->map_gradient;
  if (feeds(layer)) {
    const uint32_t bias = (after->shape->flags & INVAR_LAYER_BIAS) != 0 ? 1 : 0;
    after->is_fed_by_pool = 1;
    layer->output = (struct invar_place){&after->patches, (after->shape->channels + bias) * 4};
    layer->output_gradient = (struct invar_place){layer->patch_gradient, 0};
  }
}

void invar_layer_init(struct invar_layer* layer, const struct invar_operand* images,
                      uint32_t batch) {
  const struct invar_layer_shape* shape = layer->shape;
  layer->operations = kinds[shape->kind].operations;
  layer->out_height = invar_layer_side(shape, shape->height);
  layer->out_width = invar_layer_side(shape, shape->width);
  layer->positions = layer->out_height * layer->out_width;
  layer->rows = batch * layer->positions;
  layer->outputs = shape->outputs;
  layer->inputs = invar_layer_inputs(shape);
  layer->keeps_batch = shape->kind == INVAR_LAYER_PRODUCT && layer->positions == 1;
  choose_places(layer, images);
}

uint32_t invar_fetch(const struct invar_pass* pass, const struct invar_place* place,
                     uint64_t elements) {
  if (place->operand->is_spilled) {
    invar_plan_fetch_part(pass->plan, pass->phase, place->operand, 0, pass->count * elements);
  }
  return invar_offset(pass, place);
}

void invar_commit(const struct invar_pass* pass, const struct invar_place* place,
                  uint64_t elements) {
  if (place->operand->is_spilled) {
    invar_plan_commit_part(pass->plan, pass->phase, place->operand, 0, pass->count * elements);
  }
}

/* Elements of the output of one image. */
static uint64_t outputs_of(const struct invar_layer* layer) {
  return (uint64_t)layer->positions * layer->outputs;
}

uint32_t invar_layer_output_gradient(const struct invar_pass* pass,
                                     const struct invar_layer* layer) {
  return invar_fetch(pass, &layer->output_gradient, outputs_of(layer));
}

uint32_t invar_layer_weights(const struct invar_pass* pass, const struct invar_layer* layer) {
  return invar_plan_fetch_part(pass->plan, pass->phase, pass->weights, layer->first_parameter,
                               (uint64_t)layer->outputs * layer->inputs);
}

static void relu(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t output = invar_offset(pass, &layer->output);
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_RELU,
                                                 .phase = pass->phase,
                                                 .m = pass->count * (uint32_t)outputs_of(layer),
                                                 .a = output,
                                                 .c = output});
}

void invar_layer_forward(const struct invar_pass* pass, const struct invar_layer* layer) {
  INVAR_COST(pass->engine->port, layer, invar_layer_forward);
  layer->operations->forward(pass, layer);
  if ((layer->shape->flags & INVAR_LAYER_RELU) != 0) {
    relu(pass, layer);
  }
  invar_commit(pass, &layer->output, outputs_of(layer));
}

static void relu_backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const uint32_t gradient = invar_offset(pass, &layer->output_gradient);
  const uint32_t output = invar_fetch(pass, &layer->output, outputs_of(layer));
  invar_engine_append(pass->engine,
                      &(struct invar_engine_job){.opcode = INVAR_ENGINE_RELU_BACKWARD,
                                                 .phase = pass->phase,
                                                 .m = pass->count * (uint32_t)outputs_of(layer),
                                                 .a = gradient,
                                                 .b = output,
                                                 .c = gradient});
}

void invar_layer_backward(const struct invar_pass* pass, const struct invar_layer* layer) {
  const int has_relu = (layer->shape->flags & INVAR_LAYER_RELU) != 0;
  const int changes = layer->is_addend || has_relu;
  INVAR_COST(pass->engine->port, layer, invar_layer_backward, has_relu + layer->is_addend,
             layer->before != NULL);
  if (changes || layer->before != NULL) {
    invar_layer_output_gradient(pass, layer);
  }
  if (layer->is_addend) {
    invar_layer_add_gradients(pass, layer);
  }
  if (has_relu) {
    relu_backward(pass, layer);
  }
  if (changes) {
    invar_commit(pass, &layer->output_gradient, outputs_of(layer));
  }
  if (layer->before != NULL) {
    layer->operations->backward(pass, layer);
    invar_commit(pass, &layer->before->output_gradient, invar_layer_input_elements(layer->shape));
  }
}
