#ifndef INVAR_CIRCUIT_KERNELS_MARCH_KERNELS_H
#define INVAR_CIRCUIT_KERNELS_MARCH_KERNELS_H

#include <invar/circuit/instruction_set.h>

namespace invar::circuit::kernels {

/// An array with wires, ready to be marched over. Each matrix is rows x columns, column by column
/// at a distance of `stride` (not a power of two, so that neighbouring columns do not compete for
/// the same lines of a cache), rows in the order of the wire: away from the driver.
struct MarchArray {
  const double* conductance_s;
  /// 1 / (1 + S), S = column resistance x conductance seen from the cell's node away from the
  /// driver.
  const double* transfer;
  /// column resistance x conductance x transfer.
  const double* pull;
  int rows;
  int columns;
  int stride;
  double row_ohm;
  double column_ohm;
};

/// A block of vectors to march, `width` of them side by side (row k of lane l at [k * width + l]).
struct MarchBlock {
  /// Voltages at one end of the rows and currents that flow out of the array there; replaced by
  /// voltages at the other end and currents that flow into the array there.
  double* voltage_v;
  double* current_a;
  /// Column drivers, column j of lane l at [j * width + l]; null: all at 0 V.
  const double* drive_v;
  /// Out: current that each driver delivers, laid out like the drive; null: not wanted.
  double* column_current_a;
  /// Working memory of rows x width.
  double* scratch;
  /// Columns in the order of the march: first, first + step, ..., `count` of them.
  int first;
  int step;
  int count;
};

/// A single vector, with what only single vectors need.
struct MarchVector {
  double* voltage_v;
  double* current_a;
  const double* drive_v;         ///< or null
  double* column_current_a;      ///< or null
  double* scratch;               ///< rows
  const double* cell_current_a;  ///< added to each cell's G V, from column to row; or null
  double* cell_voltage_v;        ///< out: column minus row node of each cell; or null
  int first;
  int step;
  int count;
};

/// The kernels of one instruction set, but for dense linear algebra.
struct MarchKernels {
  int width;  ///< lanes of a MarchBlock
  void (*march_block)(const MarchArray&, const MarchBlock&);
  void (*march_vector)(const MarchArray&, const MarchVector&);
  /// Computes transfer and pull of every cell from its conductance.
  void (*prepare)(const double* conductance_s, int rows, int columns, int stride, double column_ohm,
                  double* transfer, double* pull);
  /// Box-Muller: two words, each taken as (word + 0.5) 2^-32, to two standard normal deviates.
  void (*normal_pairs)(const unsigned* first, const unsigned* second, int count, double* cosine,
                       double* sine);
};

/// \throws std::invalid_argument if the processor does not run this level
const MarchKernels& march_kernels(InstructionSet set);

}  // namespace invar::circuit::kernels

#endif
