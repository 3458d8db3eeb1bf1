#include <invar/configuration/toml_document.h>
#include <invar/configuration/toml_parameters.h>
#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>

#include <stdexcept>

namespace invar::platform {

using configuration::Listed;

void read_toml_file(const std::string& path, RunConfiguration& configuration,
                    const std::vector<std::string>& foreign) {
  read_toml_text(path, read_text(path, k_largest_toml_bytes), configuration, foreign);
}

void read_toml_text(const std::string& name, const std::string& text,
                    RunConfiguration& configuration, const std::vector<std::string>& foreign) {
  try {
    configuration.given.merge(configuration::read_toml(name, text, parameter_table().description(),
                                                       configuration, foreign,
                                                       &configuration.origins));
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
}

bool has_toml_key(const std::string& path, const std::string& name) {
  const std::string text = read_text(path, k_largest_toml_bytes);
  try {
    return configuration::parse_toml(path, text).find(name) != nullptr;
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
}

std::string write_toml(const RunConfiguration& configuration) {
  const auto selection = [&](const parameters::Parameter& parameter) {
    return !parameter_table().find(parameter.key)->is_for(configuration.command) ? Listed::no
           : parameter.has_dependent_default && !configuration.is_given(parameter.key)
               ? Listed::commented_out
               : Listed::yes;
  };
  return configuration::write_toml(parameter_table().description(), configuration, selection,
                                   configuration.origins);
}

}  // namespace invar::platform
