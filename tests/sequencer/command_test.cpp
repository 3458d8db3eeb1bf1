#include <invar/sequencer/command.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>

BOOST_AUTO_TEST_SUITE(sequencer_tests)

using namespace invar::sequencer;

namespace {

constexpr int k_slices = 4;

invar_descriptor solve() {
  invar_descriptor descriptor{};
  descriptor.opcode = INVAR_OP_SOLVE;
  descriptor.phase = INVAR_PHASE_INVERSION;
  descriptor.n = 64;
  descriptor.columns = 3;
  descriptor.tolerance = 1e-6;
  return descriptor;
}

std::uint32_t status_of(const std::function<void(invar_descriptor&)>& change) {
  invar_descriptor descriptor = solve();
  change(descriptor);
  return check_descriptor(descriptor, k_slices);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_field_of_a_descriptor_is_checked_against_its_range) {
  const std::uint32_t ok = INVAR_STATUS_OK;
  const std::uint32_t bad = INVAR_STATUS_BAD_DESCRIPTOR;
  BOOST_TEST(status_of([](auto&) {}) == ok);
  BOOST_TEST(status_of([](auto& d) { d.opcode = 0; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.opcode = INVAR_OP_PRECONDITION + 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.phase = INVAR_PHASE_COUNT; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.flags = ~0u; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.service = INVAR_SERVICE_COUNT; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.second_handle = 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.rank = 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.block_layout = 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.range = 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.quality = -0.0; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.replicas = 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.reserved_word = 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.reserved[2] = 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.n = 0; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.n = 1u << 20; }) == ok);
  BOOST_TEST(status_of([](auto& d) { d.n = (1u << 20) + 1; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.columns = 0; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.columns = 65536; }) == ok);
  BOOST_TEST(status_of([](auto& d) { d.columns = 65537; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.tolerance = 1e-15; }) == ok);
  BOOST_TEST(status_of([](auto& d) { d.tolerance = 0.0; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.tolerance = 1.5; }) == bad);
  BOOST_TEST(status_of([](auto& d) { d.tolerance = std::numeric_limits<double>::quiet_NaN(); }) ==
             bad);
  BOOST_TEST(status_of([](auto& d) { d.iteration_limit = 1001; }) == bad);
}

BOOST_AUTO_TEST_CASE(fields_that_a_command_does_not_use_are_not_checked) {
  BOOST_TEST(status_of([](auto& d) {
               d.opcode = INVAR_OP_RELEASE;
               d.n = d.columns = 0;
               d.tolerance = -1.0;
             }) == static_cast<std::uint32_t>(INVAR_STATUS_OK));
  BOOST_TEST(status_of([](auto& d) {
               d.opcode = INVAR_OP_PROGRAM;
               d.columns = 0;
               d.slices = k_slices;
             }) == static_cast<std::uint32_t>(INVAR_STATUS_OK));
  BOOST_TEST(status_of([](auto& d) {
               d.opcode = INVAR_OP_PROGRAM;
               d.slices = k_slices + 1;
             }) == static_cast<std::uint32_t>(INVAR_STATUS_BAD_DESCRIPTOR));
}

BOOST_AUTO_TEST_SUITE_END()
