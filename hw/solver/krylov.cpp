#include <invar/solver/krylov.h>

#include <algorithm>
#include <utility>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

/// An image that lost more than this to the earlier ones is made orthogonal once more.
constexpr double k_cancellation = 0.1;
/// An image that lost more than this holds rounding errors only.
constexpr double k_dependence = 1e-12;

}  // namespace

void SearchDirections::improve(const VectorXd& residual, Eigen::Ref<VectorXd> correction,
                               Eigen::Ref<VectorXd> image, WorkTally& work) {
  const Index n = residual.size();
  const double size = static_cast<double>(n);
  const double original = image.norm();
  double norm = original;
  for (bool again = true; again && kept_ > 0;) {
    const double before = norm;
    const VectorXd overlap = images_.leftCols(kept_).transpose() * image;
    correction.noalias() -= corrections_.leftCols(kept_) * overlap;
    image.noalias() -= images_.leftCols(kept_) * overlap;
    norm = image.norm();
    work.add(1, orthogonalisation_work(size, static_cast<double>(kept_)));
    again = norm < k_cancellation * before && norm > k_dependence * original;
  }
  work.add(1, step_length_work(size));
  if (!(norm > k_dependence * original)) {
    correction.setZero();
    image.setZero();
    return;
  }
  correction /= norm;
  image /= norm;
  if (corrections_.rows() != n) {
    corrections_.resize(n, largest_);
    images_.resize(n, largest_);
  }
  if (kept_ == 0) {
    next_ = 0;
  }
  work.add(1, kept_direction_work(size));
  corrections_.col(next_) = correction;
  images_.col(next_) = image;
  next_ = (next_ + 1) % largest_;
  kept_ = std::min(kept_ + 1, largest_);
  const double step = image.dot(residual);
  correction *= step;
  image *= step;
}

void SearchDirections::grow(Index largest) {
  // In order of age: the oldest stays the first to go.
  const Index oldest = kept_ == largest_ ? next_ : 0;
  for (Eigen::MatrixXd* kept : {&corrections_, &images_}) {
    Eigen::MatrixXd larger(kept->rows(), kept->rows() == 0 ? 0 : largest);
    for (Index i = 0; i < kept_; ++i) {
      larger.col(i) = kept->col((oldest + i) % kept_);
    }
    *kept = std::move(larger);
  }
  largest_ = largest;
  next_ = kept_ % largest_;
}

}  // namespace invar::solver
