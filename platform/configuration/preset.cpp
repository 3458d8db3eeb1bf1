#include <fmt/format.h>
#include <invar/platform/configuration/preset.h>
#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>

namespace invar::platform {

namespace {

const Preset& preset_named(const std::string& name, const std::string& given) {
  const auto found = std::find_if(presets().begin(), presets().end(),
                                  [&](const Preset& preset) { return preset.name == name; });
  if (found == presets().end()) {
    std::string known;
    for (const Preset& preset : presets()) {
      known += std::string(known.empty() ? "" : ", ") + preset.name;
    }
    throw InputError(
        fmt::format("--preset {}: there is no such preset{}; must be {}, or several "
                    "of them with + between",
                    given, name == given ? "" : " as '" + name + "'", known));
  }
  return *found;
}

}  // namespace

void apply_preset(const std::string& name, RunConfiguration& configuration) {
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('+', begin), name.size());
    const Preset& preset = preset_named(name.substr(begin, end - begin), name);
    read_toml_text(std::string("preset ") + preset.name, preset.text, configuration);
    begin = end + 1;
  }
}

}  // namespace invar::platform
