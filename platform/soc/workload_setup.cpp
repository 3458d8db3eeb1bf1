#include <invar/platform/configuration/workload_machine.h>
#include <invar/platform/soc/boot_parameters.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/workload_numbers.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace invar::platform {
namespace {

/// What the firmware keeps of each layer and of its factors, its rings, and what it reads and draws
/// by itself: a row of probabilities, and targets and labels of a batch.
std::uint64_t workload_heap_bytes(const NetworkShapes& network, std::uint64_t rows) {
  constexpr std::uint64_t k_layer = 2048;
  constexpr std::uint64_t k_rest = std::uint64_t{1} << 20;
  return k_rest + k_layer * network.layers.size() + 4 * network.classes + 16 * rows;
}

/// A step of `train`, as its parameters are by default, on this network.
invar_train_parameters step_of(const RunConfiguration& configuration,
                               const NetworkShapes& network) {
  const WorkloadParameters& workload = configuration.workload;
  invar_train_parameters training{};
  copy_parameters(configuration.train, training);
  copy_parameters(workload, training);
  training.damping = static_cast<float>(workload.damping);
  training.service = static_cast<std::uint32_t>(workload.service);
  training.block_layout = static_cast<std::uint32_t>(workload.block_layout);
  training.optimizer = INVAR_OPTIMIZER_KFAC;
  training.solver = solver_of(configuration.run.inverter);
  training.kfac_apply =
      workload.apply == KfacApply::solve ? INVAR_KFAC_APPLY_SOLVE : INVAR_KFAC_APPLY_INVERSE;
  training.batch = static_cast<std::uint32_t>(workload.batch);
  training.classes = network.classes;
  training.seed = configuration.run.seed;
  // What the firmware asks for, so that three steps show all.
  const auto delay = static_cast<std::uint32_t>(workload_delay_steps(configuration));
  training.factor_interval = INVAR_WORKLOAD_FACTOR_INTERVAL;
  training.inverse_interval = INVAR_WORKLOAD_INVERSE_INTERVAL(delay);
  training.refresh_delay_steps = INVAR_WORKLOAD_REFRESH_DELAY(delay);
  training.layer_count = static_cast<std::uint32_t>(network.layers.size());
  return training;
}

std::uint64_t positions_of(const invar_layer_shape& layer) {
  return std::uint64_t{output_height(layer)} * output_width(layer);
}

}  // namespace

WorkloadSetup::WorkloadSetup(const RunConfiguration& configuration, NetworkShapes network)
    : RunSetup(configuration),
      network_(std::move(network)),
      table_(make_layer_table(network_, configuration.workload.batch)) {
  tiles_for_all_ = network_.place_on_tiles(workload_tiles(configuration));
  invar_train_parameters& training = parameters_.training;
  training = step_of(configuration, network_);
  if (configuration.accelerator.tile.fidelity != tile::Fidelity::timing &&
      configuration.run.inverter == Inverter::rram) {
    soc_.accelerator.operands = std::make_shared<WorkloadNumbers>(configuration, network_);
  }
  training.layers_address = plan_.reserve(network_.layers.size() * sizeof(invar_layer_shape));
  parameters_.data_bytes = largest_data();
  parameters_.data_address = plan_.reserve(parameters_.data_bytes);
  training.images_address = parameters_.data_address;
  parameters_.delay_steps = static_cast<std::uint32_t>(workload_delay_steps(configuration));
  // Tiles draw power from their first matrix on, and are written over what they hold.
  parameters_.warms_up = configuration.run.inverter == Inverter::rram;
  parameters_.factor_interval = static_cast<std::uint32_t>(configuration.workload.factor_interval);
  size_matrix_memory(
      network_.elements_on_tiles(static_cast<std::uint64_t>(configuration.accelerator.tiles)),
      workload_delay_steps(configuration));
  finish_plan(workload_heap_bytes(network_, training.batch * positions_of(network_.layers.back())));
  data_ = {network_.name,
           network_.content_hash,
           {{"layers", network_.layers.size()}, {"parameters", table_.parameters}}};
}

std::uint64_t WorkloadSetup::largest_data() const {
  std::uint64_t elements = std::max<std::uint64_t>(std::uint64_t{1} << 18, table_.largest_gradient);
  const auto tiles = static_cast<std::uint32_t>(configuration_.accelerator.tiles);
  const auto see = [&](std::uint64_t n, std::uint32_t takes) {
    elements = takes <= tiles ? std::max(elements, n * n) : elements;
  };
  for (const invar_layer_shape& layer : network_.layers) {
    if (has_factors(layer)) {
      see(inputs_of(layer), layer.tiles_a);
      see(layer.outputs, layer.tiles_gamma);
    }
  }
  return 4 * elements;
}

void WorkloadSetup::expect(const solver::TimingEstimate& estimate) {
  soc_.accelerator.timing = estimate;
  const auto slices = [&](std::uint32_t n) {
    return static_cast<std::uint32_t>(estimate.at(static_cast<int>(n)).slices);
  };
  for (invar_layer_shape& layer : network_.layers) {
    if (has_factors(layer)) {
      layer.slices_a = slices(inputs_of(layer));
      layer.slices_gamma = slices(layer.outputs);
    }
  }
}

void WorkloadSetup::load(Soc& soc) {
  const std::size_t bytes = network_.layers.size() * sizeof(invar_layer_shape);
  std::memcpy(soc.memory(parameters_.training.layers_address, bytes), network_.layers.data(),
              bytes);
  invar_boot_block block{};
  block.app = INVAR_APP_WORKLOAD;
  block.parameters.workload = parameters_;
  load_boot_block(soc, block);
}

}  // namespace invar::platform
