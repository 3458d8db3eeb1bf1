#include <invar/sequencer/matrix_memory.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

BOOST_AUTO_TEST_SUITE(matrix_memory)

using invar::sequencer::MatrixMemory;

BOOST_AUTO_TEST_CASE(claims_are_granted_in_their_order_as_far_as_the_memory_goes) {
  MatrixMemory memory(100);
  BOOST_TEST(memory.could_hold(100));
  BOOST_TEST(!memory.could_hold(101));
  auto first = std::make_unique<MatrixMemory::Claim>(memory, 60);
  MatrixMemory::Claim second(memory, 50);
  MatrixMemory::Claim third(memory, 10);
  BOOST_TEST(!second.take());
  BOOST_TEST(first->take());
  BOOST_TEST(!second.take());
  // It would fit, but has come later.
  BOOST_TEST(!third.take());
  first.reset();
  BOOST_TEST(second.take());
  BOOST_TEST(second.take());
  BOOST_TEST(third.take());
}

BOOST_AUTO_TEST_CASE(who_leaves_the_queue_holds_nobody_up) {
  MatrixMemory memory(100);
  auto first = std::make_unique<MatrixMemory::Claim>(memory, 60);
  MatrixMemory::Claim second(memory, 100);
  first.reset();
  BOOST_TEST(second.take());
}

BOOST_AUTO_TEST_CASE(memory_of_no_size_holds_whatever_is_asked_for) {
  MatrixMemory memory(0);
  MatrixMemory::Claim first(memory, 1000);
  MatrixMemory::Claim second(memory, 1000);
  BOOST_TEST(memory.could_hold(1u << 30));
  BOOST_TEST(first.take());
  BOOST_TEST(second.take());
}

BOOST_AUTO_TEST_CASE(it_is_told_when_anybody_uses_it_and_when_nobody_does) {
  MatrixMemory memory(100);
  std::vector<bool> told;
  memory.on_use = [&told](bool is_used) { told.push_back(is_used); };
  {
    MatrixMemory::Claim claim(memory, 60);
    BOOST_TEST(told.empty());
    BOOST_TEST(claim.take());
    const MatrixMemory::Use passing(memory);
    BOOST_TEST(told == std::vector<bool>{true}, boost::test_tools::per_element());
  }
  const std::vector<bool> both = {true, false};
  BOOST_TEST(told == both, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
