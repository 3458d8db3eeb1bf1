#include <fmt/format.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/workload_numbers.h>

#include <utility>

namespace invar::platform {
namespace {

std::uint32_t factor_of(std::uint32_t label) {
  return label & ((std::uint32_t{1} << INVAR_LABEL_UPDATE_SHIFT) - 1);
}

/// Of a matrix that is formed: half a gigabyte.
constexpr std::uint32_t k_most_rows = 8192;

void require_sizes(const RunConfiguration& configuration, const NetworkShapes& network) {
  const auto tiles = static_cast<std::uint32_t>(configuration.accelerator.tiles);
  for (const invar_layer_shape& layer : network.layers) {
    for (const auto& [rows, takes] : {std::pair{inputs_of(layer), layer.tiles_a},
                                      std::pair{layer.outputs, layer.tiles_gamma}}) {
      if (has_factors(layer) && takes <= tiles && rows > k_most_rows) {
        throw InputError(
            fmt::format("tile.fidelity: with numbers a factor on tiles has at most {} rows, one of "
                        "this network "
                        "has {}; workload.largest_factor = {} gives the larger ones to the engine",
                        k_most_rows, rows, k_most_rows));
      }
    }
  }
}

}  // namespace

WorkloadNumbers::WorkloadNumbers(const RunConfiguration& configuration,
                                 const NetworkShapes& network)
    : generated_(configuration.features, configuration.run.seed),
      places_(factor_places(network)),
      inverts_(configuration.workload.apply == KfacApply::inverse) {
  require_sizes(configuration, network);
  for (const FactorPlace& place : places_) {
    samples_.push_back(inverts_ ? Eigen::MatrixXf()
                                : generated_.samples(place, GeneratedFactors::k_batch));
  }
}

Eigen::MatrixXd WorkloadNumbers::matrix(const invar_descriptor& program) const {
  FactorPlace place = places_.at(factor_of(program.label));
  place.draw = program.label >> INVAR_LABEL_UPDATE_SHIFT;
  Eigen::MatrixXd matrix = generated_.factor(place);
  matrix.diagonal().array() += generated_.damping_share(place) * program.damping;
  return matrix;
}

Eigen::MatrixXd WorkloadNumbers::vectors(std::uint32_t label, const invar_descriptor& command,
                                         Eigen::Index first, Eigen::Index columns) const {
  if (inverts_) {
    Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(columns, command.n);
    rows.rightCols(command.n - first).topLeftCorner(columns, columns).diagonal().setOnes();
    return rows;
  }
  // dW = the mean of g x^T: A's right-hand sides are its rows, Gamma's its columns.
  const Eigen::MatrixXf& own = samples_.at(factor_of(label));
  const Eigen::MatrixXf& other = samples_.at(factor_of(label) ^ 1u);
  return (other.middleCols(first, columns).transpose() * own / float{GeneratedFactors::k_batch})
      .cast<double>();
}

}  // namespace invar::platform
