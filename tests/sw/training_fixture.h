#ifndef INVAR_TESTS_SW_TRAINING_FIXTURE_H
#define INVAR_TESTS_SW_TRAINING_FIXTURE_H

#include <invar/registers/phases.h>
#include <invar/sw/apps/firmware.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "sw/mock_machine.h"
#include "sw/reference_training.h"

namespace invar::tests {

/// A map of a layer.
struct MapSize {
  std::uint32_t height, width, channels;
};

inline invar_layer_shape layer_on(MapSize in, std::uint32_t kind, std::uint32_t flags,
                                  std::uint32_t outputs) {
  invar_layer_shape shape{};
  shape.kind = kind;
  shape.flags = flags;
  shape.height = in.height;
  shape.width = in.width;
  shape.channels = in.channels;
  shape.outputs = outputs;
  return shape;
}
inline invar_layer_shape conv(MapSize in, std::uint32_t outputs, std::uint32_t kernel,
                              std::uint32_t stride = 1, std::uint32_t padding = 0,
                              std::uint32_t flags = INVAR_LAYER_BIAS | INVAR_LAYER_RELU) {
  invar_layer_shape shape = layer_on(in, INVAR_LAYER_PRODUCT, flags, outputs);
  shape.kernel = kernel;
  shape.stride = stride;
  shape.padding = padding;
  return shape;
}
inline invar_layer_shape pool(MapSize in) {
  return layer_on(in, INVAR_LAYER_MAXPOOL, 0, in.channels);
}
inline invar_layer_shape dense(std::uint32_t in, std::uint32_t out,
                               std::uint32_t flags = INVAR_LAYER_BIAS) {
  return conv({1, 1, in}, out, 1, 1, 0, flags);
}
inline invar_layer_shape add(MapSize in, std::uint32_t addend, std::uint32_t flags = 0) {
  invar_layer_shape shape = layer_on(in, INVAR_LAYER_ADD, flags, in.channels);
  shape.addend = addend;
  return shape;
}

/// A small training set in a mock machine, and what the firmware made of it.
struct TrainingFixture {
  static constexpr std::uint32_t k_batch = 12, k_count = 40, k_height = 13, k_width = 12;

  MockMachine machine;
  std::vector<std::uint8_t> images, labels;
  invar_train_parameters* p = nullptr;
  std::vector<invar_layer_shape> layers;
  /// As the engine got them: image numbers and labels of each step, sampled targets of each update.
  std::vector<ReferenceTraining::Labels> batches, batch_labels, targets;

  /// Kernel 4, stride 2, three filters, pooling, dense.
  static std::vector<invar_layer_shape> two_layers() {
    return {conv({k_height, k_width, 1}, 3, 4, 2), pool({5, 5, 3}), dense(12, 5)};
  }

  explicit TrainingFixture(std::size_t scratchpad_bytes = 4 << 20,
                           std::vector<invar_layer_shape> network = two_layers())
      : machine(16 << 20, scratchpad_bytes), layers(std::move(network)) {
    std::uint32_t state = 1;
    const auto random = [&] { return (state = state * 1664525u + 1013904223u) >> 24; };
    for (std::uint32_t i = 0; i < k_count; ++i) {
      labels.push_back(static_cast<std::uint8_t>(i % 5));
      for (std::uint32_t j = 0; j < k_height * k_width; ++j) {
        // A bright bar whose place tells the class, in noise.
        const bool bar = j / k_width / 2 == i % 5;
        images.push_back(static_cast<std::uint8_t>(random() / 4 + (bar ? 150 : 0)));
      }
    }
    const std::uint64_t images_address = machine.place(images.size());
    const std::uint64_t labels_address = machine.place(labels.size());
    std::copy(images.begin(), images.end(), machine.memory(images_address, images.size()));
    std::copy(labels.begin(), labels.end(), machine.memory(labels_address, labels.size()));
    const std::uint64_t layers_address = machine.place(layers.size() * sizeof(invar_layer_shape));
    std::copy(layers.begin(), layers.end(),
              machine.ram<invar_layer_shape>(layers_address, layers.size()));
    p = &machine.boot(INVAR_APP_TRAIN).parameters.train;
    *p = {};
    p->optimizer = INVAR_OPTIMIZER_KFAC;
    p->solver = INVAR_SOLVER_ACCELERATOR;
    p->kfac_apply = INVAR_KFAC_APPLY_INVERSE;
    p->batch = k_batch;
    p->steps = 6;
    p->steps_per_epoch = k_count / k_batch;
    p->evaluation_interval = 1;
    p->seed = 7;
    p->height = k_height;
    p->width = k_width;
    p->layer_count = static_cast<std::uint32_t>(layers.size());
    p->layers_address = layers_address;
    p->classes = 5;
    p->images_address = images_address;
    p->labels_address = labels_address;
    p->count = k_count;
    p->pixel_scale = 1.0f / 255.0f;
    p->pixel_offset = -0.1f;
    p->learning_rate = 0.1f;
    p->learning_rate_decay = 1.0f;
    p->momentum = 0.9f;
    p->weight_decay = 0.001f;
    p->adam_beta1 = 0.9f;
    p->adam_beta2 = 0.999f;
    p->adam_epsilon = 1e-8f;
    p->damping = 0.03f;
    p->kl_clip = 0.01f;
    p->factor_decay = 0.95f;
    p->factor_interval = 1;
    p->inverse_interval = 2;
    p->tolerance = 1e-5f;
    p->slices = 2;
    p->slices_limit = 4;
    p->damping_retries = 2;
    p->block_rows = 128;
    machine.on_job = [this](const invar_engine_job& job) { note(job); };
  }

  int run() {
    invar_port& port = machine.port();
    return firmware_main(&port);
  }

  /// The weights that the firmware starts from with these parameters.
  std::vector<float> initial_weights() const {
    TrainingFixture other(4 << 20, layers);
    *other.p = *p;
    other.p->optimizer = INVAR_OPTIMIZER_SGD;
    other.p->learning_rate = 1e-30f;  // too small to matter
    other.p->steps = 1;
    other.run();
    return other.machine.progress.at(0).weights;
  }

  /// A reference at the firmware's initial weights.
  ReferenceTraining reference() const {
    return ReferenceTraining(*p, layers, images, initial_weights());
  }

  /// Largest difference of the last weights to a reference, relative to its largest weight.
  double difference(const ReferenceTraining& reference) const {
    const std::vector<double> expected = reference.weights();
    const std::vector<float>& got = machine.progress.back().weights;
    double largest = 0.0, scale = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      largest = std::max(largest, std::abs(expected[i] - static_cast<double>(got[i])));
      scale = std::max(scale, std::abs(expected[i]));
    }
    return expected.size() == got.size() ? largest / scale : HUGE_VAL;
  }

  void note(const invar_engine_job& job) {
    if (job.opcode != INVAR_ENGINE_LOAD) {
      return;
    }
    const auto* words = machine.ram<std::uint32_t>(job.address, job.m / 4);
    if (job.phase == INVAR_PHASE_FORWARD) {
      batches.emplace_back(words, words + k_batch);
      batch_labels.emplace_back(words + k_batch, words + 2 * k_batch);
    } else if (job.phase == INVAR_PHASE_FACTORS && job.m <= 4 * k_batch) {  // no factor
      // A group's after the other.
      if (targets.empty() || targets.back().size() == k_batch) {
        targets.emplace_back();
      }
      targets.back().insert(targets.back().end(), words, words + job.m / 4);
    }
  }
};

}  // namespace invar::tests

#endif
