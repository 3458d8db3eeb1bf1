#define INVAR_KERNEL_EIGEN EigenAvx2
#include "dense_kernels_body.h"

namespace invar::circuit::kernels {

const DenseKernels& dense_kernels_avx2() {
  return k_kernels;
}

}  // namespace invar::circuit::kernels
