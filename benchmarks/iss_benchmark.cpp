// What the RISC-V simulator costs without SystemC: instructions a second on a matrix product, and
// the time of one access to a device. Processor time, best of five.
//
//   iss_benchmark PLUG_IN MATMUL_IMAGE [BUDGET]
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "iss_host.h"

using invar::benchmarks::IssHost;

namespace {

/// Loads from a register of a device, 1000 x 1000 times; the addresses are those of IssHost.
constexpr std::array<std::uint32_t, 10> k_access_loop{
    0x100002b7,  // lui   t0, 0x10000
    0x000f4337,  // lui   t1, 0xf4
    0x24030313,  // addi  t1, t1, 0x240   (1,000,000)
    0x0002a383,  // lw    t2, 0(t0)
    0xfff30313,  // addi  t1, t1, -1
    0xfe031ce3,  // bnez  t1, -8
    0x10500073,  // wfi
};

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Measured {
  double seconds;
  std::uint64_t instructions;
};

Measured best_of_five(IssHost& host) {
  Measured best{1e30, 0};
  for (int attempt = 0; attempt < 5; ++attempt) {
    const std::uint64_t before = host.functions->counts(host.hart)->instructions;
    const double start = processor_seconds();
    host.run_to_wfi();
    const double seconds = processor_seconds() - start;
    if (seconds < best.seconds) {
      best = {seconds, host.functions->counts(host.hart)->instructions - before};
    }
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "iss_benchmark PLUG_IN MATMUL_IMAGE [BUDGET]\n");
    return 2;
  }
  IssHost host(argv[1]);
  if (argc > 3) {
    host.budget = std::strtoull(argv[3], nullptr, 10);
  }
  host.load_image(argv[2]);
  const Measured product = best_of_five(host);
  std::printf("matmul, budget %llu cycles: %.1f M instructions, %.0f MIPS\n",
              static_cast<unsigned long long>(host.budget),
              static_cast<double>(product.instructions) * 1e-6,
              static_cast<double>(product.instructions) * 1e-6 / product.seconds);

  std::memcpy(host.ram.data(), k_access_loop.data(), sizeof k_access_loop);
  const Measured accesses = best_of_five(host);
  std::printf("access to a device: %.0f ns\n", accesses.seconds * 1e9 / 1e6);
  return 0;
}
