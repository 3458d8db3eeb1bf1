#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/configuration/preset.h>
#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/dataset/input_error.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(configuration)

using namespace invar::platform;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;

namespace {

/// The message for a TOML text, without the directory.
std::string toml_error(const std::string& text) {
  TemporaryDirectory directory;
  const std::string path = directory.write("run.toml", text);
  RunConfiguration configuration;
  const std::string message = message_of<InputError>([&] { read_toml_file(path, configuration); });
  return message.empty() ? message : message.substr(directory.path().size() + 1);
}

/// The numbers of "from A to B" or "above A and at most B".
bool bounds(const Parameter& parameter, double& low, double& high) {
  return std::sscanf(parameter.allowed.c_str(), "from %lf to %lf", &low, &high) == 2 ||
         std::sscanf(parameter.allowed.c_str(), "above %lf and at most %lf", &low, &high) == 2;
}

/// What the end of a name stands for; empty for a bare number.
std::string unit_of(const std::string& key) {
  // Longer endings first.
  for (const auto& [ending, unit] : {std::pair("_hz_f_per_w", "Hz F/W"),
                                     std::pair("_conductance_s", "S"),
                                     std::pair("_bytes_per_cycle", "byte"),
                                     std::pair("_v_per_s", "V/s"),
                                     std::pair("_w_per_m2", "W/m^2"),
                                     std::pair("_m2_per_byte", "m^2"),
                                     std::pair("_m2_per_bit", "m^2"),
                                     std::pair("_rate_hz", "1/s"),
                                     std::pair("_per_v", "1/V"),
                                     std::pair("_cycles", "cycles"),
                                     std::pair("_bytes", "byte"),
                                     std::pair("_ohm", "ohm"),
                                     std::pair("_m2", "m^2"),
                                     std::pair("_hz", "Hz"),
                                     std::pair("_s", "s"),
                                     std::pair("_j", "J"),
                                     std::pair("_v", "V"),
                                     std::pair("_w", "W"),
                                     std::pair("_f", "F"),
                                     std::pair("_m", "m")}) {
    const std::string end = ending;
    if (key.size() > end.size() && key.compare(key.size() - end.size(), end.size(), end) == 0) {
      return unit;
    }
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_toml_file_sets_numbers_texts_flags_and_choices) {
  TemporaryDirectory directory;
  const std::string path = directory.write("run.toml",
                                           "[run]\nseed = 7\nquiet = true\ninverter = \"digital\"\n"
                                           "[train]\nepochs = 2\ndamping = 1e-3\n"
                                           "dataset = \"mnist\"\n[tile]\nrows = 64\n"
                                           "[device]\nprogramming_error = \"cmo_hfox\"\n");
  RunConfiguration configuration;
  read_toml_file(path, configuration);
  BOOST_TEST(configuration.run.seed == 7u);
  BOOST_TEST(configuration.run.quiet);
  BOOST_TEST((configuration.run.inverter == Inverter::digital));
  BOOST_TEST(configuration.train.epochs == 2.0);
  BOOST_TEST(configuration.train.damping == 1e-3);
  BOOST_TEST(configuration.train.dataset == "mnist");
  BOOST_TEST(configuration.accelerator.tile.rows == 64);
  BOOST_TEST((configuration.accelerator.tile.device.programming_error ==
              invar::device::ProgrammingErrorModel::cmo_hfox));
  BOOST_TEST(configuration.is_given("tile.rows"));
  BOOST_TEST(!configuration.is_given("tile.slices"));
}

BOOST_AUTO_TEST_CASE(mistakes_in_a_toml_file_are_named_with_their_line) {
  BOOST_TEST(toml_error("[tile]\nrows = 10000\n") ==
             "run.toml:2: tile.rows = 10000: must be from 1 to 512");
  BOOST_TEST(toml_error("[tile]\n\nrows = 0\n") ==
             "run.toml:3: tile.rows = 0: must be from 1 to 512");
  BOOST_TEST(toml_error("[tile]\nrwos = 8\n") ==
             "run.toml:2: unknown parameter tile.rwos; did you mean tile.rows?");
  BOOST_TEST(toml_error("[tiel]\nrows = 8\n") ==
             "run.toml:1: unknown table [tiel]; did you mean [tile]?");
  BOOST_TEST(toml_error("rows = 8\n") == "run.toml:1: unknown key rows");
  BOOST_TEST(toml_error("[tile]\nrows = 8.5\n") ==
             "run.toml:2: tile.rows = 8.5: must be a whole number from 1 to 512");
  BOOST_TEST(toml_error("[train]\noptimizer = \"sdg\"\n") ==
             "run.toml:2: train.optimizer = \"sdg\": must be kfac, sgd or adam");
  BOOST_TEST(toml_error("[train]\ndamping = \"big\"\n") ==
             "run.toml:2: train.damping = \"big\": must be a number from 1e-12 to 1000000");
  BOOST_TEST(toml_error("[train]\ndamping = nan\n") ==
             "run.toml:2: train.damping = nan: must be from 1e-12 to 1000000");
  BOOST_TEST(contains(toml_error("[train]\ndamping = [1, 2]\n"), "run.toml:2: train.damping: "));
  BOOST_TEST(contains(toml_error("[train]\nbatch 3\n"), "run.toml:2: "));
  BOOST_TEST(!contains(toml_error("[train]\nbatch 3\n"), "\n"));
  BOOST_TEST(contains(toml_error("[run]\nseed = 1\nseed = 2\n"), "run.toml:"));
}

BOOST_AUTO_TEST_CASE(a_missing_toml_file_is_an_error_and_an_empty_one_is_not) {
  TemporaryDirectory directory;
  RunConfiguration configuration;
  BOOST_TEST(contains(
      message_of<InputError>([&] { read_toml_file(directory.path("absent.toml"), configuration); }),
      "absent.toml: no such file"));
  BOOST_TEST(
      contains(message_of<InputError>([&] { read_toml_file(directory.path(), configuration); }),
               "is a directory"));
  read_toml_file(directory.write("empty.toml", ""), configuration);
  BOOST_TEST(configuration.given.empty());
}

BOOST_AUTO_TEST_CASE(nesting_without_a_bound_is_refused_with_its_line) {
  const auto repeated = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) {
      text += part;
    }
    return text;
  };
  for (const int levels : {100, 10000, 1000000 / 8}) {
    for (const std::string& text :
         {"\na = " + repeated("[", levels),
          "\na = " + repeated("[", levels) + repeated("]", levels),
          "\na = " + repeated("{a = ", levels) + "1" + repeated("}", levels),
          "\n" + repeated("a.", levels) + "a = 1", "\n[" + repeated("a.", levels) + "a]",
          "\n[[" + repeated("\"a.]\" . ", levels) + "a]]"}) {
      const std::string message = toml_error(text);
      BOOST_TEST((contains(message, "run.toml:2: nested deeper than 64 levels") ||
                  contains(message, "run.toml: longer than 1048576 bytes")),
                 message);
    }
  }
  // Not nested: strings, comments, and what stands side by side.
  const std::string many = repeated("[{.", 100);
  BOOST_TEST(toml_error("# " + many + "\n[adc] # " + many + "\nbits = 6\n").empty());
  for (const std::string& value :
       {"\"" + many + "\\\" " + many + "\"", "'" + many + "\\'", "\"\"\"\n\"" + many + "\n\"\"\"",
        "'''\n'" + many + "'''", "[" + repeated("[1.5, 2.5], ", 100) + "]"}) {
    BOOST_TEST(contains(toml_error("[adc]\nbits = " + value + "\n"), "run.toml:2: adc.bits"),
               value);
  }
}

BOOST_AUTO_TEST_CASE(the_printed_parameters_read_back_to_the_same_configuration) {
  TemporaryDirectory directory;
  for (const Command command :
       {Command::train, Command::solve, Command::circuit, Command::workload}) {
    RunConfiguration configuration;
    configuration.command = command;
    configuration.circuit.wire_resistance_ohm = 1.0 / 3.0;
    configuration.train.damping = 0.1 + 0.2;
    configuration.train.dataset = "a \"quoted\" \\ path";
    configuration.accelerator.tile.amplifier.gain_bandwidth_hz = 1e8 / 3.0;
    configuration.run.inverter = Inverter::exact;
    const std::string text = write_toml(configuration);
    RunConfiguration again;
    again.command = command;
    read_toml_file(directory.write("params.toml", text), again);
    BOOST_TEST(write_toml(again) == text);
  }
}

BOOST_AUTO_TEST_CASE(every_parameter_is_declared_with_source_and_a_default_within_its_range) {
  const RunConfiguration defaults;
  std::set<std::string> keys;
  for (const Parameter& parameter : parameter_table().parameters()) {
    BOOST_TEST_CONTEXT(parameter.key) {
      BOOST_TEST(keys.insert(parameter.key).second);
      BOOST_TEST(!parameter.origin.source.empty());
      BOOST_TEST(!parameter.description.empty());
      BOOST_TEST(!parameter.allowed.empty());
      RunConfiguration copy;
      BOOST_CHECK_NO_THROW(parameter.set(copy, parameter.get(defaults)));
      BOOST_TEST((parameter.get(copy) == parameter.get(defaults)));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_believed_of_a_default_holds_it_and_may_be_set) {
  const RunConfiguration defaults;
  for (const Parameter& parameter : parameter_table().parameters()) {
    BOOST_TEST_CONTEXT(parameter.key) {
      const auto& believed = parameter.origin.believed;
      if (!believed) {
        continue;
      }
      const ParameterValue held = parameter.get(defaults);
      const double value = std::holds_alternative<double>(held)
                               ? std::get<double>(held)
                               : static_cast<double>(std::get<std::int64_t>(held));
      BOOST_TEST(believed->lowest <= value);
      BOOST_TEST(value <= believed->highest);
      BOOST_TEST(parameter.range.lowest <= believed->lowest);
      BOOST_TEST(believed->highest <= parameter.range.highest);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_value_of_a_preset_has_its_origin) {
  for (const auto& preset : invar::platform::presets()) {
    RunConfiguration configuration;
    invar::platform::apply_preset(preset.name, configuration);
    for (const std::string& key : configuration.given) {
      BOOST_TEST(configuration.origins.count(key) == 1u, preset.name << ": " << key);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_origin_told_is_that_of_the_value_in_force) {
  RunConfiguration configuration;
  const Parameter& energy = *parameter_table().find("dac.energy_per_bit_j");
  const Parameter& bits = *parameter_table().find("adc.bits");
  BOOST_TEST((origin_of(configuration, energy) == energy.origin));
  invar::platform::apply_preset("integrated-40nm", configuration);
  BOOST_TEST(origin_of(configuration, bits).source == "choice");
  BOOST_TEST(origin_of(configuration, *parameter_table().find("adc.energy_per_step_j")).year ==
             2025);
  // The same value once more is still the preset's, another one the user's.
  parameter_table().assign(configuration, bits, std::int64_t{6});
  BOOST_TEST(configuration.origins.count("adc.bits") == 1u);
  parameter_table().assign(configuration, bits, std::int64_t{7});
  BOOST_TEST(origin_of(configuration, bits).source == "choice of the user");
}

BOOST_AUTO_TEST_CASE(a_parameter_with_a_dimension_has_its_unit) {
  for (const auto* list :
       {static_cast<const invar::parameters::ParameterList*>(&parameter_table().description()),
        static_cast<const invar::parameters::ParameterList*>(
            &invar::accelerator::AcceleratorParameters::description())}) {
    for (const auto& parameter : list->parameters()) {
      const std::string unit = unit_of(parameter.key);
      if (!unit.empty()) {
        BOOST_TEST(parameter.unit == unit, parameter.key << " in " << parameter.unit);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_table_allows_what_the_hardware_allows) {
  const auto is_hardware = [](const Parameter& parameter) {
    const std::string group = parameter.group();
    return group != "run" && group != "train" && group != "solve" && group != "circuit" &&
           group != "vcd" && group != "timeline";
  };
  const std::set<std::string> related = {"device.minimum_conductance_s",
                                         "device.maximum_conductance_s",
                                         "tile.slices",
                                         "tile.seed_slices",
                                         "device.acceptance_window",
                                         "device.deep_off_conductance_s"};
  for (const Parameter& parameter : parameter_table().parameters()) {
    double low = 0.0;
    double high = 0.0;
    if (!is_hardware(parameter) || related.count(parameter.key) != 0 ||
        !bounds(parameter, low, high)) {
      continue;
    }
    BOOST_TEST_CONTEXT(parameter.key) {
      const bool whole = std::holds_alternative<std::int64_t>(parameter.get(RunConfiguration()));
      for (const double end : {low, high}) {
        RunConfiguration copy;
        parameter.set(copy,
                      whole ? ParameterValue(static_cast<std::int64_t>(end)) : ParameterValue(end));
        BOOST_CHECK_NO_THROW(complete_parameters(copy));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(relations_between_parameters_are_checked) {
  RunConfiguration configuration;
  configuration.accelerator.tile.slices = 2;
  configuration.accelerator.tile.seed_slices = 3;
  BOOST_TEST(message_of<InputError>([&] { complete_parameters(configuration); }) ==
             "tile.seed_slices = 3: must be from 1 to 2");
  RunConfiguration swapped;
  swapped.accelerator.tile.device.minimum_conductance_s = 1e-3;
  BOOST_TEST(contains(message_of<InputError>([&] { complete_parameters(swapped); }),
                      "device.maximum_conductance_s: must be above"));
  RunConfiguration wide;
  wide.accelerator.tile.device.acceptance_window = 0.4;
  BOOST_TEST(contains(message_of<InputError>([&] { complete_parameters(wide); }),
                      "device.acceptance_window"));
  RunConfiguration conducting;
  conducting.accelerator.tile.device.deep_off_conductance_s = 1e-3;
  BOOST_TEST(contains(message_of<InputError>([&] { complete_parameters(conducting); }),
                      "device.deep_off_conductance_s"));
}

BOOST_AUTO_TEST_CASE(a_time_window_is_read_with_units_and_open_ends) {
  double start_s = 0.0;
  double end_s = 0.0;
  parse_time_window("10us:1.5ms", start_s, end_s);
  BOOST_TEST(start_s == 10e-6, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(end_s == 1.5e-3, boost::test_tools::tolerance(1e-12));
  parse_time_window(":2", start_s, end_s);
  BOOST_TEST(start_s == 0.0);
  BOOST_TEST(end_s == 2.0);
  for (const char* bad : {"10us", "1:x", "5ns:1ns", "1min:2min", "-1:2"}) {
    BOOST_CHECK_THROW(parse_time_window(bad, start_s, end_s), InputError);
  }
}

BOOST_AUTO_TEST_SUITE_END()
