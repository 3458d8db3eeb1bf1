#include <invar/parameters/description.h>
#include <invar/parameters/range_check.h>
#include <invar/registers/command_limits.h>
#include <invar/solver/refinement_parameters.h>

namespace invar::solver {

const parameters::Description<RefinementParameters>& RefinementParameters::description() {
  static const auto all =
      parameters::Description<RefinementParameters>("solver")
          .choice("residual", &RefinementParameters::residual,
                  {{"digital", ResidualPath::digital}, {"analog", ResidualPath::analog}},
                  "residual on the accelerator's MAC row, or by bit-sliced MVM", "choice")
          .integer("iteration_limit", &RefinementParameters::iteration_limit,
                   {1, INVAR_LIMIT_ITERATIONS}, "iterations",
                   "of a solve unless a command says otherwise", "choice")
          .integer(
              "krylov_directions", &RefinementParameters::krylov_directions, {0, 64}, "directions",
              "earlier directions that a correction is made orthogonal to, 0 = plain refinement",
              "choice: docs/results.md")
          .integer("largest_range", &RefinementParameters::largest_range, {0, 15}, "",
                   "largest attenuation 2^range tried when outputs clip", "choice")
          .integer("result_bits", &RefinementParameters::result_bits, {0, 53}, "bits",
                   "of fixed-point solutions, each right-hand side with a power of two for scale; "
                   "0 = floating point",
                   "choice; 24 in Zuo et al. 2025 (secondary source)")
          .choice(
              "block_product", &RefinementParameters::block_product,
              {{"analog", BlockProductPath::analog}, {"digital", BlockProductPath::digital}},
              "off-diagonal blocks of a matrix on several tiles: each on a tile of its own, or on "
              "the MAC lanes",
              "choice")
          .choice("block_split", &RefinementParameters::block_split,
                  {{"first", BlockSplit::first}, {"halves", BlockSplit::halves}},
                  "matrix on several tiles: one tile and the rest, or halves (BlockAMC), and so on",
                  "choice: docs/results.md")
          .real("schur_tolerance", &RefinementParameters::schur_tolerance, {1e-14, 0.5}, "",
                "relative residual of the solves that form a Schur complement",
                "choice: docs/results.md")
          .integer("product_slices", &RefinementParameters::product_slices, {0, 8}, "slices",
                   "of tiles that multiply off-diagonal blocks, 0 = as in the INV loops", "choice")
          .real("seed_damping", &RefinementParameters::seed_damping, {0, 10}, "",
                "of the diagonal, added to what tiles hold; the refinement undoes it",
                "choice: docs/results.md")
          .real(
              "largest_seed_damping", &RefinementParameters::largest_seed_damping, {0, 10}, "",
              "a seed that would diverge is written again with four times the damping, up to this",
              "choice: docs/results.md")
          .integer("check_group", &RefinementParameters::check_group, {1, 64}, "columns",
                   "right-hand sides whose signed sum is checked at once (service checked)",
                   "choice")
          .real("check_tolerance", &RefinementParameters::check_tolerance,
                {INVAR_LIMIT_SMALLEST_TOLERANCE, INVAR_LIMIT_LARGEST_TOLERANCE}, "",
                "of that check unless a command says otherwise",
                "choice: what K-FAC tolerates (docs/results.md)")
          .integer("probes", &RefinementParameters::probes, {1, 64}, "shots",
                   "that fix input range and quality of single shots when a matrix is stored",
                   "choice")
          .real("quality_limit", &RefinementParameters::quality_limit, {1e-6, 1e6}, "",
                "largest residual of the probes with which a matrix is stored for single shots "
                "alone; else PROGRAM ends as not converged",
                "choice: above 1 a solution is worse than none")
          .integer("deflation_iterations", &RefinementParameters::deflation_iterations, {0, 32},
                   "products",
                   "of a cold subspace with the matrix, before the one that deflates it", "choice")
          .integer("deflation_averages", &RefinementParameters::deflation_averages, {1, 64},
                   "shots", "over which each column of the deflation's B^-1 U is averaged",
                   "choice");
  return all;
}

void RefinementParameters::check() const {
  description().check(*this);
  if (result_bits != 0) {
    parameters::require_range("solver.result_bits", result_bits, 4, 53);
  }
}

}  // namespace invar::solver
