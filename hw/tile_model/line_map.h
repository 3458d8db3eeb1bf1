#ifndef INVAR_TILE_MODEL_LINE_MAP_H
#define INVAR_TILE_MODEL_LINE_MAP_H

#include <Eigen/Core>
#include <vector>

namespace invar::tile {

/// Which physical lines of a tile hold a matrix: its row and column k lie on line lines[k].
using LineMap = std::vector<int>;

/// The first n lines.
LineMap first_lines(int n);

/// n lines with little harm where they cross: the line with most of it is left out, and again,
/// until n are left (of equal ones the last; a choice, not always the best). Rows stay where they
/// are unless their line is left out.
///
/// \param harm of bad cells at each place, square
LineMap lines_around(const Eigen::MatrixXd& harm, int n);

}  // namespace invar::tile

#endif
