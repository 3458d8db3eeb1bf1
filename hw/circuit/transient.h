#ifndef INVAR_CIRCUIT_TRANSIENT_H
#define INVAR_CIRCUIT_TRANSIENT_H

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <memory>
#include <vector>

namespace invar::circuit {

/// How the size of all outputs together is measured.
enum class Norm {
  largest,   ///< the largest magnitude
  euclidean  ///< root of the sum of squares
};

/// How far the outputs y = x - x_final of dx/dt = -M (x - x_final), x(0) = 0, still are from their
/// end, with bounds that allow searches which do not miss what happens between two times. Time is
/// in units of 1 / (2 pi GBWP); the outputs are the first states.
class Transient {
 public:
  /// What is known at a time, each a norm over the outputs.
  struct Knot {
    double time = 0.0;
    double deviation = 0.0;          ///< |y|
    double second_derivative = 0.0;  ///< |y''|
    double fourth_bound = 0.0;       ///< at or above |y''''|, see `growth`
  };

  virtual ~Transient() = default;
  /// y, outputs x times.
  virtual Eigen::MatrixXd deviation(const Eigen::VectorXd& times) const = 0;
  virtual std::vector<Knot> examine(const Eigen::VectorXd& times, Norm norm) const = 0;
  /// A time h after a knot |y''''| is at most fourth_bound exp(growth h).
  virtual double growth() const = 0;
  /// A time after which the deviation is at most `limit` (above 0); not necessarily the first.
  virtual double settled_by(double limit, Norm norm) const = 0;

  Knot examine(double time, Norm norm) const {
    return examine(Eigen::VectorXd::Constant(1, time), norm).front();
  }
  /// Bound on the deviation between two knots.
  double deviation_between(const Knot& a, const Knot& b) const;
  /// Bound on the error of linear interpolation between two knots.
  double interpolation_error(const Knot& a, const Knot& b) const;
};

/// Superposition of the modes; null if they are too nearly parallel for it to be accurate.
std::unique_ptr<const Transient> modal_transient(const Eigen::EigenSolver<Eigen::MatrixXd>& modes,
                                                 const Eigen::MatrixXd& m,
                                                 const Eigen::VectorXd& final_states,
                                                 Eigen::Index outputs);

/// Products of exponentials of M over doubling times: slower, and good for any stable M.
std::unique_ptr<const Transient> exponential_transient(const Eigen::MatrixXd& m,
                                                       const Eigen::VectorXd& final_states,
                                                       Eigen::Index outputs);

/// Norm of each column.
Eigen::VectorXd norms(const Eigen::MatrixXd& columns, Norm norm);

}  // namespace invar::circuit

#endif
