#include <invar/tile_model/loop_cells.h>
#include <invar/tile_model/loop_response.h>
#include <invar/tile_model/lumped_loop.h>

#include <limits>
#include <utility>
#include <vector>

namespace invar::tile {
namespace {

/// What is wrong with the op-amps, and the supply that bounds their outputs.
struct Amplifiers {
  double gain;
  Eigen::VectorXd offset_v;
  double supply_v;
};

Amplifiers amplifiers_of(const LoopSetup& setup) {
  constexpr double k_endless = std::numeric_limits<double>::infinity();
  if (setup.parameters.fidelity == Fidelity::ideal) {
    return {k_endless, Eigen::VectorXd::Zero(setup.amplifiers.size()), k_endless};
  }
  const circuit::AmplifierParameters& parameters = setup.parameters.amplifier;
  return {parameters.gain, setup.amplifiers.offset_v, parameters.saturation_v};
}

circuit::InvCircuit circuit_of(const Amplifiers& amplifiers, const LoopCells& cells) {
  circuit::InvNetwork network;
  network.loop_s = cells.plus_s - cells.minus_s;
  network.row_load_s = cells.row_load_s;
  network.minus_s = cells.minus_s;
  return {std::move(network), amplifiers.gain, amplifiers.offset_v};
}

template <typename Scalar>
class LumpedLoop final : public InvLoop {
  using Matrix = typename LoopResponse<Scalar>::Matrix;

 public:
  explicit LumpedLoop(const LoopSetup& setup)
      : random_(setup.random),
        read_noise_(setup.parameters.device.read_noise),
        input_conductance_s_(setup.cells.span_s()) {
    const Amplifiers amplifiers = amplifiers_of(setup);
    LoopCells cells(setup.cells, setup.seed_slices);
    set_bounds(setup, cells, static_cast<double>(static_cast<Scalar>(amplifiers.supply_v)));
    if (setup.parameters.amplifier.output_stages == circuit::OutputStages::always) {
      stage_supply_v_ = setup.parameters.amplifier.saturation_v;
    }
    const circuit::InvCircuit circuit = circuit_of(amplifiers, cells);
    column_power_s_ = std::move(cells.column_power_s);
    column_s_ = std::move(cells.column_s);
    references_ = cells.references;
    if (analyse(circuit, setup)) {
      response_ = LoopResponse<Scalar>(circuit, cells);
    }
  }

  Eigen::MatrixXd outputs(const InvDrive& drive) const override {
    const auto product = [](const Matrix& a, const Matrix& b) -> Matrix { return a * b; };
    Matrix output = response_.output_v(drive, input_conductance_s_, product);
    if (read_noise_ > 0.0) {
      output -= read_noise_v(response_, output, random_, drive.first_shot, read_noise_, product);
    }
    return output.template cast<double>();
  }

  InvPower power(const Eigen::MatrixXd& output_v, const InvDrive& drive) const override {
    // The rows are virtual grounds: all power in the cells comes from the columns and the inputs.
    const Matrix output = output_v.cast<Scalar>();
    const Eigen::VectorXd squares = output.cwiseAbs2().rowwise().sum().template cast<double>();
    double delivered_w = column_power_s_.dot(squares);
    double drawn_a = 0.0;
    for (const ReferenceColumn& reference : references_) {
      const Eigen::RowVectorXd drive_v = reference.gain * output_v.colwise().sum();
      delivered_w += reference.conductance_s.sum() * drive_v.squaredNorm();
      drawn_a += reference.conductance_s.sum() * drive_v.cwiseAbs().sum();
    }
    const double cells_w = delivered_w + input_conductance_s_ * drive.square_sum_v2;
    if (stage_supply_v_ == 0.0) {
      return {cells_w, 0.0};
    }
    // A push-pull stage draws its output current from the supply, whichever way it flows.
    drawn_a += column_s_.dot(output_v.cwiseAbs().rowwise().sum());
    return {cells_w, stage_supply_v_ * drawn_a - delivered_w};
  }

 private:
  device::KeyedRandom random_;
  double read_noise_;
  double input_conductance_s_;
  double stage_supply_v_ = 0.0;  ///< of class-AB output stages; 0: not charged
  LoopResponse<Scalar> response_;
  Eigen::VectorXd column_power_s_;
  Eigen::VectorXd column_s_;
  std::vector<ReferenceColumn> references_;
};

}  // namespace

std::unique_ptr<InvLoop> make_lumped_loop(const LoopSetup& setup) {
  if (uses_single_precision(setup.parameters)) {
    return std::make_unique<LumpedLoop<float>>(setup);
  }
  return std::make_unique<LumpedLoop<double>>(setup);
}

}  // namespace invar::tile
