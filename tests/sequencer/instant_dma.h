#ifndef INVAR_TESTS_SEQUENCER_INSTANT_DMA_H
#define INVAR_TESTS_SEQUENCER_INSTANT_DMA_H

#include <invar/simulation/dma_interface.h>

#include <Eigen/Core>
#include <cstring>
#include <vector>

namespace invar::test {

/// Memory that answers at once.
class InstantDma : public simulation::DmaInterface {
 public:
  bool read(std::uint64_t address, void* data, std::size_t bytes) override {
    std::memcpy(data, bytes_.data() + address, bytes);
    return true;
  }
  bool write(std::uint64_t address, const void* data, std::size_t bytes) override {
    std::memcpy(bytes_.data() + address, data, bytes);
    return true;
  }
  void put(std::uint64_t address, const Eigen::MatrixXd& matrix) {
    std::memcpy(bytes_.data() + address, matrix.data(), sizeof(double) * matrix.size());
  }

 private:
  std::vector<unsigned char> bytes_ = std::vector<unsigned char>(1 << 20);
};

}  // namespace invar::test

#endif
