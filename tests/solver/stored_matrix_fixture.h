#ifndef INVAR_TESTS_SOLVER_STORED_MATRIX_FIXTURE_H
#define INVAR_TESTS_SOLVER_STORED_MATRIX_FIXTURE_H

#include <invar/solver/stored_matrix.h>
#include <invar/tile_model/tile_model.h>

#include <Eigen/Core>
#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "support/spd_matrix.h"

namespace invar::test {

/// A stored matrix with tiles of its own.
class TiledMatrix {
 public:
  /// \param n rows that tiles hold
  TiledMatrix(const solver::StoredMatrixParameters& parameters, int n, int replicas = 1) {
    for (int tile = 0; tile < replicas * solver::tiles_for(n, parameters); ++tile) {
      tiles_.push_back(std::make_unique<tile::TileModel>(parameters.tile, 1, tile));
      places_.push_back(tiles_.back().get());
    }
    matrix_ = solver::make_analog_matrix(parameters, places_);
  }
  solver::StoredMatrix* operator->() { return matrix_.get(); }
  tile::TileModel& tile(int place) { return *tiles_.at(static_cast<std::size_t>(place)); }

 private:
  std::vector<std::unique_ptr<tile::TileModel>> tiles_;
  std::vector<tile::TileModel*> places_;
  std::unique_ptr<solver::StoredMatrix> matrix_;
};

inline solver::StoredMatrixParameters small_tiles(int rows, tile::Fidelity fidelity) {
  solver::StoredMatrixParameters parameters;
  parameters.tile.rows = rows;
  parameters.tile.fidelity = fidelity;
  return parameters;
}

inline Eigen::MatrixXd random_matrix(int rows, int columns, std::uint64_t seed) {
  SimpleRandom random(seed);
  Eigen::MatrixXd matrix(rows, columns);
  for (double& value : matrix.reshaped()) {
    value = random.next();
  }
  return matrix;
}

/// Not symmetric, its diagonal strong enough for every loop to settle.
inline Eigen::MatrixXd general_matrix(int n, std::uint64_t seed) {
  Eigen::MatrixXd matrix = random_matrix(n, n, seed);
  matrix.diagonal().array() += 1.2 * std::sqrt(static_cast<double>(n)) + 1.0;
  return matrix;
}

/// Largest |S (b - A x)| / |S b| over the columns, S = diag(A)^-1/2.
inline double residual_of(const Eigen::MatrixXd& matrix, const Eigen::MatrixXd& rhs,
                          const Eigen::MatrixXd& solution) {
  const Eigen::VectorXd scale = matrix.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd residual = scale.asDiagonal() * (rhs - matrix * solution);
  const Eigen::MatrixXd scaled = scale.asDiagonal() * rhs;
  return (residual.colwise().norm().array() / scaled.colwise().norm().array()).maxCoeff();
}

inline double duration_of(const std::vector<solver::WorkStep>& steps) {
  return std::accumulate(
      steps.begin(), steps.end(), 0.0,
      [](double sum, const solver::WorkStep& step) { return sum + step.duration_s; });
}

}  // namespace invar::test

#endif
