#include <invar/sw/apps/boot_check.h>
#include <invar/sw/boot/boot_limits.h>
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

static int is_ram(struct invar_port* port, uint64_t address, uint64_t bytes) {
  return address + bytes >= address && invar_port_memory(port, address, bytes) != NULL;
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
/* The ranges of fields of `p`, in the function that returns the problem; none for NaN. */
#define REFUSE_COUNT(field, lowest, highest)                           \
  if ((int64_t)p->field < (lowest) || (int64_t)p->field > (highest)) { \
    return #field ": " TEXT(lowest) " to " TEXT(highest);              \
  }
#define REFUSE_SINGLE(field, lowest, highest)                           \
  if (!(p->field >= (float)(lowest) && p->field <= (float)(highest))) { \
    return #field ": " TEXT(lowest) " to " TEXT(highest);               \
  }
#define REFUSE_SINGLE_ABOVE(field, lowest, highest)                    \
  if (!(p->field > (float)(lowest) && p->field <= (float)(highest))) { \
    return #field ": above " TEXT(lowest) ", up to " TEXT(highest);    \
  }
#define REFUSE_DOUBLE(field, lowest, highest)                             \
  if (!(p->field >= (double)(lowest) && p->field <= (double)(highest))) { \
    return #field ": " TEXT(lowest) " to " TEXT(highest);                 \
  }
#define REFUSE_SWITCH(field, lowest, highest) /* not 0: on */
/* A row of app_parameters.h. */
#define REFUSE(kind, field, fallback, lowest, highest, ...) REFUSE_##kind(field, lowest, highest)

static const char* check_window(const struct invar_layer_shape* p) {
  INVAR_LAYER_WINDOW_RANGES(REFUSE_COUNT)
  if (p->padding >= p->kernel) {
    return "padding: 0 to kernel - 1";
  }
  if (p->kernel > p->height + 2 * p->padding || p->kernel > p->width + 2 * p->padding) {
    return "kernel: 1 to the padded input's height and width";
  }
  if ((uint64_t)p->channels * p->kernel * p->kernel >= INVAR_BOOT_LARGEST_MATRIX) {
    return "channels * kernel^2: below " TEXT(INVAR_BOOT_LARGEST_MATRIX);
  }
  return NULL;
}

static const char* check_shape(const struct invar_layer_shape* p, uint32_t number) {
  INVAR_LAYER_RANGES(REFUSE_COUNT)
  if (p->kind == INVAR_LAYER_PRODUCT) {
    return check_window(p);
  }
  if (p->outputs != p->channels) {
    return "outputs: as many as channels";
  }
  if (p->kind == INVAR_LAYER_MAXPOOL && p->flags != 0) {
    return "flags: none of a pooling";
  }
  if (p->kind == INVAR_LAYER_MAXPOOL) {
    return p->height < 2 || p->width < 2 ? "height, width: at least 2 to pool over" : NULL;
  }
  if (p->kind != INVAR_LAYER_ADD) {
    return "layer kind: 1 to 3";
  }
  return number == 0 || p->addend >= number ? "addend: a layer before this one" : NULL;
}

static const char* check_chain(const struct invar_train_parameters* p,
                               const struct invar_layer_shape* shapes) {
  uint64_t arriving = (uint64_t)p->height * p->width;
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    const struct invar_layer_shape* shape = &shapes[i];
    const char* problem = check_shape(shape, i);
    if (problem != NULL) {
      return problem;
    }
    if ((uint64_t)shape->height * shape->width * shape->channels != arriving) {
      return "height, width, channels: the output of the layer before";
    }
    arriving = invar_layer_output_elements(shape);
    if (shape->kind == INVAR_LAYER_ADD &&
        invar_layer_output_elements(&shapes[shape->addend]) != arriving) {
      return "addend: of the same shape";
    }
  }
  const struct invar_layer_shape* last = &shapes[p->layer_count - 1];
  return last->kind != INVAR_LAYER_PRODUCT || arriving != p->classes ||
                 (last->flags & INVAR_LAYER_RELU) != 0
             ? "last layer: a product with a row of classes, without ReLU"
             : NULL;
}

static const char* check_network(struct invar_port* port, const struct invar_train_parameters* p) {
  INVAR_TRAIN_SIZE_RANGES(REFUSE_COUNT)
  const uint64_t bytes = (uint64_t)p->layer_count * sizeof(struct invar_layer_shape);
  if (!is_ram(port, p->layers_address, bytes)) {
    return "layers_address: not in RAM";
  }
  INVAR_COST(port, boot_check, check_network, p->layer_count);
  return check_chain(p, invar_port_memory(port, p->layers_address, bytes));
}

static const char* check_data(struct invar_port* port, const struct invar_train_parameters* p) {
  if (p->count < p->batch || p->count > UINT32_MAX) {
    return "count: at least one batch";
  }
  if (p->steps_per_epoch < 1 || p->steps_per_epoch > p->count / p->batch) {
    return "steps_per_epoch: 1 to count / batch";
  }
  if (!is_ram(port, p->images_address, p->count * p->height * p->width)) {
    return "images_address: not in RAM";
  }
  if (!is_ram(port, p->labels_address, p->count)) {
    return "labels_address: not in RAM";
  }
  INVAR_TRAIN_DATA_PARAMETERS(REFUSE)
  return NULL;
}

static const char* check_kfac(const struct invar_train_parameters* p) {
  if (p->solver != INVAR_SOLVER_ACCELERATOR && p->solver != INVAR_SOLVER_ENGINE) {
    return "solver: 1 or 2";
  }
  if (p->kfac_apply != INVAR_KFAC_APPLY_SOLVE && p->kfac_apply != INVAR_KFAC_APPLY_INVERSE) {
    return "kfac_apply: 1 or 2";
  }
  INVAR_TRAIN_KFAC_PARAMETERS(REFUSE)
  if (p->solver == INVAR_SOLVER_ACCELERATOR) {
    INVAR_TRAIN_TILE_PARAMETERS(REFUSE)
  }
  return NULL;
}

static const char* check_adam(const struct invar_train_parameters* p) {
  INVAR_TRAIN_ADAM_PARAMETERS(REFUSE)
  return NULL;
}

static const char* check_momentum(const struct invar_train_parameters* p) {
  INVAR_TRAIN_MOMENTUM_PARAMETERS(REFUSE)
  return NULL;
}

static const char* check_optimizer(const struct invar_train_parameters* p) {
  INVAR_TRAIN_STEP_PARAMETERS(REFUSE)
  INVAR_TRAIN_DECAY_PARAMETERS(REFUSE)
  if (p->optimizer == INVAR_OPTIMIZER_ADAM) {
    return check_adam(p);
  }
  if (p->optimizer != INVAR_OPTIMIZER_KFAC && p->optimizer != INVAR_OPTIMIZER_SGD) {
    return "optimizer: 1, 2 or 3";
  }
  const char* problem = check_momentum(p);
  return problem == NULL && p->optimizer == INVAR_OPTIMIZER_KFAC ? check_kfac(p) : problem;
}

const char* invar_check_train(struct invar_port* port, const struct invar_train_parameters* p) {
  INVAR_COST(port, boot_check, invar_check_train);
  const char* problem = check_network(port, p);
  if (problem == NULL) {
    problem = check_data(port, p);
  }
  return problem != NULL ? problem : check_optimizer(p);
}

const char* invar_check_solve(struct invar_port* port, const struct invar_solve_parameters* p) {
  INVAR_COST(port, boot_check, invar_check_solve);
  if (p->solver != INVAR_SOLVER_ACCELERATOR && p->solver != INVAR_SOLVER_ENGINE) {
    return "solver: 1 or 2";
  }
  if (p->n < 1 || p->n > INVAR_BOOT_LARGEST_MATRIX) {
    return "n: 1 to " TEXT(INVAR_BOOT_LARGEST_MATRIX);
  }
  if (p->columns < 1) {
    return "columns: at least 1";
  }
  INVAR_SOLVE_PARAMETERS(REFUSE)
  const uint64_t vectors = (uint64_t)p->columns * p->n * 8;
  if (!is_ram(port, p->matrix_address, (uint64_t)p->n * p->n * 8)) {
    return "matrix_address: not in RAM";
  }
  if (!is_ram(port, p->rhs_address, vectors)) {
    return "rhs_address: not in RAM";
  }
  if (!is_ram(port, p->solution_address, vectors)) {
    return "solution_address: not in RAM";
  }
  return NULL;
}

static const char* check_slices(const struct invar_workload_layer* p) {
  INVAR_WORKLOAD_LAYER_COUNTS(REFUSE_COUNT)
  return NULL;
}

static const char* check_layer(const struct invar_workload_layer* layer, uint32_t solver) {
  if (layer->kind < INVAR_WORKLOAD_LINEAR || layer->kind > INVAR_WORKLOAD_SOFTMAX) {
    return "layer kind: 1 to 4";
  }
  if (layer->repeats < 1 || layer->repeats > INVAR_BOOT_MOST_REPEATS) {
    return "layer repeats: 1 to " TEXT(INVAR_BOOT_MOST_REPEATS);
  }
  if (layer->products > INVAR_BOOT_MOST_PRODUCTS || layer->passes > INVAR_BOOT_MOST_PASSES) {
    return "layer products, passes: up to " TEXT(INVAR_BOOT_MOST_PRODUCTS) ", " TEXT(
        INVAR_BOOT_MOST_PASSES);
  }
  if (layer->m < 1 || layer->n < 1 || layer->k < 1) {
    return "layer m, n, k: at least 1";
  }
  if ((layer->factor_a == 0) != (layer->factor_g == 0) ||
      layer->factor_a > INVAR_BOOT_LARGEST_MATRIX || layer->factor_g > INVAR_BOOT_LARGEST_MATRIX) {
    return "layer factors: both or none, up to " TEXT(INVAR_BOOT_LARGEST_MATRIX);
  }
  if (solver == INVAR_SOLVER_ACCELERATOR && layer->factor_a != 0 &&
      (layer->tiles_a == 0 || layer->tiles_g == 0)) {
    return "layer tiles: at least 1 a factor";
  }
  return check_slices(layer);
}

const char* invar_check_workload(struct invar_port* port,
                                 const struct invar_workload_parameters* p) {
  if (p->solver != INVAR_SOLVER_ACCELERATOR && p->solver != INVAR_SOLVER_ENGINE) {
    return "solver: 1 or 2";
  }
  if (p->kfac_apply != INVAR_KFAC_APPLY_SOLVE && p->kfac_apply != INVAR_KFAC_APPLY_INVERSE) {
    return "kfac_apply: 1 or 2";
  }
  if (p->layer_count < 1 || p->layer_count > INVAR_BOOT_MOST_LAYERS) {
    return "layer_count: 1 to " TEXT(INVAR_BOOT_MOST_LAYERS);
  }
  INVAR_WORKLOAD_PARAMETERS(REFUSE)
  if (p->data_bytes < 4096 || !is_ram(port, p->data_address, p->data_bytes)) {
    return "data_address: not in RAM";
  }
  const uint64_t bytes = (uint64_t)p->layer_count * sizeof(struct invar_workload_layer);
  if (!is_ram(port, p->layers_address, bytes)) {
    return "layers_address: not in RAM";
  }
  const struct invar_workload_layer* layers = invar_port_memory(port, p->layers_address, bytes);
  INVAR_COST(port, boot_check, invar_check_workload, p->layer_count);
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    const char* problem = check_layer(&layers[i], p->solver);
    if (problem != NULL) {
      return problem;
    }
  }
  return NULL;
}
