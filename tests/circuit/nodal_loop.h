#ifndef INVAR_TESTS_CIRCUIT_NODAL_LOOP_H
#define INVAR_TESTS_CIRCUIT_NODAL_LOOP_H

#include <invar/circuit/wired_loop.h>

#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>
#include <vector>

namespace invar::test {

/// Kirchhoff's equation of every node of an INV loop, solved as one dense system.
/// Wires must have resistance, in rows and in columns. Power is that without input conductances.
class NodalLoop {
 public:
  NodalLoop(const circuit::LoopLayout& layout, const circuit::AmplifierRow& amplifiers,
            const Eigen::VectorXd& current_a)
      : n_(layout.arrays[0].conductance_s.rows()) {
    const Eigen::Index arrays = static_cast<Eigen::Index>(layout.arrays.size());
    const Eigen::Index size = 3 * n_ + 2 * arrays * n_ * n_;
    system_ = Eigen::MatrixXd::Zero(size, size);
    drive_ = Eigen::VectorXd::Zero(size);
    const double row_s = 1.0 / layout.wires.row_ohm, column_s = 1.0 / layout.wires.column_ohm;
    const bool far = layout.injection == circuit::Injection::far;
    for (Eigen::Index a = 0; a < arrays; ++a) {
      const circuit::LoopArray& array = layout.arrays[a];
      const double drive = (array.inverted ? -1.0 : 1.0) * array.attenuation;
      for (Eigen::Index k = 0; k < n_; ++k) {
        for (Eigen::Index j = 0; j < n_; ++j) {
          join(row_cell(a, k, j), column_cell(a, k, j), array.conductance_s(k, j));
          if (j > 0) {
            join(row_cell(a, k, j - 1), row_cell(a, k, j), row_s);
          }
          if (k > 0) {
            join(column_cell(a, k - 1, j), column_cell(a, k, j), column_s);
          }
        }
        const bool left = circuit::WiredLoop::sensed_end(layout, static_cast<std::size_t>(a)) ==
                          circuit::RowEnd::left;
        join(sensed(k), row_cell(a, k, left ? 0 : n_ - 1), row_s);
        if (a == 0) {
          join(open_end(k), row_cell(a, k, left ? n_ - 1 : 0), row_s);
        }
      }
      for (Eigen::Index j = 0; j < n_; ++j) {
        // The driver is a source: its node's balance is not an equation.
        system_(column_cell(a, 0, j), column_cell(a, 0, j)) += column_s;
        system_(column_cell(a, 0, j), output(j)) -= drive * column_s;
        if (array.inverted && amplifiers.inverter_offset_v.size() != 0) {
          drive_(column_cell(a, 0, j)) +=
              array.attenuation * amplifiers.inverter_offset_v(j) * column_s;
        }
      }
    }
    for (Eigen::Index k = 0; k < n_; ++k) {
      const double input_s = layout.input_conductance_s;
      system_(sensed(k), sensed(k)) += input_s;
      drive_(far ? open_end(k) : sensed(k)) += current_a(k);
      // V_O / A0 + V_M = V_os
      system_(output(k), output(k)) = 1.0 / amplifiers.gain(k);
      system_(output(k), sensed(k)) = 1.0;
      drive_(output(k)) = amplifiers.offset_v(k);
    }
    const Eigen::PartialPivLU<Eigen::MatrixXd> factor(system_);
    solution_ = factor.solve(drive_);
    solution_ += factor.solve(drive_ - system_ * solution_);
    measure_power(layout, amplifiers, current_a);
  }

  Eigen::VectorXd outputs_v() const { return solution_.head(n_); }
  /// Power that the drivers of all columns and the sources of the input currents deliver.
  const circuit::NetworkPower& power() const { return power_; }
  /// Power that cells and wires turn into heat.
  double heat_w() const { return heat_w_; }

 private:
  Eigen::Index output(Eigen::Index k) const { return k; }
  Eigen::Index sensed(Eigen::Index k) const { return n_ + k; }
  Eigen::Index open_end(Eigen::Index k) const { return 2 * n_ + k; }
  Eigen::Index row_cell(Eigen::Index array, Eigen::Index k, Eigen::Index j) const {
    return 3 * n_ + 2 * array * n_ * n_ + k * n_ + j;
  }
  Eigen::Index column_cell(Eigen::Index array, Eigen::Index k, Eigen::Index j) const {
    return row_cell(array, k, j) + n_ * n_;
  }
  void measure_power(const circuit::LoopLayout& layout, const circuit::AmplifierRow& amplifiers,
                     const Eigen::VectorXd& current_a) {
    const double column_s = 1.0 / layout.wires.column_ohm;
    const bool far = layout.injection == circuit::Injection::far;
    for (std::size_t a = 0; a < layout.arrays.size(); ++a) {
      const circuit::LoopArray& array = layout.arrays[a];
      for (Eigen::Index j = 0; j < n_; ++j) {
        double driver_v = array.attenuation * solution_(output(j));
        if (array.inverted) {
          driver_v = -driver_v;
          if (amplifiers.inverter_offset_v.size() != 0) {
            driver_v += array.attenuation * amplifiers.inverter_offset_v(j);
          }
        }
        const double fallen = driver_v - solution_(column_cell(static_cast<Eigen::Index>(a), 0, j));
        power_.drivers_w += driver_v * column_s * fallen;
        heat_w_ += column_s * fallen * fallen;
      }
    }
    for (const Joint& joint : joints_) {
      const double fallen = solution_(joint.first) - solution_(joint.second);
      heat_w_ += joint.conductance_s * fallen * fallen;
    }
    for (Eigen::Index k = 0; k < n_; ++k) {
      power_.inputs_w += current_a(k) * solution_(far ? open_end(k) : sensed(k));
    }
  }
  void join(Eigen::Index first, Eigen::Index second, double conductance_s) {
    system_(first, first) += conductance_s;
    system_(second, second) += conductance_s;
    system_(first, second) -= conductance_s;
    system_(second, first) -= conductance_s;
    joints_.push_back({first, second, conductance_s});
  }

  struct Joint {
    Eigen::Index first;
    Eigen::Index second;
    double conductance_s;
  };

  Eigen::Index n_;
  std::vector<Joint> joints_;
  circuit::NetworkPower power_;
  double heat_w_ = 0.0;
  Eigen::MatrixXd system_;
  Eigen::VectorXd drive_;
  Eigen::VectorXd solution_;
};

}  // namespace invar::test

#endif
