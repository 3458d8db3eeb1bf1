#include <fmt/format.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <vector>

namespace invar::platform {
namespace {

/// A parameter of `train`, or of the machine, that only some inverters look at.
struct OptionUse {
  const char* key;
  std::vector<Inverter> inverters;
};

const std::vector<OptionUse>& option_uses() {
  constexpr Inverter rram = Inverter::rram;
  constexpr Inverter digital = Inverter::digital;
  constexpr Inverter cg = Inverter::cg;
  constexpr Inverter exact = Inverter::exact;
  static const std::vector<OptionUse> uses = {
      {"train.service", {rram}},
      {"train.deflation_rank", {rram, digital}},
      {"train.block_layout", {rram, digital}},
      {"train.block_rows", {digital}},
      {"train.refresh_delay_steps", {rram, cg}},
      {"train.eliminate_bias", {rram}},
      {"train.replicas", {rram}},
      {"train.operand_port", {rram, cg, exact}},
      {"train.tolerance", {rram, cg, exact}},
      {"train.iteration_limit", {rram, cg}},
      {"train.slices", {rram}},
      {"train.slices_limit", {rram}},
      {"train.contraction_limit", {rram}},
      {"sequencer.lane_precision", {rram, cg}},
  };
  return uses;
}

std::string names_of(const std::vector<Inverter>& inverters) {
  std::string names;
  for (const Inverter inverter : inverters) {
    names += (names.empty() ? "" : " or ") + std::string(name_of(inverter));
  }
  return names;
}

/// Blocks that the digital engine inverts alone, and what is kept beside them.
void require_blocks(const RunConfiguration& configuration) {
  if (configuration.run.inverter != Inverter::digital ||
      configuration.train.block_layout == BlockLayout::diagonal) {
    return;
  }
  for (const char* key : {"train.block_rows", "train.deflation_rank"}) {
    if (configuration.typed.count(key) != 0) {
      throw InputError(
          fmt::format("{}: the digital engine inverts a whole factor as it is: must go with "
                      "train.block_layout = diagonal",
                      key));
    }
  }
}

void require_delay(const TrainParameters& train, Inverter inverter) {
  const bool is_of_tiles = inverter == Inverter::rram || inverter == Inverter::cg;
  if (is_of_tiles && train.refresh_delay_steps != 0 && train.kfac_apply == KfacApply::inverse) {
    throw InputError(
        fmt::format("train.refresh_delay_steps = {}: tiles are programmed in the background where "
                    "gradients are solved for; must be 0 with train.kfac_apply = inverse",
                    train.refresh_delay_steps));
  }
  if (train.refresh_delay_steps > train.inverse_interval) {
    throw InputError(
        fmt::format("train.refresh_delay_steps = {}: must be from 0 to train.inverse_interval, {}",
                    train.refresh_delay_steps, train.inverse_interval));
  }
}

}  // namespace

void require_options_in_use(const RunConfiguration& configuration) {
  if (configuration.command != Command::train) {
    return;
  }
  const bool is_kfac = configuration.train.optimizer == Optimizer::kfac;
  for (const OptionUse& use : option_uses()) {
    const bool is_used = is_kfac && std::find(use.inverters.begin(), use.inverters.end(),
                                              configuration.run.inverter) != use.inverters.end();
    if (is_used || configuration.typed.count(use.key) == 0) {
      continue;
    }
    if (!is_kfac) {
      throw InputError(fmt::format("{}: has no effect with train.optimizer = {}: is of kfac",
                                   use.key, name_of(configuration.train.optimizer)));
    }
    throw InputError(fmt::format("{}: has no effect with run.inverter = {}: is of {}", use.key,
                                 name_of(configuration.run.inverter), names_of(use.inverters)));
  }
  if (is_kfac) {
    require_blocks(configuration);
    require_delay(configuration.train, configuration.run.inverter);
  }
}

}  // namespace invar::platform
