#include <invar/configuration/toml_document.h>
#include <invar/configuration/toml_parameters.h>
#include <invar/converter/converter_parameters.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(toml_parameters)

using namespace invar::configuration;
using invar::converter::AdcParameters;
using invar::converter::DacParameters;
using invar::parameters::Description;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;

namespace {

struct Converters {
  DacParameters dac;
  AdcParameters adc;

  static const Description<Converters>& description() {
    static const auto all = Description<Converters>()
                                .include(&Converters::dac, DacParameters::description())
                                .include(&Converters::adc, AdcParameters::description());
    return all;
  }
};

std::string refusal(const std::string& text) {
  Converters converters;
  return message_of<std::invalid_argument>(
      [&] { read_toml("c.toml", text, Converters::description(), converters); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_sets_what_it_names_and_leaves_the_rest) {
  Converters converters;
  const std::set<std::string> given =
      read_toml("c.toml", "[adc]\nbits = 6\nenergy_j = 1e-12\n[dac]\nfull_scale_v = 1\n",
                Converters::description(), converters);
  BOOST_TEST(converters.adc.bits == 6);
  BOOST_TEST(converters.adc.energy_j == 1e-12);
  BOOST_TEST(converters.dac.full_scale_v == 1.0);
  BOOST_TEST(converters.dac.bits == 8);
  BOOST_TEST((given == std::set<std::string>{"adc.bits", "adc.energy_j", "dac.full_scale_v"}));
}

BOOST_AUTO_TEST_CASE(a_value_may_come_with_its_origin) {
  Converters converters;
  invar::parameters::Origins origins;
  read_toml(
      "c.toml",
      "[adc]\nenergy_j = { value = 2e-12, source = \"a survey\", node = \"65 nm\", year = 2025, "
      "believed = [1e-12, 4e-12] }\nbits = { value = 6, source = \"choice\" }\n",
      Converters::description(), converters, {}, &origins);
  BOOST_TEST(converters.adc.energy_j == 2e-12);
  BOOST_TEST(converters.adc.bits == 6);
  BOOST_TEST(to_text(origins.at("adc.energy_j")) ==
             "a survey; 65 nm, 2025; published; believed from 1e-12 to 4e-12");
  BOOST_TEST(to_text(origins.at("adc.bits")) == "choice");
  // What is written tells it again.
  const std::string text = write_toml(Converters::description(), converters, {}, origins);
  Converters again;
  invar::parameters::Origins told;
  read_toml("c.toml", text, Converters::description(), again, {}, &told);
  BOOST_TEST((told == origins));
  BOOST_TEST(write_toml(Converters::description(), again, {}, told) == text);
  // A value without an origin takes the place of one with it.
  read_toml("d.toml", "[adc]\nbits = 6\n", Converters::description(), again, {}, &told);
  BOOST_TEST(told.count("adc.bits") == 0u);
}

BOOST_AUTO_TEST_CASE(a_value_with_half_an_origin_is_refused) {
  const auto refused = [](const std::string& table) {
    return refusal("[adc]\nenergy_j = { " + table + " }\n");
  };
  BOOST_TEST(refused("value = 1e-12") ==
             "c.toml:2: adc.energy_j: must say its source: a paper, a data set, \"assumption\" or "
             "\"choice\"");
  BOOST_TEST(refused("source = \"x\"") == "c.toml:2: adc.energy_j: must be from 0 to 1e-06");
  BOOST_TEST(refused("value = 1e-12, source = \"\"") ==
             "c.toml:2: adc.energy_j: source: must be a text that is not empty");
  BOOST_TEST(refused("value = 1e-12, source = \"x\", year = 20") ==
             "c.toml:2: adc.energy_j: year: must be a whole number from 1900 to 2100");
  BOOST_TEST(refused("value = 1e-12, source = \"x\", believed = [2e-12, 3e-12]") ==
             "c.toml:2: adc.energy_j: believed: must be [lowest, highest] with the value within");
  BOOST_TEST(refused("value = 1e-12, source = \"x\", colour = 1") ==
             "c.toml:2: adc.energy_j: colour: unknown; must be value, source, node, year or "
             "believed");
  BOOST_TEST(refused("value = -1, source = \"x\"") ==
             "c.toml:2: adc.energy_j = -1: must be from 0 to 1e-06");
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_with_file_and_line) {
  BOOST_TEST(refusal("[dac]\n\nbits = 40\n") == "c.toml:3: dac.bits = 40: must be from 1 to 24");
  BOOST_TEST(refusal("[dac]\nbits = 8.5\n") ==
             "c.toml:2: dac.bits = 8.5: must be a whole number from 1 to 24");
  BOOST_TEST(refusal("[dac]\nbist = 8\n") ==
             "c.toml:2: unknown parameter dac.bist; did you mean dac.bits?");
  BOOST_TEST(refusal("[dak]\nbits = 8\n") == "c.toml:1: unknown table [dak]; did you mean [dac]?");
  BOOST_TEST(refusal("dac = 8\n") == "c.toml:1: dac must be a table: write [dac]");
  BOOST_TEST(refusal("[dac]\nbits = [8]\n") == "c.toml:2: dac.bits: must be from 1 to 24");
  BOOST_TEST(refusal("[dac]\nbits = 2020-01-01\n") ==
             "c.toml:2: must be a number, a text, true or false");
  BOOST_TEST(contains(refusal("[dac]\nbits 8\n"), "c.toml:2: "));
}

BOOST_AUTO_TEST_CASE(keys_of_somebody_else_are_left_alone) {
  Converters converters;
  BOOST_CHECK_NO_THROW(read_toml("c.toml", "[[layer]]\nkind = \"conv\"\n",
                                 Converters::description(), converters, {"layer"}));
}

BOOST_AUTO_TEST_CASE(a_listing_reads_back_to_the_same_bits) {
  Converters converters;
  converters.adc.energy_j = 1e-12 / 3.0;
  converters.dac.bits = 5;
  const std::string text = write_toml(Converters::description(), converters);
  BOOST_TEST(
      contains(text,
               "[dac]\nbits = 5                             # bit; from 1 to 24; resolution; "
               "source: choice; the published machine has 4\n"));
  Converters again;
  read_toml("c.toml", text, Converters::description(), again);
  BOOST_TEST(again.adc.energy_j == converters.adc.energy_j);
  BOOST_TEST(write_toml(Converters::description(), again) == text);
}

BOOST_AUTO_TEST_CASE(a_listing_takes_what_it_is_told_to) {
  const std::string text = write_toml(Converters::description(), Converters(),
                                      [](const invar::parameters::Parameter& parameter) {
                                        return parameter.group() == "adc"   ? Listed::no
                                               : parameter.name() == "bits" ? Listed::commented_out
                                                                            : Listed::yes;
                                      });
  BOOST_TEST(!contains(text, "[adc]"));
  BOOST_TEST(contains(text, "[dac]\n# bits = 8 "));
  BOOST_TEST(contains(text, "\nfull_scale_v = 0.25 "));
}

BOOST_AUTO_TEST_CASE(a_file_is_read_or_named_as_unreadable) {
  TemporaryDirectory directory;
  Converters converters;
  const auto& all = Converters::description();
  read_toml_file(directory.write("good.toml", "[dac]\nbits = 4\n"), all, converters);
  BOOST_TEST(converters.dac.bits == 4);
  const auto failure = [&](const std::string& path) {
    return message_of<std::invalid_argument>([&] { read_toml_file(path, all, converters); });
  };
  BOOST_TEST(contains(failure(directory.path("absent.toml")), "absent.toml: no such file"));
  BOOST_TEST(contains(failure(directory.path()), "is not a regular file"));
  BOOST_TEST(contains(failure("/dev/zero"), "is not a regular file"));
  const std::string large(std::size_t{1} << 21, '#');
  BOOST_TEST(contains(failure(directory.write("large.toml", large)), "longer than 1048576 bytes"));
}

BOOST_AUTO_TEST_CASE(a_document_keeps_the_order_and_the_lines_of_its_file) {
  const TomlValue root =
      parse_toml("d.toml", "[b]\nz = 1\na = \"t\"\n[[layer]]\n[[layer]]\nx = 0.5\n");
  BOOST_TEST_REQUIRE(root.table.size() == 2u);
  BOOST_TEST(root.table[0].first == "b");
  BOOST_TEST(root.table[0].second.table[0].first == "z");
  BOOST_TEST(root.table[0].second.table[1].second.line == 3u);
  const TomlValue* const layers = root.find("layer");
  BOOST_TEST_REQUIRE(layers->array.size() == 2u);
  BOOST_TEST(layers->array[1].line == 5u);
  BOOST_TEST(*layers->array[1].find("x")->as<double>() == 0.5);
  BOOST_TEST(layers->array[1].find("x")->as<std::int64_t>() == nullptr);
  BOOST_TEST(layers->array[0].find("x") == nullptr);
}

BOOST_AUTO_TEST_CASE(nesting_without_a_bound_is_refused_with_its_line) {
  const std::string deep(100000, '[');
  BOOST_TEST(contains(refusal("\na = " + deep), "c.toml:2: nested deeper than 64 levels"));
}

BOOST_AUTO_TEST_SUITE_END()
