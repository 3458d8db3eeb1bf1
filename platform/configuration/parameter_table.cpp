#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <stdexcept>

namespace invar::platform {
namespace {

/// Left out is what the run decides by itself.
void add_hardware(ParameterTable& table) {
  const std::set<Command>& machine = ParameterTable::machine();
  table.include(&RunConfiguration::accelerator, accelerator::AcceleratorParameters::description(),
                machine,
                {"accelerator.exact", "accelerator.conjugate_gradients", "accelerator.seed",
                 "accelerator.worker_threads"});
  table.include(&RunConfiguration::engine, digital_engine::EngineParameters::description(), machine,
                {"engine.timing_only"});
  table.include(&RunConfiguration::area, tile::AreaParameters::description(), machine,
                {"area.mvm"});
  table.include(&RunConfiguration::digital_area,
                digital_engine::DigitalAreaParameters::description());
  table.include(&RunConfiguration::static_power, StaticPowerParameters::description(), machine);
  table.include(&RunConfiguration::bus, bus::HostBusParameters::description(), machine,
                {"bus.allow_dmi"});
  table.include(&RunConfiguration::memory, bus::MemoryParameters::description(), machine,
                {"memory.size_bytes"});
  table.include(&RunConfiguration::peripherals, bus::PeripheralParameters::description());
}

ParameterTable make_table() {
  ParameterTable table;
  table.include(&RunConfiguration::run, RunParameters::description());
  table.also_for(Command::circuit, "run.quiet");
  table.also_for(Command::circuit, "run.report");
  table.not_for(Command::program, "run.core");
  table.include(&RunConfiguration::train, TrainParameters::description(), {Command::train});
  table.include(&RunConfiguration::solve, SolveParameters::description(), {Command::solve});
  table.include(&RunConfiguration::vcd, VcdParameters::description());
  table.include(&RunConfiguration::timeline, TimelineParameters::description());
  table.include(&RunConfiguration::instruction_trace, InstructionTraceParameters::description());
  table.include(&RunConfiguration::function_profile, FunctionProfileParameters::description());
  table.include(&RunConfiguration::host_core, HostCoreParameters::description(),
                ParameterTable::machine(), {"host_core.stack_bytes"});
  table.include(&RunConfiguration::circuit, CircuitParameters::description(), {Command::circuit});
  table.include(&RunConfiguration::workload, WorkloadParameters::description(),
                {Command::workload});
  table.include(&RunConfiguration::features, FeatureParameters::description(), {Command::workload});
  add_hardware(table);
  table.define_task({"train.epochs", "train.batch"});
  table.define_task({"train.channels", "train.kernel", "train.stride"},
                    [](const RunConfiguration& c) { return c.train.network.empty(); });
  table.define_task({"workload.batch", "workload.sequence_length", "workload.factor_interval",
                     "workload.inverse_interval", "workload.damping"});
  table.define_task({"solve.tolerance"});
  return table;
}

}  // namespace

bool Parameter::is_for(Command command) const {
  const bool by_machine = command.runs_machine && commands.count(Command::any_machine) != 0;
  return commands.count(command) != 0 || (by_machine && excepted.count(command) == 0);
}

void Parameter::set(RunConfiguration& configuration, const ParameterValue& value) const {
  try {
    field->set(&configuration, checked(value));
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
}

ParameterTable::ParameterTable() {
  all_.listed_by("`invar params` lists all");
}

const std::set<Command>& ParameterTable::machine() {
  static const std::set<Command> commands = {Command::any_machine};
  return commands;
}

std::vector<const Parameter*> ParameterTable::parameters_for(Command command,
                                                             bool affects_results) const {
  std::vector<const Parameter*> list;
  for (const Parameter& parameter : parameters_) {
    if (parameter.is_for(command) && parameter.affects_results == affects_results) {
      list.push_back(&parameter);
    }
  }
  return list;
}

const Parameter* ParameterTable::find(std::string_view key) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [key](const Parameter& one) { return one.key == key; });
  return found == parameters_.end() ? nullptr : &*found;
}

void ParameterTable::assign(RunConfiguration& configuration, const Parameter& parameter,
                            const ParameterValue& value) const {
  const ParameterValue before = parameter.get(configuration);
  parameter.set(configuration, value);
  configuration.given.insert(parameter.key);
  if (parameter.get(configuration) != before) {
    configuration.origins.erase(parameter.key);
  }
}

parameters::Origin origin_of(const RunConfiguration& configuration, const Parameter& parameter) {
  const auto told = configuration.origins.find(parameter.key);
  if (told != configuration.origins.end()) {
    return told->second;
  }
  static const RunConfiguration defaults;
  const bool is_default = parameter.get(configuration) == parameter.get(defaults);
  return is_default || !configuration.is_given(parameter.key)
             ? parameter.origin
             : parameters::Origin{"choice of the user"};
}

void ParameterTable::define_task(std::initializer_list<std::string_view> keys,
                                 const std::function<bool(const RunConfiguration&)>& when) {
  for (const std::string_view key : keys) {
    at(key).defines_task = when;
  }
}

void ParameterTable::add_new(const std::set<Command>& commands) {
  for (std::size_t i = parameters_.size(); i < all_.parameters().size(); ++i) {
    parameters_.push_back({all_.parameters()[i], commands});
  }
}

Parameter& ParameterTable::at(std::string_view key) {
  const Parameter* const found = find(key);
  if (found == nullptr) {
    throw std::logic_error(all_.unknown(key));
  }
  return parameters_[static_cast<std::size_t>(found - parameters_.data())];
}

const ParameterTable& parameter_table() {
  static const ParameterTable table = make_table();
  return table;
}

}  // namespace invar::platform
