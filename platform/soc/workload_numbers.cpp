#include <invar/platform/soc/workload_numbers.h>

#include <algorithm>

namespace invar::platform {

WorkloadNumbers::WorkloadNumbers(const RunConfiguration& configuration,
                                 const NetworkShapes& network)
    : generated_(configuration.features, configuration.run.seed),
      places_(factor_places(network)),
      inverts_(configuration.workload.apply == KfacApply::inverse) {
  for (const FactorPlace& place : places_) {
    samples_.push_back(inverts_ ? Eigen::MatrixXf()
                                : generated_.samples(place, GeneratedFactors::k_batch));
  }
}

Eigen::MatrixXd WorkloadNumbers::matrix(const invar_descriptor& program) const {
  const FactorPlace& place = places_.at(program.label);
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
  const Eigen::MatrixXf& own = samples_.at(label);
  const Eigen::MatrixXf& other = samples_.at(label ^ 1u);
  return (other.middleCols(first, columns).transpose() * own / float{GeneratedFactors::k_batch})
      .cast<double>();
}

}  // namespace invar::platform
