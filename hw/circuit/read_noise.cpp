#include <invar/circuit/kernels/march_kernels.h>
#include <invar/circuit/read_noise.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace invar::circuit {

Eigen::MatrixXd with_read_noise(const Eigen::MatrixXd& conductance_s, double read_noise,
                                const device::KeyedRandom& random, std::uint32_t array,
                                std::uint64_t shot, InstructionSet set) {
  const Eigen::Index rows = conductance_s.rows();
  if (array >= 256 || rows > 1024) {
    throw std::invalid_argument("circuit: read noise is keyed for 256 arrays of 1024 rows");
  }
  const kernels::MarchKernels& kernels = kernels::march_kernels(set);
  // Four rows share the four words of a key: pairs of rows first of even groups, then of odd ones.
  const Eigen::Index groups = (rows + 3) / 4;
  std::vector<std::uint32_t> words(4 * groups);
  const std::array<std::uint32_t*, 4> places = {&words[0], &words[2 * groups], &words[groups],
                                                &words[3 * groups]};
  std::vector<double> cosine(2 * groups), sine(2 * groups);
  Eigen::VectorXd deviate(4 * groups);
  Eigen::MatrixXd result(rows, conductance_s.cols());
  for (Eigen::Index column = 0; column < conductance_s.cols(); ++column) {
    random.words_of_column(device::RandomStream::read_noise_cell, array << 8,
                           static_cast<std::uint32_t>(groups), static_cast<std::uint32_t>(column),
                           shot, places);
    kernels.normal_pairs(&words[0], &words[2 * groups], static_cast<int>(2 * groups), cosine.data(),
                         sine.data());
    for (Eigen::Index group = 0; group < groups; ++group) {
      deviate[4 * group] = cosine[group];
      deviate[4 * group + 1] = sine[group];
      deviate[4 * group + 2] = cosine[groups + group];
      deviate[4 * group + 3] = sine[groups + group];
    }
    result.col(column) = conductance_s.col(column).array() *
                         (1.0 + read_noise * deviate.head(rows).array()).max(0.0);
  }
  return result;
}

}  // namespace invar::circuit
