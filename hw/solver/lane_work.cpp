#include <invar/solver/lane_work.h>

#include <cmath>

namespace invar::solver {
namespace {

constexpr double k_update_operations = 4.0;
constexpr double k_check_operations = 3.0;
constexpr double k_unit_operations = 7.0;
constexpr double k_scaling_operations = 4.0;
constexpr double k_shot_scaling_operations = 3.0;
constexpr double k_row_scale_operations = 10.0;

double unit_operations(bool in_units) {
  return in_units ? k_unit_operations : 0.0;
}

}  // namespace

LaneWork residual_work(double n) {
  return {n * n, n * n};
}

LaneWork update_work(double n, bool in_units) {
  return {(k_update_operations + unit_operations(in_units)) * n, 0.0};
}

LaneWork check_work(double n, bool in_units) {
  return {(k_check_operations + unit_operations(in_units)) * n, 0.0};
}

LaneWork orthogonalisation_work(double n, double kept) {
  return {4.0 * kept * n, 3.0 * kept * n};
}

LaneWork step_length_work(double n) {
  return {3.0 * n, 0.0};
}

LaneWork kept_direction_work(double n) {
  return {0.0, 2.0 * n};
}

LaneWork tile_scaling_work(double rows) {
  return {k_scaling_operations * rows, 0.0};
}

LaneWork shot_scaling_work(double rows) {
  return {k_shot_scaling_operations * rows, 0.0};
}

LaneWork block_scaling_work(double rows, double columns) {
  return {2.0 * columns + 2.0 * rows, 0.0};
}

LaneWork block_product_work(double rows, double columns) {
  return {rows * columns, rows * columns};
}

LaneWork sum_work(double elements) {
  return {elements, 0.0};
}

LaneWork matrix_scaling_work(double n, bool general, bool rescaled) {
  const double row_operations = k_row_scale_operations + (rescaled ? 1.0 : 0.0);
  return {(general ? 4.0 : 2.0) * n * n + row_operations * n, n * n};
}

LaneWork matrix_block_scaling_work(double rows, double columns) {
  return {2.0 * rows * columns, rows * columns};
}

LaneWork schur_work(double n1, double n2, bool general) {
  const double products = n2 * n1 * n2;
  return {products + (general ? 0.0 : n2 * n2), products};
}

LaneWork contraction_work(double n, double size) {
  return {n * (n + 2.0) + 2.0 * n * (size + 1.0) + 2.0 * n, n * n};
}

LaneWork signed_sum_work(double n) {
  return {4.0 * n, 0.0};
}

LaneWork read_back_work(double reads, double operations) {
  return {2.0 * reads + operations, 0.0};
}

LaneWork block_read_back_work(double n1, double n2) {
  return {n1 * (std::floor(n1 * n1 / 3.0) + n1 * n2 + n2 * n2), 0.0};
}

}  // namespace invar::solver
