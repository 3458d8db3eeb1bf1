// Trains a network as `invar train --inverter exact` does, in plain C++ on one core:
// what the same training costs without a simulation, and what accuracy it must reach.
#include <fmt/format.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/workload/network_shapes.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <ctime>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "reference_network.h"
#include "reference_optimizer.h"
#include "reference_random.h"

namespace {

using namespace invar;
using namespace invar::benchmarks;

struct Options {
  std::string dataset;
  std::string network;
  double epochs = 3.0;
  int batch = 128;
  int channels = 8;
  int evaluations_per_epoch = 20;
  std::uint64_t seed = 1;
  bool summary_only = false;
  std::optional<float> learning_rate;
  OptimizerParameters optimizer;
};

/// CPU seconds of this process.
double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double accuracy(ReferenceNetwork& network, const platform::ImageSet& images, int chunk) {
  std::vector<std::uint32_t> all(images.count);
  std::iota(all.begin(), all.end(), 0u);
  std::size_t right = 0;
  for (std::size_t start = 0; start < all.size(); start += static_cast<std::size_t>(chunk)) {
    const int count = static_cast<int>(std::min<std::size_t>(chunk, all.size() - start));
    network.forward(images, all.data() + start, count);
    for (int image = 0; image < count; ++image) {
      Eigen::Index best = 0;
      network.probabilities().col(image).maxCoeff(&best);
      right += best == images.labels[start + static_cast<std::size_t>(image)] ? 1 : 0;
    }
  }
  return static_cast<double>(right) / static_cast<double>(images.count);
}

/// Batches without replacement; the order carries over from one epoch to the next.
class Batches {
 public:
  Batches(const platform::ImageSet& images, int batch, std::uint64_t seed)
      : images_(images), random_(seed, RandomStream::order), order_(images.count) {
    std::iota(order_.begin(), order_.end(), 0u);
    labels.resize(static_cast<std::size_t>(batch));
  }

  std::vector<int> labels;

  /// The images of a step, `first` being its first position within the epoch.
  const std::uint32_t* draw(std::size_t first) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const std::size_t at = first + i;
      const auto left = static_cast<std::uint32_t>(order_.size() - at);
      std::swap(order_[at], order_[at + random_.below(left)]);
      labels[i] = images_.labels[order_[at]];
    }
    return order_.data() + first;
  }

 private:
  const platform::ImageSet& images_;
  RandomStream random_;
  std::vector<std::uint32_t> order_;
};

struct Target {
  double accuracy;
  double epoch = -1.0;
};

void train(const Options& options, const platform::Dataset& data) {
  const platform::Network file =
      options.network.empty()
          ? platform::two_layer_network(options.channels, 5, 2)
          : platform::read_network(options.network, platform::NetworkUse::training);
  const std::vector<invar_layer_shape> layers =
      platform::make_training_shapes(file, data.height, data.width, data.classes).layers;
  const int steps_per_epoch = static_cast<int>(data.train.count) / options.batch;
  if (steps_per_epoch == 0) {
    throw std::invalid_argument("fewer images than a batch");
  }
  const int steps = static_cast<int>(std::lround(options.epochs * steps_per_epoch));
  const int interval = std::max(1, steps_per_epoch / options.evaluations_per_epoch);

  ReferenceNetwork network(layers, options.batch, options.seed);
  const auto optimizer = make_optimizer(options.optimizer, network, options.seed);
  Batches batches(data.train, options.batch, options.seed);
  Target targets[] = {{0.80}, {0.83}};
  double train_s = 0.0;
  double evaluation_s = 0.0;
  double loss = 0.0;
  double test_accuracy = 0.0;
  if (!options.summary_only) {
    fmt::print("{:>7} {:>7} {:>10} {:>9}\n", "epoch", "step", "loss", "accuracy");
  }
  for (int step = 0; step < steps; ++step) {
    const double start = cpu_seconds();
    const std::uint32_t* chosen =
        batches.draw(static_cast<std::size_t>(step % steps_per_epoch) * options.batch);
    network.forward(data.train, chosen, options.batch);
    loss = network.loss(batches.labels);
    optimizer->step(network, batches.labels);
    const double middle = cpu_seconds();
    train_s += middle - start;
    if ((step + 1) % interval == 0 || step + 1 == steps) {
      test_accuracy = accuracy(network, data.test, options.batch);
      const double epoch = static_cast<double>(step + 1) / steps_per_epoch;
      for (Target& target : targets) {
        if (target.epoch < 0.0 && test_accuracy >= target.accuracy) {
          target.epoch = epoch;
        }
      }
      if (!options.summary_only) {
        fmt::print("{:7.3f} {:7} {:10.6f} {:9.4f}\n", epoch, step + 1, loss, test_accuracy);
      }
      evaluation_s += cpu_seconds() - middle;
    }
    if (!std::isfinite(loss)) {
      throw std::runtime_error(fmt::format("diverged at step {}", step + 1));
    }
  }
  fmt::print("optimizer {} learning_rate {} damping {} kl_clip {} seed {}: accuracy {:.4f}",
             options.optimizer.name, options.optimizer.learning_rate, options.optimizer.damping,
             options.optimizer.kl_clip, options.seed, test_accuracy);
  for (const Target& target : targets) {
    fmt::print(", {:.0f} % at epoch {:.3f}", 100.0 * target.accuracy, target.epoch);
  }
  fmt::print(", train {:.3f} s ({:.3f} ms a step), evaluation {:.3f} s of CPU\n", train_s,
             1e3 * train_s / std::max(steps, 1), evaluation_s);
}

}  // namespace

/// Nothing is simulated, but what reads networks and parameters brings libsystemc's main().
extern "C" int sc_main(int argc, char** argv);

int sc_main(int argc, char** argv) {
  Options options;
  CLI::App app{"The training of `invar train`, without a simulation."};
  app.add_option("--dataset", options.dataset, "directory or name")->required();
  app.add_option("--network", options.network, "TOML file with the layers; default two layers")
      ->check(CLI::ExistingFile);
  app.add_option("--optimizer", options.optimizer.name, "kfac, sgd or adam");
  app.add_option("--epochs", options.epochs)->check(CLI::PositiveNumber);
  app.add_option("--batch", options.batch)->check(CLI::Range(1, 65536));
  app.add_option("--channels", options.channels)->check(CLI::Range(1, 1024));
  app.add_option("--evaluations", options.evaluations_per_epoch, "an epoch")
      ->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed);
  app.add_option("--learning-rate", options.learning_rate,
                 "default kfac 0.008, sgd 0.17, adam 0.023");
  app.add_option("--momentum", options.optimizer.momentum);
  app.add_option("--damping", options.optimizer.damping)->check(CLI::PositiveNumber);
  app.add_option("--kl-clip", options.optimizer.kl_clip, "0 = off");
  app.add_option("--factor-decay", options.optimizer.factor_decay);
  app.add_option("--inverse-interval", options.optimizer.inverse_interval)
      ->check(CLI::PositiveNumber);
  app.add_flag("--summary", options.summary_only, "the last line only");
  CLI11_PARSE(app, argc, argv);
  try {
    const std::string& name = options.optimizer.name;
    options.optimizer.learning_rate = options.learning_rate.value_or(name == "kfac"  ? 0.008f
                                                                     : name == "sgd" ? 0.17f
                                                                                     : 0.023f);
    train(options, platform::load_dataset(options.dataset));
  } catch (const std::exception& error) {
    fmt::print(stderr, "reference_training: {}\n", error.what());
    return 1;
  }
  return 0;
}
