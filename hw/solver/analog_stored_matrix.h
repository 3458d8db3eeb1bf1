#ifndef INVAR_SOLVER_ANALOG_STORED_MATRIX_H
#define INVAR_SOLVER_ANALOG_STORED_MATRIX_H

#include <invar/solver/block_layout.h>
#include <invar/solver/deflation.h>
#include <invar/solver/replicated_inverse.h>
#include <invar/solver/stored_matrix.h>

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <vector>

namespace invar::solver {

/// A matrix on one tile or, as nested BlockAMC, on many; once or several times.
class AnalogStoredMatrix final : public StoredMatrix {
 public:
  AnalogStoredMatrix(const StoredMatrixParameters& parameters, std::vector<tile::TileModel*> tiles);

  /// \throws std::invalid_argument for a request that does not fit the tiles
  ProgramOutcome program(const Eigen::MatrixXd& matrix, const ProgramRequest& request) override;
  SolveResult solve(const Eigen::MatrixXd& rhs, const SolveRequest& request) override;
  ProductResult multiply(const Eigen::MatrixXd& vectors) override;
  ProductResult read_back() override;
  ProgramOutcome calibrate() override;

  bool gives(Service service) const override { return request_.services.has(service); }
  double quality() const override { return quality_; }
  const ShotSamples& shot_samples() const override { return samples_; }
  int size() const override { return inverse_ ? request_.n : 0; }
  int replicas() const override { return request_.replicas; }
  double settling_time_s() const override;
  double least_program_time_s(const ProgramRequest& request) const override;
  double least_solve_time_s(Eigen::Index columns) const override;

 private:
  BlockLayout layout_of(const ProgramRequest& request) const;
  /// The tiles' first damping.
  double first_damping() const;
  void build(ProgramOutcome& outcome);
  void drop_inverse();
  /// `held` without its last row. \return false: it was not positive definite
  bool eliminate_last(Eigen::MatrixXd& held, ProgramOutcome& outcome) const;
  /// What is kept of `held` digitally; `held` becomes what the tiles are to hold, Jacobi-scaled by
  /// `scale`.
  Deflation deflate_held(Eigen::MatrixXd& held, Eigen::VectorXd& scale, ProgramOutcome& outcome);
  /// The replica at `place`, of what is left of the matrix. Null: the status says why.
  std::unique_ptr<AnalogInverse> build_deflated(const Eigen::MatrixXd& rest,
                                                const Eigen::VectorXd& scale,
                                                const Deflation& deflation, int place,
                                                ProgramOutcome& outcome);
  /// How well refinement with each replica would converge, and what single shots are worth.
  void estimate(ProgramOutcome& outcome);
  int first_tile(int place) const { return place * static_cast<int>(layout_.tiles()); }
  /// Of the lanes beside one replica, and beside all.
  double replica_lane_rate_hz() const;
  double all_lanes_rate_hz() const { return request_.replicas * replica_lane_rate_hz(); }
  SolveResult shoot(const Eigen::MatrixXd& rhs, const SolveRequest& request,
                    const RefinementRequest& refinement);
  /// The first solution since the matrix was stored, beside those in FP64.
  void sample(const Eigen::MatrixXd& rhs, const SolveResult& result);
  /// Factorised on first use.
  const SeedReference& reference();
  /// Of the matrix that is stored.
  bool uses_analog_residual() const;

  StoredMatrixParameters parameters_;
  std::vector<tile::TileModel*> tiles_;
  BlockLayout layout_;
  ProgramRequest request_;  ///< of the matrix that is stored
  double damping_ = 0.0;    ///< the tiles hold A + damping diag(A)
  Eigen::MatrixXd matrix_;
  Eigen::VectorXd row_scale_;               ///< weights of its rows in norms
  std::optional<SeedReference> reference_;  ///< of matrix_, once asked for
  Eigen::MatrixXd subspace_;                ///< that the next deflation begins with
  double quality_ = 0.0;                    ///< of single shots
  ShotSamples samples_;
  bool is_sampled_ = false;                     ///< since the matrix was stored
  std::unique_ptr<ReplicatedInverse> inverse_;  ///< null: no matrix
};

}  // namespace invar::solver

#endif
