#ifndef INVAR_TESTS_SW_MOCK_ENGINE_H
#define INVAR_TESTS_SW_MOCK_ENGINE_H

#include <invar/registers/digital_engine_registers.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace invar::tests {

/// What the digital engine's jobs mean, without time: plain loops with sums in double.
class MockEngine {
 public:
  /// RAM at [address, address + bytes), or null.
  using Memory = std::function<unsigned char*(std::uint64_t address, std::uint64_t bytes)>;

  MockEngine(std::size_t scratchpad_bytes, Memory memory)
      : scratchpad_(scratchpad_bytes), memory_(std::move(memory)) {}

  invar_engine_status run(const invar_engine_job& job);
  std::size_t scratchpad_bytes() const { return scratchpad_.size(); }

 private:
  float* at(std::uint32_t offset, std::uint64_t elements);
  std::uint32_t* words(std::uint32_t offset, std::uint64_t elements);
  void gemm(const invar_engine_job& job);
  void syrk(const invar_engine_job& job);
  void patches(const invar_engine_job& job);
  void maxpool(const invar_engine_job& job);
  void maxpool_backward(const invar_engine_job& job);
  void softmax(const invar_engine_job& job);
  void cross_entropy_backward(const invar_engine_job& job);
  void elementwise(const invar_engine_job& job);
  void reduce(const invar_engine_job& job);
  void square(const invar_engine_job& job);
  void copy_block(const invar_engine_job& job);
  void transpose(const invar_engine_job& job);
  invar_engine_status cholesky(const invar_engine_job& job);
  invar_engine_status lu(const invar_engine_job& job);
  void lu_solve(const invar_engine_job& job);
  void cholesky_solve(const invar_engine_job& job, bool inverse);
  void move(const invar_engine_job& job);

  std::vector<unsigned char> scratchpad_;
  Memory memory_;
};

}  // namespace invar::tests

#endif
