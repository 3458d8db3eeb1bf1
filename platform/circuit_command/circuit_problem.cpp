#include <fmt/format.h>
#include <invar/platform/circuit_command/circuit_problem.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/input_error.h>

#include <cmath>
#include <stdexcept>

namespace invar::platform {
namespace {

std::string size_of(const Eigen::MatrixXd& matrix) {
  return fmt::format("{} x {}", matrix.rows(), matrix.cols());
}

/// Far beyond any circuit, and far from where products overflow.
constexpr double k_largest_conductance_s = 1e3;
constexpr double k_largest_drive = 1e6;  // A or V

void require_magnitude(const std::string& path, const Eigen::MatrixXd& matrix, double largest,
                       const char* unit) {
  for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
      if (!(std::abs(matrix(row, column)) <= largest)) {
        throw InputError(
            fmt::format("{}: value ({}, {}) is {:g}: magnitude must be at most {:g} {}", path,
                        row + 1, column + 1, matrix(row, column), largest, unit));
      }
    }
  }
}

Eigen::MatrixXd load_conductances(const std::string& path) {
  Eigen::MatrixXd matrix = read_matrix_market(path);
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
    for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
      if (matrix(row, column) < 0.0) {
        throw InputError(fmt::format("{}: conductance ({}, {}) is {} S: must not be negative", path,
                                     row + 1, column + 1, matrix(row, column)));
      }
    }
  }
  require_magnitude(path, matrix, k_largest_conductance_s, "S");
  return matrix;
}

/// One value an op-amp, as a column or as a row; empty without a file.
Eigen::VectorXd load_vector(const std::string& path, const CircuitProblem& problem,
                            const std::string& conductance) {
  if (path.empty()) {
    return {};
  }
  const Eigen::MatrixXd matrix = read_matrix_market(path);
  const Eigen::Index n = problem.plus_s.rows();
  if (matrix.size() != n || (matrix.rows() != 1 && matrix.cols() != 1)) {
    throw InputError(fmt::format("{}: {}: must be {} x 1, a value a row of {}, which is {}", path,
                                 size_of(matrix), n, conductance, size_of(problem.plus_s)));
  }
  return matrix.reshaped();
}

void require_above_zero(const std::string& path, const Eigen::VectorXd& values) {
  for (Eigen::Index k = 0; k < values.size(); ++k) {
    if (!(values[k] > 0.0)) {
      throw InputError(fmt::format("{}: value {} is {}: must be above 0", path, k + 1, values[k]));
    }
  }
}

void load_amplifiers(const CircuitParameters& parameters, CircuitProblem& problem) {
  const std::string& conductance = parameters.conductance;
  circuit::AmplifierRow& row = problem.amplifiers;
  row = circuit::AmplifierRow::uniform(problem.plus_s.rows(), parameters.gain);
  if (!parameters.gains.empty()) {
    row.gain = load_vector(parameters.gains, problem, conductance);
    require_above_zero(parameters.gains, row.gain);
  }
  if (!parameters.offset.empty()) {
    row.offset_v = load_vector(parameters.offset, problem, conductance);
    require_magnitude(parameters.offset, row.offset_v, k_largest_drive, "V");
  }
  row.inverter_offset_v = load_vector(parameters.inverter_offset, problem, conductance);
  require_magnitude(parameters.inverter_offset, row.inverter_offset_v, k_largest_drive, "V");
  const Eigen::VectorXd bandwidths = load_vector(parameters.gain_bandwidths, problem, conductance);
  if (bandwidths.size() != 0) {
    require_above_zero(parameters.gain_bandwidths, bandwidths);
    row.relative_bandwidth = bandwidths / parameters.gain_bandwidth_hz;
  }
}

circuit::InstructionSet chosen_instruction_set(const std::string& name) {
  if (name.empty()) {
    return circuit::best_instruction_set();
  }
  try {
    const circuit::InstructionSet set = circuit::instruction_set_from_string(name);
    if (circuit::is_supported(set)) {
      return set;
    }
  } catch (const std::invalid_argument&) {
    throw InputError("circuit.instruction_set = \"" + name +
                     "\": must be baseline, avx2 or avx512, or empty");
  }
  throw InputError("circuit.instruction_set = \"" + name + "\": this processor has no " + name);
}

std::string hash_of(const CircuitProblem& problem) {
  ContentHash hash;
  const auto add = [&](const auto& matrix) {
    hash.add(static_cast<std::uint64_t>(matrix.rows()));
    hash.add(static_cast<std::uint64_t>(matrix.cols()));
    hash.add(matrix.data(), sizeof(double) * static_cast<std::size_t>(matrix.size()));
  };
  for (const Eigen::MatrixXd* matrix : {&problem.plus_s, &problem.minus_s, &problem.input}) {
    add(*matrix);
  }
  const circuit::AmplifierRow& row = problem.amplifiers;
  for (const Eigen::VectorXd* vector :
       {&row.gain, &row.offset_v, &row.relative_bandwidth, &row.inverter_offset_v}) {
    add(*vector);
  }
  return hash.text();
}

}  // namespace

CircuitProblem load_circuit_problem(const CircuitParameters& parameters) {
  const bool inverts = parameters.operation == CircuitOperation::inv;
  CircuitProblem problem;
  problem.instruction_set = chosen_instruction_set(parameters.instruction_set);
  problem.wires = {parameters.row_resistance_ohm, parameters.column_resistance_ohm};
  problem.plus_s = load_conductances(parameters.conductance);
  const std::string of_array =
      fmt::format("{}, which is {}", parameters.conductance, size_of(problem.plus_s));
  if (inverts && problem.plus_s.rows() != problem.plus_s.cols()) {
    throw InputError(fmt::format("{}: {}: must be square to be inverted", parameters.conductance,
                                 size_of(problem.plus_s)));
  }
  if (!parameters.conductance_negative.empty()) {
    problem.minus_s = load_conductances(parameters.conductance_negative);
    if (problem.minus_s.rows() != problem.plus_s.rows() ||
        problem.minus_s.cols() != problem.plus_s.cols()) {
      throw InputError(fmt::format("{}: {}: must have the size of {}",
                                   parameters.conductance_negative, size_of(problem.minus_s),
                                   of_array));
    }
  }
  problem.input = read_matrix_market(parameters.input);
  if (problem.input.rows() != problem.plus_s.rows()) {
    throw InputError(fmt::format("{}: {}: must have as many rows as {}", parameters.input,
                                 size_of(problem.input), of_array));
  }
  require_magnitude(parameters.input, problem.input, k_largest_drive, inverts ? "A" : "V");
  if (inverts) {
    load_amplifiers(parameters, problem);
  }
  problem.content_hash = hash_of(problem);
  return problem;
}

}  // namespace invar::platform
