#include <invar/tile_model/line_map.h>

#include <numeric>

namespace invar::tile {

LineMap first_lines(int n) {
  LineMap lines(n);
  std::iota(lines.begin(), lines.end(), 0);
  return lines;
}

LineMap lines_around(const Eigen::MatrixXd& harm, int n) {
  const auto count = static_cast<int>(harm.rows());
  Eigen::VectorXd load = harm.rowwise().sum() + harm.colwise().sum().transpose() - harm.diagonal();
  std::vector<bool> used(count, true);
  for (int left = count; left > n; --left) {
    int worst = -1;
    for (int line = 0; line < count; ++line) {
      if (used[line] && (worst < 0 || load[line] >= load[worst])) {
        worst = line;
      }
    }
    used[worst] = false;
    load -= harm.row(worst).transpose() + harm.col(worst);
  }
  LineMap lines = first_lines(n);
  int spare = n;
  for (int& line : lines) {
    if (!used[line]) {
      while (!used[spare]) {
        ++spare;
      }
      line = spare++;
    }
  }
  return lines;
}

}  // namespace invar::tile
