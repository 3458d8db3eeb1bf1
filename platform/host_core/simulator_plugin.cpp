#include <dlfcn.h>
#include <fmt/format.h>
#include <invar/platform/host_core/simulator_plugin.h>

#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace invar::platform {

void SimulatorPlugin::Unload::operator()(void* library) const {
  dlclose(library);
}

SimulatorPlugin::SimulatorPlugin(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    throw std::runtime_error(
        "the RISC-V core's simulator " + path +
        " does not exist: build it with Debian's libunicorn-dev installed, or use --core native");
  }
  // A path without a slash would be looked for in the system's directories.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  library_.reset(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!library_) {
    throw std::runtime_error(
        path + ": cannot be loaded as a shared library of this machine: " + dlerror());
  }
  const auto function =
      reinterpret_cast<invar_iss_interface_function>(dlsym(library_.get(), "invar_iss_interface"));
  interface_ = function != nullptr ? function() : nullptr;
  if (interface_ == nullptr) {
    throw std::runtime_error(path + ": is no instruction-set simulator for Invar");
  }
  if (interface_->version != INVAR_ISS_INTERFACE_VERSION) {
    throw std::runtime_error(fmt::format("{}: has interface version {}, must be {}", path,
                                         interface_->version, INVAR_ISS_INTERFACE_VERSION));
  }
}

std::string find_beside_program(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return (program.parent_path() / name).string();
}

}  // namespace invar::platform
