#include <invar/platform/command_line/command_line.h>
#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/dataset/input_error.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "support/temporary_directory.h"

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
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

std::string parse_error(std::vector<std::string> arguments) {
  return message_of<InputError>([&] { parse(arguments); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(train_flags_reach_the_configuration) {
  const CommandLine line =
      parse({"train",     "--optimizer", "sgd",           "--inverter", "exact",
             "--dataset", "mnist",       "--epochs",      "0.5",        "--seed",
             "11",        "--core",      "native",        "--quiet",    "--learning-rate",
             "0.2",       "--set",       "tile.slices=5", "--set",      "adc.bits=6"});
  BOOST_TEST((line.action == CommandLine::Action::train));
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

BOOST_AUTO_TEST_CASE(flags_win_over_the_file) {
  TemporaryDirectory directory;
  const std::string path =
      directory.write("run.toml", "[run]\nseed = 3\n[train]\ndataset = \"mnist\"\nepochs = 9\n");
  const CommandLine line = parse({"train", "--epochs", "2", "--config", path});
  BOOST_TEST(line.configuration.train.epochs == 2.0);
  BOOST_TEST(line.configuration.run.seed == 3u);
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
  BOOST_TEST((params.action == CommandLine::Action::params));
  BOOST_TEST((params.configuration.command == Command::solve));
  BOOST_TEST(params.configuration.accelerator.tile.dac.bits == 4);
  const CommandLine compare = parse({"compare", "a.json", "b.json", "c.json"});
  BOOST_TEST((compare.action == CommandLine::Action::compare));
  BOOST_TEST(compare.reports.size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_first_interrupt_is_noted) {
  BOOST_TEST(!interrupt_requested());
  catch_interrupts();
  std::raise(SIGINT);
  BOOST_TEST(interrupt_requested());
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
             "epoch 1.25  step 250/600  12.3 ms simulated  loss 0.511  accuracy 81.2 %  "
             "0:42 left");
}

BOOST_AUTO_TEST_SUITE_END()
