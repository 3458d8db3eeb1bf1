#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/configuration/preset.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(command_line)

using namespace invar::platform;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;

namespace {

CommandLine parse(std::vector<std::string> arguments) {
  std::vector<const char*> argv{"invar"};
  for (const std::string& argument : arguments) {
    argv.push_back(argument.c_str());
  }
  return parse_command_line(all_commands(), static_cast<int>(argv.size()), argv.data());
}

std::string parse_error(std::vector<std::string> arguments) {
  return message_of<InputError>([&] { parse(arguments); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_preset_is_read_before_all_that_the_user_says) {
  const auto parsed = [](std::vector<std::string> more) {
    std::vector<std::string> arguments{"params", "train"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return parse(arguments).configuration;
  };
  const RunConfiguration plain = parsed({"--set", "run.preset=integrated-40nm"});
  BOOST_TEST(plain.run.preset == "integrated-40nm");
  BOOST_TEST(plain.accelerator.tile.adc.bits == 6);
  BOOST_TEST(plain.accelerator.tile.device.mean_pulses == 8.52);
  BOOST_TEST(plain.is_given("adc.bits"));
  const RunConfiguration over =
      parsed({"--set", "adc.bits=7", "--set", "run.preset=integrated-40nm"});
  BOOST_TEST(over.accelerator.tile.adc.bits == 7);
  BOOST_TEST(over.accelerator.tile.dac.bits == 6);
  const TemporaryDirectory directory;
  const std::string path =
      directory.write("run.toml", "[run]\npreset = \"prototype\"\n[dac]\nbits = 5\n");
  const RunConfiguration file = parsed({"--config", path});
  BOOST_TEST(file.accelerator.tile.dac.bits == 5);
  BOOST_TEST(file.accelerator.tile.adc.bits == 4);
}

BOOST_AUTO_TEST_CASE(every_preset_is_a_machine_that_passes_its_checks) {
  BOOST_TEST(presets().size() == 4u);
  for (const Preset& preset : presets()) {
    BOOST_TEST(
        parse({"train", "--dataset", ".", "--preset", preset.name}).configuration.run.preset ==
        preset.name);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_preset_is_named_with_those_that_there_are) {
  BOOST_TEST(
      parse_error({"train", "--dataset", ".", "--preset", "integrated-3nm"}) ==
      "--preset integrated-3nm: there is no such preset; must be prototype, integrated-40nm, "
      "integrated-28nm, training, or several of them with + between");
  BOOST_TEST(
      parse_error({"train", "--dataset", ".", "--preset", "prototype+x"}) ==
      "--preset prototype+x: there is no such preset as 'x'; must be prototype, integrated-40nm, "
      "integrated-28nm, training, or several of them with + between");
}

BOOST_AUTO_TEST_CASE(presets_are_read_one_over_the_other) {
  const RunConfiguration both =
      parse({"train", "--dataset", ".", "--preset", "integrated-40nm+training"}).configuration;
  BOOST_TEST(both.accelerator.tile.adc.bits == 8);
  BOOST_TEST(both.accelerator.tile.adc.conversion_energy_j() == 256 * 26e-15);
  BOOST_TEST(both.train.replicas == 4u);
}

BOOST_AUTO_TEST_CASE(train_flags_reach_the_configuration) {
  const CommandLine line =
      parse({"train",     "--optimizer", "sgd",           "--inverter", "exact",
             "--dataset", "mnist",       "--epochs",      "0.5",        "--seed",
             "11",        "--core",      "native",        "--quiet",    "--learning-rate",
             "0.2",       "--set",       "tile.slices=5", "--set",      "adc.bits=6"});
  BOOST_TEST(line.subcommand == &train_command());
  const RunConfiguration& configuration = line.configuration;
  BOOST_TEST((configuration.train.optimizer == Optimizer::sgd));
  BOOST_TEST((configuration.run.inverter == Inverter::exact));
  BOOST_TEST(configuration.train.epochs == 0.5);
  BOOST_TEST(configuration.run.seed == 11u);
  BOOST_TEST(configuration.run.quiet);
  BOOST_TEST(configuration.train.learning_rate == 0.2);
  BOOST_TEST(configuration.accelerator.tile.slices == 5);
  BOOST_TEST(configuration.accelerator.tile.adc.bits == 6);
}

BOOST_AUTO_TEST_CASE(options_without_effect_are_refused_where_they_were_typed) {
  const auto refused = [](std::vector<std::string> arguments, const std::string& text) {
    arguments.insert(arguments.begin(), {"train", "--dataset", "."});
    BOOST_TEST(parse_error(arguments) == text);
  };
  refused({"--inverter", "digital", "--service", "single_shot"},
          "train.service: has no effect with run.inverter = digital: is of rram");
  refused({"--inverter", "digital", "--refresh-delay", "3"},
          "train.refresh_delay_steps: has no effect with run.inverter = digital: is of rram or cg");
  refused({"--inverter", "exact", "--set", "sequencer.lane_precision=fp16"},
          "sequencer.lane_precision: has no effect with run.inverter = exact: is of rram or cg");
  refused({"--inverter", "cg", "--block-layout", "diagonal"},
          "train.block_layout: has no effect with run.inverter = cg: is of rram or digital");
  refused({"--block-rows", "64"},
          "train.block_rows: has no effect with run.inverter = rram: is of digital");
  refused({"--optimizer", "sgd", "--deflation-rank", "2"},
          "train.deflation_rank: has no effect with train.optimizer = sgd: is of kfac");
  refused({"--inverter", "digital", "--deflation-rank", "2"},
          "train.deflation_rank: the digital engine inverts a whole factor as it is: must go with "
          "train.block_layout = diagonal");
  refused({"--refresh-delay", "11"},
          "train.refresh_delay_steps = 11: must be from 0 to train.inverse_interval, 10");
  refused({"--refresh-delay", "5", "--kfac-apply", "inverse"},
          "train.refresh_delay_steps = 5: tiles are programmed in the background where gradients "
          "are solved for; must be 0 with train.kfac_apply = inverse");
  refused({"--refresh-delay", "10", "--checkpoint", "x", "--checkpoint-interval", "10"},
          "train.checkpoint_interval = 10: after a checkpoint the engine inverts until tiles are "
          "written anew; must be above train.refresh_delay_steps, 10");
}

BOOST_AUTO_TEST_CASE(options_without_effect_may_come_from_a_file) {
  const TemporaryDirectory directory;
  const std::string path =
      directory.write("machine.toml",
                      "[train]\nservice = \"single_shot\"\nblock_layout = \"diagonal\"\n"
                      "refresh_delay_steps = 10\n[sequencer]\nlane_precision = \"fp16\"\n");
  for (const char* inverter : {"digital", "exact", "cg"}) {
    parse({"train", "--dataset", ".", "--config", path, "--inverter", inverter});
  }
  const RunConfiguration blocks =
      parse({"train", "--dataset", ".", "--inverter", "digital", "--block-layout", "diagonal",
             "--deflation-rank", "4", "--block-rows", "64"})
          .configuration;
  BOOST_TEST(blocks.train.block_rows == 64);
  BOOST_TEST(blocks.train.deflation_rank == 4);
}

BOOST_AUTO_TEST_CASE(flags_win_over_the_file) {
  TemporaryDirectory directory;
  const std::string path =
      directory.write("run.toml", "[run]\nseed = 3\n[train]\ndataset = \"mnist\"\nepochs = 9\n");
  const CommandLine line = parse({"train", "--epochs", "2", "--config", path});
  BOOST_TEST(line.configuration.train.epochs == 2.0);
  BOOST_TEST(line.configuration.run.seed == 3u);
}

BOOST_AUTO_TEST_CASE(a_network_comes_with_its_file_or_with_the_configuration_but_once) {
  const TemporaryDirectory directory;
  const std::string network =
      directory.write("n.toml", "[train]\nbatch = 7\nepochs = 9\n[[layer]]\nkind = \"pool\"\n");
  const auto parsed = [&](const std::string& flag) {
    return parse({"train", "--dataset", "mnist", "--epochs", "2", flag, network}).configuration;
  };
  for (const char* flag : {"--network", "--config"}) {
    const RunConfiguration configuration = parsed(flag);
    BOOST_TEST(configuration.train.network == network);
    BOOST_TEST(configuration.train.batch == 7);
    BOOST_TEST(configuration.train.epochs == 2.0);
  }
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"train", "--dataset", "mnist", "--network", network, "--config", network},
           {"workload", network, "--config", network}}) {
    BOOST_TEST(parse_error(arguments) ==
               network + ": has layers, and so has " + network + ": must be one network");
  }
}

BOOST_AUTO_TEST_CASE(bad_values_are_told_in_one_line_with_the_allowed_range) {
  const std::string range = ": must be above 0 and at most 10000";
  BOOST_TEST(parse_error({"train", "--dataset", "mnist", "--epochs", "-1"}) ==
             "--epochs = -1" + range);
  BOOST_TEST(parse_error({"train", "--dataset", "mnist", "--epochs=0"}) == "--epochs = 0" + range);
  BOOST_TEST(parse_error({"train", "--dataset", "mnist", "--epochs", "many"}) ==
             "--epochs = \"many\": must be a number above 0 and at most 10000");
  BOOST_TEST(parse_error({"train", "--dataset", "mnist", "--optimizer", "sdg"}) ==
             "--optimizer = \"sdg\": must be kfac, sgd or adam");
  BOOST_TEST(parse_error({"train", "--dataset", "mnist", "--set", "tile.rows=10000"}) ==
             "tile.rows = 10000: must be from 1 to 512");
  BOOST_TEST(contains(parse_error({"train", "--dataset", "mnist", "--set", "tile.rwos=1"}),
                      "did you mean tile.rows?"));
  BOOST_TEST(contains(parse_error({"train", "--dataset", "mnist", "--set", "tile.rows"}),
                      "must be KEY=VALUE"));
  BOOST_TEST(contains(parse_error({"train", "--dataset", "mnist", "--epoch", "3"}),
                      "did you mean --epochs?"));
  BOOST_TEST(contains(parse_error({"train"}), "--dataset is missing"));
  BOOST_TEST(contains(parse_error({"solve", "--matrix", "a.mtx"}), "--rhs is missing"));
  BOOST_TEST(!parse_error({}).empty());
  BOOST_TEST(!parse_error({"trian"}).empty());
  BOOST_TEST(!parse_error({"compare", "only_one.json"}).empty());
  for (const std::string& message :
       {parse_error({}), parse_error({"trian"}), parse_error({"compare", "a"})}) {
    BOOST_TEST(!contains(message, "\n"));
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_command_is_named_with_the_nearest_one) {
  BOOST_TEST(contains(parse_error({"trian"}), "unknown command trian; did you mean train?"));
  BOOST_TEST(contains(parse_error({}), "subcommand is required"));
}

BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_is_found_before_the_run) {
  for (const char* flag : {"--report", "--vcd", "--timeline", "--out"}) {
    BOOST_TEST(contains(parse_error({"solve", "--matrix", "a", "--rhs", "b", "--out", "/dev/null",
                                     flag, "/nonexistent/file"}),
                        std::string(flag) + " /nonexistent/file: cannot be written: No such"));
  }
}

BOOST_AUTO_TEST_CASE(help_shows_flags_with_units_and_defaults) {
  const std::string help = parse({"train", "--help"}).text;
  BOOST_TEST(contains(help, "--epochs N"));
  BOOST_TEST(contains(help, "Usage: invar train"));
  BOOST_TEST(contains(help, "[epochs; above 0 and at most 10000; default 3.0]"));
  BOOST_TEST(contains(help, "--kfac-apply NAME"));
  BOOST_TEST(!contains(help, "--matrix"));
  BOOST_TEST(contains(parse({"--help"}).text, "compare"));
  BOOST_TEST(contains(parse({"--version"}).text, "invar 0."));
}

BOOST_AUTO_TEST_CASE(params_and_compare_take_their_own_arguments) {
  const CommandLine params = parse({"params", "solve", "--set", "dac.bits=4"});
  BOOST_TEST(params.subcommand == &params_command());
  BOOST_TEST((params.configuration.command == Command::solve));
  BOOST_TEST(params.configuration.accelerator.tile.dac.bits == 4);
  const CommandLine compare = parse({"compare", "a.json", "b.json", "c.json"});
  BOOST_TEST(compare.subcommand == &compare_command());
  BOOST_TEST(compare.words.size() == 3u);
}

BOOST_AUTO_TEST_CASE(defaults_follow_the_optimizer_unless_given) {
  const std::vector<std::string> adam = {"train", "--dataset", "mnist", "--optimizer", "adam"};
  BOOST_TEST(parse(adam).configuration.train.learning_rate == 0.023);
  std::vector<std::string> given = adam;
  given.insert(given.end(), {"--learning-rate", "0.5"});
  BOOST_TEST(parse(given).configuration.train.learning_rate == 0.5);
}

BOOST_AUTO_TEST_CASE(every_parameter_belongs_to_a_command) {
  for (const Parameter& parameter : parameter_table().parameters()) {
    const std::vector<const Subcommand*> commands = all_commands();
    BOOST_TEST(std::any_of(commands.begin(), commands.end(),
                           [&](const Subcommand* one) { return parameter.is_for(one->command()); }),
               parameter.key);
  }
}

BOOST_AUTO_TEST_CASE(no_output_may_be_an_input_or_another_output_in_any_order) {
  const TemporaryDirectory directory;
  const auto file = [&](const std::string& name) { return directory.path(name); };
  for (const char* name : {"a.mtx", "b.mtx", "c.toml", "old.json"}) {
    directory.write(name, "");
  }
  std::filesystem::create_symlink("b.mtx", file("link"));
  std::filesystem::create_hard_link(file("b.mtx"), file("hard"));
  std::filesystem::create_symlink("not_there_yet", file("to_nothing"));
  // Of each pair one is an output: in either order, whatever the other one is.
  const struct {
    const char* flag;
    const char* name;
    const char* other_flag;
    const char* other_name;
  } k_cases[] = {
      {"--report", "a.mtx", "--matrix", "a.mtx"},
      {"--report", "link", "--rhs", "b.mtx"},
      {"--vcd", "hard", "--rhs", "b.mtx"},
      {"--timeline", "c.toml", "--config", "c.toml"},
      {"--out", "w.vcd.gtkw", "--vcd", "w.vcd"},
      {"--out", "w.vcd.gtkw.1.filter", "--vcd", "w.vcd"},
      {"--report", "w.vcd.gtkw.12.filter", "--vcd", "w.vcd"},
      {"--rhs", "w.vcd.gtkw.3.filter", "--vcd", "w.vcd"},
      {"--report", "to_nothing", "--timeline", "not_there_yet"},
      {"--report", "sub/../x", "--timeline", "x"},
      {"--instruction-trace", "f.elf", "--firmware", "f.elf"},
      {"--function-profile", "sub/../x", "--report", "x"},
  };
  for (const auto& pair : k_cases) {
    for (const bool turned : {false, true}) {
      std::vector<std::string> arguments = {"solve"};
      const std::vector<std::string> first = {pair.flag, file(pair.name)};
      const std::vector<std::string> second = {pair.other_flag, file(pair.other_name)};
      for (const std::vector<std::string>& part :
           {turned ? second : first, turned ? first : second}) {
        arguments.insert(arguments.end(), part.begin(), part.end());
      }
      for (const auto& [flag, name] : {std::pair("--matrix", "a.mtx"), std::pair("--rhs", "b.mtx"),
                                       std::pair("--out", "x.mtx")}) {
        if (flag != std::string(pair.flag) && flag != std::string(pair.other_flag)) {
          arguments.insert(arguments.end(), {flag, file(name)});
        }
      }
      const std::string message = parse_error(arguments);
      BOOST_TEST(contains(message, "must be one of its own"), pair.flag << ": " << message);
      BOOST_TEST(contains(message, pair.flag), message);
      BOOST_TEST(contains(message, pair.other_flag), message);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_files_of_a_data_set_and_the_dumped_factors_are_no_outputs) {
  const TemporaryDirectory directory;
  directory.write("train-images-idx3-ubyte", "");
  directory.write("t10k-labels.idx1-ubyte.gz", "");
  std::filesystem::create_symlink("train-images-idx3-ubyte", directory.path("link"));
  const auto error = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"train", "--dataset", directory.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return parse_error(arguments);
  };
  const std::string own = "must be one of its own";
  for (const char* name : {"train-images-idx3-ubyte", "t10k-labels.idx1-ubyte.gz", "link"}) {
    for (const char* flag : {"--report", "--vcd", "--timeline"}) {
      const std::string message = error({flag, directory.path(name)});
      BOOST_TEST(contains(message, flag), message);
      BOOST_TEST(contains(message, "--dataset"), message);
      BOOST_TEST(contains(message, own), message);
    }
  }
  const std::string dump = directory.path("d");
  BOOST_TEST(contains(error({"--dump-factors", dump, "--report", dump}), own));
  BOOST_TEST(contains(error({"--dump-factors", dump + "/e", "--report", dump}), own));
  std::filesystem::create_directory(dump);
  BOOST_TEST(contains(
      error({"--report", dump + "/step000000_factor1_n9.mtx", "--dump-factors", dump}), own));
  BOOST_TEST(error({"--report", dump + "/r.json", "--dump-factors", dump}).empty());
  BOOST_TEST(error({"--report", directory.path("r.json")}).empty());
}

BOOST_AUTO_TEST_CASE(standard_output_takes_one_output) {
  const std::vector<std::string> solve = {"solve", "--matrix", "a", "--rhs", "b", "--out"};
  const auto error = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = solve;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return parse_error(arguments);
  };
  BOOST_TEST(error({"/dev/null", "--report", "-"}).empty());
  BOOST_TEST(contains(error({"-", "--report", "/dev/stdout"}), "must be one of its own"));
  BOOST_TEST(contains(error({"/dev/null", "--timeline", "-"}), "--timeline -: grows"));
  BOOST_TEST(error({"/dev/null", "--report", "/dev/null", "--vcd", "/dev/null"}).empty());
}

BOOST_AUTO_TEST_CASE(code_that_a_file_names_is_told) {
  const TemporaryDirectory directory;
  const std::string config =
      directory.write("c.toml", "[run]\nsimulator = \"./other.so\"\nfirmware = \"own.elf\"\n");
  const auto notes = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"solve", "--matrix",  "a",        "--rhs", "b",
                                          "--out", "/dev/null", "--config", config};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return parse(arguments).notes;
  };
  const std::vector<std::string> expected = {
      config + " has this code loaded: run.firmware = own.elf",
      config + " has this code loaded: run.simulator = ./other.so"};
  BOOST_TEST(notes({}) == expected, boost::test_tools::per_element());
  BOOST_TEST(notes({"--firmware", "mine.elf", "--set", "run.simulator=mine.so"}).empty());
  BOOST_TEST(parse({"run", "mine.elf"}).notes.empty());
}

BOOST_AUTO_TEST_CASE(the_first_signal_is_the_one_that_is_told) {
  BOOST_TEST(!interrupt_requested());
  BOOST_TEST(early_end_reason() == "");
  catch_interrupts();
  // Batch systems may send theirs again and again.
  for (const int signal : {SIGXCPU, SIGXCPU, SIGUSR1, SIGUSR1, SIGUSR2, SIGXFSZ, SIGHUP, SIGHUP}) {
    std::raise(signal);
  }
  std::raise(SIGINT);
  BOOST_TEST(interrupt_requested());
  BOOST_TEST(contains(early_end_reason(), "SIGXCPU"));
}

BOOST_AUTO_TEST_CASE(the_progress_line_tells_what_is_left) {
  Progress progress;
  progress.epoch = 1.25;
  progress.step = 250;
  progress.steps = 600;
  progress.simulated_time_s = 12.3e-3;
  progress.loss = 0.5114;
  progress.test_accuracy = 0.812;
  BOOST_TEST(ProgressLine::format(progress, 30.0) ==
             "epoch 1.25  step 250/600  12.3 ms  loss 0.511  accuracy 81.2 %  0:42 left");
}

BOOST_AUTO_TEST_CASE(the_progress_line_fits_a_terminal_and_keeps_what_matters_most) {
  Progress progress;
  progress.epoch = 1234.25;
  progress.step = 12500000;
  progress.steps = 600000000;
  progress.simulated_time_s = 123456.789;
  progress.loss = 123456.0;
  progress.test_accuracy = 1.0;
  const std::string line = ProgressLine::format(progress, 123456.0);
  BOOST_TEST(line.size() < 80u, line);
  BOOST_TEST(contains(line, "step 12500000/600000000"), line);
  BOOST_TEST(contains(line, " left"), line);
  const std::string narrow = ProgressLine::format(progress, 123456.0, 20);
  BOOST_TEST(narrow == "step 12500000/600000");
}

BOOST_AUTO_TEST_SUITE_END()
