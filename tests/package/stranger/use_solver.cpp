// A matrix on a tile without SystemC: stored, inverted with refinement, and what that took.
#include <invar/solver/stored_matrix.h>
#include <invar/tile_model/tile_model.h>

int main() {
  invar::solver::StoredMatrixParameters parameters;
  parameters.tile.rows = 4;
  invar::tile::TileModel tile(parameters.tile, 1, 0);
  const auto matrix = invar::solver::make_analog_matrix(parameters, {&tile});
  Eigen::MatrixXd values(2, 2);
  values << 2.0, 1.0, 1.0, 3.0;
  matrix->program(values, {2, 2, false});
  const auto solved = matrix->solve(Eigen::Vector2d(4.0, 7.0), {1e-9, 0, false});
  // By hand: 2 x + y = 4, x + 3 y = 7.
  const bool right = (solved.solution - Eigen::Vector2d(1.0, 2.0)).norm() < 1e-8;
  return right && solved.duration_s() > 0.0 && solved.energy.total_j() > 0.0 ? 0 : 1;
}
