#include <fmt/format.h>
#include <invar/platform/configuration/preset.h>
#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>

namespace invar::platform {

void apply_preset(const std::string& name, RunConfiguration& configuration) {
  const auto found = std::find_if(presets().begin(), presets().end(),
                                  [&](const Preset& preset) { return preset.name == name; });
  if (found == presets().end()) {
    std::string known;
    for (const Preset& preset : presets()) {
      known += std::string(known.empty() ? "" : ", ") + preset.name;
    }
    throw InputError(fmt::format("--preset {}: there is no such preset; must be {}", name, known));
  }
  read_toml_text("preset " + name, found->text, configuration);
}

}  // namespace invar::platform
