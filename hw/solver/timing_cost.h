#ifndef INVAR_SOLVER_TIMING_COST_H
#define INVAR_SOLVER_TIMING_COST_H

#include <invar/solver/timing_matrix.h>

#include <cstdint>

namespace invar::solver {

/// How a matrix lies on tiles, and what one application of its nested block inverse asks of them.
/// A node with leaves m = m1 + m2 takes two applications of its first block's tree, one of its
/// Schur complement's, and one product with each block beside the diagonal.
struct BlockPlan {
  int n = 0;
  int leaves = 1;  ///< blocks of rows
  int tiles = 1;
  double leaf_rows = 0.0;  ///< mean
  /// Per application, over all tiles.
  double inv_shots = 1.0;
  double mvm_shots = 0.0;
  /// Of the tile that works most.
  double busiest_inv_shots = 1.0;
  double busiest_mvm_shots = 0.0;
  /// Shots one after the other until the result is there.
  double inv_depth = 1.0;
  double mvm_depth = 0.0;
  /// Elements of blocks that are multiplied on the lanes instead of on tiles.
  double lane_products = 0.0;
  /// Forming the Schur complements of all nodes: applications of first blocks' trees, each with its
  /// refinement's iterations left out, summed by what they take.
  struct Schur {
    double inv_shots = 0.0;
    double mvm_shots = 0.0;
    double busiest_inv_shots = 0.0;  ///< one after the other over all nodes
    double busiest_mvm_shots = 0.0;
    double inv_depth = 0.0;
    double mvm_depth = 0.0;
    double lane_products = 0.0;
    double vector_elements = 0.0;      ///< of all columns solved for
    double residual_operations = 0.0;  ///< multiply-accumulates of one residual each
    double product_operations = 0.0;   ///< A3 (A1^-1 A2)
    double fetched_elements = 0.0;     ///< for a residual of each column
    double product_elements = 0.0;     ///< for the products that end it, once
  } schur;

  int product_tiles() const { return tiles - leaves; }
};

BlockPlan block_plan(int n, int rows, BlockSplit split, BlockProductPath products);

/// One analog operation of one tile.
struct ShotCost {
  double time_s = 0.0;
  double conversion_s = 0.0;  ///< of it, its ADCs convert
  tile::AnalogEnergy energy;
  std::uint64_t dac_conversions = 0;
  std::uint64_t adc_conversions = 0;
};

/// INV of `rows` rows with `slices` in the loop.
ShotCost inv_shot(const tile::TileParameters& tile, const TimingSample& sample, double rows,
                  int slices);
/// MVM with `slices` slices.
ShotCost mvm_shot(const tile::TileParameters& tile, const TimingSample& sample, double rows,
                  int slices);

/// Largest number of pulses among `cells` cells that take 1 + Poisson(mean - 1) pulses each, up to
/// a maximum: the expectation over the draws.
double expected_largest_pulses(double cells, const device::RramParameters& device);
/// Expected pulses of one cell.
double expected_pulses(const device::RramParameters& device);

/// Writing one tile, pulse by pulse, as write_matrix does.
programming::ProgrammingResult expected_writing(const StoredMatrixParameters& parameters,
                                                const TimingSample& sample, double rows,
                                                int slices);

/// What `count` tiles take that are written alike, but for the time, which is that of one.
programming::ProgrammingResult on_tiles(const programming::ProgrammingResult& one, double count);

/// `count` times the energy.
tile::AnalogEnergy scaled(const tile::AnalogEnergy& energy, double count);

/// Makes of a step one that is taken `count` times; 1 leaves it to the bit.
void repeat(WorkStep& step, double count);

}  // namespace invar::solver

#endif
