#include <invar/platform/soc/boot_parameters.h>
#include <invar/platform/soc/run_setup.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace invar::platform {

WorkloadSetup::WorkloadSetup(const RunConfiguration& configuration, const Network& network,
                             LayerTable table)
    : RunSetup(configuration), table_(std::move(table)) {
  const WorkloadParameters& workload = configuration.workload;
  const solver::StoredMatrixParameters stored =
      configuration.accelerator.sequencer_configuration().stored_matrix();
  tiles_for_all_ = table_.place_on_tiles(stored);
  parameters_.layers_address = plan_.reserve(table_.layers.size() * sizeof(invar_workload_layer));
  // What commands may name: the largest factor that goes to tiles, and any gradient.
  std::uint64_t elements = std::max<std::uint64_t>(std::uint64_t{1} << 18, table_.largest_gradient);
  for (const auto& entry : table_.factors) {
    const std::uint64_t n = entry.first;
    if (solver::tiles_for(static_cast<int>(n), stored) <= configuration.accelerator.tiles) {
      elements = std::max(elements, n * n);
    }
  }
  parameters_.data_bytes = 4 * elements;
  parameters_.data_address = plan_.reserve(parameters_.data_bytes);
  parameters_.layer_count = static_cast<std::uint32_t>(table_.layers.size());
  parameters_.solver = solver_of(configuration.run.inverter);
  parameters_.kfac_apply =
      workload.apply == KfacApply::solve ? INVAR_KFAC_APPLY_SOLVE : INVAR_KFAC_APPLY_INVERSE;
  copy_parameters(workload, parameters_);
  finish_plan(std::uint64_t{8} << 20);
  data_ = {network.name,
           network.content_hash,
           {{"layers", table_.layers.size()}, {"parameters", table_.parameters}}};
}

void WorkloadSetup::expect(const solver::TimingEstimate& estimate) {
  soc_.accelerator.timing = estimate;
  const auto slices = [&](std::uint32_t n) {
    return static_cast<std::uint32_t>(estimate.at(static_cast<int>(n)).slices);
  };
  for (invar_workload_layer& layer : table_.layers) {
    if (layer.factor_a != 0) {
      layer.slices_a = slices(layer.factor_a);
      layer.slices_g = slices(layer.factor_g);
    }
  }
}

void WorkloadSetup::load(Soc& soc) {
  std::memcpy(
      soc.memory(parameters_.layers_address, table_.layers.size() * sizeof(invar_workload_layer)),
      table_.layers.data(), table_.layers.size() * sizeof(invar_workload_layer));
  invar_boot_block block{};
  block.app = INVAR_APP_WORKLOAD;
  block.parameters.workload = parameters_;
  load_boot_block(soc, block);
}

}  // namespace invar::platform
