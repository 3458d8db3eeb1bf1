// No descriptor takes the simulation down: what memory cannot hold is a status.
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <vector>

#include "accelerator/accelerator_fixture.h"

BOOST_AUTO_TEST_SUITE(memory_limits)

using namespace invar;
using test::AcceleratorFixture;
using test::run_script;

namespace {

accelerator::AcceleratorParameters large_machine() {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tiles = 4096;
  parameters.tile.rows = 512;
  return parameters;
}

/// Bytes of address space that the process may take beyond what it has.
void leave_room_for(std::uint64_t bytes) {
  std::ifstream statistics("/proc/self/statm");
  std::uint64_t pages = 0;
  statistics >> pages;
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * 4096 + bytes;
  setrlimit(RLIMIT_AS, &limit);
}

/// A few kilobytes of memory, and zeros wherever else anybody reads.
class EndlessMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<EndlessMemory> socket;
  std::vector<unsigned char> bytes = std::vector<unsigned char>(0x4000);

  explicit EndlessMemory(const sc_core::sc_module_name& name)
      : sc_core::sc_module(name), socket("socket") {
    socket.register_b_transport(this, &EndlessMemory::b_transport);
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t length = payload.get_data_length();
    const bool inside = payload.get_address() + length <= bytes.size();
    unsigned char* const cells = bytes.data() + (inside ? payload.get_address() : 0);
    if (payload.is_read() && !inside) {
      std::memset(payload.get_data_ptr(), 0, length);
    } else if (inside) {
      std::memcpy(payload.is_read() ? payload.get_data_ptr() : cells,
                  payload.is_read() ? cells : payload.get_data_ptr(), length);
    }
    delay += sc_core::sc_time(1, sc_core::SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

/// An accelerator on such a memory.
class EndlessHost : public test::RegisterHost {
 public:
  EndlessMemory memory{"memory"};
  accelerator::InvAccelerator<> accelerator;
  sc_core::sc_signal<bool> irq, rst;

  explicit EndlessHost(const accelerator::AcceleratorParameters& parameters)
      : RegisterHost("host"), accelerator("accelerator", parameters) {
    registers.bind(accelerator.registers);
    accelerator.dma.socket.bind(memory.socket);
    accelerator.irq(irq);
    accelerator.rst(rst);
    INVAR_HAS_PROCESS(EndlessHost);
    SC_THREAD(run);
  }
  std::uint32_t status() const {
    std::uint32_t value = 0;
    std::memcpy(&value, memory.bytes.data() + AcceleratorFixture::k_completions, sizeof value);
    return value;
  }

 private:
  void run() {
    const invar_descriptor program = AcceleratorFixture::program(0x100000, 2048);
    std::memcpy(memory.bytes.data() + AcceleratorFixture::k_ring, &program, sizeof program);
    write(INVAR_REG_RING_BASE_LO, AcceleratorFixture::k_ring);
    write(INVAR_REG_COMPLETION_BASE_LO, AcceleratorFixture::k_completions);
    write(INVAR_REG_RING_SIZE, 2);
    write(INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
    write(INVAR_REG_RING_TAIL, 1);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_matrix_of_terabytes_ends_with_a_status_and_the_next_command_runs) {
  run_script(large_machine(), [](AcceleratorFixture& host) {
    host.start();
    for (const int n : {1 << 20, 1 << 19, 100000, 65536}) {
      const std::uint32_t status = host.run_command(AcceleratorFixture::program(0x4000, n)).status;
      BOOST_CHECK_MESSAGE(status == INVAR_STATUS_NO_MEMORY || status == INVAR_STATUS_BUS_ERROR,
                          n << ": " << status);
    }
    host.put_matrix(0x4000, Eigen::Matrix2d::Identity());
    const invar_completion stored = host.run_command(AcceleratorFixture::program(0x4000, 2));
    BOOST_CHECK_EQUAL(stored.status, INVAR_STATUS_OK);
    // Results in the way of what is still to be loaded: the batch would be worked on as a whole.
    auto solve = AcceleratorFixture::solve(stored.handle, 2, 65536, 0x8000, 0x8008, 1e-6);
    BOOST_CHECK_NE(host.run_command(solve).status, INVAR_STATUS_PENDING);
    solve.source = ~std::uint64_t{7};
    BOOST_CHECK_EQUAL(host.run_command(solve).status, INVAR_STATUS_BAD_DESCRIPTOR);
    solve.source = 0x8000;
    solve.destination = ~std::uint64_t{0} - 100;
    BOOST_CHECK_EQUAL(host.run_command(solve).status, INVAR_STATUS_BAD_DESCRIPTOR);
  });
}

BOOST_AUTO_TEST_CASE(a_batch_that_overlaps_its_results_is_refused_above_64_megabytes) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = 160;
  run_script(parameters, [](AcceleratorFixture& host) {
    host.start();
    host.put_matrix(0x4000, Eigen::MatrixXd::Identity(160, 160));
    const invar_completion stored = host.run_command(AcceleratorFixture::program(0x4000, 160));
    BOOST_REQUIRE_EQUAL(stored.status, INVAR_STATUS_OK);
    auto solve = AcceleratorFixture::solve(stored.handle, 160, 65536, 0x4000, 0x4008, 1e-6);
    BOOST_CHECK_EQUAL(host.run_command(solve).status, INVAR_STATUS_NO_MEMORY);
    solve.columns = 2;
    BOOST_CHECK_EQUAL(host.run_command(solve).status, INVAR_STATUS_OK);
  });
}

#if !defined(__SANITIZE_ADDRESS__)
BOOST_AUTO_TEST_CASE(memory_that_runs_out_while_numbers_are_made_ends_with_a_status) {
  auto parameters = large_machine();
  parameters.tiles = 16;
  EndlessHost host(parameters);
  // 32 MiB of bytes fit, as many again of numbers do not.
  leave_room_for(48u << 20);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
  BOOST_CHECK_EQUAL(host.status(), INVAR_STATUS_NO_MEMORY);
  BOOST_CHECK_EQUAL(host.peek(INVAR_REG_LAST_ERROR), INVAR_STATUS_NO_MEMORY);
  BOOST_CHECK_EQUAL(host.peek(INVAR_REG_STATUS), 0u);
}
#endif

BOOST_AUTO_TEST_CASE(no_descriptor_of_random_bits_takes_the_simulation_down) {
  auto parameters = large_machine();
  parameters.tile.rows = 16;
  run_script(parameters, [](AcceleratorFixture& host) {
    host.start();
    host.put_matrix(0x4000, Eigen::Matrix2d::Identity());
    const std::uint32_t handle = host.run_command(AcceleratorFixture::program(0x4000, 2)).handle;
    std::mt19937_64 random(1);
    const auto pick = [&](std::initializer_list<std::uint64_t> values) {
      const std::uint64_t value = values.begin()[random() % values.size()];
      return random() % 8 == 0 ? value >> random() % 64 : value;
    };
    for (int i = 0; i < 400; ++i) {
      invar_descriptor descriptor{};
      descriptor.opcode = static_cast<std::uint32_t>(pick({1, 2, 3, 4, 5, 6, 1, 2}));
      descriptor.phase = static_cast<std::uint32_t>(pick({4, 5, 7}));
      descriptor.flags = static_cast<std::uint32_t>(random() % 4);
      descriptor.handle = static_cast<std::uint32_t>(pick({0, handle, handle + 1}));
      descriptor.n =
          static_cast<std::uint32_t>(pick({2, 1u << 20, 1u << 16, 46341, 65536, 0xFFFFFFFF}));
      descriptor.columns = static_cast<std::uint32_t>(pick({1, 3, 65536, 0xFFFFFFFF}));
      descriptor.source = pick({0x4000, ~0ull, ~0ull << 12, 0x8000, 1ull << 63});
      descriptor.destination = pick({0x100000, ~0ull, ~0ull << 20, 0x100008, 1ull << 63});
      descriptor.tolerance = random() % 4 == 0 ? std::nan("") : 1e-3;
      BOOST_REQUIRE_NE(host.run_command(descriptor).status, INVAR_STATUS_PENDING);
      BOOST_REQUIRE_EQUAL(host.read(INVAR_REG_STATUS) & INVAR_STATUS_HALTED, 0u);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
