#include <invar/parameters/nearest_name.h>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(names)

using invar::parameters::nearest_name;

BOOST_AUTO_TEST_CASE(the_nearest_name_is_found_and_far_ones_are_not) {
  BOOST_TEST(nearest_name("tile.rwos", {"tile.rows", "tile.slices"}) == "tile.rows");
  BOOST_TEST(nearest_name("xyz", {"tile.rows", "tile.slices"}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
