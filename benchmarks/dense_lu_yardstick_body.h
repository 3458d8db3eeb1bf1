// Included by dense_lu_*.cpp with INVAR_YARDSTICK_EIGEN, Eigen's namespace there (so that the
// linker never takes a function of one instruction set for another), and INVAR_YARDSTICK_NAME.
#define Eigen INVAR_YARDSTICK_EIGEN
#include <Eigen/Core>
#include <Eigen/LU>
#undef Eigen

#include "dense_lu_yardstick.h"

namespace invar::benchmarks {

void INVAR_YARDSTICK_NAME(const double* matrix, int n, const double* right_hand_side, double* x) {
  namespace dense = INVAR_YARDSTICK_EIGEN;
  const dense::Map<const dense::MatrixXd> a(matrix, n, n);
  const dense::Map<const dense::VectorXd> b(right_hand_side, n);
  dense::Map<dense::VectorXd> result(x, n);
  result = dense::PartialPivLU<dense::MatrixXd>(a).solve(b);
}

}  // namespace invar::benchmarks
