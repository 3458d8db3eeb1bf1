#ifndef INVAR_TESTS_CIRCUIT_REFERENCE_CIRCUIT_H
#define INVAR_TESTS_CIRCUIT_REFERENCE_CIRCUIT_H

#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/wired_loop.h>

#include <Eigen/Core>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace invar::test {

/// A circuit that ngspice solved, as scripts/make_circuit_references.py wrote it.
class ReferenceCircuit {
 public:
  explicit ReferenceCircuit(const std::string& name) {
    std::ifstream file(std::string(INVAR_CIRCUIT_DATA) + "/" + name + ".txt");
    std::string key;
    Eigen::Index rows = 0;
    Eigen::Index columns = 0;
    while (file >> key >> rows >> columns) {
      Eigen::MatrixXd& block = blocks_[key];
      block.resize(rows, columns);
      for (Eigen::Index row = 0; row < rows; ++row) {
        for (Eigen::Index column = 0; column < columns; ++column) {
          file >> block(row, column);
        }
      }
    }
    if (blocks_.empty() || file.bad()) {
      throw std::runtime_error("no reference circuit " + name);
    }
  }

  /// The block `key`, or an empty matrix.
  Eigen::MatrixXd optional(const std::string& key) const {
    const auto found = blocks_.find(key);
    return found == blocks_.end() ? Eigen::MatrixXd() : found->second;
  }
  const Eigen::MatrixXd& matrix(const std::string& key) const { return blocks_.at(key); }
  double number(const std::string& key) const { return blocks_.at(key)(0, 0); }
  double number(const std::string& key, double missing) const {
    return blocks_.count(key) != 0 ? number(key) : missing;
  }

  circuit::InvCircuit inv_circuit() const {
    const Eigen::MatrixXd& plus = matrix("plus_s");
    Eigen::VectorXd offset = Eigen::VectorXd::Zero(plus.rows());
    if (blocks_.count("offset_v") != 0) {
      offset = matrix("offset_v");
    }
    return {circuit::InvNetwork::with_ideal_wires(plus, optional("minus_s"),
                                                  number("input_conductance_s", 0.0)),
            number("gain"), offset};
  }

  circuit::WireParameters wires() const { return {number("row_ohm"), number("column_ohm")}; }

  circuit::LoopLayout layout() const {
    circuit::LoopLayout layout;
    layout.wires = wires();
    layout.injection = number("far") != 0.0 ? circuit::Injection::far : circuit::Injection::near;
    layout.input_conductance_s = number("input_conductance_s", 0.0);
    layout.arrays.push_back({matrix("plus_s"), 1.0, false});
    const double attenuation = number("attenuation", 0.0);
    const auto add = [&](const char* key, double factor, bool inverted) {
      if (blocks_.count(key) != 0) {
        layout.arrays.push_back({matrix(key), factor, inverted});
      }
    };
    add("minus_s", 1.0, true);
    add("plus2_s", attenuation, false);
    add("minus2_s", attenuation, true);
    return layout;
  }

  circuit::AmplifierRow amplifiers() const {
    const Eigen::Index rows = matrix("plus_s").rows();
    circuit::AmplifierRow row = circuit::AmplifierRow::uniform(rows, number("gain"));
    if (matrix("gain").rows() == rows) {
      row.gain = matrix("gain");
    }
    if (blocks_.count("offset_v") != 0) {
      row.offset_v = matrix("offset_v");
    }
    if (blocks_.count("relative_bandwidth") != 0) {
      row.relative_bandwidth = matrix("relative_bandwidth");
    }
    if (blocks_.count("inverter_offset_v") != 0) {
      row.inverter_offset_v = matrix("inverter_offset_v");
    }
    return row;
  }

  circuit::InvCircuit wired_circuit(
      circuit::InstructionSet set = circuit::best_instruction_set()) const {
    circuit::WiredLoop::Options options;
    options.instruction_set = set;
    return {circuit::WiredLoop(layout(), options).network(), amplifiers(), set};
  }

 private:
  std::map<std::string, Eigen::MatrixXd> blocks_;
};

/// Relative L2 distance.
inline double distance(const Eigen::MatrixXd& value, const Eigen::MatrixXd& reference) {
  return (value - reference).norm() / reference.norm();
}

}  // namespace invar::test

#endif
