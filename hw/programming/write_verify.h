#ifndef INVAR_PROGRAMMING_WRITE_VERIFY_H
#define INVAR_PROGRAMMING_WRITE_VERIFY_H

#include <invar/device/rram_array.h>
#include <invar/programming/programming_parameters.h>
#include <invar/programming/programming_result.h>

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace invar::programming {

/// Writes values into a pair of arrays, one for each sign, and adds to `result` what that took
/// (time and energy of the conversions are left to whoever owns the converter).
///
/// Rows follow one another, each as `row_operations` has it.
///
/// A value is the difference of two cells: where one fails, the other is written once more, after
/// its row, to the level that comes nearest to the value with the failed cell as measured. When
/// that level is in its range, the pair is good within half a level and does not count as failed.
///
/// \param lines row and column k of the value lie on line lines[k] of the arrays
/// \param value n x n; magnitudes above 1 are written as 1
/// \param measure whether the finished cells are measured, for a slice that corrects this one
void write_slice(device::RramArray& plus, device::RramArray& minus, const std::vector<int>& lines,
                 const Eigen::MatrixXd& value, bool measure, const device::RramParameters& device,
                 const ProgrammingParameters& parameters, ProgrammingResult& result);

}  // namespace invar::programming

#endif
