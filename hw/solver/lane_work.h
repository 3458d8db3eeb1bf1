#ifndef INVAR_SOLVER_LANE_WORK_H
#define INVAR_SOLVER_LANE_WORK_H

namespace invar::solver {

/// Digital work beside the tiles. Whole numbers, or expectations.
struct LaneWork {
  /// Additions, multiplications and comparisons of the lanes, one each.
  double operations = 0.0;
  /// Elements of matrices fetched from the matrix buffer, and of search directions to and from it.
  double fetched = 0.0;

  LaneWork& operator+=(const LaneWork& other) {
    operations += other.operations;
    fetched += other.fetched;
    return *this;
  }
};

inline LaneWork operator+(LaneWork a, const LaneWork& b) {
  return a += b;
}
inline LaneWork operator*(double count, const LaneWork& work) {
  return {count * work.operations, count * work.fetched};
}

// What each piece of a solver's work asks of the lanes, for one right-hand side unless it says
// otherwise: the same for solvers that compute and for the timing that does not.

/// A x of a matrix of n rows.
LaneWork residual_work(double n);
/// Of one iteration: x + dx, S A dx, r - S A dx, |r|^2.
/// \param in_units whether the units of the right-hand side are asked for: S^-1 r, C S r, C^-1 x,
/// and the norms of these and of x
LaneWork update_work(double n, bool in_units);
/// Besides the residual at the end: b - A x, S r, |S r|^2.
LaneWork check_work(double n, bool in_units);

/// Making an image orthogonal to those of `kept` search directions: images are read twice,
/// corrections once.
LaneWork orthogonalisation_work(double n, double kept);
/// |image|, its product with the residual, the step.
LaneWork step_length_work(double n);
/// A correction and its image, written.
LaneWork kept_direction_work(double n);

/// Getting a vector into a tile and out: S r, its largest magnitude, the scaling to the DAC, S y.
LaneWork tile_scaling_work(double rows);
/// The same of a single shot: S r, its largest magnitude, S y; the power of two is an exponent. All
/// scales on the way to a loop are one product, however many matrices were scaled.
LaneWork shot_scaling_work(double rows);
/// The same of a block beside the diagonal: the largest magnitude and the scaling to the DAC, the
/// scaling back and the sum.
LaneWork block_scaling_work(double rows, double columns);
/// The product with such a block on the lanes.
LaneWork block_product_work(double rows, double columns);
/// Vectors of the blocks of a matrix, added or subtracted.
LaneWork sum_work(double elements);

/// S A S of a matrix, once: two products an element; a root and a division for each row's scale
/// (ten multiply-accumulates: assumption). A general one: its largest magnitude too. Rows that an
/// array's compensation scales: one product more a row.
LaneWork matrix_scaling_work(double n, bool general, bool rescaled);
/// The largest magnitude and the scaling of a block beside the diagonal, once.
LaneWork matrix_block_scaling_work(double rows, double columns);
/// A4 - A3 (A1^-1 A2) of blocks of n1 and n2 rows, once; made symmetric unless general.
LaneWork schur_work(double n1, double n2, bool general);

/// One vector of an estimate of the contraction, after `size` others: S A M^-1 S^-1 r, the
/// difference; two products with each vector so far; the norm and the scaling.
LaneWork contraction_work(double n, double size);

/// One right-hand side in a signed sum, with its solution: |S b|^2, the two products.
LaneWork signed_sum_work(double n);

/// Reading a tile's cells back, once. \param operations to see through a compensation
LaneWork read_back_work(double reads, double operations);
/// The factors of A1, A1^-1 A2 and A3 A1^-1 A2, once, with blocks of n1 and n2 rows.
LaneWork block_read_back_work(double n1, double n2);

}  // namespace invar::solver

#endif
