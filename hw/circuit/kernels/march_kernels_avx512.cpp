#define INVAR_KERNEL_LANES 8
#define INVAR_KERNEL_REGISTERS 2
#include "march_kernels_body.h"

namespace invar::circuit::kernels {

const MarchKernels& march_kernels_avx512() {
  return k_kernels;
}

}  // namespace invar::circuit::kernels
