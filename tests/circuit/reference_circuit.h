#ifndef INVAR_TESTS_CIRCUIT_REFERENCE_CIRCUIT_H
#define INVAR_TESTS_CIRCUIT_REFERENCE_CIRCUIT_H

#include <invar/circuit/inv_circuit.h>

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

  circuit::InvCircuit inv_circuit() const {
    const Eigen::MatrixXd& plus = matrix("plus_s");
    const Eigen::MatrixXd input = optional("input_conductance_s");
    Eigen::VectorXd offset = Eigen::VectorXd::Zero(plus.rows());
    if (blocks_.count("offset_v") != 0) {
      offset = matrix("offset_v");
    }
    return {circuit::InvNetwork::with_ideal_wires(plus, optional("minus_s"),
                                                  input.size() == 0 ? 0.0 : input(0, 0)),
            number("gain"), offset};
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
