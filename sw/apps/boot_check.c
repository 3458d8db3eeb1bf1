#include <invar/sw/apps/boot_check.h>
#include <invar/sw/driver/register_access.h>

static int is_ram(struct invar_port* port, uint64_t address, uint64_t bytes) {
  return address + bytes >= address && invar_port_memory(port, address, bytes) != NULL;
}

static int in_range(float value, float low, float high) {
  return value >= low && value <= high;
}

static const char* check_network(const struct invar_train_parameters* p) {
  if (p->height < 1 || p->height > 255 || p->width < 1 || p->width > 255) {
    return "height, width: 1 to 255";
  }
  if (p->kernel < 1 || p->kernel > p->height || p->kernel > p->width) {
    return "kernel: 1 to the image's height and width";
  }
  if (p->stride < 1 || p->stride > 255) {
    return "stride: 1 to 255";
  }
  if ((p->height - p->kernel) / p->stride < 1 || (p->width - p->kernel) / p->stride < 1) {
    return "stride: leaves no two positions to pool over";
  }
  if (p->channels < 1 || p->channels > 1024) {
    return "channels: 1 to 1024";
  }
  if (p->classes < 2 || p->classes > 256) {
    return "classes: 2 to 256";
  }
  return NULL;
}

static const char* check_data(struct invar_port* port, const struct invar_train_parameters* p) {
  if (p->batch < 1 || p->batch > 65536) {
    return "batch: 1 to 65536";
  }
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
  if (!__builtin_isfinite(p->pixel_scale) || !__builtin_isfinite(p->pixel_offset)) {
    return "pixel_scale, pixel_offset: finite";
  }
  return NULL;
}

static const char* check_kfac(const struct invar_train_parameters* p) {
  if (p->solver != INVAR_SOLVER_ACCELERATOR && p->solver != INVAR_SOLVER_ENGINE) {
    return "solver: 1 or 2";
  }
  if (p->kfac_apply != INVAR_KFAC_APPLY_SOLVE && p->kfac_apply != INVAR_KFAC_APPLY_INVERSE) {
    return "kfac_apply: 1 or 2";
  }
  if (!in_range(p->damping, 1e-12f, 1e6f)) {
    return "damping: 1e-12 to 1e6";
  }
  if (!in_range(p->kl_clip, 0.0f, 1e6f)) {
    return "kl_clip: 0 to 1e6";
  }
  if (!in_range(p->factor_decay, 0.0f, 0.999999f)) {
    return "factor_decay: 0 to below 1";
  }
  if (p->factor_interval < 1 || p->inverse_interval < 1) {
    return "factor_interval, inverse_interval: at least 1";
  }
  if (p->solver == INVAR_SOLVER_ACCELERATOR && !in_range(p->solve_tolerance, 1e-15f, 1.0f)) {
    return "solve_tolerance: 1e-15 to 1";
  }
  return NULL;
}

static const char* check_optimizer(const struct invar_train_parameters* p) {
  if (!in_range(p->learning_rate, 0.0f, 1e6f)) {
    return "learning_rate: 0 to 1e6";
  }
  if (!in_range(p->learning_rate_decay, 0.0f, 1.0f)) {
    return "learning_rate_decay: 0 to 1";
  }
  if (!in_range(p->weight_decay, 0.0f, 1.0f)) {
    return "weight_decay: 0 to 1";
  }
  switch (p->optimizer) {
    case INVAR_OPTIMIZER_KFAC:
    case INVAR_OPTIMIZER_SGD:
      if (!in_range(p->momentum, 0.0f, 0.999999f)) {
        return "momentum: 0 to below 1";
      }
      return p->optimizer == INVAR_OPTIMIZER_KFAC ? check_kfac(p) : NULL;
    case INVAR_OPTIMIZER_ADAM:
      if (!in_range(p->adam_beta1, 0.0f, 0.999999f) || !in_range(p->adam_beta2, 0.0f, 0.999999f)) {
        return "adam_beta1, adam_beta2: 0 to below 1";
      }
      return p->adam_epsilon > 0.0f ? NULL : "adam_epsilon: above 0";
    default:
      return "optimizer: 1, 2 or 3";
  }
}

const char* invar_check_train(struct invar_port* port, const struct invar_train_parameters* p) {
  invar_charge(port, 125, 34);
  invar_port_charge(port, INVAR_OPERATION_MULTIPLY, 2);
  invar_port_charge(port, INVAR_OPERATION_DIVIDE, 1);
  invar_port_charge(port, INVAR_OPERATION_FLOAT, 23);
  const char* problem = check_network(p);
  if (problem == NULL) {
    problem = check_data(port, p);
  }
  return problem != NULL ? problem : check_optimizer(p);
}

const char* invar_check_solve(struct invar_port* port, const struct invar_solve_parameters* p) {
  invar_charge(port, 58, 12);
  invar_port_charge(port, INVAR_OPERATION_MULTIPLY, 2);
  invar_port_charge(port, INVAR_OPERATION_FLOAT, 2);
  if (p->solver != INVAR_SOLVER_ACCELERATOR && p->solver != INVAR_SOLVER_ENGINE) {
    return "solver: 1 or 2";
  }
  if (p->n < 1 || p->n > 65535) {
    return "n: 1 to 65535";
  }
  if (p->columns < 1) {
    return "columns: at least 1";
  }
  if (!(p->tolerance >= 1e-15 && p->tolerance <= 1.0)) {
    return "tolerance: 1e-15 to 1";
  }
  if (p->iteration_limit > 1000) {
    return "iteration_limit: 0 to 1000";
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

static const char* check_layer(const struct invar_workload_layer* layer) {
  if (layer->kind < INVAR_WORKLOAD_LINEAR || layer->kind > INVAR_WORKLOAD_SOFTMAX) {
    return "layer kind: 1 to 4";
  }
  if (layer->repeats < 1 || layer->repeats > 4096 || layer->products > 1000000 ||
      layer->passes > 1000000) {
    return "layer repeats: 1 to 4096";
  }
  if (layer->m < 1 || layer->n < 1 || layer->k < 1) {
    return "layer m, n, k: at least 1";
  }
  if ((layer->factor_a == 0) != (layer->factor_g == 0) || layer->factor_a > 65535 ||
      layer->factor_g > 65535) {
    return "layer factors: both or none, up to 65535";
  }
  return NULL;
}

const char* invar_check_workload(struct invar_port* port,
                                 const struct invar_workload_parameters* p) {
  if (p->solver != INVAR_SOLVER_ACCELERATOR && p->solver != INVAR_SOLVER_ENGINE) {
    return "solver: 1 or 2";
  }
  if (p->kfac_apply != INVAR_KFAC_APPLY_SOLVE && p->kfac_apply != INVAR_KFAC_APPLY_INVERSE) {
    return "kfac_apply: 1 or 2";
  }
  if (p->layer_count < 1 || p->layer_count > 4096) {
    return "layer_count: 1 to 4096";
  }
  if (!(p->tolerance >= 1e-15 && p->tolerance <= 1.0)) {
    return "tolerance: 1e-15 to 1";
  }
  if (p->iteration_limit > 1000) {
    return "iteration_limit: 0 to 1000";
  }
  if (p->data_bytes < 4096 || !is_ram(port, p->data_address, p->data_bytes)) {
    return "data_address: not in RAM";
  }
  const uint64_t bytes = (uint64_t)p->layer_count * sizeof(struct invar_workload_layer);
  if (!is_ram(port, p->layers_address, bytes)) {
    return "layers_address: not in RAM";
  }
  const struct invar_workload_layer* layers = invar_port_memory(port, p->layers_address, bytes);
  invar_charge(port, 19 * (uint64_t)p->layer_count, 9 * (uint64_t)p->layer_count);
  for (uint32_t i = 0; i < p->layer_count; ++i) {
    const char* problem = check_layer(&layers[i]);
    if (problem != NULL) {
      return problem;
    }
  }
  return NULL;
}
