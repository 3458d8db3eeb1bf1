#include <invar/circuit/kernels/dense_kernels.h>
#include <invar/circuit/kernels/march_kernels.h>

#include <stdexcept>

namespace invar::circuit::kernels {

const MarchKernels& march_kernels_baseline();
const DenseKernels& dense_kernels_baseline();
#ifdef INVAR_CIRCUIT_X86_KERNELS
const MarchKernels& march_kernels_avx2();
const DenseKernels& dense_kernels_avx2();
const MarchKernels& march_kernels_avx512();
#endif

namespace {

void require_supported(InstructionSet set) {
  if (!is_supported(set)) {
    throw std::invalid_argument("circuit: this processor has no " + to_string(set));
  }
}

}  // namespace

const MarchKernels& march_kernels(InstructionSet set) {
  require_supported(set);
#ifdef INVAR_CIRCUIT_X86_KERNELS
  if (set == InstructionSet::avx2) {
    return march_kernels_avx2();
  }
  if (set == InstructionSet::avx512) {
    return march_kernels_avx512();
  }
#endif
  return march_kernels_baseline();
}

const DenseKernels& dense_kernels(InstructionSet set) {
  require_supported(set);
#ifdef INVAR_CIRCUIT_X86_KERNELS
  // Eigen's products gain next to nothing from the wider registers.
  if (set != InstructionSet::baseline) {
    return dense_kernels_avx2();
  }
#endif
  return dense_kernels_baseline();
}

}  // namespace invar::circuit::kernels
