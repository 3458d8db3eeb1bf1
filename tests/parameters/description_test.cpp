#include <invar/parameters/description.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(description)

using namespace invar::parameters;

namespace {

enum class Shape { round, square };

struct Valve {
  int turns = 3;
  double width_m = 0.5;
  bool open = false;
  std::string label = "none";
  Shape shape = Shape::round;
  std::uint64_t seed = 1;

  static const Description<Valve>& description() {
    static const auto all =
        Description<Valve>("valve")
            .integer("turns", &Valve::turns, {1, 8}, "turns", "from open to shut", "choice")
            .with_flag("--turns", "N")
            .real("width_m", &Valve::width_m, {0, 2, true}, "m", "inside", "assumption")
            .with_dependent_default()
            .flag("open", &Valve::open, "at the start", "choice")
            .text("label", &Valve::label, "of the drawing", "choice")
            .host_only()
            .choice("shape", &Valve::shape, {{"round", Shape::round}, {"square", Shape::square}},
                    "of its seat", "choice")
            .integer("seed", &Valve::seed, {0, 0x1p63}, "", "key", "choice");
    return all;
  }
};

struct Plant {
  Valve valve;
  std::array<float, 2> pressures_pa{1.0F, 2.0F};

  static const Description<Plant>& description() {
    static const auto all =
        Description<Plant>("plant")
            .include(&Plant::valve, Valve::description(), {"valve.seed"})
            .real(
                "second_pa", [](auto& plant) -> auto& { return plant.pressures_pa[1]; }, {0, 10},
                "Pa", "second pressure", "assumption");
    return all;
  }
};

template <typename Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string refused_value(const std::string& key, const Value& value) {
  Valve valve;
  return refusal([&] { Valve::description().set(valve, key, value); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_value_is_set_and_read_back_by_its_key) {
  Valve valve;
  const auto& all = Valve::description();
  all.set(valve, "valve.turns", std::int64_t{8});
  all.set(valve, "valve.width_m", std::int64_t{2});  // a whole number is a real one
  all.set(valve, "valve.open", true);
  all.set(valve, "valve.label", std::string("inlet"));
  all.set(valve, "valve.shape", std::string("square"));
  BOOST_TEST(valve.turns == 8);
  BOOST_TEST(valve.width_m == 2.0);
  BOOST_TEST(valve.open);
  BOOST_TEST(valve.label == "inlet");
  BOOST_TEST((valve.shape == Shape::square));
  BOOST_TEST((all.get(valve, "valve.turns") == Value(std::int64_t{8})));
  BOOST_TEST((all.get(valve, "valve.width_m") == Value(2.0)));
  BOOST_TEST((all.get(valve, "valve.shape") == Value(std::string("square"))));
}

BOOST_AUTO_TEST_CASE(what_is_not_allowed_is_refused_by_name_value_and_range) {
  BOOST_TEST(refused_value("valve.turns", std::int64_t{0}) ==
             "valve.turns = 0: must be from 1 to 8");
  BOOST_TEST(refused_value("valve.turns", 2.5) ==
             "valve.turns = 2.5: must be a whole number from 1 to 8");
  BOOST_TEST(refused_value("valve.width_m", 0.0) ==
             "valve.width_m = 0: must be above 0 and at most 2");
  BOOST_TEST(refused_value("valve.width_m", std::nan("")) ==
             "valve.width_m = nan: must be above 0 and at most 2");
  BOOST_TEST(refused_value("valve.width_m", std::string("wide")) ==
             "valve.width_m = \"wide\": must be a number above 0 and at most 2");
  BOOST_TEST(refused_value("valve.open", std::int64_t{1}) ==
             "valve.open = 1: must be true or false");
  BOOST_TEST(refused_value("valve.label", 1.0) == "valve.label = 1: must be a text in quotes");
  BOOST_TEST(refused_value("valve.shape", std::string("oval")) ==
             "valve.shape = \"oval\": must be round or square");
  BOOST_TEST(refused_value("valve.truns", true) ==
             "unknown parameter valve.truns; did you mean valve.turns?");
}

BOOST_AUTO_TEST_CASE(a_structure_filled_in_by_code_is_refused_in_the_same_words) {
  Valve valve;
  const auto message = [&] { return refusal([&] { Valve::description().check(valve); }); };
  BOOST_TEST(message() == "accepted");
  valve.width_m = std::nan("");
  BOOST_TEST(message() == "valve.width_m = nan: must be above 0 and at most 2");
  valve.turns = 9;
  BOOST_TEST(message() == "valve.turns = 9: must be from 1 to 8");
  valve = Valve();
  valve.shape = static_cast<Shape>(7);
  BOOST_TEST(message() == "valve.shape = \"unknown\": must be round or square");
}

BOOST_AUTO_TEST_CASE(an_unsigned_number_that_fits_no_int64_is_still_in_its_range) {
  Valve valve;
  valve.seed = ~std::uint64_t{0};
  BOOST_CHECK_NO_THROW(Valve::description().check(valve));
}

BOOST_AUTO_TEST_CASE(a_structure_within_another_keeps_its_keys_but_for_those_left_out) {
  Plant plant;
  const auto& all = Plant::description();
  all.set(plant, "valve.turns", std::int64_t{5});
  all.set(plant, "plant.second_pa", 0.1);
  BOOST_TEST(plant.valve.turns == 5);
  BOOST_TEST(plant.pressures_pa[1] == 0.1F);
  BOOST_TEST(all.find("valve.seed") == nullptr);
  BOOST_TEST((all.groups() == std::vector<std::string>{"valve", "plant"}));
  plant.valve.turns = 100;
  BOOST_TEST(refusal([&] { all.check(plant); }) == "valve.turns = 100: must be from 1 to 8");
}

BOOST_AUTO_TEST_CASE(a_parameter_says_everything_about_itself) {
  const Parameter& turns = Valve::description().at("valve.turns");
  BOOST_TEST(turns.group() == "valve");
  BOOST_TEST(turns.name() == "turns");
  BOOST_TEST(turns.unit == "turns");
  BOOST_TEST(turns.allowed == "from 1 to 8");
  BOOST_TEST(turns.flag == "--turns");
  BOOST_TEST(turns.flag_argument == "N");
  BOOST_TEST(turns.affects_results);
  BOOST_TEST(!Valve::description().at("valve.label").affects_results);
  BOOST_TEST(Valve::description().at("valve.width_m").has_dependent_default);
  BOOST_TEST(!turns.has_dependent_default);
}

BOOST_AUTO_TEST_CASE(texts_of_a_command_line_are_read_as_the_parameter_is_kept) {
  const auto parsed = [](const char* key, const char* text) {
    return Valve::description().at(key).parse(text);
  };
  BOOST_TEST((parsed("valve.turns", "+7") == Value(std::int64_t{7})));
  BOOST_TEST((parsed("valve.turns", "1e3") == Value(std::int64_t{1000})));
  BOOST_TEST((parsed("valve.turns", "7.5") == Value(7.5)));
  BOOST_TEST((parsed("valve.turns", "7x") == Value(std::string("7x"))));
  BOOST_TEST((parsed("valve.width_m", "1e-3") == Value(1e-3)));
  BOOST_TEST((parsed("valve.open", "true") == Value(true)));
  BOOST_TEST((parsed("valve.open", "yes") == Value(std::string("yes"))));
  BOOST_TEST((parsed("valve.label", "7") == Value(std::string("7"))));
}

BOOST_AUTO_TEST_CASE(a_key_is_declared_once) {
  BOOST_CHECK_THROW(Description<Valve>("valve")
                        .flag("open", &Valve::open, "", "")
                        .flag("open", &Valve::open, "", ""),
                    std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
