#ifndef INVAR_TESTS_DIGITAL_ENGINE_RANDOM_JOBS_H
#define INVAR_TESTS_DIGITAL_ENGINE_RANDOM_JOBS_H

#include <invar/registers/digital_engine_registers.h>

#include <cstring>
#include <random>

namespace invar::test {

/// Descriptors between plausible and senseless, the same on every machine.
class RandomJobs {
 public:
  RandomJobs(std::uint64_t seed, std::uint32_t scratchpad_bytes)
      : random_(seed), scratchpad_bytes_(scratchpad_bytes) {}

  invar_engine_job next() {
    invar_engine_job job{};
    if (below(40) == 0) {
      // Nothing but noise.
      std::uint32_t words[16];
      for (std::uint32_t& word : words) {
        word = static_cast<std::uint32_t>(random_());
      }
      std::memcpy(static_cast<void*>(&job), words, sizeof job);
      return job;
    }
    job.opcode = below(20) == 0 ? extreme() : 1 + below(INVAR_ENGINE_INSERT_BLOCK);
    job.phase = below(30) == 0 ? extreme() : below(8);
    job.flags = below(3) == 0 ? below(256) : 0;
    job.tag = static_cast<std::uint32_t>(random_());
    job.m = dimension();
    job.n = dimension();
    job.k = dimension();
    job.geometry = below(2) == 0 ? INVAR_ENGINE_GEOMETRY(1 + below(9), 1 + below(9), 2, 2)
                                 : INVAR_ENGINE_GEOMETRY(below(12), below(12), below(5), below(4));
    job.a = offset();
    job.b = offset();
    job.c = offset();
    job.operand_d = below(2) == 0 ? INVAR_ENGINE_OPERAND_NONE : offset();
    job.alpha = number();
    job.beta = number();
    job.address = address();
    return job;
  }

  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }

 private:
  std::uint32_t extreme() {
    constexpr std::uint32_t k_values[] = {0,          1,          0x3FFFFFFF, 0x40000000,
                                          0x40000001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC,
                                          0xFFFFFFFE, 0xFFFFFFFF, 29,         0x10000};
    return k_values[below(12)];
  }
  std::uint32_t dimension() {
    return below(10) == 0 ? extreme() : 1 + below(below(3) == 0 ? 60 : 7);
  }
  std::uint32_t offset() {
    if (below(12) == 0) {
      return extreme();
    }
    // The last words of the scratchpad are the interesting ones.
    const std::uint32_t place =
        below(4) == 0 ? scratchpad_bytes_ - below(64) : below(scratchpad_bytes_ - 2048);
    return below(20) == 0 ? place : place & ~3u;
  }
  float number() {
    switch (below(12)) {
      case 0:
        return 0.0F;
      case 1:
        return 1e38F;
      case 2:
        return -1.0F / 0.0F;
      default:
        return static_cast<float>(below(2001)) / 1000.0F - 1.0F;
    }
  }
  std::uint64_t address() {
    switch (below(8)) {
      case 0:
        return ~std::uint64_t{0} - below(70);
      case 1:
        return random_();
      default:
        return 0x10000 + below(0x10000);
    }
  }

  std::mt19937_64 random_;
  std::uint32_t scratchpad_bytes_;
};

}  // namespace invar::test

#endif
