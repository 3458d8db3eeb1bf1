#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <string>

#include "system/command_fixture.h"

using invar::tests::CommandFixture;
using invar::tests::Outcome;
using nlohmann::json;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct HostCoreFixture : CommandFixture {
  /// A program of the tests that goes wrong.
  static std::string image(const std::string& name) {
    return INVAR_TEST_IMAGES "/" + name + ".elf";
  }

  void write_system() const {
    const int n = 24;
    invar::test::SimpleRandom random(3);
    Eigen::MatrixXd half(n, n);
    for (double& value : half.reshaped()) {
      value = random.next() - 0.5;
    }
    write_matrix("A.mtx", half * half.transpose() + Eigen::MatrixXd::Identity(n, n));
    Eigen::MatrixXd rhs(n, 3);
    for (double& value : rhs.reshaped()) {
      value = random.next() - 0.5;
    }
    write_matrix("B.mtx", rhs);
  }

  json solve(const std::string& name, const std::string& arguments) const {
    const Outcome outcome = invar("solve --matrix A.mtx --rhs B.mtx --out " + name +
                                  ".mtx --tolerance 1e-9 --report " + name + ".json " + arguments);
    BOOST_TEST_REQUIRE(outcome.status == 0, outcome.error);
    return report(name + ".json");
  }

  /// Runs a program that goes wrong: exit status 1, a reason with all of `parts`, in the report
  /// and on the terminal; report and waveform whole.
  void check_fault(const std::string& name, const std::vector<std::string>& parts,
                   const std::string& arguments = {}) const {
    const Outcome outcome = invar("run " + image(name) +
                                  " --report fault.json --vcd fault.vcd --timeline fault.timeline "
                                  "--set accelerator.tiles=1 " +
                                  arguments);
    BOOST_TEST(outcome.status == 1, name << ": " << outcome.error);
    const json result = report("fault.json");
    BOOST_TEST(result["complete"] == false);
    const std::string reason = result["reason"];
    for (const std::string& part : parts) {
      BOOST_TEST(contains(reason, part), name << ": \"" << part << "\" is not in: " << reason);
    }
    BOOST_TEST(contains(outcome.error, "invar: " + reason), outcome.error);
    const std::string waveform = text("fault.vcd");
    BOOST_TEST(contains(waveform, "$enddefinitions"));
    BOOST_TEST(waveform.back() == '\n');
    BOOST_TEST(json::accept(text("fault.timeline")));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(host_core_command, HostCoreFixture)

BOOST_AUTO_TEST_CASE(both_cores_solve_to_the_same_bits_in_nearly_the_same_time) {
  write_system();
  for (const std::string inverter : {"rram", "digital"}) {
    const json native = solve("native", "--core native --inverter " + inverter);
    const json riscv = solve("riscv", "--core riscv --inverter " + inverter);
    BOOST_TEST(text("native.mtx") == text("riscv.mtx"));
    BOOST_TEST(native["solution"]["iterations_mean"] == riscv["solution"]["iterations_mean"]);
    const double ratio =
        native["simulated_time_s"].get<double>() / riscv["simulated_time_s"].get<double>();
    BOOST_TEST(ratio > 0.95);
    BOOST_TEST(ratio < 1.05);
    BOOST_TEST(native["configuration"]["run"]["core"] == "native");
    BOOST_TEST(riscv["configuration"]["run"]["core"] == "riscv");
  }
}

BOOST_AUTO_TEST_CASE(an_image_counts_by_its_contents_not_by_where_it_lies) {
  const auto run = [this](const std::string& file) {
    BOOST_TEST(invar("run " + file +
                     " --report run.json --quiet --set accelerator.tiles=1 "
                     "--simulated-timeout 0.0002")
                   .status == 1);
    json result = report("run.json");
    result.erase("host");
    return result;
  };
  std::filesystem::copy(image("infinite_loop"), directory.path("moved.elf"));
  const json original = run(image("infinite_loop"));
  BOOST_TEST(original["firmware_hash"].is_string());
  BOOST_TEST(original == run("moved.elf"));
  BOOST_TEST(original["configuration_hash"] != run(image("sleep_for_ever"))["configuration_hash"]);
}

BOOST_AUTO_TEST_CASE(time_and_energy_do_not_depend_on_the_quantum) {
  write_system();
  for (const std::string core : {"native", "riscv"}) {
    const json first = solve("first", "--core " + core + " --set run.quantum_s=1e-9");
    for (const std::string quantum : {"1e-6", "1e-4"}) {
      const json other = solve("other", "--core " + core + " --set run.quantum_s=" + quantum);
      BOOST_TEST(first["simulated_time_s"] == other["simulated_time_s"], core << " " << quantum);
      BOOST_TEST(first["total_energy_aj"] == other["total_energy_aj"], core << " " << quantum);
      BOOST_TEST(first["phases"] == other["phases"]);
      BOOST_TEST(first["components"] == other["components"]);
      BOOST_TEST(text("first.mtx") == text("other.mtx"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_program_sees_and_costs_the_same_at_any_quantum) {
  // Interrupts while computing; clocks of devices, a reset in the middle of a job, polls; cut off.
  const std::vector<std::pair<std::string, std::string>> programs = {
      {image("contract_firmware"), "contract: 100 waits, 20 in the background"},
      {image("quantum_probe"), " polls"},
      {image("quantum_probe") + " --simulated-timeout 0.0000555", " agree"},
      {image("infinite_loop") + " --simulated-timeout 0.0002", ""},
      {image("sleep_for_ever"), ""},
      {image("skipped_faults"), ""},
      {image("wild_store"), "firmware: store access fault"},
      {image("null_call_bare"), ""}};
  for (const auto& [program, expected] : programs) {
    const auto run = [&, &program = program, &expected = expected](const std::string& quantum) {
      const Outcome outcome = invar("run " + program + " --report program.json " +
                                    "--set accelerator.tiles=1 --set run.quantum_s=" + quantum);
      BOOST_TEST(contains(outcome.output, expected), program << ": " << outcome.output);
      BOOST_TEST(!contains(outcome.output, "disagree"), outcome.output);
      return std::pair(outcome.output, report("program.json"));
    };
    const auto [seen, first] = run("1e-9");
    for (const std::string quantum : {"0", "1e-6", "1e-5", "1e-4", "1e-2"}) {
      BOOST_TEST_CONTEXT(program << " at a quantum of " << quantum << " s") {
        const auto [seen_too, other] = run(quantum);
        BOOST_TEST(seen == seen_too);
        BOOST_TEST(first["reason"] == other["reason"]);
        BOOST_TEST(first["simulated_time_ps"] == other["simulated_time_ps"]);
        BOOST_TEST(first["total_energy_aj"] == other["total_energy_aj"]);
        BOOST_TEST(first["phases"] == other["phases"]);
        BOOST_TEST(first["components"] == other["components"]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(both_cores_train_to_the_same_bits_in_nearly_the_same_time) {
  write_bars(256, 64);
  const std::string arguments =
      "train --dataset . --epochs 1 --batch 32 --channels 2 --quiet --report ";
  for (const std::string optimizer : {"kfac", "adam"}) {
    const std::string rest = ".json --optimizer " + optimizer + " --core ";
    BOOST_TEST_REQUIRE(invar(arguments + "native" + rest + "native").status == 0);
    BOOST_TEST_REQUIRE(invar(arguments + "riscv" + rest + "riscv").status == 0);
    const json native = report("native.json");
    const json riscv = report("riscv.json");
    BOOST_TEST(!native["training"]["weights_hash"].get<std::string>().empty());
    BOOST_TEST(native["training"] == riscv["training"]);
    BOOST_TEST(native["evaluations"].back()["loss"] == riscv["evaluations"].back()["loss"]);
    const double ratio =
        native["simulated_time_s"].get<double>() / riscv["simulated_time_s"].get<double>();
    BOOST_TEST(ratio > 0.95);
    BOOST_TEST(ratio < 1.05);
  }
}

BOOST_AUTO_TEST_CASE(a_fault_without_a_handler_names_function_pc_and_address) {
  check_fault("illegal_instruction_bare", {"illegal instruction in execute_nonsense", "(pc 0x8"});
  check_fault("wild_store_bare", {"store access fault in scribble+", "(pc 0x8", "address 0x48"});
  check_fault("null_call_bare",
              {"instruction access fault", "(pc 0x0)", "called from call_nobody"});
  check_fault("stack_overflow_bare", {"store access fault in dig", "(pc 0x8", "address 0x80fb"});
  check_fault("hole_in_the_map_bare",
              {"load access fault in peek", "(pc 0x8", "address 0x30000010"});
}

BOOST_AUTO_TEST_CASE(a_fault_that_the_firmware_reports_names_function_pc_and_address_too) {
  check_fault("illegal_instruction", {"illegal instruction in execute_nonsense", "(pc 0x8"});
  check_fault("wild_store", {"store access fault in scribble+", "(pc 0x8", "address 0x48"});
  check_fault("null_call", {"instruction access fault", "(pc 0x0)", "called from call_nobody"});
  check_fault("stack_overflow", {"store access fault in dig", "(pc 0x8", "address 0x80fb"});
  check_fault("hole_in_the_map", {"load access fault in peek", "(pc 0x8", "address 0x30000010"});
  const Outcome outcome = invar("run " + image("wild_store"));
  BOOST_TEST(contains(outcome.output, "firmware: store access fault at pc 0x8"));
}

BOOST_AUTO_TEST_CASE(a_handler_that_goes_on_behind_its_faults_is_let_be) {
  const Outcome outcome = invar("run " + image("skipped_faults") + " --report skipped.json");
  BOOST_TEST(outcome.status == 0, outcome.error);
  // 8,000 faults of a few instructions each.
  BOOST_TEST(report("skipped.json")["simulated_time_s"].get<double>() < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_handler_that_fails_itself_ends_the_run) {
  check_fault("call_in_handler", {"environment call in fail_again"});
  check_fault("jump_to_the_end", {"instruction access fault", "(pc 0xfffffffffffffffe)"});
}

BOOST_AUTO_TEST_CASE(a_loop_without_end_is_cut_off_and_says_where) {
  check_fault("infinite_loop",
              {"--simulated-timeout 0.0002", "the firmware was in spin", "(pc 0x8"},
              "--simulated-timeout 0.0002");
  BOOST_TEST(report("fault.json")["simulated_time_s"].get<double>() == 0.0002);
  check_fault("infinite_loop", {"--timeout 0.2", "the firmware was in spin", "(pc 0x8"},
              "--timeout 0.2");
}

BOOST_AUTO_TEST_CASE(a_program_that_sleeps_for_ever_is_found_out) {
  check_fault("sleep_for_ever", {"nothing left to do", "invar_riscv_halt"});
  BOOST_TEST(report("fault.json")["simulated_time_s"].get<double>() < 1e-4);
}

BOOST_AUTO_TEST_CASE(the_exit_code_of_a_program_is_told) {
  check_fault("exit_code", {"the firmware ended with code 42"});
}

BOOST_AUTO_TEST_CASE(a_code_is_told_as_it_is_whatever_was_handled_before) {
  for (const auto& [name, code] : std::vector<std::pair<std::string, std::string>>{
           {"minus_one", "-1"},
           {"handled_call", "7"},
           {"seven_in_handler", "7"},
           {"user_mode_without_protection", "1"} /* a fetch fault: the stack guard is on */}) {
    check_fault(name, {"the firmware ended with code " + code});
  }
}

BOOST_AUTO_TEST_CASE(programs_that_use_the_core_as_a_chip_find_what_the_manual_says) {
  for (const std::string name :
       {"user_mode", "pending_interrupt", "counters", "library", "cpp_firmware"}) {
    const Outcome outcome = invar("run " + image(name) + " --set accelerator.tiles=1 --quiet");
    BOOST_TEST(outcome.status == 0, name << ": " << outcome.output << outcome.error);
    const Outcome again =
        invar("run " + image(name) + " --set accelerator.tiles=1 --quiet --set run.quantum_s=1e-9");
    BOOST_TEST(outcome.output == again.output);
  }
}

BOOST_AUTO_TEST_CASE(objects_of_cpp_firmware_are_made_and_destroyed) {
  const Outcome outcome = invar("run " + image("cpp_firmware"));
  BOOST_TEST(contains(outcome.output, "3 corners, 101, destroyed 1, port 1"), outcome.output);
  BOOST_TEST(contains(outcome.output, "the counter goes at 42"), outcome.output);
}

BOOST_AUTO_TEST_CASE(a_failed_assertion_is_printed_and_ends_with_a_code) {
  check_fault("failed_assertion", {"the firmware ended with code 134"});
  const Outcome outcome = invar("run " + image("failed_assertion"));
  BOOST_TEST(contains(outcome.output, "argc < 0"), outcome.output);
}

BOOST_AUTO_TEST_CASE(no_loop_of_traps_escapes_the_limits) {
  check_fault("traps_without_end", {"--simulated-timeout 0.0002", "restless_handler"},
              "--simulated-timeout 0.0002");
  check_fault("traps_without_end", {"--timeout 0.2", "restless_handler"}, "--timeout 0.2");
  check_fault("sleepless_traps", {"instruction access fault", "(pc 0x40000000)"});
}

BOOST_AUTO_TEST_CASE(what_is_no_firmware_is_refused_by_name) {
  const auto refuse = [&](const std::string& arguments, const std::string& part) {
    const Outcome outcome = invar("run " + arguments);
    BOOST_TEST(outcome.status != 0);
    BOOST_TEST(contains(outcome.error, part), outcome.error);
  };
  refuse("no_such.elf", "no_such.elf");
  directory.write("text.elf", "this is no firmware");
  refuse("text.elf", "text.elf: is no ELF file");
  refuse(".", "is no regular file");
  refuse(INVAR_BINARY, "another machine");
  refuse(image("exit_code") + " --set run.simulator=no_such.so", "no_such.so does not exist");
  refuse(image("exit_code") + " --set run.simulator=text.elf", "text.elf: cannot be loaded");
  refuse(image("exit_code") + " --core native", "--core");
  const Outcome native = invar("train --core native --firmware " + image("exit_code"));
  BOOST_TEST(native.status == 2);
  BOOST_TEST(contains(native.error, "must go with --core riscv"), native.error);
  refuse("", "FILE");
}

BOOST_AUTO_TEST_CASE(a_console_that_nobody_reads_ends_the_run_with_its_report) {
  const std::string run = " run " + image("endless_console") +
                          " --report r.json --vcd w.vcd --simulated-timeout 1 --set "
                          "accelerator.tiles=1 ";
  const auto check = [&](const std::string& script, const std::string& cause) {
    const std::string command =
        "cd " + directory.path() + " && { " + script + " 2>stderr.txt; echo $? >status.txt; }";
    BOOST_TEST(std::system(
                   (command + (cause == "Broken pipe" ? " | head -n 1 >first.txt" : "")).c_str()) ==
               0);
    BOOST_TEST(text("status.txt") == "1\n");
    const std::string reason = "the console could not be written to standard output: " + cause;
    BOOST_TEST(contains(text("stderr.txt"), "invar: " + reason), text("stderr.txt"));
    BOOST_TEST(report("r.json")["complete"] == false);
    BOOST_TEST(report("r.json")["reason"] == reason);
    BOOST_TEST(!text("w.vcd.gtkw").empty());
  };
  check(INVAR_BINARY + run, "Broken pipe");
  BOOST_TEST(text("first.txt") == "line 0\n");
  check(INVAR_BINARY + run + ">/dev/full", "No space left on device");
}

BOOST_AUTO_TEST_CASE(the_console_makes_way_for_a_report_on_standard_output) {
  const Outcome outcome = invar("run " + image("skipped_faults") + " --report -");
  BOOST_TEST(outcome.status == 0, outcome.error);
  BOOST_TEST(json::parse(outcome.output)["complete"] == true);
  const Outcome beside = invar("run " + image("quantum_probe") + " --report -");
  BOOST_TEST(contains(beside.error, " polls"), beside.error);
  BOOST_TEST(json::parse(beside.output)["complete"] == true);
}

BOOST_AUTO_TEST_CASE(an_instruction_trace_shows_the_window_asked_for) {
  const Outcome outcome =
      invar("run " + image("infinite_loop") +
            " --simulated-timeout 0.00005 --instruction-trace trace.txt --instruction-window "
            "20us:20.1us");
  BOOST_TEST(outcome.status == 1);
  std::istringstream lines(text("trace.txt"));
  std::string line;
  std::getline(lines, line);
  BOOST_TEST(contains(line, "# time_ns pc function instruction"));
  int count = 0;
  while (std::getline(lines, line)) {
    ++count;
    std::istringstream words(line);
    double time_ns = 0.0;
    std::string pc, function, bits;
    words >> time_ns >> pc >> function >> bits;
    BOOST_TEST(time_ns >= 20000.0);
    BOOST_TEST(time_ns <= 20100.0);
    BOOST_TEST(contains(function, "spin"));
  }
  BOOST_TEST(count > 30);
  BOOST_TEST(count < 110);
}

BOOST_AUTO_TEST_SUITE_END()
