// Commands that ask for more simulated time than there is.
#include <boost/test/unit_test.hpp>
#include <string>

#include "accelerator/accelerator_fixture.h"

using namespace invar;
using test::AcceleratorFixture;

BOOST_AUTO_TEST_SUITE(time_limits)

BOOST_AUTO_TEST_CASE(a_command_that_outlasts_simulated_time_ends_the_run_by_name_before_it_passes) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.device.set_width_s = 1.0;
  parameters.tile.device.verify_width_s = 1.0;
  parameters.tile.adc.conversion_time_s = 1.0;
  sc_core::sc_time last;
  int programs = 0;
  const auto script = [&](AcceleratorFixture& host) {
    host.start();
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(32, 32);
    for (;; ++programs) {
      matrix(0, 1) = matrix(1, 0) = 0.01 * (programs % 7);
      host.put_matrix(0x4000, matrix);
      const invar_completion done = host.run_command(AcceleratorFixture::program(0x4000, 32));
      BOOST_REQUIRE_EQUAL(done.status, INVAR_STATUS_OK);
      last = sc_core::sc_time_stamp();
      invar_descriptor release{};
      release.opcode = INVAR_OP_RELEASE;
      release.handle = done.handle;
      host.run_command(release);
    }
  };
  AcceleratorFixture fixture("host", parameters, script);
  BOOST_CHECK_EXCEPTION(sc_core::sc_start(), sc_core::sc_report, [](const auto& report) {
    const std::string text = report.get_msg();
    return text.find("PROGRAM of n = 32") != std::string::npos &&
           text.find("simulated time ends at 9.22337e+06 s") != std::string::npos;
  });
  BOOST_CHECK_GT(programs, 0);
  BOOST_CHECK_LT(last.to_seconds(), 9.2234e6);
}

BOOST_AUTO_TEST_SUITE_END()
