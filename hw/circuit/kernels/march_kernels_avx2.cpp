#define INVAR_KERNEL_LANES 4
#define INVAR_KERNEL_REGISTERS 4
#include "march_kernels_body.h"

namespace invar::circuit::kernels {

const MarchKernels& march_kernels_avx2() {
  return k_kernels;
}

}  // namespace invar::circuit::kernels
