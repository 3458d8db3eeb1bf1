#include <invar/circuit/dense_algebra.h>
#include <invar/tile_model/circuit_loop.h>
#include <invar/tile_model/loop_cells.h>
#include <invar/tile_model/loop_response.h>
#include <invar/tile_model/tile_circuit.h>

namespace invar::tile {
namespace {

circuit::LoopLayout layout_of(const LoopSetup& setup) {
  circuit::LoopLayout layout;
  layout.wires = setup.parameters.wires;
  layout.input_conductance_s = setup.cells.span_s();
  for (int slice = 0; slice < setup.seed_slices; ++slice) {
    for (int sign = 0; sign < (setup.cells.has_minus(slice) ? 2 : 1); ++sign) {
      layout.arrays.push_back({setup.cells.conductance_s(slice, sign),
                               setup.cells.slice_weight(slice), sign == 1, circuit::RowEnd::left});
    }
  }
  return layout;
}

template <typename Scalar>
class CircuitLoop final : public InvLoop {
  using Matrix = typename LoopResponse<Scalar>::Matrix;

 public:
  explicit CircuitLoop(const LoopSetup& setup)
      : random_(setup.random),
        cells_(setup.cells, setup.seed_slices),
        circuit_(setup.parameters, layout_of(setup), setup.amplifiers, cells_.references),
        input_conductance_s_(setup.cells.span_s()),
        lumped_read_noise_(setup.parameters.device.read_noise) {
    set_bounds(setup, cells_,
               static_cast<double>(static_cast<Scalar>(setup.parameters.amplifier.saturation_v)));
    if (analyse(circuit_.circuit(), setup)) {
      response_ = LoopResponse<Scalar>(circuit_.circuit(), cells_);
      circuit_.prepare_shots();
      if (circuit_.solves_each_shot() &&
          setup.parameters.read_noise_model == ReadNoiseModel::per_cell) {
        lumped_read_noise_ = 0.0;
      }
    }
  }

  Eigen::MatrixXd outputs(const InvDrive& drive) const override {
    // By the kernels of this processor, as the network was solved.
    const auto product = [](const Matrix& a, const Matrix& b) -> Matrix {
      return circuit::product(circuit::best_instruction_set(), a, b);
    };
    Matrix output;
    if (circuit_.solves_each_shot()) {
      output = circuit_.solve_shots(input_current_a(drive), random_, drive.first_shot)
                   .template cast<Scalar>();
    } else {
      output = response_.output_v(drive, input_conductance_s_, product);
    }
    if (lumped_read_noise_ > 0.0) {
      output -=
          read_noise_v(response_, output, random_, drive.first_shot, lumped_read_noise_, product);
    }
    return output.template cast<double>();
  }

  InvPower power(const Eigen::MatrixXd& output_v, const InvDrive& drive) const override {
    const TileCircuit::Power power =
        circuit_.power(output_v.cast<float>(), input_current_a(drive).template cast<float>());
    return {power.array_w, power.output_stages_w};
  }

  const Eigen::MatrixXd* seen_s() const override { return &circuit_.circuit().network().loop_s; }

 private:
  Eigen::MatrixXd input_current_a(const InvDrive& drive) const {
    return -LoopResponse<Scalar>::current_a(drive, input_conductance_s_).template cast<double>();
  }

  device::KeyedRandom random_;
  LoopCells cells_;
  TileCircuit circuit_;
  double input_conductance_s_;
  double lumped_read_noise_;  ///< 0: each cell has its own
  LoopResponse<Scalar> response_;
};

}  // namespace

std::unique_ptr<InvLoop> make_circuit_loop(const LoopSetup& setup) {
  if (uses_single_precision(setup.parameters)) {
    return std::make_unique<CircuitLoop<float>>(setup);
  }
  return std::make_unique<CircuitLoop<double>>(setup);
}

}  // namespace invar::tile
