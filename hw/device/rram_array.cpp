#include <invar/device/pulse_distribution.h>
#include <invar/device/rram_array.h>
#include <invar/state/archive.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

namespace invar::device {
namespace {

constexpr double k_no_target = std::numeric_limits<double>::quiet_NaN();
constexpr int k_guide_bits = 8;

}  // namespace

RramArray::RramArray(const RramParameters& parameters, int rows, int columns,
                     const KeyedRandom& random, int index)
    : parameters_(parameters),
      random_(random),
      index_(index),
      conductance_s_(Eigen::MatrixXd::Constant(rows, columns, parameters.minimum_conductance_s)),
      measured_s_(conductance_s_),
      target_s_(Eigen::MatrixXd::Constant(rows, columns, k_no_target)),
      writes_(decltype(writes_)::Zero(rows, columns)),
      stuck_(ByteMatrix::Zero(rows, columns)),
      failed_before_(ByteMatrix::Zero(rows, columns)),
      reads_known_(Eigen::MatrixXi::Zero(rows, columns)),
      window_s_(parameters.acceptance_window * parameters.span_s()),
      verify_j_per_siemens_(parameters.verify_energy_j_per_siemens()),
      root_of_reads_(std::sqrt(static_cast<double>(parameters.measurement_reads))),
      pulse_cumulative_(pulse_distribution(parameters.mean_pulses)) {
  parameters_.check();
  for (std::uint32_t entry = 0; entry < 1u << k_guide_bits; ++entry) {
    const auto found = std::lower_bound(pulse_cumulative_.begin(), pulse_cumulative_.end(),
                                        KeyedRandom::to_uniform(entry << (32 - k_guide_bits)));
    pulse_guide_.push_back(static_cast<int>(found - pulse_cumulative_.begin()));
  }
  if (parameters_.stuck_fraction > 0.0) {
    for (int column = 0; column < columns; ++column) {
      for (int row = 0; row < rows; ++row) {
        const auto words = random_.words(RandomStream::stuck_cell, row, column, index_);
        if (KeyedRandom::to_uniform(words[0]) < parameters_.stuck_fraction) {
          stuck_(row, column) = 1;
          conductance_s_(row, column) =
              words[1] & 1u ? parameters_.maximum_conductance_s : parameters_.minimum_conductance_s;
        }
      }
    }
  }
}

int RramArray::pulse_count(std::uint32_t word) const {
  const double uniform = KeyedRandom::to_uniform(word);
  int extra = pulse_guide_[word >> (32 - k_guide_bits)];
  while (pulse_cumulative_[extra] < uniform) {
    ++extra;
  }
  return extra + 1;
}

std::uint64_t RramArray::event_key(std::uint64_t number) const {
  return number << 6 | static_cast<std::uint64_t>(index_);
}

void RramArray::note_measurement(int row, int column, double deviate, int reads) {
  reads_known_(row, column) = reads;
  measured_s_(row, column) =
      conductance_s_(row, column) *
      (1.0 + parameters_.read_noise * deviate / (reads == 1 ? 1.0 : root_of_reads_));
}

void RramArray::require_target(double target_s) const {
  constexpr double k_rounding = 1e-9;
  const double least_s = parameters_.rest_conductance_s() * (1.0 - k_rounding);
  const double most_s = parameters_.maximum_conductance_s * (1.0 + k_rounding);
  if (!(target_s >= least_s && target_s <= most_s)) {
    throw std::invalid_argument("device: a target of " + std::to_string(target_s * 1e6) +
                                " uS must be from " +
                                std::to_string(parameters_.rest_conductance_s() * 1e6) + " to " +
                                std::to_string(parameters_.maximum_conductance_s * 1e6) + " uS");
  }
}

KeyedRandom::Words RramArray::words_of_write(int row, int column, bool next) const {
  return random_.words(RandomStream::programming, row, column,
                       event_key(writes_(row, column) - (next ? 0 : 1)));
}

CellWrite RramArray::write(int row, int column, double target_s, bool measure) {
  CellWrite result;
  write_column(&row, 1, column, &target_s, measure, &result);
  return result;
}

void RramArray::write_column(const int* rows, int count, int column, const double* targets_s,
                             bool measure, CellWrite* results) {
  // Cells in blocks, so that their deviates are made together.
  constexpr int k_block = 64;
  int drawn[k_block];
  std::uint32_t first[k_block], second[k_block], third[k_block];
  double error[k_block], measurement[k_block];
  std::for_each(targets_s, targets_s + count,
                [this](double target_s) { require_target(target_s); });
  for (int done = 0; done < count; done += k_block) {
    int draws = 0;
    for (int k = done; k < std::min(done + k_block, count); ++k) {
      const bool stands = stands_at(rows[k], column, targets_s[k]);
      if (stands) {
        results[k] = verify_only(rows[k], column);
      }
      if (!stands || (measure && is_little_known(rows[k], column))) {
        const KeyedRandom::Words words = words_of_write(rows[k], column, !stands);
        first[draws] = words[0];
        second[draws] = words[1];
        third[draws] = words[2];
        drawn[draws++] = k;
      }
    }
    KeyedRandom::to_normal_pairs(first, second, draws, error, measurement);
    for (int i = 0; i < draws; ++i) {
      const int k = drawn[i];
      if (stands_at(rows[k], column, targets_s[k])) {
        measure_again(rows[k], column, measurement[i], results[k]);
      } else {
        results[k] = pulse(rows[k], column, targets_s[k], measure,
                           {error[i], measurement[i], pulse_count(third[i])});
      }
    }
  }
}

CellWrite RramArray::verify_only(int row, int column) const {
  CellWrite result;
  result.verify_reads = 1;
  result.verify_energy_j = verify_j_per_siemens_ * conductance_s_(row, column);
  return result;
}

void RramArray::measure_again(int row, int column, double deviate, CellWrite& result) {
  note_measurement(row, column, deviate, parameters_.measurement_reads);
  result.measurement_reads = parameters_.measurement_reads;
  result.verify_energy_j +=
      result.measurement_reads * verify_j_per_siemens_ * conductance_s_(row, column);
}

int RramArray::pulses_in_vain(int row, int column) const {
  const bool is_known = parameters_.failed_cell_pulses > 0 && failed_before_(row, column) != 0;
  return is_known ? std::min(parameters_.failed_cell_pulses, parameters_.maximum_pulses)
                  : parameters_.maximum_pulses;
}

CellWrite RramArray::pulse(int row, int column, double target_s, bool measure, const Draw& draw) {
  CellWrite result;
  const double before_s = conductance_s_(row, column);
  const bool stuck = stuck_(row, column) != 0;
  const int needed = stuck ? pulses_in_vain(row, column) : draw.pulses;
  const int pulses = std::min(needed, parameters_.maximum_pulses);
  const bool up = target_s >= before_s;
  (up ? result.set_pulses : result.reset_pulses) = pulses;
  result.verify_reads = pulses;
  result.measurement_reads = measure ? parameters_.measurement_reads : 0;

  if (!stuck) {
    // A train that is cut short leaves the cell on its way.
    const double reached_s =
        pulses == needed ? target_s
                         : before_s + (target_s - before_s) * pulses / static_cast<double>(needed);
    conductance_s_(row, column) =
        std::clamp(reached_s + parameters_.programming_sigma_s(target_s) * draw.error, 0.0,
                   1.2 * parameters_.maximum_conductance_s);
  }
  const double after_s = conductance_s_(row, column);
  result.failed =
      (stuck && std::abs(after_s - target_s) > parameters_.tolerance_s()) || pulses < needed;
  if (result.failed && failed_before_(row, column) == 0) {
    failed_before_(row, column) = 1;
    ++cells_failed_before_;
  }
  note_measurement(row, column, draw.measurement, std::max(result.measurement_reads, 1));
  target_s_(row, column) = pulses < needed ? k_no_target : target_s;

  // The conductance moves from before to after during the pulses: their mean carries the current.
  const double mean_s = 0.5 * (before_s + after_s);
  result.pulse_energy_j =
      up ? parameters_.set_energy_j(pulses, mean_s) : parameters_.reset_energy_j(pulses, mean_s);
  result.verify_energy_j =
      verify_j_per_siemens_ * (pulses * mean_s + result.measurement_reads * after_s);

  maximum_writes_ = std::max(maximum_writes_, ++writes_(row, column));
  ++total_writes_;
  return result;
}

Eigen::MatrixXd RramArray::read(int n, double& energy_j) {
  std::vector<int> lines(n);
  std::iota(lines.begin(), lines.end(), 0);
  return read(lines, energy_j);
}

Eigen::MatrixXd RramArray::read(const std::vector<int>& rows, const std::vector<int>& columns,
                                double& energy_j) {
  const std::uint64_t key = event_key(array_reads_++);
  Eigen::MatrixXd value(rows.size(), columns.size());
  double sum_s = 0.0;
  for (Eigen::Index column = 0; column < value.cols(); ++column) {
    for (Eigen::Index row = 0; row < value.rows(); ++row) {
      const double deviate =
          random_.normal_pair(RandomStream::cell_read, rows[row], columns[column], key)[0];
      const double cell_s = conductance_s_(rows[row], columns[column]);
      value(row, column) = cell_s * (1.0 + parameters_.read_noise * deviate);
      sum_s += cell_s;
    }
  }
  energy_j += verify_j_per_siemens_ * sum_s;
  return value;
}

void RramArray::exchange(state::Archive& archive) {
  archive.part("array");
  archive.matrix(conductance_s_);
  archive.matrix(measured_s_);
  archive.matrix(target_s_);
  archive.matrix(writes_);
  archive.matrix(failed_before_);
  archive.matrix(reads_known_);
  archive.value(maximum_writes_);
  archive.value(total_writes_);
  archive.value(array_reads_);
  archive.value(cells_failed_before_);
}

}  // namespace invar::device
