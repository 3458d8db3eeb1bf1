// What a command does with full disks, closed pipes, signals and limits of the host.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "support/spd_matrix.h"
#include "system/command_fixture.h"

using namespace invar::tests;
using invar::test::covariance_matrix;
using nlohmann::json;

namespace {

const std::string k_full = "invar: standard output cannot be written: No space left on device\n";
const std::string k_broken = "invar: standard output cannot be written: Broken pipe\n";
const std::string k_endless =
    "train --dataset . --batch 32 --epochs 5000 --channels 2 --learning-rate 1e-5 --quiet "
    "--report r.json ";
const std::string k_slow_to_sample =
    "[workload]\nsamples = 16\nsample_limit = 1024\n"
    "[[layer]]\nname = \"wide\"\nkind = \"dense\"\nin = 1000\nout = 1000\n";

struct OutputFixture : CommandFixture {
  OutputFixture() {
    write_matrix("a.mtx", covariance_matrix(8, 0.2, 7));
    write_matrix("b.mtx", Eigen::MatrixXd::Ones(8, 1));
    directory.write("tiny.toml",
                    "[workload]\nsamples = 0\n[accelerator]\ntiles = 16\n[tile]\nrows = 32\n"
                    "[[layer]]\nname = \"small\"\nkind = \"dense\"\nin = 60\nout = 20\n");
  }

  /// A script in which `invar` is the program. What it prints is kept, unless it says otherwise.
  Outcome shell(const std::string& script) const {
    directory.write("script", "invar() { " INVAR_BINARY " \"$@\"; }\n" + script + "\n");
    const int status =
        std::system(("cd " + directory.path() + " && sh script >stdout.txt 2>stderr.txt").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text("stdout.txt"), text("stderr.txt")};
  }

  /// A training without end that gets a signal when it is under way.
  Outcome signalled(const std::string& signal) const {
    return shell("rm -f w.vcd.gtkw; " INVAR_BINARY " " + k_endless +
                 "--vcd w.vcd & pid=$!\n"
                 "while [ ! -s w.vcd.gtkw ] && kill -0 $pid; do sleep 0.02; done\n"
                 "kill -" +
                 signal + " $pid; wait $pid");
  }

  void check_partial_report(const Outcome& outcome, const std::string& reason) const {
    BOOST_TEST(outcome.status == 1, reason << ": " << outcome.error);
    BOOST_TEST(contains(outcome.error, reason), outcome.error);
    const json result = report("r.json");
    BOOST_TEST(result["complete"] == false);
    BOOST_TEST(contains(result["reason"], reason), result["reason"]);
  }
};

double seconds_of(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(output_command, OutputFixture)

BOOST_AUTO_TEST_CASE(what_params_prints_of_a_preset_reads_back_with_its_origins) {
  const Outcome first = invar("params train --preset integrated-40nm+training");
  BOOST_TEST_REQUIRE(first.status == 0, first.error);
  BOOST_TEST(contains(first.output, "source = \"assumption: as set\", believed = [1.2, 2.0]"));
  directory.write("p.toml", first.output);
  const Outcome second = invar("params train --config p.toml");
  BOOST_TEST_REQUIRE(second.status == 0, second.error);
  BOOST_TEST(second.output == first.output);
}

BOOST_AUTO_TEST_CASE(standard_output_that_takes_nothing_is_told_and_an_error) {
  write_matrix("g.mtx",
               Eigen::MatrixXd::Constant(4, 4, 1e-6) + 1e-5 * Eigen::MatrixXd::Identity(4, 4));
  write_matrix("i.mtx", Eigen::MatrixXd::Constant(4, 1, 1e-7));
  const std::string solve = "solve --matrix a.mtx --rhs b.mtx --out x.mtx ";
  BOOST_TEST_REQUIRE(invar(solve + "--report r.json").status == 0);
  for (const std::string& command :
       {std::string("--help"), std::string("--version"), std::string("train --help"),
        std::string("params"), std::string("params solve"), std::string("compare r.json r.json"),
        solve, solve + "--quiet --report -",
        std::string("circuit --operation inv --conductance g.mtx --input i.mtx --out v.mtx"),
        std::string("workload tiny.toml")}) {
    BOOST_TEST_CONTEXT(command) {
      const Outcome full = shell("invar " + command + " >/dev/full");
      BOOST_TEST(full.status == 1);
      BOOST_TEST(full.error == k_full);
      const Outcome closed = shell("invar " + command + " >&-");
      BOOST_TEST(closed.status == 1);
      BOOST_TEST(contains(closed.error, "Bad file descriptor"), closed.error);
    }
  }
  BOOST_TEST(shell("invar " + solve + "--quiet >/dev/full").status == 0);
}

BOOST_AUTO_TEST_CASE(a_closed_pipe_is_an_error_and_no_silent_end) {
  const Outcome outcome = shell(
      "{ sleep 0.1; invar solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json "
      "--vcd w.vcd; echo $? >status; } | true");
  BOOST_TEST(text("status") == "1\n");
  BOOST_TEST(outcome.error == k_broken);
  BOOST_TEST(report("r.json")["complete"] == true);
  BOOST_TEST(!text("w.vcd.gtkw").empty());
  shell("{ sleep 0.1; invar params; echo $? >status; } | true");
  BOOST_TEST(text("status") == "1\n");
}

BOOST_AUTO_TEST_CASE(a_report_on_standard_output_is_all_that_stands_there) {
  const std::string solve = "solve --matrix a.mtx --rhs b.mtx --out x.mtx --report ";
  for (const char* name : {"-", "/dev/stdout"}) {
    const Outcome outcome = invar(solve + name);
    BOOST_TEST(outcome.status == 0, outcome.error);
    BOOST_TEST(json::parse(outcome.output)["complete"] == true);
    BOOST_TEST(outcome.error == "");
  }
}

BOOST_AUTO_TEST_CASE(the_signals_of_batch_systems_end_a_run_with_its_partial_report) {
  write_bars(64, 32);
  for (const char* signal : {"USR1", "USR2", "XCPU", "XFSZ"}) {
    check_partial_report(signalled(signal), std::string("SIG") + signal);
    BOOST_TEST(report("r.json").contains("training"));
  }
  for (const char* signal : {"TERM", "HUP"}) {
    check_partial_report(signalled(signal), "interrupted by the user");
  }
}

BOOST_AUTO_TEST_CASE(a_waveform_that_may_grow_no_further_ends_the_run_with_its_partial_report) {
  write_bars(64, 32);
  // Blocks of 512 bytes: less than a report takes, which may go beyond a soft limit.
  const Outcome outcome = shell("ulimit -S -f 128; invar " + k_endless + "--vcd w.vcd");
  check_partial_report(outcome, "the waveform could not be written to w.vcd");
  BOOST_TEST(contains(text("w.vcd.gtkw"), "[dumpfile] \"w.vcd\""));
}

BOOST_AUTO_TEST_CASE(sampling_ends_when_it_is_asked_to) {
  directory.write("slow.toml", k_slow_to_sample);
  const double timed_s = seconds_of([&] {
    check_partial_report(invar("workload slow.toml --report r.json --timeout 0.3"),
                         "stopped by --timeout 0.3");
  });
  BOOST_TEST(timed_s < 2.0);
  const double interrupted_s = seconds_of([&] {
    check_partial_report(invar("workload slow.toml --report r.json",
                               "timeout --foreground --preserve-status -s TERM 1"),
                         "interrupted by the user");
  });
  BOOST_TEST(interrupted_s < 3.0);
}

BOOST_AUTO_TEST_CASE(a_stack_that_is_too_small_is_told) {
  for (const std::string& command :
       {std::string("params"), std::string("solve --matrix a.mtx --rhs b.mtx --out x.mtx"),
        std::string("workload tiny.toml")}) {
    const Outcome outcome = shell("ulimit -s 128; invar " + command);
    BOOST_TEST(outcome.status == 1);
    BOOST_TEST(contains(outcome.error, "invar: the stack is limited to 128 KiB: must be at least"),
               outcome.error);
  }
  BOOST_TEST(shell("ulimit -s 1024; invar solve --matrix a.mtx --rhs b.mtx --out x.mtx").status ==
             0);
}

BOOST_AUTO_TEST_SUITE_END()
