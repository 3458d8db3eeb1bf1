#define BOOST_TEST_MODULE invar
#include <boost/test/unit_test.hpp>
