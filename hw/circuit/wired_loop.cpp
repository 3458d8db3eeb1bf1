#include <invar/circuit/conductance_check.h>
#include <invar/circuit/dense_algebra.h>
#include <invar/circuit/march_accuracy.h>
#include <invar/circuit/nodal_array.h>
#include <invar/circuit/nodal_network.h>
#include <invar/circuit/wired_loop.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::circuit {
namespace {

constexpr const char* k_irreducible = "circuit: the wires' resistance is too large for the march";

void accumulate(Eigen::MatrixXd& sum, double factor, Eigen::MatrixXd term) {
  if (sum.size() == 0) {
    sum = std::move(term);
    if (factor != 1.0) {
      sum *= factor;
    }
  } else {
    sum += factor * term;
  }
}

bool has_far_equation(const LoopLayout& layout, const WiredLoop::Options& options) {
  return layout.injection == Injection::far || options.at_far_end ||
         (layout.arrays.size() == 1 && !options.power);
}

// Errors of the march grow as voltages do. Below this growth no estimate is worth its time, and the
// march is the more accurate method.
constexpr double k_harmless_growth = 1e3;

}  // namespace

void LoopLayout::check() const {
  if (size() == 0) {
    throw std::invalid_argument("circuit: an INV loop needs an array");
  }
  for (const LoopArray& array : arrays) {
    if (array.conductance_s.rows() != size() || array.conductance_s.cols() != size()) {
      throw std::invalid_argument("circuit: INV needs square arrays of one size, got " +
                                  std::to_string(array.conductance_s.rows()) + " x " +
                                  std::to_string(array.conductance_s.cols()));
    }
    require_conductances(array.conductance_s, "array");
    if (!std::isfinite(array.attenuation)) {
      throw std::invalid_argument("circuit: an array's attenuation must be finite");
    }
  }
  wires.check();
  if (!(input_conductance_s >= 0.0) || !std::isfinite(input_conductance_s) ||
      (injection == Injection::far && input_conductance_s != 0.0)) {
    throw std::invalid_argument(
        "circuit: the input conductance must be finite and not negative, and 0 with far currents");
  }
}

Eigen::VectorXd LoopLayout::row_load_s() const {
  Eigen::VectorXd load = Eigen::VectorXd::Constant(size(), input_conductance_s);
  for (const LoopArray& array : arrays) {
    load += array.conductance_s.rowwise().sum();
  }
  return load;
}

WiredLoop::WiredLoop(const LoopLayout& layout, const Options& options)
    : layout_(layout), options_(options), size_(layout.size()), set_(options.instruction_set) {
  layout_.check();
  if ((layout_.injection == Injection::far || options.at_far_end) && options.power) {
    throw std::invalid_argument(
        "circuit: power needs the equation at the nodes that the op-amps sense");
  }
  settle_accuracy();
}

void WiredLoop::settle_accuracy() {
  method_ = Method::march;
  driver_to_sense_s_.clear();
  driver_to_driver_s_.clear();
  ports_.assign(layout_.arrays.size(), Ports{});
  MarchAccuracy accuracy{std::numeric_limits<double>::infinity(), 0.0};
  try {
    for (std::size_t a = 0; a < layout_.arrays.size(); ++a) {
      reduce(a);
    }
    assemble();
    if (network_.loop_s.allFinite() && network_.load_s.allFinite()) {
      if (growth_ <= k_harmless_growth || std::isinf(options_.maximum_rounding_error)) {
        return;
      }
      accuracy = estimate_march_accuracy(layout_, has_far_equation(layout_, options_),
                                         options_.gain, options_.instruction_set);
    }
  } catch (const std::domain_error&) {
    // As inaccurate as can be.
  }
  if (accuracy.march <= options_.maximum_rounding_error) {
    return;
  }
  const long nodes = NodalArray::nodes(size_, size_, layout_.wires);
  if (!options_.at_far_end && nodes <= k_nodal_node_limit) {
    NodalReduction reduction = nodal_reduction(layout_, options_.power);
    if (reduction.error <= options_.maximum_rounding_error) {
      network_ = std::move(reduction.network);
      driver_to_sense_s_ = std::move(reduction.driver_to_sense_s);
      driver_to_driver_s_ = std::move(reduction.driver_to_driver_s);
      far_transfer_.resize(0, 0);
      method_ = Method::nodal;
      return;
    }
  }
  // A loop that is so sensitive by itself is no worse off with the march.
  constexpr double k_tolerated = 10.0;
  if (accuracy.march <= k_tolerated * accuracy.inherent) {
    return;
  }
  std::ostringstream message;
  message << "circuit: wires of " << layout_.wires.row_ohm << " ohm a row segment and "
          << layout_.wires.column_ohm << " ohm a column segment are too large for arrays of "
          << size_ << " x " << size_ << ": rounding would move the outputs by " << accuracy.march
          << " of their norm";
  if (nodes > k_nodal_node_limit) {
    message << ", and " << nodes << " nodes are too many for the nodal method, which takes "
            << k_nodal_node_limit;
  }
  throw std::domain_error(message.str());
}

RowEnd WiredLoop::sensed_end(const LoopLayout& layout, std::size_t array) {
  return layout.arrays[array].sensed_end.value_or(array == 0 ? RowEnd::right : RowEnd::left);
}

void WiredLoop::reduce(std::size_t a) {
  const LoopArray& given = layout_.arrays[a];
  const WiredArray array(given.conductance_s, layout_.wires, set_);
  // Voltages x at the open end, drivers at 0 V: V_M = A x, current into the array C x, and
  // current out of the drivers E x. By reciprocity the load at M is C A^-1 and symmetric, and the
  // drivers' effect there is -(E A^-1)'.
  // Responses come transposed, which is what is wanted of them here.
  MarchResponse from_open =
      array.respond_to_terminals(opposite(sensed_end(layout_, a)), {true, true, true});
  Ports& ports = ports_[a];
  ports.growth = from_open.voltage_v.cwiseAbs().colwise().sum().maxCoeff();
  ports.load_s = std::move(from_open.current_a);
  ports.loop_s = -from_open.column_current_a;
  if (a == 0 && has_far_equation(layout_, options_)) {
    far_transfer_ = std::move(from_open.voltage_v);
    return;
  }
  const DenseFactor transfer(from_open.voltage_v, set_, k_irreducible);
  ports.load_s = transfer.solve(std::move(ports.load_s));
  ports.loop_s = transfer.solve(std::move(ports.loop_s));
}

void WiredLoop::assemble() {
  const bool at_far_end = has_far_equation(layout_, options_);
  network_ = InvNetwork{};
  network_.row_load_s = layout_.row_load_s();
  growth_ = 1.0;
  for (std::size_t a = 0; a < layout_.arrays.size(); ++a) {
    const LoopArray& given = layout_.arrays[a];
    Ports& ports = ports_[a];
    growth_ = std::max(growth_, ports.growth);
    Eigen::MatrixXd load = options_.power ? ports.load_s : std::move(ports.load_s);
    Eigen::MatrixXd loop = options_.power ? ports.loop_s : std::move(ports.loop_s);
    if (a > 0 && at_far_end) {
      load = product(set_, far_transfer_, load);
      loop = product(set_, far_transfer_, loop);
    }
    accumulate(network_.load_s, 1.0, std::move(load));
    if (given.inverted) {
      accumulate(network_.minus_s, given.attenuation, loop);
    }
    accumulate(network_.loop_s, given.inverted ? -given.attenuation : given.attenuation,
               std::move(loop));
  }
  if (layout_.input_conductance_s > 0.0) {
    if (at_far_end) {
      network_.load_s += layout_.input_conductance_s * far_transfer_;
    } else {
      network_.load_s.diagonal().array() += layout_.input_conductance_s;
    }
  }
  if (at_far_end && layout_.injection != Injection::far) {
    network_.input_transfer = far_transfer_;
  }
}

void WiredLoop::rewrite(std::size_t array, const Eigen::MatrixXd& conductance_s) {
  layout_.arrays.at(array).conductance_s = conductance_s;
  layout_.check();
  if (options_.power && method_ == Method::march && growth_ <= k_harmless_growth) {
    try {
      reduce(array);
      if (ports_[array].growth <= k_harmless_growth) {
        assemble();
        return;
      }
    } catch (const std::domain_error&) {
      // Not for the march alone any more.
    }
  }
  settle_accuracy();
}

Eigen::MatrixXd WiredLoop::driver_voltage(const AmplifierRow& amplifiers, std::size_t array,
                                          const Eigen::MatrixXd& output_v) const {
  const LoopArray& given = layout_.arrays.at(array);
  if (!given.inverted) {
    return given.attenuation * output_v;
  }
  Eigen::MatrixXd inverted = -output_v;
  if (amplifiers.inverter_offset_v.size() != 0) {
    inverted.colwise() += amplifiers.inverter_offset_v;
  }
  return given.attenuation * inverted;
}

DriverCurrents WiredLoop::driver_currents(const AmplifierRow& amplifiers, std::size_t array) const {
  if (!options_.power) {
    throw std::logic_error("circuit: the loop was built without its power");
  }
  const LoopArray& given = layout_.arrays.at(array);
  const Eigen::MatrixXd& to_sense =
      method_ == Method::march ? ports_[array].loop_s : driver_to_sense_s_[array];
  // With the nodes M held at 0 V the drivers deliver (H - E A^-1 B) d: A and E as in reduce(), H
  // and B what the drivers do while the open ends are at 0 V.
  const auto march = [&]() -> Eigen::MatrixXd {
    const MarchResponse held =
        WiredArray(given.conductance_s, layout_.wires, set_)
            .respond_to_drivers(opposite(sensed_end(layout_, array)), {true, false, true});
    return held.column_current_a + product(set_, held.voltage_v, to_sense);
  };
  const Eigen::MatrixXd driver_s =
      driver_to_driver_s_.empty() ? march() : driver_to_driver_s_[array];
  // With V_M = V_os - v / A0; what M does to the drivers is what they do to M (reciprocity).
  DriverCurrents currents;
  currents.slope_s = (given.inverted ? -given.attenuation : given.attenuation) * driver_s +
                     to_sense.transpose() * amplifiers.gain.cwiseInverse().asDiagonal();
  currents.offset_a = -to_sense.transpose() * amplifiers.offset_v;
  if (given.inverted && amplifiers.inverter_offset_v.size() != 0) {
    currents.offset_a += given.attenuation * (driver_s * amplifiers.inverter_offset_v);
  }
  return currents;
}

std::vector<NetworkPower> WiredLoop::power(const AmplifierRow& amplifiers,
                                           const Eigen::MatrixXd& output_v,
                                           const Eigen::MatrixXd& current_a) const {
  Eigen::RowVectorXd watts = Eigen::RowVectorXd::Zero(output_v.cols());
  for (std::size_t a = 0; a < layout_.arrays.size(); ++a) {
    const DriverCurrents currents = driver_currents(amplifiers, a);
    const Eigen::MatrixXd delivered = (currents.slope_s * output_v).colwise() + currents.offset_a;
    watts += driver_voltage(amplifiers, a, output_v).cwiseProduct(delivered).colwise().sum();
  }
  // A current source at M, or a voltage source behind the input conductance.
  const double input_ohm =
      layout_.input_conductance_s > 0.0 ? 1.0 / layout_.input_conductance_s : 0.0;
  std::vector<NetworkPower> result;
  for (Eigen::Index shot = 0; shot < output_v.cols(); ++shot) {
    const Eigen::VectorXd current = current_a.col(shot);
    const double sensed =
        current.dot(amplifiers.offset_v - output_v.col(shot).cwiseQuotient(amplifiers.gain));
    result.push_back(
        {watts[shot], input_ohm > 0.0 ? input_ohm * current.squaredNorm() - sensed : sensed});
  }
  return result;
}

}  // namespace invar::circuit
