#ifndef INVAR_PLATFORM_CONFIGURATION_COMMAND_H
#define INVAR_PLATFORM_CONFIGURATION_COMMAND_H

#include <string_view>

namespace invar::platform {

/// Which command of `invar` a configuration is for: a name that parameters refer to. What the
/// command does stands in one object, see <invar/platform/command_line/subcommand.h>.
struct Command {
  const char* name;  ///< as it is typed
  /// Simulates the machine, so that the machine's parameters have a meaning for it.
  bool runs_machine;

  static const Command any_machine;  ///< stands for every command that runs the machine
  // Those that have parameters of their own. Another one is just made: Command{"name", true}.
  static const Command train, solve, circuit, workload;
  static const Command program;  ///< `invar run`: a program of the user's own on the riscv core
};

inline constexpr Command Command::any_machine{"*", true};
inline constexpr Command Command::train{"train", true};
inline constexpr Command Command::solve{"solve", true};
inline constexpr Command Command::circuit{"circuit", false};
inline constexpr Command Command::workload{"workload", true};
inline constexpr Command Command::program{"run", true};

inline bool operator==(const Command& a, const Command& b) {
  return std::string_view(a.name) == b.name;
}
inline bool operator!=(const Command& a, const Command& b) {
  return !(a == b);
}

inline bool operator<(const Command& a, const Command& b) {
  return std::string_view(a.name) < b.name;
}

}  // namespace invar::platform

#endif
