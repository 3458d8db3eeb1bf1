#ifndef INVAR_TESTS_DIGITAL_ENGINE_SCRATCHPAD_BENCH_H
#define INVAR_TESTS_DIGITAL_ENGINE_SCRATCHPAD_BENCH_H

#include <invar/digital_engine/engine_numerics.h>
#include <invar/registers/phases.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "support/spd_matrix.h"

namespace invar::test {

using Values = std::vector<double>;

constexpr double k_float_epsilon = 0x1p-23;

/// A scratchpad with an engine's arithmetic, and operands in double precision beside it.
class ScratchpadBench {
 public:
  explicit ScratchpadBench(std::uint64_t seed = 1, std::uint64_t bytes = 1 << 20,
                           const digital_engine::InversionFormats& formats = {})
      : numerics(bytes, formats), random(seed) {}

  /// A new operand: `count` words that nothing else uses.
  std::uint32_t reserve(std::size_t count) {
    const std::uint32_t offset = next_;
    next_ += static_cast<std::uint32_t>(4 * count);
    BOOST_REQUIRE_LE(next_, numerics.size_bytes());
    return offset;
  }
  /// A new operand with `values` rounded to float, which `values` becomes too.
  std::uint32_t put(Values& values) {
    const std::uint32_t offset = reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float value = static_cast<float>(values[i]);
      std::memcpy(numerics.bytes(offset) + 4 * i, &value, 4);
      values[i] = value;
    }
    return offset;
  }
  std::uint32_t put_words(const std::vector<std::uint32_t>& values) {
    const std::uint32_t offset = reserve(values.size());
    std::memcpy(numerics.bytes(offset), values.data(), 4 * values.size());
    return offset;
  }
  Values uniform(std::size_t count, double low = -1.0, double high = 1.0) {
    Values values(count);
    for (double& value : values) {
      value = low + (high - low) * 0.5 * (random.next() + 1.0);
    }
    return values;
  }
  Values get(std::uint32_t offset, std::size_t count) {
    Values values(count);
    for (std::size_t i = 0; i < count; ++i) {
      float value;
      std::memcpy(&value, numerics.bytes(offset) + 4 * i, 4);
      values[i] = value;
    }
    return values;
  }
  std::vector<std::uint32_t> get_words(std::uint32_t offset, std::size_t count) {
    std::vector<std::uint32_t> values(count);
    std::memcpy(values.data(), numerics.bytes(offset), 4 * count);
    return values;
  }

  /// Runs a job as the engine does: checked, then executed.
  invar_engine_status run(const invar_engine_job& job) {
    const invar_engine_status status = numerics.check(job);
    return status == INVAR_ENGINE_OK ? numerics.execute(job) : status;
  }
  void run_well(const invar_engine_job& job) { BOOST_REQUIRE_EQUAL(run(job), INVAR_ENGINE_OK); }

  digital_engine::EngineNumerics numerics;
  SimpleRandom random;

 private:
  std::uint32_t next_ = 64;  // so that no operand is at 0
};

inline invar_engine_job make_job(std::uint32_t opcode, std::uint32_t m, std::uint32_t n = 0,
                                 std::uint32_t k = 0) {
  invar_engine_job job{};
  job.opcode = opcode;
  job.phase = INVAR_PHASE_FORWARD;
  job.m = m;
  job.n = n;
  job.k = k;
  job.operand_d = INVAR_ENGINE_OPERAND_NONE;
  return job;
}

/// |value - expected| <= bound, element by element; reports the first that is not.
inline void check_close(const Values& values, const Values& expected, const Values& bound) {
  BOOST_REQUIRE_EQUAL(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(std::abs(values[i] - expected[i]) <= bound[i])) {
      BOOST_ERROR("element " + std::to_string(i) + ": " + std::to_string(values[i]) + ", not " +
                  std::to_string(expected[i]) + " +- " + std::to_string(bound[i]));
      return;
    }
  }
}
/// The same with a bound of `ulps` float spacings at `scale` or at the expected value.
inline void check_close(const Values& values, const Values& expected, double ulps,
                        double scale = 0.0) {
  Values bound(expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    bound[i] = ulps * k_float_epsilon * std::max(std::abs(expected[i]), scale);
  }
  check_close(values, expected, bound);
}

}  // namespace invar::test

#endif
