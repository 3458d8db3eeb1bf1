#include <invar/state/archive.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(state_archive)

using invar::state::Archive;

namespace {

struct Everything {
  int number = 0;
  double values[3] = {};
  std::string text;
  std::vector<bool> flags;
  std::vector<std::uint16_t> list;
  std::map<int, double> map;

  void exchange(Archive& archive) {
    archive.part("everything");
    archive.value(number);
    archive.values(values, 3);
    archive.text(text);
    archive.flags(flags);
    archive.list(list);
    archive.map(map);
  }
};

std::string written() {
  Everything one{-3,     {1.5, -0.0, 1e300},  "two\n", {true, false, true},
                 {9, 8}, {{4, 0.25}, {5, -1}}};
  Archive archive;
  one.exchange(archive);
  return archive.bytes();
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_written_is_read_to_the_bit) {
  const std::string bytes = written();
  Archive archive(bytes);
  Everything read;
  read.exchange(archive);
  archive.finish();
  BOOST_TEST(read.number == -3);
  BOOST_TEST(read.values[0] == 1.5);
  BOOST_TEST(std::signbit(read.values[1]));
  BOOST_TEST(read.text == "two\n");
  BOOST_TEST((read.flags == std::vector<bool>{true, false, true}));
  BOOST_TEST((read.list == std::vector<std::uint16_t>{9, 8}));
  BOOST_TEST((read.map == std::map<int, double>{{4, 0.25}, {5, -1}}));
  Archive again;
  read.exchange(again);
  BOOST_TEST((again.bytes() == bytes));
}

BOOST_AUTO_TEST_CASE(bytes_that_end_too_early_are_refused_wherever_they_end) {
  const std::string bytes = written();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    Archive archive(std::string_view(bytes).substr(0, length));
    Everything read;
    BOOST_CHECK_THROW(read.exchange(archive), std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(a_count_that_cannot_be_is_refused_before_room_is_made_for_it) {
  Archive writer;
  std::uint64_t count = ~std::uint64_t{0} / 4;
  writer.value(count);
  Archive archive(writer.bytes());
  std::vector<std::uint64_t> list;
  BOOST_CHECK_THROW(archive.list(list), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(another_part_another_size_and_what_is_left_over_are_named) {
  const auto message = [](const auto& read) -> std::string {
    Archive writer;
    double values[2] = {};
    writer.part("array");
    writer.values(values, 2);
    Archive archive(writer.bytes());
    try {
      read(archive);
      archive.finish();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  double values[3] = {};
  BOOST_TEST(message([](Archive& archive) { archive.part("tile"); }) ==
             "state of tile: another part stands in its place");
  BOOST_TEST(message([&](Archive& archive) {
               archive.part("array");
               archive.values(values, 3);
             }) == "state of array: holds 2 values where this machine has 3");
  BOOST_TEST(message([&](Archive& archive) { archive.part("array"); }) ==
             "state of array: 24 bytes are left over");
}

BOOST_AUTO_TEST_SUITE_END()
