#include <invar/state/archive.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "device/rram_arrays.h"

BOOST_AUTO_TEST_SUITE(rram_checkpoint)

using namespace invar::device;
using namespace invar::test;

BOOST_AUTO_TEST_CASE(an_array_goes_on_from_a_checkpoint_as_if_nothing_had_been) {
  RramParameters parameters;
  parameters.stuck_fraction = 0.02;
  const auto same = [](const RramArray& a, const RramArray& b) {
    return a.conductance_s() == b.conductance_s() &&
           a.measured_conductance_s() == b.measured_conductance_s() &&
           a.total_writes() == b.total_writes() && a.maximum_writes() == b.maximum_writes() &&
           a.cells_failed_before() == b.cells_failed_before();
  };
  RramArray kept = array_of(parameters, 3, 12);
  double energy_j = 0.0;
  write_all(kept, 5);
  kept.read(12, energy_j);
  write_all(kept, 2);
  invar::state::Archive written;
  kept.exchange(written);
  RramArray restored = array_of(parameters, 3, 12);
  invar::state::Archive read(written.bytes());
  restored.exchange(read);
  read.finish();
  BOOST_TEST(same(kept, restored));
  // Noise of the next reads, errors and pulses of the next writes.
  BOOST_TEST((kept.read(12, energy_j) == restored.read(12, energy_j)));
  write_all(kept, 7);
  write_all(restored, 7);
  BOOST_TEST(same(kept, restored));
}

BOOST_AUTO_TEST_CASE(an_array_of_another_size_refuses_a_checkpoint) {
  RramArray large = array_of(exact_cells(), 1, 12);
  RramArray small = array_of(exact_cells(), 1, 11);
  invar::state::Archive written;
  large.exchange(written);
  invar::state::Archive read(written.bytes());
  BOOST_CHECK_THROW(small.exchange(read), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
