#ifndef INVAR_TILE_MODEL_TILE_CIRCUIT_H
#define INVAR_TILE_MODEL_TILE_CIRCUIT_H

#include <invar/circuit/loop_solver.h>
#include <invar/circuit/nonlinear_inv.h>
#include <invar/circuit/wired_loop.h>
#include <invar/device/keyed_random.h>
#include <invar/tile_model/cell_arrays.h>
#include <invar/tile_model/tile_parameters.h>

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

namespace invar::tile {

/// The INV loop of a tile at circuit fidelity: arrays of all seed slices and both signs with their
/// wires, each op-amp with its own gain, offset and bandwidth.
///
/// Every array is an arm of the nodes that the op-amps sense (`circuit::LoopLayout`); the columns
/// of slice k are driven through buffers that attenuate by 2^-(bits k), minus arrays through
/// inverters.
class TileCircuit {
 public:
  /// The amplifiers of one tile, drawn from its key. \param rows of the tile
  static circuit::AmplifierRow draw_amplifiers(const circuit::AmplifierParameters& parameters,
                                               const device::KeyedRandom& random, int rows);

  /// \param layout arrays in the order plus, minus of slice 0, plus, minus of slice 1, ...
  /// \param references beside the nodes that the op-amps sense, their own wires left out
  /// \throws std::domain_error for a singular network
  TileCircuit(const TileParameters& parameters, const circuit::LoopLayout& layout,
              circuit::AmplifierRow amplifiers, std::vector<ReferenceColumn> references = {});

  const circuit::InvCircuit& circuit() const { return circuit_; }
  /// Prepares shots, once the loop is known to be stable: what drivers deliver, preconditioners.
  void prepare_shots();

  /// Whether shots have to be solved one by one: non-linear cells, or read noise of every cell.
  bool solves_each_shot() const;
  /// Outputs, n x k, for input currents, n x k, of shots first_shot ...; NaN in a shot whose
  /// network has no solution that could be found (non-linear cells that run away).
  Eigen::MatrixXd solve_shots(const Eigen::MatrixXd& current_a, const device::KeyedRandom& random,
                              std::uint64_t first_shot) const;

  /// Summed over shots.
  struct Power {
    double array_w = 0.0;  ///< in cells and wires, from drivers and inputs
    double output_stages_w =
        0.0;  ///< in the drivers: what they draw from the supply and do not pass
  };
  /// \param output_v n x k \param current_a n x k, of the inputs behind their conductance
  Power power(const Eigen::MatrixXf& output_v, const Eigen::MatrixXf& current_a) const;

 private:
  Eigen::VectorXd solve_shot(const Eigen::VectorXd& current_a, const device::KeyedRandom& random,
                             std::uint64_t shot) const;
  const circuit::LoopLayout& layout() const { return loop_.layout(); }

  struct Driver {
    Eigen::MatrixXf slope_s;  ///< current = slope v + offset
    Eigen::VectorXf offset_a;
    float gain;  ///< voltage = gain v + offset
    Eigen::VectorXf offset_v;
  };

  TileParameters parameters_;
  circuit::AmplifierRow amplifiers_;
  std::vector<ReferenceColumn> references_;
  circuit::WiredLoop loop_;
  circuit::InvCircuit circuit_;
  std::optional<circuit::LoopSolver> solver_;
  std::vector<Driver> drivers_;
};

}  // namespace invar::tile

#endif
