#include <invar/circuit/read_noise.h>
#include <invar/tile_model/tile_circuit.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace invar::tile {
namespace {

/// Far below a converter's step.
constexpr double k_shot_tolerance = 1e-6;
/// What belongs to which column of the amplifiers' random stream.
enum AmplifierTrait : std::uint32_t { offset, gain, bandwidth, inverter_offset };

circuit::WiredLoop::Options with_power(const circuit::AmplifierRow& amplifiers) {
  circuit::WiredLoop::Options options;
  options.gain = amplifiers.gain.maxCoeff();
  options.power = true;
  return options;
}

/// The network with reference columns on the nodes M: T g (u - V_M), u = gain sum(p).
circuit::InvNetwork with_references(circuit::InvNetwork network,
                                    const std::vector<ReferenceColumn>& references) {
  for (const ReferenceColumn& reference : references) {
    Eigen::MatrixXd entering = reference.conductance_s.asDiagonal();
    if (network.input_transfer.size() != 0) {
      entering = network.input_transfer * entering;
    }
    if (network.minus_s.size() == 0) {
      network.minus_s = Eigen::MatrixXd::Zero(network.size(), network.size());
    }
    const Eigen::VectorXd current_s = reference.gain * entering.rowwise().sum();
    network.minus_s.colwise() += current_s;
    network.loop_s.colwise() -= current_s;
    network.row_load_s += reference.conductance_s;
    if (network.load_s.size() != 0) {
      network.load_s += entering;
    }
  }
  return network;
}

}  // namespace

circuit::AmplifierRow TileCircuit::draw_amplifiers(const circuit::AmplifierParameters& parameters,
                                                   const device::KeyedRandom& random, int rows) {
  const auto deviate = [&](int row, AmplifierTrait trait) {
    return random.normal_pair(device::RandomStream::amplifier_offset,
                              static_cast<std::uint32_t>(row), trait, 0)[0];
  };
  // Far out in the tail of a wide spread an amplifier would have no gain at all.
  constexpr double k_least = 0.05;
  circuit::AmplifierRow row = circuit::AmplifierRow::uniform(rows, parameters.gain);
  row.relative_bandwidth.resize(rows);
  row.inverter_offset_v.resize(rows);
  for (int k = 0; k < rows; ++k) {
    row.offset_v[k] = parameters.offset_sigma_v * deviate(k, offset);
    row.gain[k] *= std::max(k_least, 1.0 + parameters.gain_sigma * deviate(k, gain));
    row.relative_bandwidth[k] =
        std::max(k_least, 1.0 + parameters.bandwidth_sigma * deviate(k, bandwidth));
    row.inverter_offset_v[k] = parameters.inverter_offset_sigma_v * deviate(k, inverter_offset);
  }
  return row;
}

TileCircuit::TileCircuit(const TileParameters& parameters, const circuit::LoopLayout& layout,
                         circuit::AmplifierRow amplifiers, std::vector<ReferenceColumn> references)
    : parameters_(parameters),
      amplifiers_(std::move(amplifiers)),
      references_(std::move(references)),
      loop_(layout, with_power(amplifiers_)),
      circuit_(with_references(loop_.network(), references_), amplifiers_) {}

void TileCircuit::prepare_shots() {
  const Eigen::VectorXd grounded = Eigen::VectorXd::Zero(loop_.size());
  for (std::size_t a = 0; a < layout().arrays.size(); ++a) {
    const circuit::DriverCurrents currents = loop_.driver_currents(amplifiers_, a);
    const circuit::LoopArray& array = layout().arrays[a];
    drivers_.push_back(
        {currents.slope_s.cast<float>(), currents.offset_a.cast<float>(),
         static_cast<float>(array.inverted ? -array.attenuation : array.attenuation),
         Eigen::VectorXd(loop_.driver_voltage(amplifiers_, a, grounded)).cast<float>()});
  }
  if (parameters_.read_noise_model == ReadNoiseModel::per_cell &&
      parameters_.device.read_noise > 0.0 && parameters_.nonlinearity_per_v == 0.0) {
    solver_.emplace(layout(), amplifiers_);
  }
}

bool TileCircuit::solves_each_shot() const {
  return solver_.has_value() || parameters_.nonlinearity_per_v > 0.0;
}

Eigen::MatrixXd TileCircuit::solve_shots(const Eigen::MatrixXd& current_a,
                                         const device::KeyedRandom& random,
                                         std::uint64_t first_shot) const {
  Eigen::MatrixXd output(current_a.rows(), current_a.cols());
  const auto lost = [&](Eigen::Index shot) {
    output.col(shot).setConstant(std::numeric_limits<double>::quiet_NaN());
  };
  for (Eigen::Index shot = 0; shot < current_a.cols(); ++shot) {
    try {
      output.col(shot) =
          solve_shot(current_a.col(shot), random, first_shot + static_cast<std::uint64_t>(shot));
    } catch (const std::runtime_error&) {
      lost(shot);
    } catch (const std::domain_error&) {
      lost(shot);
    }
  }
  return output;
}

Eigen::VectorXd TileCircuit::solve_shot(const Eigen::VectorXd& current_a,
                                        const device::KeyedRandom& random,
                                        std::uint64_t shot) const {
  const circuit::CellLaw law{parameters_.nonlinearity_per_v};
  if (parameters_.read_noise_model != ReadNoiseModel::per_cell ||
      parameters_.device.read_noise == 0.0) {
    return circuit::nonlinear_operating_point(layout(), amplifiers_, law, current_a,
                                              k_shot_tolerance);
  }
  circuit::LoopLayout noisy = layout();
  for (std::size_t a = 0; a < noisy.arrays.size(); ++a) {
    noisy.arrays[a].conductance_s =
        circuit::with_read_noise(layout().arrays[a].conductance_s, parameters_.device.read_noise,
                                 random, static_cast<std::uint32_t>(a), shot);
  }
  if (!solver_) {
    return circuit::nonlinear_operating_point(noisy, amplifiers_, law, current_a, k_shot_tolerance);
  }
  std::vector<circuit::LoopSolver::Cells> cells;
  for (circuit::LoopArray& array : noisy.arrays) {
    cells.push_back({std::move(array.conductance_s), {}});
  }
  return solver_->solve(current_a, cells, k_shot_tolerance).output_v;
}

TileCircuit::Power TileCircuit::power(const Eigen::MatrixXf& output_v,
                                      const Eigen::MatrixXf& current_a) const {
  const circuit::InstructionSet set = circuit_.instruction_set();
  Power power;
  const auto supply_v = static_cast<float>(parameters_.amplifier.saturation_v);
  for (const Driver& driver : drivers_) {
    Eigen::MatrixXf current = circuit::product(set, driver.slope_s, output_v);
    current.colwise() += driver.offset_a;
    const Eigen::MatrixXf voltage = (driver.gain * output_v).colwise() + driver.offset_v;
    const double delivered = current.cwiseProduct(voltage).cast<double>().sum();
    power.array_w += delivered;
    // A push-pull stage draws its output current from the supply, whichever way it flows.
    power.output_stages_w += supply_v * current.cwiseAbs().cast<double>().sum() - delivered;
  }
  for (const ReferenceColumn& reference : references_) {
    const Eigen::RowVectorXd drive_v = reference.gain * output_v.cast<double>().colwise().sum();
    const double delivered = reference.conductance_s.sum() * drive_v.squaredNorm();
    power.array_w += delivered;
    power.output_stages_w +=
        supply_v * reference.conductance_s.sum() * drive_v.cwiseAbs().sum() - delivered;
  }
  // Sources behind the input conductance: i (i / g_in - V_M).
  const Eigen::VectorXf per_gain = amplifiers_.gain.cwiseInverse().cast<float>();
  const Eigen::MatrixXf sensed =
      (-(per_gain.asDiagonal() * output_v)).colwise() + amplifiers_.offset_v.cast<float>();
  power.array_w += current_a.cast<double>().squaredNorm() / layout().input_conductance_s -
                   current_a.cwiseProduct(sensed).cast<double>().sum();
  return power;
}

}  // namespace invar::tile
