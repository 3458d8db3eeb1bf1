#include <invar/platform/report/component_kind.h>

#include <algorithm>
#include <string_view>

namespace invar::platform {
namespace {

struct Rule {
  std::string_view ending;  ///< of the name, after a point or as a whole
  const char* kind;
};

/// The first that fits holds.
constexpr Rule k_rules[] = {
    {"tiles.static_power", "accelerator_leakage"},
    {"matrix_buffer.static_power", "accelerator_leakage"},
    {"power_switch", "accelerator_leakage"},
    {"engine.core.static_power", "engine_leakage"},
    {"ram.static_power", "ram"},
    {"core.static_power", "host_core"},
    {"array", "cells"},
    {"amplifiers", "amplifiers"},
    {"dac", "dac"},
    {"adc", "adc"},
    {"sample_hold", "adc"},
    {"write_verify", "write_verify"},
    {"mac_lanes", "mac_lanes"},
    {"matrix_buffer", "matrix_memory"},
    {"mac_array", "engine_mac_array"},
    {"vector_unit", "engine_vector_unit"},
    {"scratchpad", "scratchpad"},
    {"dma", "data_movement"},
    {"operands", "data_movement"},
    {"bus", "data_movement"},
    {"ram", "ram"},
    {"core", "host_core"},
};

constexpr const char* k_other = "other";

bool ends_with(std::string_view name, std::string_view ending) {
  return name.size() >= ending.size() && name.substr(name.size() - ending.size()) == ending &&
         (name.size() == ending.size() || name[name.size() - ending.size() - 1] == '.');
}

std::vector<std::string> kinds_of_rules() {
  std::vector<std::string> kinds{"cells",         "amplifiers",         "dac",
                                 "adc",           "write_verify",       "mac_lanes",
                                 "matrix_memory", "accelerator_leakage"};
  for (const Rule& rule : k_rules) {
    if (std::find(kinds.begin(), kinds.end(), rule.kind) == kinds.end()) {
      kinds.emplace_back(rule.kind);
    }
  }
  kinds.emplace_back(k_other);
  return kinds;
}

}  // namespace

const std::vector<std::string>& component_kinds() {
  static const std::vector<std::string> kinds = kinds_of_rules();
  return kinds;
}

std::string kind_of_component(const std::string& name) {
  const auto rule = std::find_if(std::begin(k_rules), std::end(k_rules),
                                 [&](const Rule& one) { return ends_with(name, one.ending); });
  return rule == std::end(k_rules) ? k_other : rule->kind;
}

}  // namespace invar::platform
