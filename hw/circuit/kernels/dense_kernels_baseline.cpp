#define INVAR_KERNEL_EIGEN EigenBaseline
#include "dense_kernels_body.h"

namespace invar::circuit::kernels {

const DenseKernels& dense_kernels_baseline() {
  return k_kernels;
}

}  // namespace invar::circuit::kernels
