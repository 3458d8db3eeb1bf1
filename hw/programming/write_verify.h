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

/// The arrays of one slice. A value is the difference of two cells, or of a cell and what the
/// reference column stands for.
struct SliceArrays {
  device::RramArray& plus;
  device::RramArray* minus = nullptr;  ///< null: no value is negative
  /// Without a minus array: a column beside the plus array, each of whose cells is written to
  /// `reference_s`; null: none.
  device::RramArray* reference = nullptr;
  double reference_s = 0.0;
};

/// Whether no value of a slice is so far below 0 that a cell of the minus array would leave rest.
bool is_non_negative(const Eigen::MatrixXd& value, const device::RramParameters& device);

/// Writes values into the arrays of a slice and adds to `result` what that took (time and energy
/// of the conversions are left to whoever owns the converter).
///
/// Rows follow one another, each as `row_operations` has it.
///
/// Where one cell of a pair fails, the other is written once more, after its row, to the target
/// that comes nearest to the value with the failed cell as measured. When that target is in its
/// range, the pair is good within the device's tolerance and does not count as failed.
///
/// \param lines row and column k of the value lie on line lines[k] of the arrays
/// \param value n x n; magnitudes above 1 are written as 1
/// \param measure whether the finished cells are measured, for a slice that corrects this one
void write_slice(const SliceArrays& arrays, const std::vector<int>& lines,
                 const Eigen::MatrixXd& value, bool measure, const device::RramParameters& device,
                 const ProgrammingParameters& parameters, ProgrammingResult& result);

}  // namespace invar::programming

#endif
