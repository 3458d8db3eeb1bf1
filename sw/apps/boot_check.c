#include <invar/sw/apps/boot_check.h>
#include <invar/sw/boot/boot_limits.h>
#include <invar/sw/network/layer.h>
#include <invar/sw/port/function_costs.h>

static int is_ram(struct invar_port* port, uint64_t address, uint64_t bytes) {
  return address + bytes >= address && invar_port_memory(port, address, bytes) != NULL;
}

/* The ranges of fields of `p`, in the function that returns the problem; none for NaN. */
#define REFUSE_COUNT(field, lowest, highest)                           \
  if ((int64_t)p->field < (lowest) || (int64_t)p->field > (highest)) { \
    return INVAR_RANGE_TEXT(field, lowest, highest);                   \
  }
#define REFUSE_SINGLE(field, lowest, highest)                           \
  if (!(p->field >= (float)(lowest) && p->field <= (float)(highest))) { \
    return INVAR_RANGE_TEXT(field, lowest, highest);                    \
  }
#define REFUSE_SINGLE_ABOVE(field, lowest, highest)                             \
  if (!(p->field > (float)(lowest) && p->field <= (float)(highest))) {          \
    return #field ": above " INVAR_TEXT(lowest) ", up to " INVAR_TEXT(highest); \
  }
#define REFUSE_DOUBLE(field, lowest, highest)                             \
  if (!(p->field >= (double)(lowest) && p->field <= (double)(highest))) { \
    return INVAR_RANGE_TEXT(field, lowest, highest);                      \
  }
#define REFUSE_SWITCH(field, lowest, highest) /* not 0: on */
/* A row of app_parameters.h. */
#define REFUSE(kind, field, fallback, lowest, highest, ...) REFUSE_##kind(field, lowest, highest)

static const char* check_shape(const struct invar_layer_shape* p, uint32_t number) {
  INVAR_LAYER_RANGES(REFUSE_COUNT)
  if ((p->flags & INVAR_LAYER_PLAIN) != 0) {
    return "flags: factors for every layer";
  }
  return invar_layer_check(p, number, INVAR_LAYER_USE_trained);
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
  INVAR_TRAIN_RESTART_PARAMETERS(REFUSE)
  return NULL;
}

/* What is asked of the accelerator's solves, and how it stores their matrices. */
#define REFUSE_STORAGE                           \
  if (p->service >= INVAR_SERVICE_COUNT) {       \
    return "service: 0 to 2";                    \
  }                                              \
  if (p->block_layout > INVAR_BLOCKS_DIAGONAL) { \
    return "block_layout: 0 or 1";               \
  }

static const char* check_kfac(const struct invar_train_parameters* p) {
  if (p->solver != INVAR_SOLVER_ACCELERATOR && p->solver != INVAR_SOLVER_ENGINE) {
    return "solver: 1 or 2";
  }
  if (p->kfac_apply != INVAR_KFAC_APPLY_SOLVE && p->kfac_apply != INVAR_KFAC_APPLY_INVERSE) {
    return "kfac_apply: 1 or 2";
  }
  REFUSE_STORAGE
  INVAR_TRAIN_KFAC_PARAMETERS(REFUSE)
  if (p->solver == INVAR_SOLVER_ACCELERATOR) {
    INVAR_TRAIN_TILE_PARAMETERS(REFUSE)
  }
  return NULL;
}

/* The optimiser's own group. */
static const char* check_group(const struct invar_train_parameters* p) {
  switch (p->optimizer) {
#define CHECK_GROUP(name, number, key, parameters, ...) \
  case number:                                          \
    INVAR_TRAIN_##parameters##_PARAMETERS(REFUSE) return NULL;
    INVAR_OPTIMIZERS(CHECK_GROUP)
#undef CHECK_GROUP
    default:
      return "optimizer: a number of optimizers.h";
  }
}

static const char* check_optimizer(const struct invar_train_parameters* p) {
  INVAR_TRAIN_STEP_PARAMETERS(REFUSE)
  INVAR_TRAIN_DECAY_PARAMETERS(REFUSE)
  const char* problem = check_group(p);
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
    return "n: 1 to " INVAR_TEXT(INVAR_BOOT_LARGEST_MATRIX);
  }
  if (p->columns < 1) {
    return "columns: at least 1";
  }
  REFUSE_STORAGE
  INVAR_SOLVE_PARAMETERS(REFUSE)
  if (p->deflation_rank >= p->n) {
    return "deflation_rank: below n";
  }
  if (p->general && (p->service != INVAR_SERVICE_REFINED || p->deflation_rank != 0)) {
    return "general: refined, without deflation";
  }
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

/* Whether jobs of the whole batch can count in 32 bits what the layer computes of an image. */
static int is_counted(const struct invar_layer_shape* p, uint64_t batch) {
  const uint64_t inputs = invar_layer_input_elements(p);
  const uint64_t outputs = invar_layer_output_elements(p);
  const uint64_t scores = (uint64_t)p->height * p->height * p->heads;
  return inputs <= UINT32_MAX / batch && outputs <= UINT32_MAX / batch &&
         scores <= UINT32_MAX / batch;
}

static const char* check_timed_shape(const struct invar_layer_shape* p, uint32_t number,
                                     uint64_t batch) {
  INVAR_WORKLOAD_LAYER_RANGES(REFUSE_COUNT)
  const char* problem = invar_layer_check(p, number, INVAR_LAYER_USE_timed);
  if (problem != NULL) {
    return problem;
  }
  return is_counted(p, batch) ? NULL : "layer: more elements in a batch than a job counts";
}

static const char* check_timed_layers(const struct invar_train_parameters* p,
                                      const struct invar_layer_shape* shapes) {
  uint64_t weights = 0;
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    const char* problem = check_timed_shape(&shapes[i], i, p->batch);
    if (problem != NULL) {
      return problem;
    }
    weights += shapes[i].kind == INVAR_LAYER_PRODUCT
                   ? (uint64_t)shapes[i].outputs * invar_layer_inputs(&shapes[i])
                   : 0;
    if (weights > UINT32_MAX) {
      return "weights of all layers: more than a job counts";
    }
  }
  const struct invar_layer_shape* last = &shapes[p->layer_count - 1];
  return last->kind != INVAR_LAYER_PRODUCT || last->outputs != p->classes
             ? "last layer: a product with rows of classes"
             : NULL;
}

/* Layers of any size, each by itself. */
static const char* check_timed_network(struct invar_port* port,
                                       const struct invar_train_parameters* p) {
  INVAR_WORKLOAD_SIZE_RANGES(REFUSE_COUNT)
  const uint64_t bytes = (uint64_t)p->layer_count * sizeof(struct invar_layer_shape);
  if (!is_ram(port, p->layers_address, bytes)) {
    return "layers_address: not in RAM";
  }
  INVAR_COST(port, boot_check, check_timed_network, p->layer_count);
  return check_timed_layers(p, invar_port_memory(port, p->layers_address, bytes));
}

const char* invar_check_workload(struct invar_port* port,
                                 const struct invar_workload_parameters* parameters) {
  const struct invar_train_parameters* p = &parameters->training;
  INVAR_COST(port, boot_check, invar_check_workload);
  if (p->optimizer != INVAR_OPTIMIZER_KFAC) {
    return "optimizer: 1";
  }
  const uint32_t delay = parameters->delay_steps;
  if (delay > 50000 || parameters->factor_interval == 0 ||
      p->factor_interval != INVAR_WORKLOAD_FACTOR_INTERVAL ||
      p->inverse_interval != INVAR_WORKLOAD_INVERSE_INTERVAL(delay) ||
      p->refresh_delay_steps != INVAR_WORKLOAD_REFRESH_DELAY(delay)) {
    return "factor_interval, inverse_interval, refresh_delay_steps: as delay_steps has them";
  }
  if (parameters->data_bytes < 4096 ||
      !is_ram(port, parameters->data_address, parameters->data_bytes)) {
    return "data_address: not in RAM";
  }
  const char* problem = check_timed_network(port, p);
  return problem != NULL ? problem : check_optimizer(p);
}
