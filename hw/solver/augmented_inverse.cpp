#include <invar/solver/augmented_inverse.h>

#include <utility>

namespace invar::solver {

AugmentedInverse::AugmentedInverse(std::unique_ptr<AnalogInverse> rest) : rest_(std::move(rest)) {}

bool AugmentedInverse::read_back(WorkTally& work, Eigen::MatrixXd& value) {
  Eigen::MatrixXd held;
  if (!rest_->read_back(work, held)) {
    return false;
  }
  work.add(1, whole_work());
  value = whole(held);
  return true;
}

bool AugmentedInverse::stored_value(Eigen::MatrixXd& value) const {
  Eigen::MatrixXd held;
  if (!rest_->stored_value(held)) {
    return false;
  }
  value = whole(held);
  return true;
}

}  // namespace invar::solver
