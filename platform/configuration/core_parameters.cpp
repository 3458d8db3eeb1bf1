#include <invar/platform/configuration/parameter_table.h>

#include <string>
#include <utility>
#include <vector>

namespace invar::platform {
namespace {

void add_instruction_trace(ParameterTable& table) {
  table
      .text("instruction_trace.file", INVAR_FIELD(instruction_trace.file),
            "text file with a line for each instruction of the riscv core, empty = none", "choice")
      .with_flag("--instruction-trace", "FILE")
      .host_only();
  table
      .text("instruction_trace.window", INVAR_FIELD(instruction_trace.window),
            "simulated time to write down, T0:T1 with ps, ns, us, ms or s, empty = all", "choice")
      .with_flag("--instruction-window", "T0:T1")
      .host_only();
  table
      .real("instruction_trace.maximum_instructions",
            INVAR_FIELD(instruction_trace.maximum_instructions), {1, 1e12}, "instructions",
            "the trace ends after so many and says so", "choice")
      .host_only();
}

void add_operation(ParameterTable& table, const std::string& name, invar_operation operation,
                   const std::string& what, const std::string& energy_source) {
  table.integer(
      "host_core." + name + "_cycles",
      [operation](auto& configuration) -> auto& {
        return configuration.host_core.cycles[operation];
      },
      {1, 10000}, "cycles", what, "assumption: in-order core with a floating-point unit");
  table.real(
      "host_core." + name + "_energy_j",
      [operation](auto& configuration) -> auto& {
        return configuration.host_core.energy_j[operation];
      },
      {0, 1e-6}, "J", "an operation", energy_source);
}

void add_host_core(ParameterTable& table) {
  table.real("host_core.frequency_hz", INVAR_FIELD(host_core.frequency_hz), {1e6, 1e10}, "Hz",
             "clock of the host core", "assumption; Ariane, 22 nm: up to 1.7 GHz");
  const char* ariane = "Ariane, RV64, 22 nm, best efficiency: arXiv 1904.05442";
  const char* twice = "assumption: twice an operation of Ariane";
  add_operation(table, "integer", INVAR_OPERATION_INTEGER, "add, shift, compare, branch, jump",
                ariane);
  add_operation(table, "memory", INVAR_OPERATION_MEMORY, "load or store that hits the cache",
                ariane);
  add_operation(table, "multiply", INVAR_OPERATION_MULTIPLY, "integer multiplication", ariane);
  add_operation(table, "divide", INVAR_OPERATION_DIVIDE, "integer division", twice);
  add_operation(table, "float", INVAR_OPERATION_FLOAT, "add, multiply, multiply-add", ariane);
  add_operation(table, "float_divide", INVAR_OPERATION_FLOAT_DIVIDE, "divide, square root", twice);
  table.flag("host_core.synchronise_registers", INVAR_FIELD(host_core.synchronise_registers),
             "let simulated time catch up before each register access; without it results depend "
             "on run.quantum_s",
             "choice");
}

}  // namespace

void add_core_choice(ParameterTable& table) {
  table
      .choice("run.core", INVAR_FIELD(run.core),
              std::vector<std::pair<std::string, HostCoreKind>>{{"native", HostCoreKind::native},
                                                                {"riscv", HostCoreKind::riscv}},
              "host core that runs the firmware: as code of this host, or its RISC-V image on an "
              "instruction-set simulator",
              "choice")
      .with_flag("--core", "NAME")
      .with_dependent_default()
      .not_for(Command::program);
  table
      .text("run.firmware", INVAR_FIELD(run.firmware),
            "RISC-V image (ELF) that the riscv core runs, empty = the one that comes with invar",
            "choice")
      .with_flag("--firmware", "FILE")
      .host_only();
  table
      .text("run.simulator", INVAR_FIELD(run.simulator),
            "instruction-set simulator of the riscv core (a shared library), empty = the one "
            "beside invar",
            "choice")
      .host_only();
  table
      .real("run.quantum_s", INVAR_FIELD(run.quantum_s), {0, 1}, "s",
            "how far the host core runs ahead of simulated time; no effect on results while "
            "host_core.synchronise_registers holds",
            "choice")
      .host_only();
  table
      .real("run.simulated_timeout_s", INVAR_FIELD(run.simulated_timeout_s), {0, 1e9}, "s",
            "simulated time after which the run is cut off with a partial report, 0 = none",
            "choice")
      .with_flag("--simulated-timeout", "T");
}

void add_core_parameters(ParameterTable& table) {
  add_instruction_trace(table);
  add_host_core(table);
}

}  // namespace invar::platform
