#ifndef INVAR_DEVICE_RRAM_ARRAY_H
#define INVAR_DEVICE_RRAM_ARRAY_H

#include <invar/device/keyed_random.h>
#include <invar/device/rram_parameters.h>

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <vector>

namespace invar::state {
class Archive;
}

namespace invar::device {

/// How the write-verify of one cell went.
struct CellWrite {
  int set_pulses = 0;
  int reset_pulses = 0;
  int verify_reads = 0;
  int measurement_reads = 0;  ///< after the last verify, to know where the cell ended
  bool failed = false;        ///< still outside the tolerance after the last pulse
  double pulse_energy_j = 0.0;
  double verify_energy_j = 0.0;  ///< of verify and measurement reads
};

/// A crosspoint array of RRAM cells, with what is wrong with each of them.
///
/// Plain state and statistics, no time: the programming controller adds the timing. Results depend
/// only on (seed, tile, array index, row, column, number of the write), never on the order of
/// calls for different cells.
class RramArray {
 public:
  /// \param index number of the array within its tile (part of the random key), below 64
  RramArray(const RramParameters& parameters, int rows, int columns, const KeyedRandom& random,
            int index);

  int rows() const { return static_cast<int>(conductance_s_.rows()); }
  int columns() const { return static_cast<int>(conductance_s_.cols()); }

  /// Writes one cell to a conductance by set/reset pulses, each followed by a verify read.
  ///
  /// A cell that already stands there, or within the acceptance window, is verified once and left
  /// alone. Pulse counts are
  /// 1 + Poisson(mean - 1) (assumption: only their mean is published); a cell that needs more than
  /// the maximum is left on its way and has failed. The distance that remains is normal with the
  /// error model's sigma. A stuck cell takes every pulse, or `failed_cell_pulses` once it has
  /// failed, and fails unless its stuck value happens to lie within the tolerance.
  ///
  /// \param measure whether the finished cell is read `measurement_reads` times more; otherwise the
  ///        last verify read is all that is known of it
  /// \throws std::invalid_argument for a target that is not from rest to the highest conductance
  CellWrite write(int row, int column, double target_s, bool measure = false);
  /// Writes `count` different cells (rows[k], column) to targets_s[k], each as `write` does, in
  /// less time of the host.
  void write_column(const int* rows, int count, int column, const double* targets_s, bool measure,
                    CellWrite* results);

  /// Conductances as they are now, rows x columns, in siemens.
  const Eigen::MatrixXd& conductance_s() const { return conductance_s_; }
  /// Reads the first n rows and columns once at the verify voltage. \return siemens, n x n
  /// \param energy_j is increased by what the cells take
  Eigen::MatrixXd read(int n, double& energy_j);
  /// The same for the cells (lines[k], lines[j]), n x n.
  Eigen::MatrixXd read(const std::vector<int>& lines, double& energy_j) {
    return read(lines, lines, energy_j);
  }
  /// The same for the cells (rows[k], columns[j]).
  Eigen::MatrixXd read(const std::vector<int>& rows, const std::vector<int>& columns,
                       double& energy_j);

  /// Conductances as the controller measured them after the last write, in siemens.
  const Eigen::MatrixXd& measured_conductance_s() const { return measured_s_; }

  bool is_stuck(int row, int column) const { return stuck_(row, column) != 0; }
  /// What the controller knows of bad cells: those that have failed in a write, 1, others 0.
  const Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic>& failed_before() const {
    return failed_before_;
  }
  std::uint64_t cells_failed_before() const { return cells_failed_before_; }
  /// Write operations (set or reset pulse trains) of the most worn cell.
  std::uint32_t maximum_writes() const { return maximum_writes_; }
  std::uint64_t total_writes() const { return total_writes_; }
  /// Whether a cell has used up its endurance.
  bool worn_out() const { return maximum_writes_ >= parameters_.endurance_writes; }

  /// What writes and reads have made of the cells, for a checkpoint: from an array of the same
  /// parameters, size and key.
  void exchange(state::Archive& archive);

 private:
  using ByteMatrix = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic>;

  /// What a write of one cell meets: deviates of where it ends and of its measurement, pulses.
  struct Draw {
    double error;
    double measurement;
    int pulses;
  };

  int pulse_count(std::uint32_t word) const;
  std::uint64_t event_key(std::uint64_t number) const;
  void note_measurement(int row, int column, double deviate, int reads);
  void require_target(double target_s) const;
  /// Whether a cell passes verify already, so that it needs no pulse.
  bool stands_at(int row, int column, double target_s) const {
    return (target_s_(row, column) == target_s && stuck_(row, column) == 0) ||
           (window_s_ > 0.0 && std::abs(conductance_s_(row, column) - target_s) <= window_s_);
  }
  /// Whether a cell has been read less often than a measurement asks for.
  bool is_little_known(int row, int column) const {
    return reads_known_(row, column) < parameters_.measurement_reads;
  }
  CellWrite verify_only(int row, int column) const;
  void measure_again(int row, int column, double deviate, CellWrite& result);
  /// That a stuck cell takes.
  int pulses_in_vain(int row, int column) const;
  CellWrite pulse(int row, int column, double target_s, bool measure, const Draw& draw);
  /// Words of the write that a cell meets next, or of its last one.
  KeyedRandom::Words words_of_write(int row, int column, bool next) const;

  RramParameters parameters_;
  KeyedRandom random_;
  int index_;
  Eigen::MatrixXd conductance_s_;
  Eigen::MatrixXd measured_s_;
  Eigen::MatrixXd target_s_;  ///< that a cell was last written to; NaN: none, or not reached
  Eigen::Matrix<std::uint32_t, Eigen::Dynamic, Eigen::Dynamic> writes_;
  ByteMatrix stuck_;
  ByteMatrix failed_before_;
  Eigen::MatrixXi reads_known_;  ///< reads behind the measured value
  double window_s_;
  double verify_j_per_siemens_;  ///< energy of one read over the cell's conductance
  double root_of_reads_;         ///< of a measurement
  std::vector<double> pulse_cumulative_;
  /// For the top bits of a word the fewest pulses that it may stand for, less one.
  std::vector<int> pulse_guide_;
  std::uint32_t maximum_writes_ = 0;
  std::uint64_t total_writes_ = 0;
  std::uint64_t array_reads_ = 0;
  std::uint64_t cells_failed_before_ = 0;
};

}  // namespace invar::device

#endif
