#include "sw/reference_training.h"

#include <algorithm>
#include <cmath>

namespace invar::tests {

using Eigen::MatrixXd;

ReferenceTraining::ReferenceTraining(const invar_train_parameters& parameters,
                                     std::vector<std::uint8_t> images,
                                     const std::vector<float>& weights)
    : p_(parameters), data_(std::move(images)) {
  out_h_ = static_cast<int>((p_.height - p_.kernel) / p_.stride + 1);
  out_w_ = static_cast<int>((p_.width - p_.kernel) / p_.stride + 1);
  pool_h_ = out_h_ / 2;
  pool_w_ = out_w_ / 2;
  w_[0].resize(p_.channels, p_.kernel * p_.kernel + 1);
  w_[1].resize(p_.classes, static_cast<int>(p_.channels) * pool_h_ * pool_w_ + 1);
  set_weights({weights.begin(), weights.end()});
  for (int layer = 0; layer < 2; ++layer) {
    velocity_[layer] = second_[layer] = MatrixXd::Zero(w_[layer].rows(), w_[layer].cols());
  }
}

void ReferenceTraining::set_weights(const std::vector<double>& weights) {
  std::size_t next = 0;
  for (auto& w : w_) {
    for (int i = 0; i < w.rows(); ++i) {
      for (int j = 0; j < w.cols(); ++j) {
        w(i, j) = weights.at(next++);
      }
    }
  }
}

namespace {

std::vector<double> flatten(const std::array<MatrixXd, 2>& matrices) {
  std::vector<double> result;
  for (const auto& m : matrices) {
    for (int i = 0; i < m.rows(); ++i) {
      for (int j = 0; j < m.cols(); ++j) {
        result.push_back(m(i, j));
      }
    }
  }
  return result;
}

}  // namespace

std::vector<double> ReferenceTraining::weights() const {
  return flatten(w_);
}

void ReferenceTraining::forward(const Labels& images) {
  const int k = static_cast<int>(p_.kernel), s = static_cast<int>(p_.stride);
  const int channels = static_cast<int>(p_.channels), positions = out_h_ * out_w_;
  const int batch = static_cast<int>(images.size());
  const int features = channels * pool_h_ * pool_w_;
  activations_[0].setOnes(batch * positions, k * k + 1);
  activations_[1].setOnes(batch, features + 1);
  convolved_.resize(batch * positions, channels);
  winner_.resize(batch, features);
  for (int image = 0; image < batch; ++image) {
    const std::uint8_t* pixels =
        data_.data() + std::size_t{images[static_cast<std::size_t>(image)]} * p_.height * p_.width;
    for (int y = 0; y < out_h_; ++y) {
      for (int x = 0; x < out_w_; ++x) {
        const int row = image * positions + y * out_w_ + x;
        for (int c = 0; c < channels; ++c) {
          double sum = w_[0](c, k * k);
          for (int i = 0; i < k; ++i) {
            for (int j = 0; j < k; ++j) {
              const double value =
                  double{p_.pixel_scale} *
                      pixels[(y * s + i) * static_cast<int>(p_.width) + x * s + j] +
                  double{p_.pixel_offset};
              activations_[0](row, i * k + j) = value;
              sum += w_[0](c, i * k + j) * value;
            }
          }
          convolved_(row, c) = std::max(sum, 0.0);
        }
      }
    }
    for (int f = 0; f < features; ++f) {
      const int c = f % channels, x = f / channels % pool_w_, y = f / channels / pool_w_;
      int best = -1;
      for (int step = 0; step < 4; ++step) {
        const int row = image * positions + (2 * y + step / 2) * out_w_ + 2 * x + step % 2;
        best = best < 0 || convolved_(row, c) > convolved_(best, c) ? row : best;
      }
      winner_(image, f) = best;
      activations_[1](image, f) = convolved_(best, c);
    }
  }
  const MatrixXd logits = activations_[1] * w_[1].transpose();
  probabilities_ = (logits.colwise() - logits.rowwise().maxCoeff()).array().exp();
  probabilities_.array().colwise() /= probabilities_.rowwise().sum().array().eval();
}

double ReferenceTraining::loss(const Labels& images, const Labels& labels) {
  forward(images);
  double sum = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    sum -= std::log(probabilities_(static_cast<int>(i), static_cast<int>(labels[i])));
  }
  return sum / static_cast<double>(labels.size());
}

ReferenceTraining::Matrices ReferenceTraining::output_gradients(const Labels& labels) const {
  MatrixXd dense = probabilities_;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    dense(static_cast<int>(i), static_cast<int>(labels[i])) -= 1.0;
  }
  const MatrixXd features = dense * w_[1];
  MatrixXd conv = MatrixXd::Zero(convolved_.rows(), convolved_.cols());
  for (int image = 0; image < winner_.rows(); ++image) {
    for (int f = 0; f < winner_.cols(); ++f) {
      const int row = winner_(image, f), c = f % static_cast<int>(p_.channels);
      conv(row, c) += convolved_(row, c) > 0.0 ? features(image, f) : 0.0;
    }
  }
  return {conv, dense};
}

ReferenceTraining::Matrices ReferenceTraining::mean_gradient(const Labels& labels) const {
  const Matrices g = output_gradients(labels);
  const double batch = static_cast<double>(labels.size());
  return {g[0].transpose() * activations_[0] / batch, g[1].transpose() * activations_[1] / batch};
}

std::vector<double> ReferenceTraining::gradient(const Labels& images, const Labels& labels) {
  forward(images);
  return flatten(mean_gradient(labels));
}

void ReferenceTraining::step_sgd(const Labels& images, const Labels& labels) {
  forward(images);
  const Matrices g = mean_gradient(labels);
  for (int layer = 0; layer < 2; ++layer) {
    velocity_[layer] =
        double{p_.momentum} * velocity_[layer] + g[layer] + double{p_.weight_decay} * w_[layer];
    w_[layer] -= double{p_.learning_rate} * velocity_[layer];
  }
}

void ReferenceTraining::step_adam(const Labels& images, const Labels& labels) {
  forward(images);
  const Matrices g = mean_gradient(labels);
  ++steps_;
  const double b1 = double{p_.adam_beta1}, b2 = double{p_.adam_beta2};
  for (int layer = 0; layer < 2; ++layer) {
    const MatrixXd full = g[layer] + double{p_.weight_decay} * w_[layer];
    velocity_[layer] = b1 * velocity_[layer] + (1.0 - b1) * full;
    second_[layer] = b2 * second_[layer] + (1.0 - b2) * full.cwiseAbs2();
    const MatrixXd m = velocity_[layer] / (1.0 - std::pow(b1, steps_));
    const MatrixXd v = second_[layer] / (1.0 - std::pow(b2, steps_));
    w_[layer] -=
        (double{p_.learning_rate} * m.array() / (v.array().sqrt() + double{p_.adam_epsilon}))
            .matrix();
  }
}

void ReferenceTraining::refresh() {
  for (int layer = 0; layer < 2; ++layer) {
    const MatrixXd& a = factors_[2 * layer];
    const MatrixXd& g = factors_[2 * layer + 1];
    const double pi = std::sqrt((a.trace() / static_cast<double>(a.rows())) /
                                (g.trace() / static_cast<double>(g.rows())));
    const double root = std::sqrt(double{p_.damping});
    inverses_[2 * layer] =
        (a + pi * root * MatrixXd::Identity(a.rows(), a.rows())).fullPivLu().inverse();
    inverses_[2 * layer + 1] =
        (g + root / pi * MatrixXd::Identity(g.rows(), g.rows())).fullPivLu().inverse();
  }
}

void ReferenceTraining::step_kfac(const Labels& images, const Labels& labels, const Labels* targets,
                                  bool refresh_now) {
  forward(images);
  const Matrices g = mean_gradient(labels);
  if (targets != nullptr) {
    ++factor_updates_;
    const double decay = std::min(1.0 - 1.0 / factor_updates_, double{p_.factor_decay});
    const Matrices sampled = output_gradients(*targets);
    for (int layer = 0; layer < 2; ++layer) {
      const MatrixXd a = activations_[layer].transpose() * activations_[layer] /
                         static_cast<double>(activations_[layer].rows());
      const MatrixXd gamma =
          sampled[layer].transpose() * sampled[layer] / static_cast<double>(images.size());
      factors_[2 * layer] =
          factor_updates_ == 1 ? a : MatrixXd(decay * factors_[2 * layer] + (1.0 - decay) * a);
      factors_[2 * layer + 1] =
          factor_updates_ == 1 ? gamma
                               : MatrixXd(decay * factors_[2 * layer + 1] + (1.0 - decay) * gamma);
    }
  }
  if (refresh_now) {
    refresh();
  }
  Matrices v;
  double divergence = 0.0;
  for (int layer = 0; layer < 2; ++layer) {
    v[layer] = inverses_[2 * layer + 1] * g[layer] * inverses_[2 * layer];
    divergence += v[layer].cwiseProduct(g[layer]).sum();
  }
  divergence *= double{p_.learning_rate} * double{p_.learning_rate};
  double nu = 1.0;
  if (p_.kl_clip > 0.0f) {
    nu = std::min(1.0, std::sqrt(double{p_.kl_clip} / divergence));
  }
  for (int layer = 0; layer < 2; ++layer) {
    velocity_[layer] = double{p_.momentum} * velocity_[layer] + nu * v[layer] +
                       double{p_.weight_decay} * w_[layer];
    w_[layer] -= double{p_.learning_rate} * velocity_[layer];
  }
}

}  // namespace invar::tests
