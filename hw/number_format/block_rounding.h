#ifndef INVAR_NUMBER_FORMAT_BLOCK_ROUNDING_H
#define INVAR_NUMBER_FORMAT_BLOCK_ROUNDING_H

#include <invar/number_format/number_format.h>

#include <Eigen/Core>

namespace invar::number_format {

// Numbers in blocks that share an exponent, which stands beside them: nothing overflows, and what
// is small beside the largest of its block loses digits. FP64 leaves everything as it is.

/// Each column a block: vectors. What is not finite stays so.
void round_vectors(NumberFormat format, Eigen::Ref<Eigen::MatrixXd> columns);
/// One block: a matrix.
void round_matrix(NumberFormat format, Eigen::MatrixXd& matrix);

}  // namespace invar::number_format

#endif
