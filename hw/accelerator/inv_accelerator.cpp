#include <invar/accelerator/inv_accelerator.h>

namespace invar::accelerator {

template class InvAccelerator<32>;

}  // namespace invar::accelerator
