#include <invar/sw/driver/accelerator_driver.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/engine_driver.h>
#include <invar/sw/driver/fallback.h>
#include <invar/sw/driver/machine.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "sw/mock_machine.h"

BOOST_AUTO_TEST_SUITE(driver)

using namespace invar::tests;

namespace {

/// Drivers on a mock machine, before their init.
struct Drivers {
  MockMachine mock{1 << 20, 1 << 16};
  invar_port& port = mock.port();
  invar_machine machine{};

  Drivers() {
    BOOST_TEST(invar_machine_init(&machine, &port, &mock.boot(INVAR_APP_SOLVE)) == INVAR_RESULT_OK);
  }
  int init_accelerator(std::uint32_t ring) {
    return invar_accelerator_init(&machine.accelerator, &port, &machine.interrupts, &machine.heap,
                                  machine.counters, ring);
  }
  int init_engine(std::uint32_t ring) {
    return invar_engine_init(&machine.engine, &port, &machine.interrupts, &machine.heap, ring);
  }
  invar_buffer block(std::uint64_t bytes) {
    invar_buffer buffer{};
    BOOST_TEST(invar_heap_allocate(&machine.heap, bytes, &buffer) == INVAR_RESULT_OK);
    return buffer;
  }
  /// diag(2, 4) in RAM.
  std::uint64_t matrix() {
    const invar_buffer buffer = block(4 * 8);
    auto* m = static_cast<double*>(buffer.data);
    m[0] = 2.0;
    m[3] = 4.0;
    return buffer.address;
  }
};

invar_engine_job fill(std::uint32_t offset, float value) {
  invar_engine_job job{};
  job.opcode = INVAR_ENGINE_FILL;
  job.m = 1;
  job.c = offset;
  job.alpha = value;
  return job;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_heap_gives_aligned_blocks_until_it_is_full) {
  Drivers d;
  invar_heap heap;
  invar_heap_init(&heap, &d.port, MockMachine::k_ram_base + 0x8001, 256);
  invar_buffer first{}, second{}, third{};
  BOOST_TEST(invar_heap_allocate(&heap, 10, &first) == INVAR_RESULT_OK);
  BOOST_TEST(invar_heap_allocate(&heap, 64, &second) == INVAR_RESULT_OK);
  BOOST_TEST(first.address % 64 == 0u);
  BOOST_TEST(second.address == first.address + 64);
  BOOST_TEST(invar_heap_allocate(&heap, 256, &third) == INVAR_RESULT_OUT_OF_MEMORY);
  BOOST_TEST(invar_heap_allocate(&heap, ~0ull, &third) == INVAR_RESULT_OUT_OF_MEMORY);
  invar_heap_init(&heap, &d.port, 0x1000, 256);  // not RAM
  BOOST_TEST(invar_heap_allocate(&heap, 10, &third) == INVAR_RESULT_OUT_OF_MEMORY);
}

BOOST_AUTO_TEST_CASE(every_blocking_command_works_with_a_handle) {
  Drivers d;
  BOOST_TEST(d.init_accelerator(4) == INVAR_RESULT_OK);
  BOOST_TEST(d.machine.accelerator.tiles == 8u);
  BOOST_TEST(d.machine.accelerator.rows == 512u);
  BOOST_TEST(d.machine.accelerator.slices == 8u);
  invar_accelerator* accelerator = &d.machine.accelerator;
  invar_completion done{};
  BOOST_TEST(invar_accelerator_program(accelerator, 0, d.matrix(), 2, 3, 0, &done) ==
             INVAR_RESULT_OK);
  BOOST_TEST(d.mock.commands.back().slices == 3u);
  const std::uint32_t handle = done.handle;
  const invar_buffer rhs = d.block(32), result = d.block(32);
  std::fill_n(static_cast<double*>(rhs.data), 4, 8.0);
  const auto* out = static_cast<const double*>(result.data);
  invar_accelerator_solve(accelerator, handle, 2, 2, rhs.address, result.address, 1e-6, 9, 0,
                          &done);
  BOOST_TEST(done.status == INVAR_STATUS_OK);
  BOOST_TEST(out[2] == 4.0);
  BOOST_TEST(out[3] == 2.0);
  invar_accelerator_mvm(accelerator, handle, 2, 2, rhs.address, result.address, 0, &done);
  BOOST_TEST(out[1] == 32.0);
  invar_accelerator_read_back(accelerator, handle, 2, result.address, 0, &done);
  BOOST_TEST(out[3] == 4.0);
  invar_accelerator_release(accelerator, handle, &done);
  BOOST_TEST(done.status == INVAR_STATUS_OK);
  invar_accelerator_release(accelerator, handle, &done);
  BOOST_TEST(done.status == INVAR_STATUS_BAD_HANDLE);
  BOOST_TEST(d.machine.counters->status_counts[INVAR_STATUS_OK] == 5u);
  BOOST_TEST(d.machine.counters->status_counts[INVAR_STATUS_BAD_HANDLE] == 1u);
  BOOST_TEST(d.machine.counters->right_hand_sides == 2u);
  BOOST_TEST(d.machine.counters->total_iterations == 6u);
  BOOST_TEST(d.machine.counters->max_residual == 1e-7);
  BOOST_TEST(d.machine.counters->interrupts == 6u);
}

BOOST_AUTO_TEST_CASE(tickets_are_taken_in_any_order_whatever_order_commands_finish_in) {
  for (const bool reverse : {false, true}) {
    Drivers d;
    d.mock.reverse_order = reverse;
    BOOST_TEST(d.init_accelerator(8) == INVAR_RESULT_OK);
    const std::uint64_t matrix = d.matrix();
    std::vector<std::uint32_t> tickets(4);
    for (auto& ticket : tickets) {
      invar_descriptor descriptor{};
      descriptor.opcode = INVAR_OP_PROGRAM;
      descriptor.n = 2;
      descriptor.source = matrix;
      BOOST_TEST(invar_accelerator_submit(&d.machine.accelerator, &descriptor, &ticket) ==
                 INVAR_RESULT_OK);
      BOOST_TEST(!invar_accelerator_poll(&d.machine.accelerator, ticket));
    }
    invar_completion done{};
    for (const int i : {2, 0, 3, 1}) {
      BOOST_TEST(invar_accelerator_wait(&d.machine.accelerator,
                                        tickets[static_cast<std::size_t>(i)],
                                        &done) == INVAR_RESULT_OK);
      BOOST_TEST(done.tag == tickets[static_cast<std::size_t>(i)]);
      BOOST_TEST(done.handle == static_cast<unsigned>(reverse ? 4 - i : i + 1));
    }
    BOOST_TEST(invar_accelerator_wait(&d.machine.accelerator, tickets[0], &done) ==
               INVAR_RESULT_BAD_ARGUMENT);  // taken already
    BOOST_TEST(invar_accelerator_wait(&d.machine.accelerator, 77, &done) ==
               INVAR_RESULT_BAD_ARGUMENT);  // never given
  }
}

BOOST_AUTO_TEST_CASE(a_ring_is_as_large_as_the_hardware_allows) {
  Drivers d;
  BOOST_TEST(d.init_accelerator(1024) == INVAR_RESULT_OK);
  invar_descriptor program{};
  program.opcode = INVAR_OP_PROGRAM;
  program.n = 2;
  program.source = d.matrix();
  std::vector<std::uint32_t> tickets(500);
  invar_completion done{};
  // One is left until the ring has come round almost to it, the others are taken at once.
  for (std::uint32_t& ticket : tickets) {
    BOOST_TEST(invar_accelerator_submit(&d.machine.accelerator, &program, &ticket) ==
               INVAR_RESULT_OK);
    invar_descriptor release{};
    release.opcode = INVAR_OP_RELEASE;
    if (&ticket != &tickets.front()) {
      BOOST_TEST(invar_accelerator_wait(&d.machine.accelerator, ticket, &done) == INVAR_RESULT_OK);
      release.handle = done.handle;
      BOOST_TEST(invar_accelerator_submit_detached(&d.machine.accelerator, &release) ==
                 INVAR_RESULT_OK);
    }
  }
  BOOST_TEST(invar_accelerator_wait(&d.machine.accelerator, tickets.front(), &done) ==
             INVAR_RESULT_OK);
  BOOST_TEST(done.tag == tickets.front());
}

BOOST_AUTO_TEST_CASE(the_rings_wrap_and_a_full_one_waits_or_says_so) {
  Drivers d;
  BOOST_TEST(d.init_accelerator(4) == INVAR_RESULT_OK);
  const std::uint64_t matrix = d.matrix();
  invar_completion done{};
  for (int i = 0; i < 11; ++i) {
    invar_accelerator_program(&d.machine.accelerator, 0, matrix, 2, 0, 0, &done);
    BOOST_TEST(done.tag == static_cast<unsigned>(2 * i));
    invar_accelerator_release(&d.machine.accelerator, done.handle, &done);
  }
  invar_descriptor release{};
  release.opcode = INVAR_OP_RELEASE;
  for (int i = 0; i < 10; ++i) {  // nobody waits: full rings drain by themselves
    BOOST_TEST(invar_accelerator_submit_detached(&d.machine.accelerator, &release) ==
               INVAR_RESULT_OK);
  }
  std::uint32_t ticket = 0;
  int accepted = 0;
  while (accepted < 20 &&
         invar_accelerator_submit(&d.machine.accelerator, &release, &ticket) == INVAR_RESULT_OK) {
    ++accepted;
  }
  BOOST_TEST(accepted == 4);  // the fifth would overwrite a record that was not taken
  BOOST_TEST(invar_accelerator_submit(&d.machine.accelerator, &release, &ticket) ==
             INVAR_RESULT_RING_FULL);

  BOOST_TEST(d.init_engine(4) == INVAR_RESULT_OK);
  for (unsigned i = 0; i < 11; ++i) {
    const invar_engine_job job = fill(4 * i, static_cast<float>(i));
    BOOST_TEST(invar_engine_append(&d.machine.engine, &job) == i);
  }
  const invar_buffer out = d.block(44);
  invar_engine_store(&d.machine.engine, 0, 0, out.address, 44);
  BOOST_TEST(!invar_engine_is_finished(&d.machine.engine, 11));
  BOOST_TEST(invar_engine_wait(&d.machine.engine) == INVAR_RESULT_OK);
  BOOST_TEST(invar_engine_is_finished(&d.machine.engine, 11));
  for (int i = 0; i < 11; ++i) {
    BOOST_TEST(static_cast<float*>(out.data)[i] == static_cast<float>(i));
  }
}

BOOST_AUTO_TEST_CASE(jobs_start_with_one_doorbell) {
  Drivers d;
  d.init_engine(64);
  for (unsigned i = 0; i < 20; ++i) {
    const invar_engine_job job = fill(0, 1.0f);
    invar_engine_append(&d.machine.engine, &job);
  }
  BOOST_TEST(d.mock.doorbells == 0u);
  invar_engine_flush(&d.machine.engine);
  invar_engine_flush(&d.machine.engine);
  BOOST_TEST(invar_engine_wait(&d.machine.engine) == INVAR_RESULT_OK);
  BOOST_TEST(invar_engine_wait(&d.machine.engine) == INVAR_RESULT_OK);
  BOOST_TEST(d.mock.doorbells == 1u);
  BOOST_TEST(d.mock.sleeps == 1u);
}

BOOST_AUTO_TEST_CASE(a_failed_job_sticks_until_the_engine_is_recovered) {
  Drivers d;
  d.init_engine(8);
  const invar_engine_job good = fill(0, 3.0f), bad = fill(1 << 20, 0.0f), late = fill(4, 5.0f);
  for (const auto& job : {good, bad, late}) {
    invar_engine_append(&d.machine.engine, &job);
  }
  BOOST_TEST(invar_engine_wait(&d.machine.engine) == INVAR_RESULT_JOB_FAILED);
  BOOST_TEST(d.machine.engine.job_status == INVAR_ENGINE_BAD_OPERAND);
  BOOST_TEST(d.machine.engine.job_tag == 1u);
  BOOST_TEST(invar_engine_wait(&d.machine.engine) == INVAR_RESULT_JOB_FAILED);
  BOOST_TEST(invar_engine_recover(&d.machine.engine) == INVAR_RESULT_OK);
  const invar_buffer out = d.block(8);
  invar_engine_store(&d.machine.engine, 0, 0, out.address, 8);
  BOOST_TEST(invar_engine_wait(&d.machine.engine) == INVAR_RESULT_OK);
  BOOST_TEST(static_cast<float*>(out.data)[0] == 3.0f);
  BOOST_TEST(static_cast<float*>(out.data)[1] == 0.0f);  // dropped
}

BOOST_AUTO_TEST_CASE(broken_devices_are_errors_not_hangs) {
  {
    Drivers d;
    d.mock.broken_register = MockMachine::k_accelerator + INVAR_REG_RING_TAIL;
    BOOST_TEST(d.init_accelerator(4) == INVAR_RESULT_OK);
    invar_completion done{};
    BOOST_TEST(invar_accelerator_program(&d.machine.accelerator, 0, d.matrix(), 2, 0, 0, &done) ==
               INVAR_RESULT_BUS_ERROR);
  }
  {
    Drivers d;
    d.mock.engine_id = 0;
    BOOST_TEST(d.init_engine(4) == INVAR_RESULT_NO_DEVICE);
    BOOST_TEST(d.init_engine(3) == INVAR_RESULT_BAD_ARGUMENT);
    BOOST_TEST(d.init_accelerator(2 * INVAR_ACCELERATOR_RING_LIMIT) == INVAR_RESULT_BAD_ARGUMENT);
  }
  {
    Drivers d;
    d.mock.halt_accelerator = true;
    d.init_accelerator(4);
    invar_completion done{};
    BOOST_TEST(invar_accelerator_program(&d.machine.accelerator, 0, d.matrix(), 2, 0, 0, &done) ==
               INVAR_RESULT_RING_FAULT);
  }
}

BOOST_AUTO_TEST_CASE(the_host_phase_is_written_on_change_only) {
  Drivers d;
  d.mock.host_phases.clear();
  for (const std::uint32_t phase : {1u, 1u, 2u, 2u, 1u}) {
    invar_machine_set_phase(&d.machine, phase);
  }
  BOOST_TEST((d.mock.host_phases == std::vector<std::uint32_t>{1, 2, 1}));
}

BOOST_AUTO_TEST_CASE(functions_are_charged_with_the_counts_they_work_on) {
  MockMachine mock{1 << 20, 1 << 16};
  invar_print(&mock.port(), "abc");
  BOOST_REQUIRE(mock.charged.size() == 1U);
  BOOST_TEST(std::string(mock.charged[0].cost->function) == "invar_print");
  BOOST_TEST(mock.charged[0].first == 3U);
  BOOST_TEST(mock.charged[0].second == 0U);
}

BOOST_AUTO_TEST_CASE(the_ladder_goes_from_slices_to_damping_to_digital) {
  invar_driver_counters counters{};
  invar_fallback fallback;
  invar_fallback_init(&fallback, 0, 4, 2);  // the default counts as two slices
  const auto next = [&](std::uint32_t status) {
    return invar_fallback_next(&fallback, status, &counters);
  };
  BOOST_TEST(next(INVAR_STATUS_OK) == INVAR_FALLBACK_DONE);
  BOOST_TEST(next(INVAR_STATUS_NOT_CONVERGED) == INVAR_FALLBACK_SLICES);
  BOOST_TEST(fallback.slices == 3u);
  BOOST_TEST(next(INVAR_STATUS_UNSTABLE) == INVAR_FALLBACK_SLICES);
  BOOST_TEST(next(INVAR_STATUS_SATURATED) == INVAR_FALLBACK_DAMPING);
  BOOST_TEST(next(INVAR_STATUS_NOT_CONVERGED) == INVAR_FALLBACK_DAMPING);
  BOOST_TEST(fallback.damping_factor == 9.0f);
  BOOST_TEST(next(INVAR_STATUS_UNSTABLE) == INVAR_FALLBACK_DIGITAL);
  BOOST_TEST(fallback.damping_factor == 1.0f);  // the engine can do without
  BOOST_TEST(counters.fallback_slices == 2u);
  BOOST_TEST(counters.fallback_damping == 2u);
  BOOST_TEST(counters.fallback_digital == 1u);
  BOOST_TEST(next(INVAR_STATUS_UNSTABLE) == INVAR_FALLBACK_DAMPING);
  invar_fallback_begin(&fallback);
  BOOST_TEST(fallback.damping_factor == 1.0f);
  BOOST_TEST(fallback.slices == 4u);
  for (const auto status : {INVAR_STATUS_CELL_FAILED, INVAR_STATUS_WORN_OUT, INVAR_STATUS_NO_TILE,
                            INVAR_STATUS_TOO_LARGE, INVAR_STATUS_BAD_MATRIX}) {
    BOOST_TEST(next(status) == INVAR_FALLBACK_DIGITAL);
  }
  for (const auto status : {INVAR_STATUS_BAD_DESCRIPTOR, INVAR_STATUS_BUS_ERROR,
                            INVAR_STATUS_BAD_RHS, INVAR_STATUS_ABORTED, INVAR_STATUS_BAD_HANDLE}) {
    BOOST_TEST(next(status) == INVAR_FALLBACK_FATAL);
  }
  fallback.digital_allowed = 0;
  BOOST_TEST(next(INVAR_STATUS_TOO_LARGE) == INVAR_FALLBACK_GIVE_UP);
}

BOOST_AUTO_TEST_SUITE_END()
