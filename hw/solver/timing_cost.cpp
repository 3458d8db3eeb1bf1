#include <invar/solver/block_layout.h>
#include <invar/solver/timing_cost.h>

#include <algorithm>
#include <cmath>

namespace invar::solver {
namespace {

std::uint64_t to_count(double value) {
  return static_cast<std::uint64_t>(std::llround(std::max(value, 0.0)));
}

/// (A double would round what has more than 53 bits.)
std::uint64_t times(std::uint64_t number, double count) {
  return count == 1.0 ? number : to_count(static_cast<double>(number) * count);
}

/// What one application of a tree asks of its tiles and of the lanes.
struct TimedApplication {
  double inv_shots = 1.0, mvm_shots = 0.0;
  double busiest_inv = 1.0, busiest_mvm = 0.0;
  double inv_depth = 1.0, mvm_depth = 0.0;
  double lane_products = 0.0;
};

class Tree {
 public:
  Tree(double leaf_rows, BlockSplit split, bool on_tiles)
      : leaf_rows_(leaf_rows), split_(split), on_tiles_(on_tiles) {}

  TimedApplication application(int leaves) const {
    if (leaves <= 1) {
      return {};
    }
    const int first = first_of(leaves);
    const TimedApplication a = application(first);
    const TimedApplication s = application(leaves - first);
    const double blocks = static_cast<double>(first) * (leaves - first);
    TimedApplication both;
    both.inv_shots = 2.0 * a.inv_shots + s.inv_shots;
    both.busiest_inv = std::max(2.0 * a.busiest_inv, s.busiest_inv);
    both.inv_depth = 2.0 * a.inv_depth + s.inv_depth;
    both.lane_products = 2.0 * a.lane_products + s.lane_products;
    if (on_tiles_) {
      both.mvm_shots = 2.0 * a.mvm_shots + s.mvm_shots + 2.0 * blocks;
      both.busiest_mvm = std::max({1.0, 2.0 * a.busiest_mvm, s.busiest_mvm});
      both.mvm_depth = 2.0 * a.mvm_depth + s.mvm_depth + 2.0;
    } else {
      both.lane_products += 2.0 * blocks * leaf_rows_ * leaf_rows_;
    }
    return both;
  }

  /// Adds what forming the Schur complements of a tree takes.
  void add_schur(int leaves, BlockPlan::Schur& sum) const {
    if (leaves <= 1) {
      return;
    }
    const int first = first_of(leaves);
    const double n1 = first * leaf_rows_;
    const double n2 = (leaves - first) * leaf_rows_;
    const TimedApplication a = application(first);
    sum.inv_shots += n2 * a.inv_shots;
    sum.mvm_shots += n2 * a.mvm_shots;
    sum.busiest_inv_shots += n2 * a.busiest_inv;
    sum.busiest_mvm_shots += n2 * a.busiest_mvm;
    sum.inv_depth += a.inv_depth;
    sum.mvm_depth += a.mvm_depth;
    sum.lane_products += n2 * a.lane_products;
    sum.vector_elements += n2 * n1;
    sum.residual_operations += n2 * n1 * n1;
    sum.product_operations += n2 * n1 * n2 + n2 * n2;
    sum.fetched_elements += n2 * n1 * n1;
    sum.product_elements += n2 * n1 * n2;
    add_schur(first, sum);
    add_schur(leaves - first, sum);
  }

 private:
  int first_of(int leaves) const {
    return split_ == BlockSplit::halves ? std::max(leaves / 2, 1) : 1;
  }

  double leaf_rows_;
  BlockSplit split_;
  bool on_tiles_;
};

/// P(a cell takes at most t pulses), t = 0, 1, ... up to the maximum.
std::vector<double> pulse_distribution(const device::RramParameters& device) {
  const double rate = device.mean_pulses - 1.0;
  std::vector<double> cumulative{0.0};
  double log_term = -rate;
  double sum = 0.0;
  for (int pulses = 1; pulses < device.maximum_pulses; ++pulses) {
    sum += std::exp(log_term);
    cumulative.push_back(std::min(sum, 1.0));
    log_term += rate > 0.0 ? std::log(rate / pulses) : -1e9;
  }
  return cumulative;
}

}  // namespace

BlockPlan block_plan(int n, int rows, BlockSplit split, BlockProductPath products) {
  BlockPlan plan;
  plan.n = n;
  const bool products_on_tiles = products == BlockProductPath::analog;
  const BlockLayout layout(n, rows, products_on_tiles);
  plan.leaves = layout.leaves();
  plan.tiles = static_cast<int>(layout.tiles());
  plan.leaf_rows = static_cast<double>(n) / plan.leaves;
  const Tree tree(plan.leaf_rows, split, products_on_tiles);
  const TimedApplication application = tree.application(plan.leaves);
  plan.inv_shots = application.inv_shots;
  plan.mvm_shots = application.mvm_shots;
  plan.busiest_inv_shots = application.busiest_inv;
  plan.busiest_mvm_shots = application.busiest_mvm;
  plan.inv_depth = application.inv_depth;
  plan.mvm_depth = application.mvm_depth;
  plan.lane_products = application.lane_products;
  tree.add_schur(plan.leaves, plan.schur);
  return plan;
}

double expected_pulses(const device::RramParameters& device) {
  return expected_largest_pulses(1.0, device);
}

double expected_largest_pulses(double cells, const device::RramParameters& device) {
  // E max = sum over t of P(max > t).
  double expectation = 0.0;
  for (const double at_most : pulse_distribution(device)) {
    expectation += 1.0 - std::pow(at_most, cells);
  }
  return expectation;
}

ShotCost inv_shot(const tile::TileParameters& tile, const TimingSample& sample, double rows,
                  int slices) {
  const int outputs = static_cast<int>(std::ceil(rows));
  const double analog_s = sample.settling_time_s + tile.adc.sample_time_s;
  ShotCost cost;
  cost.conversion_s = tile.adc.conversion_time_for(outputs);
  cost.time_s = tile.dac.conversion_time_s + analog_s + cost.conversion_s;
  cost.dac_conversions = to_count(rows);
  cost.adc_conversions = to_count(rows);
  cost.energy.dac_j = rows * tile.dac.energy_j();
  cost.energy.adc_j = rows * tile.adc.energy_j;
  cost.energy.sample_hold_j = rows * tile.adc.sample_hold_power_w * cost.conversion_s;
  // A loop amplifier and an inverter a row, and buffers of either sign for each further slice.
  cost.energy.amplifier_j = rows * (2.0 * slices) * tile.amplifier.power_w() * analog_s;
  cost.energy.array_j = sample.array_share * cost.energy.amplifier_j;
  return cost;
}

ShotCost mvm_shot(const tile::TileParameters& tile, const TimingSample& sample, double rows,
                  int slices) {
  const int outputs = static_cast<int>(std::ceil(rows));
  const int dac_bits = std::max(tile.dac.bits - 1, 1);
  const int magnitude_bits = std::max(tile.mvm_input_bits - 1, 1);
  const int pieces = (magnitude_bits + dac_bits - 1) / dac_bits;
  const int groups = (outputs + tile.mvm_row_group - 1) / tile.mvm_row_group;
  const double steps = static_cast<double>(pieces) * groups;
  const double convert_s = slices * tile.adc.conversion_time_for(outputs);
  const double analog_s = tile.mvm_settling_time_s + tile.adc.sample_time_s;
  ShotCost cost;
  cost.conversion_s = steps * convert_s;
  cost.time_s = steps * (tile.dac.conversion_time_s + analog_s + convert_s);
  cost.dac_conversions = to_count(pieces * rows);
  cost.adc_conversions = to_count(steps * slices * rows);
  cost.energy.dac_j = pieces * rows * tile.dac.energy_j();
  cost.energy.adc_j = steps * slices * rows * tile.adc.energy_j;
  cost.energy.sample_hold_j = steps * slices * rows * tile.adc.sample_hold_power_w * convert_s;
  cost.energy.amplifier_j = steps * slices * rows * tile.amplifier.power_w() * analog_s;
  // Inputs spread evenly over the range: a third of the full scale's square.
  const double square_v = tile.dac.full_scale_v * tile.dac.full_scale_v / 3.0;
  cost.energy.array_j =
      pieces * analog_s * square_v * 2.0 * slices * rows * rows * sample.mean_conductance_s;
  return cost;
}

programming::ProgrammingResult expected_writing(const StoredMatrixParameters& parameters,
                                                const TimingSample& sample, double rows,
                                                int slices) {
  const device::RramParameters& device = parameters.tile.device;
  const programming::ProgrammingParameters& controller = parameters.programming;
  const converter::AdcParameters& adc = parameters.tile.adc;
  const double pulses = expected_pulses(device);
  const double row_cells = 2.0 * rows;
  const double set_cells = row_cells * sample.written_share * sample.set_share;
  const double reset_cells = row_cells * sample.written_share - set_cells;
  const bool row_parallel = controller.order == programming::WriteOrder::row_parallel;

  double pulse_time_s = 0.0, row_pulses = 0.0, row_verifies = 0.0, verify_reads = 0.0,
         remainder_updates = 0.0;
  for (int slice = 0; slice < slices; ++slice) {
    // The last slice is not measured: no other corrects it.
    const double measurements = slice + 1 < slices ? device.measurement_reads : 0.0;
    const double unwritten = row_cells - set_cells - reset_cells;
    const double cell_reads = (set_cells + reset_cells) * (pulses + measurements) + unwritten;
    if (row_parallel) {
      const double sets = expected_largest_pulses(set_cells, device);
      const double resets = expected_largest_pulses(reset_cells, device);
      const double largest = sets + resets;
      pulse_time_s += rows * (sets * device.set_width_s + resets * device.reset_width_s);
      row_pulses += rows * largest;
      row_verifies += rows * (std::max(largest, 1.0) + measurements);
    } else {
      pulse_time_s +=
          rows * pulses * (set_cells * device.set_width_s + reset_cells * device.reset_width_s);
      row_pulses += rows * (set_cells + reset_cells) * pulses;
      row_verifies += rows * cell_reads;
    }
    verify_reads += rows * cell_reads;
    remainder_updates += slice + 1 < slices ? rows * rows : 0.0;
  }
  const double set_pulses = slices * rows * set_cells * pulses;
  const double reset_pulses = slices * rows * reset_cells * pulses;
  const double conversion_s = row_parallel
                                  ? 2.0 * adc.conversion_time_for(static_cast<int>(std::ceil(rows)))
                                  : adc.conversion_time_s;

  programming::ProgrammingResult result;
  result.conversion_s = row_verifies * conversion_s;
  result.duration_s = pulse_time_s + row_verifies * device.verify_width_s + result.conversion_s;
  result.cells = to_count(slices * rows * row_cells);
  result.written_cells = to_count(slices * rows * (set_cells + reset_cells));
  result.set_pulses = to_count(set_pulses);
  result.reset_pulses = to_count(reset_pulses);
  result.verify_reads = to_count(verify_reads);
  result.row_pulses = to_count(row_pulses);
  result.row_verifies = to_count(row_verifies);
  result.remainder_updates = to_count(remainder_updates);
  result.pulse_energy_j =
      sample.mean_conductance_s *
      (set_pulses * device.set_voltage_v * device.set_voltage_v * device.set_width_s +
       reset_pulses * device.reset_voltage_v * device.reset_voltage_v * device.reset_width_s);
  result.verify_energy_j = verify_reads * device.verify_voltage_v * device.verify_voltage_v *
                           device.verify_width_s * sample.mean_conductance_s;
  result.adc_energy_j = verify_reads * adc.energy_j;
  result.driver_energy_j = (row_pulses + row_verifies) * controller.row_driver_energy_j;
  result.remainder_energy_j = remainder_updates * controller.remainder_energy_j;
  return result;
}

programming::ProgrammingResult on_tiles(const programming::ProgrammingResult& one, double count) {
  programming::ProgrammingResult all = one;
  for (std::uint64_t* number :
       {&all.cells, &all.written_cells, &all.set_pulses, &all.reset_pulses, &all.verify_reads,
        &all.row_pulses, &all.row_verifies, &all.remainder_updates}) {
    *number = times(*number, count);
  }
  for (double* energy : {&all.pulse_energy_j, &all.verify_energy_j, &all.adc_energy_j,
                         &all.driver_energy_j, &all.remainder_energy_j}) {
    *energy *= count;
  }
  return all;
}

tile::AnalogEnergy scaled(const tile::AnalogEnergy& energy, double count) {
  return {count * energy.dac_j, count * energy.array_j, count * energy.amplifier_j,
          count * energy.sample_hold_j, count * energy.adc_j};
}

void repeat(WorkStep& step, double count) {
  step.duration_s *= count;
  step.multiply_accumulates = times(step.multiply_accumulates, count);
  step.fetched_elements = times(step.fetched_elements, count);
  for (TileActivity& activity : step.tiles) {
    activity.busy_s *= count;
    activity.conversion_s *= count;
    activity.energy = scaled(activity.energy, count);
    tile::AnalogCounts& counts = activity.counts;
    for (std::uint64_t* number :
         {&counts.shots, &counts.dac_conversions, &counts.adc_conversions}) {
      *number = times(*number, count);
    }
    if (activity.written) {
      activity.written = on_tiles(*activity.written, count);
      activity.written->duration_s *= count;
      activity.written->conversion_s *= count;
    }
  }
}

}  // namespace invar::solver
