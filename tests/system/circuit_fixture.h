#ifndef INVAR_TESTS_SYSTEM_CIRCUIT_FIXTURE_H
#define INVAR_TESTS_SYSTEM_CIRCUIT_FIXTURE_H

#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/spd_matrix.h"
#include "system/command_fixture.h"

namespace invar::tests {

/// An operation on the two files that the tests of it write.
inline const std::string k_inv = "--operation inv --conductance g.mtx --input i.mtx ";

/// `invar circuit` and ngspice on the same files.
class CircuitFixture : public CommandFixture {
 public:
  Outcome circuit(const std::string& arguments) const {
    return invar("circuit --quiet " + arguments);
  }

  /// Status of scripts/spice_netlist.py with the same arguments; its messages in spice.txt.
  int spice(const std::string& arguments) const {
    const std::string command = "cd " + directory.path() +
                                " && python3 " INVAR_SCRIPTS "/spice_netlist.py --run " +
                                arguments + " >spice.txt 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  /// False, and said so, where there is no ngspice to compare with.
  static bool has_ngspice() {
    static const bool found = std::system("command -v ngspice >/dev/null 2>&1") == 0;
    if (!found) {
      std::fputs("SKIPPED: ngspice is not installed\n", stdout);
    }
    return found;
  }

  /// Relative difference between what both write, 1 if one of them fails.
  double difference(const std::string& arguments) const {
    const Outcome ours = circuit(arguments + " --out ours.mtx");
    if (ours.status != 0 || spice(arguments + " --out spice.mtx") != 0) {
      std::fprintf(stderr, "%s: %s%s\n", arguments.c_str(), ours.error.c_str(),
                   text("spice.txt").c_str());
      return 1.0;
    }
    const Eigen::MatrixXd expected = read_matrix("spice.mtx");
    return (read_matrix("ours.mtx") - expected).norm() / expected.norm();
  }

  Eigen::MatrixXd random_matrix(int rows, int columns, double largest) {
    Eigen::MatrixXd matrix(rows, columns);
    for (double& value : matrix.reshaped()) {
      value = largest * random_.next();
    }
    return matrix;
  }

  /// Siemens: a strong diagonal beside weak cells, some of them without any conductance.
  Eigen::MatrixXd heavy_diagonal(int n, double diagonal, double largest) {
    Eigen::MatrixXd matrix = random_matrix(n, n, largest).cwiseMax(0.0);
    matrix.diagonal().array() += diagonal;
    return matrix;
  }

 private:
  test::SimpleRandom random_{11};
};

}  // namespace invar::tests

#endif
