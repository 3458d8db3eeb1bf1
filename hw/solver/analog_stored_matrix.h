#ifndef INVAR_SOLVER_ANALOG_STORED_MATRIX_H
#define INVAR_SOLVER_ANALOG_STORED_MATRIX_H

#include <invar/solver/analog_inverse.h>
#include <invar/solver/block_layout.h>
#include <invar/solver/stored_matrix.h>

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <vector>

namespace invar::solver {

/// A matrix on one tile or, as nested BlockAMC, on many.
class AnalogStoredMatrix final : public StoredMatrix {
 public:
  AnalogStoredMatrix(const StoredMatrixParameters& parameters, std::vector<tile::TileModel*> tiles);

  /// \throws std::invalid_argument for a request that does not fit the tiles
  ProgramOutcome program(const Eigen::MatrixXd& matrix, const ProgramRequest& request) override;
  SolveResult solve(const Eigen::MatrixXd& rhs, const SolveRequest& request) override;
  ProductResult multiply(const Eigen::MatrixXd& vectors) override;
  ProductResult read_back() override;
  ProgramOutcome calibrate() override;

  int size() const override { return inverse_ ? layout_.size() : 0; }
  double settling_time_s() const override;
  double least_program_time_s(const ProgramRequest& request) const override;
  double least_solve_time_s(Eigen::Index columns) const override;

 private:
  BlockLayout layout_of(int n) const;
  void build(const ProgramRequest& request, ProgramOutcome& outcome);
  void estimate(ProgramOutcome& outcome);
  /// Of the matrix that is stored.
  bool uses_analog_residual() const;

  StoredMatrixParameters parameters_;
  std::vector<tile::TileModel*> tiles_;
  BlockLayout layout_;
  bool general_ = false;
  double damping_ = 0.0;  ///< the tiles hold A + damping diag(A)
  Eigen::MatrixXd matrix_;
  Eigen::VectorXd row_scale_;               ///< weights of its rows in norms
  std::optional<SeedReference> reference_;  ///< of matrix_, once it has solved something
  std::unique_ptr<AnalogInverse> inverse_;  ///< null: no matrix
};

}  // namespace invar::solver

#endif
