#include "digital_engine/engine_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(transfer)

using namespace invar;
using test::EngineFixture;
using test::nanoseconds;
using test::run_engine;

BOOST_AUTO_TEST_CASE(any_number_of_bytes_goes_in_and_out_and_no_more) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    for (const std::uint32_t bytes : {1u, 2u, 3u, 4u, 5u, 63u, 4095u, 4096u, 4097u, 9001u}) {
      // Across burst boundaries, at odd addresses.
      const std::uint64_t from = EngineFixture::k_data + 4096 - 7;
      const std::uint64_t to = 0x100000 + 4096 - 3;
      for (std::uint32_t i = 0; i < bytes + 8; ++i) {
        host.memory.put<std::uint8_t>(from + i, static_cast<std::uint8_t>(7 * i + bytes));
        host.memory.put<std::uint8_t>(to + i - 4, 0xEE);
      }
      host.run_jobs({EngineFixture::fill(1024, 2560, 0.0F), EngineFixture::load(from, 1024, bytes),
                     EngineFixture::store(1024, to, bytes),
                     EngineFixture::store(1024 + (bytes & ~3u), 0x200000, 8)});
      bool same = true;
      for (std::uint32_t i = 0; i < bytes; ++i) {
        same = same &&
               host.memory.get<std::uint8_t>(to + i) == static_cast<std::uint8_t>(7 * i + bytes);
      }
      BOOST_CHECK(same);
      BOOST_CHECK_EQUAL(host.memory.get<std::uint8_t>(to - 1), 0xEE);
      BOOST_CHECK_EQUAL(host.memory.get<std::uint8_t>(to + bytes), 0xEE);
      // A LOAD that ends inside a word leaves the rest of it.
      for (std::uint32_t i = bytes % 4; i < 8; ++i) {
        BOOST_CHECK_EQUAL(host.memory.get<std::uint8_t>(0x200000 + i), 0);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(a_gather_takes_the_rows_it_is_told) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    constexpr std::uint64_t k_table = 0x40001;
    constexpr std::uint32_t k_row = 13;
    const std::uint32_t indices[] = {4, 0, 4, 99, 7};
    for (std::uint32_t i = 0; i < 100 * k_row; ++i) {
      host.memory.put<std::uint8_t>(k_table + i, static_cast<std::uint8_t>(11 * i));
    }
    host.memory.put(EngineFixture::k_data, indices);
    invar_engine_job gather = EngineFixture::job(INVAR_ENGINE_GATHER_U8, 5, 0, k_row);
    gather.address = k_table;
    gather.a = 0;
    gather.c = 256;
    gather.alpha = 0.5F;
    gather.beta = -1.0F;
    host.start();
    host.run_jobs({EngineFixture::load(EngineFixture::k_data, 0, sizeof indices), gather,
                   EngineFixture::store(256, 0x100000, 4 * 5 * k_row)});
    for (std::uint32_t row = 0; row < 5; ++row) {
      for (std::uint32_t i = 0; i < k_row; ++i) {
        const double byte = static_cast<std::uint8_t>(11 * (indices[row] * k_row + i));
        BOOST_CHECK_EQUAL(host.memory.get<float>(0x100000 + 4 * (row * k_row + i)),
                          0.5 * byte - 1.0);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(sizes_that_would_fill_a_thread_stack_run_and_solve_their_system) {
  // An SC_THREAD has 256 KiB of stack; products around n = 124 and factors of 512 take it all.
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.scratchpad_bytes = 4 << 20;
  run_engine(parameters, [](EngineFixture& host) {
    host.start();
    for (const std::uint32_t n : {120u, 124u, 128u, 512u}) {
      // Diagonally dominant, right-hand side of ones: every row sum is n + 1.5.
      const std::uint64_t matrix = 0x100000;
      for (std::uint32_t i = 0; i < n * n; ++i) {
        host.memory.put<float>(matrix + 4 * i, i % (n + 1) == 0
                                                   ? static_cast<float>(n) + 2.5F
                                                   : ((i / n + i % n) % 2 == 0 ? 1.0F : -1.0F));
      }
      const std::uint32_t bytes = 4 * n * n;
      invar_engine_job product = EngineFixture::job(INVAR_ENGINE_GEMM, n, n, n);
      product.c = bytes;
      product.alpha = 1.0F;
      invar_engine_job factor = EngineFixture::job(INVAR_ENGINE_CHOLESKY, n);
      factor.c = bytes;
      invar_engine_job solve = EngineFixture::job(INVAR_ENGINE_CHOLESKY_SOLVE, n, 1);
      solve.a = bytes;
      solve.b = solve.c = 2 * bytes;
      const std::uint32_t status =
          host.run_jobs({EngineFixture::load(matrix, 0, bytes), product, factor,
                         EngineFixture::fill(2 * bytes, n, 1.0F), solve,
                         EngineFixture::store(2 * bytes, EngineFixture::k_data, 4 * n)});
      BOOST_REQUIRE_EQUAL(status, 0u);
      // For even n the alternating signs cancel but for the diagonal, A 1 = (n + 1.5) 1.
      double worst = 0.0;
      for (std::uint32_t i = 0; i < n; ++i) {
        const double x = host.memory.get<float>(EngineFixture::k_data + 4 * i);
        worst = std::max(worst, std::abs(x * (n + 1.5) - 1.0));
      }
      BOOST_CHECK_SMALL(worst, 1e-4);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
