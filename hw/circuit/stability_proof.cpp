#include <invar/circuit/dense_algebra.h>
#include <invar/circuit/stability_proof.h>

#include <Eigen/Cholesky>
#include <optional>
#include <utility>

namespace invar::circuit {
namespace {

/// Coordinates in which the loop of a symmetric matrix is symmetric: w = L' v, where L L' is the
/// rows' load over their bandwidth.
class Weight {
 public:
  Weight(const InvNetwork& network, const Eigen::VectorXd& bandwidth, InstructionSet set)
      : bandwidth_(bandwidth), set_(set) {
    if (network.load_s.size() == 0) {
      diagonal_ = network.row_load_s.cwiseQuotient(bandwidth).cwiseSqrt();
      return;
    }
    // With one bandwidth this is the load, which is symmetric at the nodes that the op-amps sense.
    const Eigen::VectorXd root = bandwidth.cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd scaled = root.asDiagonal() * network.load_s * root.asDiagonal();
    if ((scaled - scaled.transpose()).norm() > 1e-9 * scaled.norm()) {
      return;
    }
    factor_.emplace(scaled);
    load_ = DenseFactor(network.load_s, set_, "circuit: the load of the rows is singular");
  }

  bool exists() const {
    return diagonal_.size() != 0 || (factor_ && factor_->info() == Eigen::Success);
  }

  /// L' v for each column.
  Eigen::MatrixXd of_vectors(const Eigen::MatrixXd& v) const {
    if (diagonal_.size() != 0) {
      return diagonal_.asDiagonal() * v;
    }
    return factor_->matrixU() * v;
  }

  /// The loop of `matrix`, bandwidth load^-1 matrix, in these coordinates.
  Eigen::MatrixXd of_loop(const Eigen::MatrixXd& matrix) const {
    if (diagonal_.size() != 0) {
      const Eigen::VectorXd inverse = diagonal_.cwiseInverse();
      return inverse.asDiagonal() * matrix * inverse.asDiagonal();
    }
    return similar(bandwidth_.asDiagonal() * load_.solve(matrix));
  }

  /// A diagonal matrix on the outputs in these coordinates.
  Eigen::MatrixXd of_diagonal(const Eigen::VectorXd& values) const {
    return diagonal_.size() != 0 ? Eigen::MatrixXd(values.asDiagonal())
                                 : similar(values.asDiagonal());
  }

 private:
  Eigen::MatrixXd similar(const Eigen::MatrixXd& matrix) const {
    Eigen::MatrixXd result = product(set_, factor_->matrixU().toDenseMatrix(), matrix);
    factor_->matrixU().solveInPlace<Eigen::OnTheRight>(result);
    return result;
  }

  Eigen::VectorXd bandwidth_;
  Eigen::VectorXd diagonal_;
  InstructionSet set_;
  DenseFactor load_;
  std::optional<Eigen::LLT<Eigen::MatrixXd>> factor_;
};

bool is_positive(const Eigen::MatrixXd& symmetric) {
  return Eigen::LLT<Eigen::MatrixXd>(symmetric).info() == Eigen::Success;
}

/// Whether x' decay x > 0 for all x that are orthogonal to `slow` in the inner product of `energy`
/// (empty: the identity). Modes of the loop in `slow` then feed nothing that grows: of any state,
/// the part orthogonal to them moves by itself, and its energy falls.
bool is_positive_beside(Eigen::MatrixXd decay, const Eigen::MatrixXd& energy,
                        const Eigen::MatrixXd& slow) {
  if (slow.cols() == 0) {
    return is_positive(decay);
  }
  const Eigen::MatrixXd dual = energy.size() != 0 ? Eigen::MatrixXd(energy * slow) : slow;
  const Eigen::LDLT<Eigen::MatrixXd> gram(slow.transpose() * dual);
  decay += decay.norm() * dual * gram.solve(dual.transpose()) / dual.squaredNorm() *
           static_cast<double>(slow.cols());
  return is_positive(decay);
}

}  // namespace

bool others_decay_faster(const LoopStates& loop, double rate, const Eigen::MatrixXd& slow) {
  const InvNetwork& network = loop.network();
  const Eigen::Index n = loop.rows();
  const double ratio = loop.inverter_ratio();
  const Weight weight(network, loop.bandwidth(), loop.circuit().instruction_set());
  if (!weight.exists()) {
    return false;
  }
  Eigen::MatrixXd stiffness =
      weight.of_loop(network.loop_s) +
      weight.of_diagonal(loop.bandwidth().cwiseQuotient(loop.circuit().amplifiers().gain));
  const Eigen::MatrixXd slow_outputs = weight.of_vectors(slow.topRows(n));
  if (!loop.has_inverters()) {
    // |L' v|^2 decays if the symmetric part of the scaled loop is positive.
    stiffness.diagonal().array() -= rate;
    return is_positive_beside(stiffness + stiffness.transpose(), {}, slow_outputs);
  }
  // Without v: p'' + C p' + K p = 0, C = ratio + U (G+ + D / A0), K = ratio U (G + D / A0); then
  // p = exp(-rate t) q. Energy |q'|^2 / 2 + e q'q + q (K + e C) q / 2 with the symmetric parts of
  // C and K decays if the matrix below is positive.
  Eigen::MatrixXd damping = stiffness + weight.of_loop(network.minus_s);
  damping.diagonal().array() += ratio;
  stiffness = ratio * stiffness - rate * damping;
  stiffness.diagonal().array() += rate * rate;
  damping.diagonal().array() -= 2.0 * rate;
  const double mix = 0.5 * ratio;
  Eigen::MatrixXd decay(2 * n, 2 * n);
  decay.topLeftCorner(n, n) = damping + damping.transpose();
  decay.topLeftCorner(n, n).diagonal().array() -= 2.0 * mix;
  decay.bottomRightCorner(n, n) = mix * (stiffness + stiffness.transpose());
  decay.bottomLeftCorner(n, n) =
      0.5 * ((stiffness.transpose() - stiffness) - mix * (damping.transpose() - damping));
  if (slow.cols() == 0) {
    return is_positive(decay);
  }
  decay.topRightCorner(n, n) = decay.bottomLeftCorner(n, n).transpose();
  Eigen::MatrixXd energy(2 * n, 2 * n);
  energy.topLeftCorner(n, n).setIdentity();
  energy.topRightCorner(n, n) = mix * Eigen::MatrixXd::Identity(n, n);
  energy.bottomLeftCorner(n, n) = energy.topRightCorner(n, n);
  energy.bottomRightCorner(n, n) =
      0.5 * (stiffness + stiffness.transpose() + mix * (damping + damping.transpose()));
  if (!is_positive(energy)) {
    return false;
  }
  // (q', q) of the slow modes at t = 0: q = p, q' = p' + rate p, p' = -ratio (p + v).
  const Eigen::MatrixXd inverted = weight.of_vectors(slow.bottomRows(n));
  Eigen::MatrixXd slow_motion(2 * n, slow.cols());
  slow_motion.topRows(n) = rate * inverted - ratio * (inverted + slow_outputs);
  slow_motion.bottomRows(n) = inverted;
  return is_positive_beside(std::move(decay), energy, slow_motion);
}

}  // namespace invar::circuit
