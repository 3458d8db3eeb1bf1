#ifndef INVAR_PLATFORM_CONFIGURATION_MATRIX_MARKET_H
#define INVAR_PLATFORM_CONFIGURATION_MATRIX_MARKET_H

#include <Eigen/Core>
#include <string>

namespace invar::platform {

/// Reads a Matrix Market file (NIST, "The Matrix Market Exchange Formats", 1996), plain or gzip:
/// coordinate or array, real or integer, general or symmetric, into a dense matrix of up to 2^27
/// entries. docs/matrix_market.md has the rules, which scripts/matrix_market.py follows too.
/// \throws InputError "FILE:LINE: what"
Eigen::MatrixXd read_matrix_market(const std::string& path);

/// Writes `array real general` with digits that read back to the same bits.
/// \throws std::runtime_error naming the file
void write_matrix_market(const std::string& path, const Eigen::MatrixXd& matrix);

/// Writes the lower triangle as `array real symmetric`.
/// \param digits significant ones; 9 give a binary32 back, 17 a binary64
/// \throws std::runtime_error naming the file
void write_symmetric_matrix_market(const std::string& path, const Eigen::MatrixXd& matrix,
                                   int digits);

}  // namespace invar::platform

#endif
