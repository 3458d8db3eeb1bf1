// The `invar` command: arguments are read before SystemC starts, so that what needs no simulation
// never starts it.
#include <invar/circuit/instruction_set.h>
#include <invar/circuit/keep_memory.h>
#include <invar/platform/command_line/host_limits.h>
#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/command_line/interruptible.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/conclude.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <systemc>

namespace {

using invar::platform::CommandLine;

/// What sc_main is to run: sc_elab_and_sim hands it nothing but strings.
const CommandLine* requested = nullptr;

int fail(const std::exception& error, int status) {
  const bool is_out_of_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  std::fprintf(stderr, "invar: %s\n", is_out_of_memory ? "out of memory" : error.what());
  return status;
}

/// For an end that was asked for while a thread was preparing the run.
int end_early(const char* reason) {
  try {
    return invar::platform::conclude_early(*requested, reason);
  } catch (const std::exception& error) {
    return fail(error, invar::platform::k_exit_failed);
  }
}

/// That thread still uses what an ordinary end would destroy.
[[noreturn]] void leave(int status) {
  std::fflush(nullptr);
  std::_Exit(status);
}

/// The arguments, and what must be known before anything is computed.
CommandLine prepare(int argc, char** argv) {
  CommandLine command =
      invar::platform::parse_command_line(invar::platform::all_commands(), argc, argv);
  command.configuration.command_line.assign(argv, argv + argc);
  try {
    invar::circuit::best_instruction_set();
  } catch (const std::invalid_argument& error) {
    throw invar::platform::InputError(error.what());
  }
  return command;
}

int run(const CommandLine& command, int argc, char** argv) {
  if (command.subcommand == nullptr) {
    invar::platform::write_standard_output(command.text);
    return invar::platform::k_exit_done;
  }
  if (!command.subcommand->command().runs_machine) {
    return command.subcommand->run(command);
  }
  for (const std::string& note : command.notes) {
    std::fprintf(stderr, "invar: %s\n", note.c_str());
  }
  invar::platform::catch_interrupts();
  invar::platform::limit_host_time(command.configuration.run.timeout_s);
  requested = &command;
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}

}  // namespace

int sc_main(int, char**) {
  // The end of a simulation is no news to whoever reads the summary.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                          sc_core::SC_DO_NOTHING);
  try {
    return requested->subcommand->run(*requested);
  } catch (const invar::platform::InputError& error) {
    return fail(error, invar::platform::k_exit_bad_input);
  } catch (const invar::platform::EarlyEnd& end) {
    leave(end_early(end.what()));
  } catch (const sc_core::sc_report& error) {
    // Where in the sources it was reported is no news either.
    std::fprintf(stderr, "invar: %s\n", error.get_msg());
    return invar::platform::k_exit_failed;
  } catch (const std::exception& error) {
    return fail(error, invar::platform::k_exit_failed);
  }
}

int main(int argc, char** argv) {
  invar::platform::prepare_standard_streams();
  invar::circuit::keep_freed_memory();
  try {
    invar::platform::require_stack();
    return run(prepare(argc, argv), argc, argv);
  } catch (const invar::platform::InputError& error) {
    return fail(error, invar::platform::k_exit_bad_input);
  } catch (const std::exception& error) {
    return fail(error, invar::platform::k_exit_failed);
  }
}
