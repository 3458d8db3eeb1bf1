#ifndef INVAR_PLATFORM_HOST_CORE_SIMULATOR_PLUGIN_H
#define INVAR_PLATFORM_HOST_CORE_SIMULATOR_PLUGIN_H

#include <invar/platform/host_core/instruction_set_simulator.h>

#include <memory>
#include <string>

namespace invar::platform {

/// The library that `--core riscv` loads.
constexpr const char* k_simulator_library = "libinvar_riscv_simulator.so";

/// The firmware's image that it runs unless told otherwise.
constexpr const char* k_firmware_image = "firmware.elf";

/// A shared library with an instruction-set simulator, loaded as long as the object lives.
class SimulatorPlugin {
 public:
  /// \throws std::runtime_error with the reason: missing, not loadable, of another version
  explicit SimulatorPlugin(const std::string& path);

  const invar_iss_functions& interface() const { return *interface_; }

 private:
  struct Unload {
    void operator()(void* library) const;
  };
  std::unique_ptr<void, Unload> library_;
  const invar_iss_functions* interface_ = nullptr;
};

/// The path of a file that comes with the program, beside the executable.
std::string find_beside_program(const std::string& name);

}  // namespace invar::platform

#endif
