#include <invar/parameters/range_check.h>
#include <invar/registers/command_limits.h>
#include <invar/solver/refinement_parameters.h>

#include <stdexcept>

namespace invar::solver {

void RefinementParameters::check() const {
  parameters::require_range("solver.iteration_limit", iteration_limit, 1, INVAR_LIMIT_ITERATIONS);
  parameters::require_range("solver.krylov_directions", krylov_directions, 0, 64);
  parameters::require_range("solver.largest_range", largest_range, 0, 15);
  if (result_bits != 0) {
    parameters::require_range("solver.result_bits", result_bits, 4, 53);
  }
  parameters::require_range("solver.schur_tolerance", schur_tolerance, 1e-14, 0.5);
  parameters::require_range("solver.product_slices", product_slices, 0, 8);
  parameters::require_range("solver.seed_damping", seed_damping, 0.0, 10.0);
  parameters::require_range("solver.largest_seed_damping", largest_seed_damping, 0.0, 10.0);
}

ResidualPath residual_path_from_string(const std::string& name) {
  if (name == "digital") {
    return ResidualPath::digital;
  }
  if (name == "analog") {
    return ResidualPath::analog;
  }
  throw std::invalid_argument("solver.residual = \"" + name + "\": must be digital or analog");
}

std::string to_string(ResidualPath path) {
  return path == ResidualPath::digital ? "digital" : "analog";
}

BlockProductPath block_product_from_string(const std::string& name) {
  if (name == "analog") {
    return BlockProductPath::analog;
  }
  if (name == "digital") {
    return BlockProductPath::digital;
  }
  throw std::invalid_argument("solver.block_product = \"" + name + "\": must be analog or digital");
}

std::string to_string(BlockProductPath path) {
  return path == BlockProductPath::analog ? "analog" : "digital";
}

BlockSplit block_split_from_string(const std::string& name) {
  if (name == "first") {
    return BlockSplit::first;
  }
  if (name == "halves") {
    return BlockSplit::halves;
  }
  throw std::invalid_argument("solver.block_split = \"" + name + "\": must be first or halves");
}

std::string to_string(BlockSplit split) {
  return split == BlockSplit::first ? "first" : "halves";
}

}  // namespace invar::solver
