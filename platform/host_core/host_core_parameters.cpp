#include <invar/parameters/description.h>
#include <invar/platform/host_core/host_core_parameters.h>

#include <string>

namespace invar::platform {
namespace {

using Description = parameters::Description<HostCoreParameters>;

constexpr const char* k_ariane = "Ariane, RV64, best efficiency: arXiv 1904.05442";
constexpr const char* k_twice = "assumption: twice an operation of Ariane";

void add_operation(Description& all, const std::string& name, invar_operation operation,
                   const char* what, const char* energy_source) {
  all.integer(
      name + "_cycles", [operation](auto& core) -> auto& { return core.cycles[operation]; },
      {1, 10000}, "cycles", what, "assumption: in-order core with a floating-point unit");
  all.real(
         name + "_energy_j", [operation](auto& core) -> auto& { return core.energy_j[operation]; },
         {0, 1e-6}, "J", "an operation", energy_source)
      .of("22 nm", 2019);
}

Description describe() {
  Description all("host_core");
  all.real("frequency_hz", &HostCoreParameters::frequency_hz, {1e6, 1e10}, "Hz",
           "clock of the host core", "assumption; Ariane: up to 1.7 GHz")
      .of("22 nm", 2019)
      .believed(0.5e9, 1.7e9);
  add_operation(all, "integer", INVAR_OPERATION_INTEGER, "add, shift, compare, branch, jump",
                k_ariane);
  add_operation(all, "memory", INVAR_OPERATION_MEMORY, "load or store that hits the cache",
                k_ariane);
  add_operation(all, "multiply", INVAR_OPERATION_MULTIPLY, "integer multiplication", k_ariane);
  add_operation(all, "divide", INVAR_OPERATION_DIVIDE, "integer division", k_twice);
  add_operation(all, "float", INVAR_OPERATION_FLOAT, "add, multiply, multiply-add", k_ariane);
  add_operation(all, "float_divide", INVAR_OPERATION_FLOAT_DIVIDE, "divide, square root", k_twice);
  all.real("static_power_w", &HostCoreParameters::static_power_w, {0, 1e6}, "W",
           "what the host core draws all the time", "assumption: 10 % of Ariane at 1.7 GHz")
      .of("22 nm", 2019)
      .believed(1e-3, 2e-2);
  all.flag("synchronise_registers", &HostCoreParameters::synchronise_registers,
           "let simulated time catch up before each register access; without it results depend "
           "on run.quantum_s",
           "choice");
  all.integer("stack_bytes", &HostCoreParameters::stack_bytes, {65536, 67108864}, "byte",
              "stack of the thread that runs the firmware or the simulator", "choice");
  return all;
}

}  // namespace

const Description& HostCoreParameters::description() {
  static const Description all = describe();
  return all;
}

void HostCoreParameters::check() const {
  description().check(*this);
}

}  // namespace invar::platform
