#ifndef INVAR_TILE_MODEL_LOOP_RESPONSE_H
#define INVAR_TILE_MODEL_LOOP_RESPONSE_H

#include <invar/tile_model/inv_loop.h>
#include <invar/tile_model/loop_cells.h>

#include <cstdint>

namespace invar::tile {

/// Whether the tile's numbers are worked on in single precision, which (1e-7) is far below the
/// converters' steps up to 12 bits.
inline bool uses_single_precision(const TileParameters& parameters) {
  return parameters.adc.bits <= 12;
}

/// A closed loop as a linear map from input voltages to outputs, with read noise.
///
/// Read noise of a shot is lumped: the row's noise current has the variance of the sum over its
/// cells, read_noise^2 (sum_j (attenuated G_kj v_j)^2, and for the cell of a reference column
/// (gain G_k sum_j v_j)^2), and goes through the loop once (exact to
/// first order in the noise).
template <typename Scalar>
struct LoopResponse {
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  Matrix inverse_ohm;
  Matrix squared_s2;
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> reference_squared_s2;
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> offset_current_a;

  LoopResponse() = default;
  LoopResponse(const circuit::InvCircuit& circuit, const LoopCells& cells)
      : inverse_ohm(circuit.inverse_ohm().cast<Scalar>()),
        squared_s2(cells.squared_s2.cast<Scalar>()),
        reference_squared_s2(cells.reference_squared_s2.cast<Scalar>()),
        offset_current_a(circuit.offset_current_a().cast<Scalar>()) {}

  /// Into the rows, n x k, without what offsets amount to.
  static Matrix current_a(const InvDrive& drive, double input_conductance_s) {
    return (-input_conductance_s * drive.voltage_v).template cast<Scalar>();
  }
  /// Outputs without read noise, n x k. \param product how matrices are multiplied
  template <typename Product>
  Matrix output_v(const InvDrive& drive, double input_conductance_s, const Product& product) const {
    Matrix current = current_a(drive, input_conductance_s);
    current.colwise() += offset_current_a;
    return product(inverse_ohm, current);
  }
};

/// Standard normal deviates for the rows of a batch of shots, n x k.
inline Eigen::MatrixXd read_noise_deviates(const device::KeyedRandom& random,
                                           device::RandomStream stream, std::uint64_t first_shot,
                                           Eigen::Index rows, Eigen::Index shots) {
  Eigen::MatrixXd noise(rows, shots);
  for (Eigen::Index shot = 0; shot < shots; ++shot) {
    random.normals(stream, 0, first_shot + static_cast<std::uint64_t>(shot), static_cast<int>(rows),
                   noise.col(shot).data());
  }
  return noise;
}

/// What read noise adds to outputs. \param product how matrices are multiplied
template <typename Scalar, typename Product>
typename LoopResponse<Scalar>::Matrix read_noise_v(
    const LoopResponse<Scalar>& response, const typename LoopResponse<Scalar>::Matrix& output,
    const device::KeyedRandom& random, std::uint64_t first_shot, double read_noise,
    const Product& product) {
  using Matrix = typename LoopResponse<Scalar>::Matrix;
  const Matrix squares = output.cwiseAbs2();
  Matrix variance = product(response.squared_s2, squares);
  if (response.reference_squared_s2.size() != 0) {
    variance += response.reference_squared_s2 * output.colwise().sum().cwiseAbs2();
  }
  Matrix noise_a = variance.cwiseSqrt();
  noise_a.array() *= read_noise_deviates(random, device::RandomStream::read_noise_inv, first_shot,
                                         output.rows(), output.cols())
                         .template cast<Scalar>()
                         .array() *
                     static_cast<Scalar>(read_noise);
  return product(response.inverse_ohm, noise_a);
}

}  // namespace invar::tile

#endif
