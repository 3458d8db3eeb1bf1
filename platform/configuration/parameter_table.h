#ifndef INVAR_PLATFORM_CONFIGURATION_PARAMETER_TABLE_H
#define INVAR_PLATFORM_CONFIGURATION_PARAMETER_TABLE_H

#include <invar/parameters/description.h>
#include <invar/platform/configuration/run_configuration.h>

#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace invar::platform {

using ParameterValue = parameters::Value;

/// One parameter of the `invar` command, as its structure describes it.
struct Parameter : parameters::Parameter {
  /// Commands that it has a meaning for, and some that Command::any_machine does not stand for.
  std::set<Command> commands, excepted = {};
  /// Whether two runs must share its value to be compared; empty: no.
  std::function<bool(const RunConfiguration&)> defines_task = {};

  bool is_for(Command command) const;
  ParameterValue get(const RunConfiguration& configuration) const {
    return field->get(&configuration);
  }
  /// \throws InputError "KEY = VALUE: must be ..."
  void set(RunConfiguration& configuration, const ParameterValue& value) const;
};

/// The descriptions of all structures of a `RunConfiguration`, and for which commands each is.
class ParameterTable {
 public:
  /// All that run the machine.
  static const std::set<Command>& machine();

  ParameterTable();
  template <typename Member>
  void include(
      Member member,
      const parameters::Description<parameters::MemberType<RunConfiguration, Member>>& description,
      const std::set<Command>& commands = machine(),
      std::initializer_list<std::string_view> but_for = {}) {
    all_.include(member, description, but_for);
    add_new(commands);
  }
  void also_for(Command command, std::string_view key) { at(key).commands.insert(command); }
  void not_for(Command command, std::string_view key) { at(key).excepted.insert(command); }
  /// Two runs must share the values of these to be compared. \param when whether, in such a run
  void define_task(
      std::initializer_list<std::string_view> keys,
      const std::function<bool(const RunConfiguration&)>& when = [](const RunConfiguration&) {
        return true;
      });

  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// Those that have a meaning for the command, and affect its results or do not.
  std::vector<const Parameter*> parameters_for(Command command, bool affects_results = true) const;
  /// The same without the commands.
  const parameters::Description<RunConfiguration>& description() const { return all_; }
  /// \return nullptr if there is none
  const Parameter* find(std::string_view key) const;
  /// "unknown parameter tile.rwos; did you mean tile.rows?"
  std::string unknown(const std::string& key) const { return all_.unknown(key); }

  /// Sets a value and remembers that it was given. \throws InputError
  void assign(RunConfiguration& configuration, const Parameter& parameter,
              const ParameterValue& value) const;

 private:
  void add_new(const std::set<Command>& commands);
  Parameter& at(std::string_view key);

  parameters::Description<RunConfiguration> all_;
  std::vector<Parameter> parameters_;
};

/// Of the value in force: what a preset or file said of it, or the default's, or the user's.
parameters::Origin origin_of(const RunConfiguration& configuration, const Parameter& parameter);

/// All parameters of the `invar` command.
const ParameterTable& parameter_table();

}  // namespace invar::platform

#endif
