// Commands that ask for more simulated time than there is.
#include <boost/test/unit_test.hpp>
#include <string>

#include "accelerator/accelerator_fixture.h"

BOOST_AUTO_TEST_SUITE(time_limits)

using namespace invar;
using test::AcceleratorFixture;

BOOST_AUTO_TEST_CASE(a_command_that_outlasts_simulated_time_ends_the_run_by_name_before_it_passes) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.device.set_width_s = 1.0;
  parameters.tile.device.verify_width_s = 1.0;
  parameters.tile.adc.conversion_time_s = 1.0;
  sc_core::sc_time asked, took;
  const auto script = [&](AcceleratorFixture& host) {
    host.start();
    host.put_matrix(0x4000, Eigen::MatrixXd::Identity(32, 32));
    const invar_descriptor program = AcceleratorFixture::program(0x4000, 32);
    BOOST_CHECK_EQUAL(host.run_command(program).status, INVAR_STATUS_OK);
    took = sc_core::sc_time_stamp();
    // Not quite as long before the end of simulated time as the same takes once more.
    wait(sc_core::sc_time::from_value((std::uint64_t{1} << 63) - took.value() * 3 / 2));
    asked = sc_core::sc_time_stamp();
    host.run_command(program);
    BOOST_ERROR("there is no time for it");
  };
  AcceleratorFixture fixture("host", parameters, script);
  BOOST_CHECK_EXCEPTION(sc_core::sc_start(), sc_core::sc_report, [](const auto& report) {
    const std::string text = report.get_msg();
    return text.find("PROGRAM of n = 32") != std::string::npos &&
           text.find("simulated time ends at 9.22337e+06 s") != std::string::npos;
  });
  BOOST_CHECK_GT(took.to_seconds(), 1000.0);
  BOOST_CHECK(sc_core::sc_time_stamp() - asked < sc_core::sc_time(1, sc_core::SC_US));
}

BOOST_AUTO_TEST_SUITE_END()
