#include <invar/circuit/instruction_set.h>

#include <cstdlib>
#include <stdexcept>

namespace invar::circuit {

bool is_supported(InstructionSet set) {
  switch (set) {
    case InstructionSet::baseline:
      return true;
#ifdef INVAR_CIRCUIT_X86_KERNELS
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case InstructionSet::avx512:
      return is_supported(InstructionSet::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
    default:
      return false;
  }
}

namespace {

constexpr const char* k_instruction_set_variable = "INVAR_INSTRUCTION_SET";

InstructionSet choose() {
  const char* wanted = std::getenv(k_instruction_set_variable);
  if (wanted != nullptr && *wanted != '\0') {
    const InstructionSet set = instruction_set_from_string(wanted);
    if (!is_supported(set)) {
      throw std::invalid_argument(std::string(k_instruction_set_variable) + " = " + wanted +
                                  ": this processor, or this build, has no " + wanted);
    }
    return set;
  }
  for (const InstructionSet set : {InstructionSet::avx512, InstructionSet::avx2}) {
    if (is_supported(set)) {
      return set;
    }
  }
  return InstructionSet::baseline;
}

}  // namespace

InstructionSet best_instruction_set() {
  static const InstructionSet best = choose();
  return best;
}

std::string to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::avx2:
      return "avx2";
    default:
      return "baseline";
  }
}

InstructionSet instruction_set_from_string(const std::string& name) {
  for (const InstructionSet set :
       {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    if (name == to_string(set)) {
      return set;
    }
  }
  throw std::invalid_argument("instruction set must be baseline, avx2 or avx512, not " + name);
}

}  // namespace invar::circuit
