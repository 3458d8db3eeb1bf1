#include "reference_optimizer.h"

#include <Eigen/Cholesky>
#include <cmath>
#include <stdexcept>

namespace invar::benchmarks {
namespace {

/// Weights, gradients and anything else shaped like them, layer after layer.
using Layers = std::vector<Matrix>;

Layers zeros(const ReferenceNetwork& network) {
  Layers layers;
  for (const Matrix& weights : network.weights) {
    layers.push_back(Matrix::Zero(weights.rows(), weights.cols()));
  }
  return layers;
}

/// Mean over the images of the gradient of the loss.
void weight_gradients(ReferenceNetwork& network, const std::vector<int>& labels,
                      Layers& gradients) {
  network.backward(labels);
  const float mean = 1.0f / static_cast<float>(labels.size());
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    gradients[i].noalias() = mean * (network.gradients(i) * network.inputs(i).transpose());
  }
}

class Sgd : public Optimizer {
 public:
  Sgd(const OptimizerParameters& parameters, const ReferenceNetwork& network)
      : parameters_(parameters), gradients_(zeros(network)), velocity_(zeros(network)) {}

  void step(ReferenceNetwork& network, const std::vector<int>& labels) override {
    weight_gradients(network, labels, gradients_);
    for (std::size_t i = 0; i < network.weights.size(); ++i) {
      velocity_[i] = parameters_.momentum * velocity_[i] + gradients_[i];
      network.weights[i] -= parameters_.learning_rate * velocity_[i];
    }
  }

 private:
  OptimizerParameters parameters_;
  Layers gradients_;
  Layers velocity_;
};

class Adam : public Optimizer {
 public:
  Adam(const OptimizerParameters& parameters, const ReferenceNetwork& network)
      : parameters_(parameters),
        gradients_(zeros(network)),
        first_(zeros(network)),
        second_(zeros(network)) {}

  void step(ReferenceNetwork& network, const std::vector<int>& labels) override {
    weight_gradients(network, labels, gradients_);
    const float beta1 = parameters_.beta1;
    const float beta2 = parameters_.beta2;
    ++steps_;
    const float root = std::sqrt(static_cast<float>(1.0 - std::pow(beta2, steps_)));
    const float rate =
        parameters_.learning_rate * root / static_cast<float>(1.0 - std::pow(beta1, steps_));
    for (std::size_t i = 0; i < network.weights.size(); ++i) {
      first_[i] = beta1 * first_[i] + (1.0f - beta1) * gradients_[i];
      second_[i] = beta2 * second_[i] + (1.0f - beta2) * gradients_[i].cwiseAbs2();
      network.weights[i].array() -=
          rate * first_[i].array() / (second_[i].array().sqrt() + root * parameters_.epsilon);
    }
  }

 private:
  OptimizerParameters parameters_;
  Layers gradients_;
  Layers first_;
  Layers second_;
  int steps_ = 0;
};

/// K-FAC (Martens & Grosse 2015, Grosse & Martens 2016), explicit FP64 inverses once an interval.
class Kfac : public Optimizer {
 public:
  Kfac(const OptimizerParameters& parameters, const ReferenceNetwork& network, std::uint64_t seed)
      : parameters_(parameters),
        targets_(seed, RandomStream::targets),
        gradients_(zeros(network)),
        velocity_(zeros(network)),
        input_inverses_(gradients_.size()),
        output_inverses_(gradients_.size()) {
    for (const Matrix& gradient : gradients_) {
      inputs_.push_back(Matrix::Zero(gradient.cols(), gradient.cols()));
      outputs_.push_back(Matrix::Zero(gradient.rows(), gradient.rows()));
    }
  }

  void step(ReferenceNetwork& network, const std::vector<int>& labels) override {
    weight_gradients(network, labels, gradients_);
    update_factors(network);
    if (steps_++ % parameters_.inverse_interval == 0) {
      invert_factors();
    }
    Layers natural(network.weights.size());
    float change = 0.0f;
    for (std::size_t i = 0; i < network.weights.size(); ++i) {
      natural[i].noalias() = output_inverses_[i] * gradients_[i] * input_inverses_[i];
      change += natural[i].cwiseProduct(gradients_[i]).sum();
    }
    const float divergence = parameters_.learning_rate * parameters_.learning_rate * change;
    const float scale = parameters_.kl_clip > 0.0f && divergence > parameters_.kl_clip
                            ? std::sqrt(parameters_.kl_clip / divergence)
                            : 1.0f;
    for (std::size_t i = 0; i < network.weights.size(); ++i) {
      velocity_[i] = parameters_.momentum * velocity_[i] + scale * natural[i];
      network.weights[i] -= parameters_.learning_rate * velocity_[i];
    }
  }

 private:
  /// One target an image from the model's own distribution.
  std::vector<int> sample_targets(const Matrix& probabilities) {
    std::vector<int> targets(static_cast<std::size_t>(probabilities.cols()));
    for (Eigen::Index image = 0; image < probabilities.cols(); ++image) {
      const float threshold = targets_.uniform();
      float sum = 0.0f;
      int target = 0;
      for (; target + 1 < probabilities.rows(); ++target) {
        sum += probabilities(target, image);
        if (threshold < sum) {
          break;
        }
      }
      targets[static_cast<std::size_t>(image)] = target;
    }
    return targets;
  }

  /// moment = decay moment + weight columns columns^T, lower triangle.
  template <typename Columns>
  static void accumulate(Matrix& moment, const Columns& columns, float decay, float weight) {
    moment *= decay;
    moment.template selfadjointView<Eigen::Lower>().rankUpdate(columns, weight);
  }

  void update_factors(ReferenceNetwork& network) {
    ++updates_;
    const float decay =
        std::min(1.0f - 1.0f / static_cast<float>(updates_), parameters_.factor_decay);
    const float fresh = 1.0f - decay;
    const float images = static_cast<float>(network.count());
    // Means over images and positions for the inputs, over images for the gradients.
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      accumulate(inputs_[i], network.inputs(i), decay,
                 fresh / static_cast<float>(network.inputs(i).cols()));
    }
    network.backward(sample_targets(network.probabilities()));
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      accumulate(outputs_[i], network.gradients(i), decay, fresh / images);
    }
  }

  static Matrix damped_inverse(const Matrix& moment, double damping) {
    Eigen::MatrixXd matrix = moment.cast<double>();
    matrix.diagonal().array() += damping;
    // Only the lower triangle is kept up to date; LLT reads no other.
    const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factors(matrix);
    if (factors.info() != Eigen::Success) {
      throw std::runtime_error("a damped factor is not positive definite");
    }
    const Eigen::MatrixXd inverse =
        factors.solve(Eigen::MatrixXd::Identity(matrix.rows(), matrix.cols()));
    return inverse.cast<float>();
  }

  void invert_factors() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const double input_mean = inputs_[i].trace() / static_cast<double>(inputs_[i].rows());
      const double output_mean = outputs_[i].trace() / static_cast<double>(outputs_[i].rows());
      const double pi = std::sqrt(input_mean / output_mean);
      const double root = std::sqrt(static_cast<double>(parameters_.damping));
      input_inverses_[i] = damped_inverse(inputs_[i], pi * root);
      output_inverses_[i] = damped_inverse(outputs_[i], root / pi);
    }
  }

  OptimizerParameters parameters_;
  RandomStream targets_;
  Layers gradients_;
  Layers velocity_;
  Layers inputs_;   ///< A of each layer, lower triangle
  Layers outputs_;  ///< Gamma of each layer, lower triangle
  Layers input_inverses_;
  Layers output_inverses_;
  int steps_ = 0;
  int updates_ = 0;
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const OptimizerParameters& parameters,
                                          const ReferenceNetwork& network, std::uint64_t seed) {
  if (parameters.name == "kfac") {
    return std::make_unique<Kfac>(parameters, network, seed);
  }
  if (parameters.name == "sgd") {
    return std::make_unique<Sgd>(parameters, network);
  }
  if (parameters.name == "adam") {
    return std::make_unique<Adam>(parameters, network);
  }
  throw std::invalid_argument("--optimizer = \"" + parameters.name +
                              "\": must be kfac, sgd or adam");
}

}  // namespace invar::benchmarks
