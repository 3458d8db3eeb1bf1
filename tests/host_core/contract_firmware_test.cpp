#include "host_core/contract_firmware.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "sw/mock_machine.h"

BOOST_AUTO_TEST_SUITE(contract_firmware_tests)

using namespace invar::tests;

namespace {

/// The contract firmware as native code on a machine without SystemC.
struct ContractRun {
  MockMachine machine{1 << 20, 1 << 16};
  int check = -1;

  int run() {
    const std::uint64_t heap = machine.boot(INVAR_APP_NONE).heap_address;
    record_address = heap;
    return check = contract_firmware(&machine.port());
  }
  const invar_contract_record& record() {
    return *machine.ram<invar_contract_record>(record_address);
  }
  std::uint64_t record_address = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_right_machine_passes_every_check) {
  ContractRun run;
  BOOST_TEST(run.run() == INVAR_CONTRACT_OK);
  const invar_contract_record& record = run.record();
  BOOST_TEST(record.magic == INVAR_CONTRACT_MAGIC);
  BOOST_TEST(record.wait_entries == INVAR_CONTRACT_WAITS);
  BOOST_TEST(record.background_entries == INVAR_CONTRACT_BACKGROUND);
  BOOST_TEST(record.end_ns > record.start_ns);
  BOOST_TEST(run.machine.console.find("contract: 100 waits, 20 in the background") == 0U);
}

BOOST_AUTO_TEST_CASE(the_record_holds_what_its_formulas_say) {
  ContractRun run;
  run.run();
  const invar_contract_record& record = run.record();
  const unsigned n = INVAR_CONTRACT_SIZE, quarter = INVAR_CONTRACT_VALUES / 4;
  const auto scramble = [](unsigned i) {
    return std::ldexp(static_cast<std::int32_t>(i * 2654435761u + 12345u), -31);
  };
  for (unsigned i = 0; i < quarter; ++i) {
    BOOST_TEST(record.values[i] == std::exp(30 * scramble(i)), boost::test_tools::tolerance(1e-15));
    BOOST_TEST(record.values[quarter + i] == std::log(1.0000001 + scramble(i) * scramble(i + 1)),
               boost::test_tools::tolerance(1e-15));
    BOOST_TEST(record.values[2 * quarter + i] == std::sqrt(record.values[i]));
  }
  for (unsigned i = 0; i < n; ++i) {
    double left = 0.0;
    for (unsigned j = 0; j < n; ++j) {
      left += record.matrix[i * n + j] * record.solution[j];
      double product = 0.0;
      for (unsigned k = 0; k < n; ++k) {
        product += record.matrix[i * n + k] * record.matrix[k * n + j];
      }
      BOOST_TEST(record.product[i * n + j] == product, boost::test_tools::tolerance(1e-6));
    }
    BOOST_TEST(left == record.rhs[i], boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(a_core_that_enters_twice_is_found_out) {
  ContractRun run;
  run.machine.entries_per_interrupt = 2;
  BOOST_TEST(run.run() == INVAR_CONTRACT_ENTRIES_OF_WAITS);
  BOOST_TEST(run.machine.console.find("check 4 failed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_failing_solve_is_found_out) {
  ContractRun run;
  run.machine.solve_statuses = {INVAR_STATUS_NOT_CONVERGED};
  BOOST_TEST(run.run() == INVAR_CONTRACT_ACCELERATOR);
}

BOOST_AUTO_TEST_CASE(a_missing_timer_is_found_out) {
  ContractRun run;
  run.machine.broken_register = MockMachine::k_timer + INVAR_TIMER_REG_COMPARE_HI;
  BOOST_CHECK(run.run() == INVAR_CONTRACT_TIMER_REGISTER);
}

BOOST_AUTO_TEST_SUITE_END()
