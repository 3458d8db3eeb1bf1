#include "sw/reference_training.h"

#include <algorithm>
#include <cmath>

namespace invar::tests {

using Eigen::MatrixXd;

namespace {

bool has_bias(const invar_layer_shape& shape) {
  return (shape.flags & INVAR_LAYER_BIAS) != 0;
}

int output_side(const invar_layer_shape& shape, std::uint32_t side) {
  if (shape.kind == INVAR_LAYER_PRODUCT) {
    return static_cast<int>((side + 2 * shape.padding - shape.kernel) / shape.stride + 1);
  }
  return static_cast<int>(shape.kind == INVAR_LAYER_MAXPOOL ? side / 2 : side);
}

/// Calls use(input of the weights' row, element of the map) for all of a window that is no padding.
template <typename Use>
void for_each_in_window(const invar_layer_shape& shape, int out_y, int out_x, const Use& use) {
  const int k = static_cast<int>(shape.kernel), stride = static_cast<int>(shape.stride);
  const int height = static_cast<int>(shape.height), width = static_cast<int>(shape.width);
  const int channels = static_cast<int>(shape.channels), padding = static_cast<int>(shape.padding);
  for (int c = 0; c < channels; ++c) {
    for (int i = 0; i < k; ++i) {
      for (int j = 0; j < k; ++j) {
        const int y = out_y * stride + i - padding, x = out_x * stride + j - padding;
        if (y >= 0 && y < height && x >= 0 && x < width) {
          use((c * k + i) * k + j, (y * width + x) * channels + c);
        }
      }
    }
  }
}

std::vector<double> flatten(const std::vector<MatrixXd>& matrices) {
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

ReferenceTraining::ReferenceTraining(const invar_train_parameters& parameters,
                                     const std::vector<invar_layer_shape>& layers,
                                     std::vector<std::uint8_t> images,
                                     const std::vector<float>& weights)
    : p_(parameters), data_(std::move(images)) {
  for (const invar_layer_shape& shape : layers) {
    Layer layer{
        shape, output_side(shape, shape.height), output_side(shape, shape.width), -1, {}, {}, {}};
    if (shape.kind == INVAR_LAYER_PRODUCT) {
      layer.product = static_cast<int>(w_.size());
      const int inputs = static_cast<int>(shape.channels * shape.kernel * shape.kernel);
      w_.push_back(MatrixXd::Zero(shape.outputs, inputs + (has_bias(shape) ? 1 : 0)));
    }
    layers_.push_back(layer);
  }
  set_weights({weights.begin(), weights.end()});
  for (const MatrixXd& w : w_) {
    velocity_.push_back(MatrixXd::Zero(w.rows(), w.cols()));
  }
  second_ = velocity_;
  factors_.resize(2 * w_.size());
  inverses_.resize(2 * w_.size());
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

std::vector<double> ReferenceTraining::weights() const {
  return flatten(w_);
}

void ReferenceTraining::multiply(Layer& layer, const MatrixXd& input) const {
  const MatrixXd& w = w_[static_cast<std::size_t>(layer.product)];
  const int batch = static_cast<int>(input.rows()), outputs = static_cast<int>(w.rows());
  layer.rows = MatrixXd::Zero(batch * layer.positions(), w.cols());
  layer.output.resize(batch, layer.positions() * outputs);
  for (int row = 0; row < batch * layer.positions(); ++row) {
    const int image = row / layer.positions(), position = row % layer.positions();
    if (has_bias(layer.shape)) {
      layer.rows(row, w.cols() - 1) = 1.0;
    }
    for_each_in_window(layer.shape, position / layer.out_width, position % layer.out_width,
                       [&](int i, int element) { layer.rows(row, i) = input(image, element); });
    for (int o = 0; o < outputs; ++o) {
      layer.output(image, position * outputs + o) = w.row(o).dot(layer.rows.row(row));
    }
  }
}

void ReferenceTraining::pool(Layer& layer, const MatrixXd& input) {
  const int channels = static_cast<int>(layer.shape.channels);
  const int width = static_cast<int>(layer.shape.width);
  layer.winner.resize(input.rows(), layer.positions() * channels);
  layer.output.resize(input.rows(), layer.positions() * channels);
  for (int image = 0; image < input.rows(); ++image) {
    for (int f = 0; f < layer.output.cols(); ++f) {
      const int c = f % channels, x = f / channels % layer.out_width;
      const int y = f / channels / layer.out_width;
      int best = -1;
      for (int step = 0; step < 4; ++step) {
        const int element = ((2 * y + step / 2) * width + 2 * x + step % 2) * channels + c;
        best = best < 0 || input(image, element) > input(image, best) ? element : best;
      }
      layer.winner(image, f) = best;
      layer.output(image, f) = input(image, best);
    }
  }
}

void ReferenceTraining::forward(const Labels& images) {
  const std::size_t pixels = std::size_t{p_.height} * p_.width;
  images_.resize(static_cast<int>(images.size()), static_cast<int>(pixels));
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (std::size_t j = 0; j < pixels; ++j) {
      images_(static_cast<int>(i), static_cast<int>(j)) =
          double{p_.pixel_scale} * data_.at(images[i] * pixels + j) + double{p_.pixel_offset};
    }
  }
  const MatrixXd* input = &images_;
  for (Layer& layer : layers_) {
    if (layer.shape.kind == INVAR_LAYER_PRODUCT) {
      multiply(layer, *input);
    } else if (layer.shape.kind == INVAR_LAYER_MAXPOOL) {
      pool(layer, *input);
    } else {
      layer.output = *input + layers_[layer.shape.addend].output;
    }
    if ((layer.shape.flags & INVAR_LAYER_RELU) != 0) {
      layer.output = layer.output.cwiseMax(0.0);
    }
    input = &layer.output;
  }
  probabilities_ = (input->colwise() - input->rowwise().maxCoeff()).array().exp();
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

void ReferenceTraining::send_back(const Layer& layer, const MatrixXd& gradient,
                                  MatrixXd& input) const {
  if (layer.shape.kind == INVAR_LAYER_MAXPOOL) {
    for (int image = 0; image < gradient.rows(); ++image) {
      for (int f = 0; f < gradient.cols(); ++f) {
        input(image, layer.winner(image, f)) += gradient(image, f);
      }
    }
    return;
  }
  if (layer.shape.kind == INVAR_LAYER_ADD) {
    input += gradient;
    return;
  }
  const MatrixXd& w = w_[static_cast<std::size_t>(layer.product)];
  const int outputs = static_cast<int>(w.rows());
  for (int image = 0; image < gradient.rows(); ++image) {
    for (int position = 0; position < layer.positions(); ++position) {
      for_each_in_window(layer.shape, position / layer.out_width, position % layer.out_width,
                         [&](int i, int element) {
                           input(image, element) += w.col(i).dot(
                               gradient.row(image).segment(position * outputs, outputs));
                         });
    }
  }
}

ReferenceTraining::Matrices ReferenceTraining::output_gradients(const Labels& labels) const {
  Matrices at(layers_.size()), result(w_.size());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    at[i] = MatrixXd::Zero(layers_[i].output.rows(), layers_[i].output.cols());
  }
  at.back() = probabilities_;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    at.back()(static_cast<int>(i), static_cast<int>(labels[i])) -= 1.0;
  }
  MatrixXd unused = MatrixXd::Zero(images_.rows(), images_.cols());
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Layer& layer = layers_[i];
    if ((layer.shape.flags & INVAR_LAYER_RELU) != 0) {
      at[i] = (layer.output.array() > 0.0).select(at[i], 0.0);
    }
    if (layer.shape.kind == INVAR_LAYER_PRODUCT) {
      // A row of the batch's outputs is `positions` rows of `outputs`.
      const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = at[i];
      result[static_cast<std::size_t>(layer.product)] =
          Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
              rows.data(), rows.rows() * layer.positions(), layer.shape.outputs);
    }
    if (layer.shape.kind == INVAR_LAYER_ADD) {
      at[layer.shape.addend] += at[i];
    }
    send_back(layer, at[i], i == 0 ? unused : at[i - 1]);
  }
  return result;
}

ReferenceTraining::Matrices ReferenceTraining::mean_gradient(const Labels& labels) const {
  Matrices g = output_gradients(labels);
  for (const Layer& layer : layers_) {
    if (layer.product >= 0) {
      MatrixXd& gradient = g[static_cast<std::size_t>(layer.product)];
      gradient = (gradient.transpose() * layer.rows / static_cast<double>(labels.size())).eval();
    }
  }
  return g;
}

std::vector<double> ReferenceTraining::gradient(const Labels& images, const Labels& labels) {
  forward(images);
  return flatten(mean_gradient(labels));
}

void ReferenceTraining::step_sgd(const Labels& images, const Labels& labels) {
  forward(images);
  const Matrices g = mean_gradient(labels);
  for (std::size_t layer = 0; layer < w_.size(); ++layer) {
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
  for (std::size_t layer = 0; layer < w_.size(); ++layer) {
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

MatrixXd ReferenceTraining::inverse(const MatrixXd& a, MatrixXd& subspace) const {
  const Eigen::Index n = a.rows();
  const Eigen::Index most = p_.block_rows;
  if (p_.solver != INVAR_SOLVER_ENGINE || p_.block_layout != INVAR_BLOCKS_DIAGONAL || n <= most) {
    return a.fullPivLu().inverse();
  }
  const Eigen::Index rank = std::min<Eigen::Index>(p_.deflation_rank, n / 8);
  MatrixXd u = MatrixXd::Zero(n, rank);
  if (rank > 0) {
    // In the scaled basis, with an orthonormal one of the subspace.
    const Eigen::VectorXd root = a.diagonal().cwiseSqrt();
    const MatrixXd scaled = root.cwiseInverse().asDiagonal() * a * root.cwiseInverse().asDiagonal();
    const auto orthonormal = [&](const MatrixXd& columns) {
      return MatrixXd(Eigen::HouseholderQR<MatrixXd>(columns).householderQ() *
                      MatrixXd::Identity(n, rank + 1));
    };
    // Kept in the units of the matrix, whose diagonal changes from refresh to refresh.
    MatrixXd basis;
    if (subspace.size() == 0) {
      MatrixXd start(n, rank + 1);
      for (Eigen::Index i = 0; i < start.size(); ++i) {
        const double turns = 0.6180339887498949 * static_cast<double>(i + 1);
        const double fraction = turns - std::floor(turns);
        start.data()[i] = i < n ? 0.5 + fraction : 2.0 * fraction - 1.0;
      }
      basis = orthonormal(root.asDiagonal() * start);
      for (int i = 0; i < 3; ++i) {
        basis = orthonormal(scaled * basis);
      }
    } else {
      basis = orthonormal(root.asDiagonal() * subspace);
    }
    const Eigen::SelfAdjointEigenSolver<MatrixXd> ritz(basis.transpose() * scaled * basis);
    const Eigen::VectorXd theta = ritz.eigenvalues();  // the smallest first
    const MatrixXd vectors = scaled * basis * ritz.eigenvectors();
    for (Eigen::Index i = 0; i < rank; ++i) {
      const double value = theta[i + 1];
      u.col(i) = root.asDiagonal() * vectors.col(i + 1) * std::sqrt(value - theta[0]) / value;
    }
    subspace = root.cwiseInverse().asDiagonal() * (scaled * basis);
  }
  const MatrixXd rest = a - u * u.transpose();
  MatrixXd kept = u * u.transpose();
  const Eigen::Index blocks = (n - 1) / most + 1;
  Eigen::Index first = 0;
  for (Eigen::Index i = 0; i < blocks; ++i) {
    const Eigen::Index rows = n / blocks + (i < n % blocks ? 1 : 0);
    kept.block(first, first, rows, rows) += rest.block(first, first, rows, rows);
    first += rows;
  }
  return kept.fullPivLu().inverse();
}

void ReferenceTraining::refresh() {
  for (std::size_t layer = 0; layer < w_.size(); ++layer) {
    const MatrixXd& a = factors_[2 * layer];
    const MatrixXd& g = factors_[2 * layer + 1];
    const double pi = std::sqrt((a.trace() / static_cast<double>(a.rows())) /
                                (g.trace() / static_cast<double>(g.rows())));
    const double root = std::sqrt(double{p_.damping});
    subspaces_.resize(factors_.size());
    inverses_[2 * layer] =
        inverse(a + pi * root * MatrixXd::Identity(a.rows(), a.rows()), subspaces_[2 * layer]);
    inverses_[2 * layer + 1] =
        inverse(g + root / pi * MatrixXd::Identity(g.rows(), g.rows()), subspaces_[2 * layer + 1]);
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
    for (const Layer& layer : layers_) {
      if (layer.product < 0) {
        continue;
      }
      const auto number = static_cast<std::size_t>(layer.product);
      const MatrixXd a =
          layer.rows.transpose() * layer.rows / static_cast<double>(layer.rows.rows());
      const MatrixXd gamma =
          sampled[number].transpose() * sampled[number] / static_cast<double>(images.size());
      factors_[2 * number] =
          factor_updates_ == 1 ? a : MatrixXd(decay * factors_[2 * number] + (1.0 - decay) * a);
      factors_[2 * number + 1] =
          factor_updates_ == 1 ? gamma
                               : MatrixXd(decay * factors_[2 * number + 1] + (1.0 - decay) * gamma);
    }
  }
  if (refresh_now) {
    refresh();
  }
  Matrices v(w_.size());
  double divergence = 0.0;
  for (std::size_t layer = 0; layer < w_.size(); ++layer) {
    v[layer] = inverses_[2 * layer + 1] * g[layer] * inverses_[2 * layer];
    divergence += v[layer].cwiseProduct(g[layer]).sum();
  }
  divergence *= double{p_.learning_rate} * double{p_.learning_rate};
  double nu = 1.0;
  if (p_.kl_clip > 0.0f) {
    nu = std::min(1.0, std::sqrt(double{p_.kl_clip} / divergence));
  }
  for (std::size_t layer = 0; layer < w_.size(); ++layer) {
    velocity_[layer] = double{p_.momentum} * velocity_[layer] + nu * v[layer] +
                       double{p_.weight_decay} * w_[layer];
    w_[layer] -= double{p_.learning_rate} * velocity_[layer];
  }
}

}  // namespace invar::tests
