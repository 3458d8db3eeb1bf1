#include <fmt/format.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/boot_parameters.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/sequencer/command_queue.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <system_error>

namespace invar::platform {
namespace {

constexpr std::uint64_t k_boot_bytes = 4096;
constexpr std::uint64_t k_page = 1 << 20;

RiscvHostCore::Image image_of(const RunParameters& run) {
  const std::string firmware =
      run.firmware.empty() ? find_beside_program(k_firmware_image) : run.firmware;
  std::error_code error;
  if (run.firmware.empty() && !std::filesystem::exists(firmware, error)) {
    throw std::runtime_error("the firmware's RISC-V image " + firmware +
                             " does not exist: build it with Debian's gcc-riscv64-unknown-elf and "
                             "picolibc-riscv64-unknown-elf installed, or use --core native");
  }
  return {std::make_shared<ElfImage>(firmware),
          run.simulator.empty() ? find_beside_program(k_simulator_library) : run.simulator};
}

SocParameters make_soc_parameters(const RunConfiguration& configuration) {
  SocParameters soc;
  soc.accelerator = configuration.accelerator;
  soc.engine = configuration.engine;
  soc.bus = configuration.bus;
  soc.memory = configuration.memory;
  soc.peripherals = configuration.peripherals;
  soc.host_core = configuration.host_core;
  soc.core = configuration.run.core;
  if (soc.core == HostCoreKind::riscv) {
    soc.firmware = image_of(configuration.run);
  }
  soc.accelerator.worker_threads = configuration.run.host_threads();
  return soc;
}

/// Over the programmings of all tiles; nothing where there were none with wires.
std::optional<SolutionQuality::WireErrors> mean_wire_errors(const sequencer::CommandQueue& queue) {
  sequencer::WireErrors all;
  for (const sequencer::MatrixSequencer& matrix : queue.matrices()) {
    all += matrix.wire_errors();
  }
  if (all.programs == 0) {
    return std::nullopt;
  }
  const double programs = static_cast<double>(all.programs);
  SolutionQuality::WireErrors mean;
  mean.matrix_before = all.sum.matrix_before / programs;
  mean.matrix_after = all.sum.matrix_after / programs;
  if (all.stable != 0) {
    mean.inv_before = all.sum.inv_before / static_cast<double>(all.stable);
    mean.inv_after = all.sum.inv_after / static_cast<double>(all.stable);
  }
  return mean;
}

/// What the accelerator and the digital engine have inverted, by size.
std::vector<InversionWork> inversion_work(Soc& soc) {
  std::map<std::uint32_t, InversionWork> sizes;
  const auto add = [&sizes](const auto& counts) {
    for (const auto& [n, count] : counts) {
      InversionWork& work = sizes[n];
      work.n = n;
      work.matrices += count.matrices;
      work.right_hand_sides += count.right_hand_sides;
    }
  };
  add(soc.accelerator.core().queue().work());
  add(soc.engine.core().account().work());
  std::vector<InversionWork> list;
  for (const auto& [n, work] : sizes) {
    if (work.matrices != 0 || work.right_hand_sides != 0) {
      list.push_back(work);
    }
  }
  return list;
}

/// Of the contents of an image, wherever it is loaded from; empty for code of the host.
std::string hash_of(const RiscvHostCore::Image& image) {
  if (!image.elf) {
    return {};
  }
  ContentHash hash;
  for (const ElfImage::Segment& segment : image.elf->segments()) {
    hash.add(std::string(segment.bytes.begin(), segment.bytes.end()));
  }
  return hash.text();
}

void require_tiles(const RunConfiguration& configuration, int n) {
  const accelerator::AcceleratorParameters& parameters = configuration.accelerator;
  const std::int64_t tiles =
      solver::tiles_for(n, parameters.sequencer_configuration().stored_matrix());
  if (tiles > parameters.tiles) {
    throw InputError(configuration.solve.matrix + ": " + std::to_string(n) + " rows take " +
                     std::to_string(tiles) + " tiles of " + std::to_string(parameters.tile.rows) +
                     " rows, but accelerator.tiles = " + std::to_string(parameters.tiles) +
                     " (at most 4096; or a larger tile.rows, at most 512)");
  }
}

void require_scratchpad(const RunConfiguration& configuration, std::uint64_t n) {
  // Factors, exchanges of rows, one right-hand side and its solution, in binary32.
  const std::uint64_t bytes = 4 * n * (n + 3) + 128;
  if (bytes > configuration.engine.scratchpad_bytes) {
    throw InputError(
        configuration.solve.matrix + ": " + std::to_string(n) + " rows take " +
        std::to_string(bytes) + " bytes of the digital engine's scratchpad, but " +
        "engine.scratchpad_bytes = " + std::to_string(configuration.engine.scratchpad_bytes));
  }
}

/// What the firmware's ways of solving take: a scaled matrix and the costs of its matching, factors
/// in binary32, search directions, and vectors.
std::uint64_t solve_heap_bytes(std::uint64_t n, std::uint64_t columns) {
  constexpr std::uint64_t k_directions = 1024;
  constexpr std::uint64_t k_chunk = 256;
  constexpr std::uint64_t k_rest = std::uint64_t{1} << 20;
  return 20 * n * n + 16 * n * std::min(n, k_directions) + 32 * n * columns + 64 * columns +
         16 * n * k_chunk + 256 * n + k_rest;
}

/// The network of the file, or the two layers of the parameters.
NetworkShapes network_of(const TrainParameters& train, const Dataset& dataset) {
  if (!train.network.empty()) {
    return make_training_shapes(read_network(train.network, NetworkUse::training), dataset.height,
                                dataset.width, dataset.classes);
  }
  const int out_height = (dataset.height - train.kernel) / train.stride + 1;
  const int out_width = (dataset.width - train.kernel) / train.stride + 1;
  if (dataset.height < train.kernel || dataset.width < train.kernel || out_height < 2 ||
      out_width < 2) {
    throw InputError("train.kernel = " + std::to_string(train.kernel) +
                     ": leaves no 2 x 2 window to pool in images of " +
                     std::to_string(dataset.height) + " x " + std::to_string(dataset.width));
  }
  return make_training_shapes(two_layer_network(train.channels, train.kernel, train.stride),
                              dataset.height, dataset.width, dataset.classes);
}

/// What the firmware allocates: the matrices that go to the accelerator and come back, moments that
/// the scratchpad has no room for, copies of the weights, batches.
std::uint64_t training_heap_bytes(const NetworkShapes& network) {
  constexpr std::uint64_t k_rest = std::uint64_t{64} << 20;
  std::uint64_t elements = 8 * network.parameters();
  for (const std::uint64_t n : network.factors()) {
    elements += 6 * n * n;
  }
  return k_rest + 4 * elements;
}

}  // namespace

void require_room_to_solve(const RunConfiguration& configuration, std::int64_t rows) {
  if (configuration.run.inverter == Inverter::rram || configuration.run.inverter == Inverter::cg) {
    require_tiles(configuration, static_cast<int>(rows));
  } else if (configuration.run.inverter == Inverter::digital) {
    require_scratchpad(configuration, static_cast<std::uint64_t>(rows));
  }
}

std::uint32_t solver_of(Inverter inverter) {
  return inverter == Inverter::digital ? INVAR_SOLVER_ENGINE : INVAR_SOLVER_ACCELERATOR;
}

RunSetup::RunSetup(const RunConfiguration& configuration)
    : configuration_(configuration), soc_(make_soc_parameters(configuration)) {
  plan_.reserve(k_boot_bytes);
  counters_address_ = plan_.reserve(sizeof(invar_driver_counters));
}

void RunSetup::finish_plan(std::uint64_t heap_bytes) {
  heap_bytes_ = heap_bytes;
  heap_address_ = plan_.reserve(heap_bytes);
  soc_.memory.size_bytes = (plan_.used() + k_page - 1) / k_page * k_page;
  try {
    soc_.memory.check();
  } catch (const std::invalid_argument& error) {
    throw InputError(std::string("too large for this machine: ") + error.what());
  }
}

void RunSetup::size_matrix_memory(std::uint64_t elements, int refresh_delay_steps) {
  sequencer::SequencerParameters& built = soc_.accelerator.sequencer;
  const std::uint64_t generations = built.refines() && refresh_delay_steps > 0 ? 2 : 1;
  complete_matrix_memory(configuration_, generations * elements, built);
}

void RunSetup::load_boot_block(Soc& soc, const invar_boot_block& block) const {
  invar_boot_block complete = block;
  complete.magic = INVAR_BOOT_MAGIC;
  complete.heap_address = heap_address_;
  complete.heap_bytes = heap_bytes_;
  complete.counters_address = counters_address_;
  complete.ram_base = INVAR_MAP_RAM;
  complete.ram_bytes = soc.ram.size();
  *soc.memory_as<invar_boot_block>(INVAR_MAP_BOOT_BLOCK) = complete;
}

void RunSetup::collect(Soc& soc, RunResult& result) const {
  SolutionQuality& quality = result.quality;
  quality.counters = *soc.memory_as<invar_driver_counters>(counters_address_);
  const invar_driver_counters& counters = quality.counters;
  result.data = data_;
  result.firmware_hash = hash_of(soc_.firmware);

  if (result.training && configuration_.train.optimizer == Optimizer::kfac) {
    RaisedDamping raised;
    raised.factors = counters.damped_factors;
    raised.all_factors = result.training->factors;
    raised.refreshes = counters.damped_refreshes;
    raised.all_refreshes = counters.refreshes;
    raised.steps = counters.damped_steps;
    raised.all_steps = result.training->steps;
    raised.largest_multiple = std::max(1.0, counters.largest_damping);
    result.training->raised_damping = raised;
  }

  const sequencer::CommandQueue& queue = soc.accelerator.core().queue();
  result.inversion_work = inversion_work(soc);
  if (configuration_.command == Command::solve && !result.inversion_work.empty()) {
    // The engine solves for a right-hand side once more at every refinement.
    result.inversion_work.front().right_hand_sides =
        counters.right_hand_sides + counters.digital_right_hand_sides;
  }
  quality.wire_errors = mean_wire_errors(queue);
  quality.shots = queue.shot_samples();
  result.tiles_used = static_cast<std::uint64_t>(queue.pool().used());
  result.matrix_buffer_bytes = soc_.accelerator.sequencer.matrix_buffer_bytes;
  for (const sequencer::PooledTile& tile : queue.pool().tiles()) {
    if (tile.used_model() == nullptr || tile.used_model()->cells().total_writes() == 0) {
      continue;
    }
    const tile::TileModel& model = *tile.used_model();
    const std::uint64_t rows = static_cast<std::uint64_t>(model.parameters().rows);
    result.wear.push_back({tile.name(), model.cells().arrays_in_use() * rows * rows,
                           model.cells().total_writes(), model.cells().maximum_writes()});
  }
}

SolveSetup::SolveSetup(const RunConfiguration& configuration, const SolveProblem& problem)
    : RunSetup(configuration), problem_(problem) {
  const std::uint64_t n = static_cast<std::uint64_t>(problem.matrix.rows());
  const std::uint64_t columns = static_cast<std::uint64_t>(problem.rhs.cols());
  matrix_address_ = plan_.reserve(8 * n * n);
  rhs_address_ = plan_.reserve(8 * n * columns);
  solution_address_ = plan_.reserve(8 * n * columns);
  finish_plan(solve_heap_bytes(n, columns));
  size_matrix_memory(n * n);
  data_ = {"linear system", problem.content_hash, {{"n", n}, {"right_hand_sides", columns}}};
}

void SolveSetup::load(Soc& soc) {
  const Eigen::Index n = problem_.matrix.rows();
  const Eigen::Index columns = problem_.rhs.cols();
  // Row by row for the matrix; right-hand sides lie one after another.
  const Eigen::MatrixXd transposed = problem_.matrix.transpose();
  std::memcpy(soc.memory(matrix_address_, 8 * n * n), transposed.data(), 8 * n * n);
  std::memcpy(soc.memory(rhs_address_, 8 * n * columns), problem_.rhs.data(), 8 * n * columns);
  invar_boot_block block{};
  block.app = INVAR_APP_SOLVE;
  invar_solve_parameters& solve = block.parameters.solve;
  solve.matrix_address = matrix_address_;
  solve.rhs_address = rhs_address_;
  solve.solution_address = solution_address_;
  solve.n = static_cast<std::uint32_t>(n);
  solve.columns = static_cast<std::uint32_t>(columns);
  solve.solver = solver_of(configuration_.run.inverter);
  copy_parameters(configuration_.solve, solve);
  solve.service = static_cast<std::uint32_t>(configuration_.solve.service);
  solve.block_layout = static_cast<std::uint32_t>(configuration_.solve.block_layout);
  if (configuration_.run.inverter != Inverter::rram) {
    solve.digital_fallback = 0;
  }
  load_boot_block(soc, block);
}

Eigen::MatrixXd SolveSetup::solution(Soc& soc) const {
  return Eigen::Map<const Eigen::MatrixXd>(
      soc.memory_as<double>(solution_address_, static_cast<std::uint64_t>(problem_.rhs.size())),
      problem_.rhs.rows(), problem_.rhs.cols());
}

TrainSetup::TrainSetup(const RunConfiguration& configuration, const Dataset& dataset)
    : RunSetup(configuration), dataset_(dataset) {
  const TrainParameters& train = configuration.train;
  const int side = std::max(dataset.height, dataset.width);
  if (side > train_ranges::height.highest) {
    throw InputError(fmt::format("{}: images of {} x {} pixels: a side must be from 1 to {:g}",
                                 dataset.name, dataset.height, dataset.width,
                                 train_ranges::height.highest));
  }
  if (static_cast<std::size_t>(train.batch) > dataset.train.count) {
    throw InputError("train.batch = " + std::to_string(train.batch) + ": must be from 1 to " +
                     std::to_string(dataset.train.count) + ", the number of training images");
  }
  network_ = network_of(train, dataset);
  network_.place_on_tiles({configuration.accelerator.sequencer_configuration().stored_matrix(),
                           arrangement_of(train.block_layout), train.eliminate_bias});
  const std::uint64_t pixels = dataset.train.images.size();
  parameters_.optimizer = static_cast<std::uint32_t>(train.optimizer);
  parameters_.solver = solver_of(configuration.run.inverter);
  parameters_.kfac_apply =
      train.kfac_apply == KfacApply::solve ? INVAR_KFAC_APPLY_SOLVE : INVAR_KFAC_APPLY_INVERSE;
  parameters_.service = static_cast<std::uint32_t>(train.service);
  parameters_.block_layout = static_cast<std::uint32_t>(train.block_layout);
  parameters_.batch = static_cast<std::uint32_t>(train.batch);
  parameters_.steps_per_epoch =
      static_cast<std::uint32_t>(dataset.train.count / static_cast<std::size_t>(train.batch));
  parameters_.steps = static_cast<std::uint64_t>(
      std::max(1.0, std::round(train.epochs * parameters_.steps_per_epoch)));
  parameters_.evaluation_interval = std::max(
      1u, parameters_.steps_per_epoch / static_cast<std::uint32_t>(train.evaluations_per_epoch));
  parameters_.seed = configuration.run.seed;
  parameters_.resumed = train.resume.empty() ? 0 : 1;
  parameters_.height = static_cast<std::uint32_t>(dataset.height);
  parameters_.width = static_cast<std::uint32_t>(dataset.width);
  parameters_.layer_count = static_cast<std::uint32_t>(network_.layers.size());
  parameters_.layers_address = plan_.reserve(network_.layers.size() * sizeof(invar_layer_shape));
  parameters_.classes = static_cast<std::uint32_t>(dataset.classes);
  parameters_.images_address = plan_.reserve(pixels);
  parameters_.labels_address = plan_.reserve(dataset.train.labels.size());
  parameters_.count = dataset.train.count;
  copy_parameters(train, parameters_);
  finish_plan(training_heap_bytes(network_));
  size_matrix_memory(
      network_.elements_on_tiles(static_cast<std::uint64_t>(configuration.accelerator.tiles)),
      train.refresh_delay_steps);
  data_ = {dataset.name,
           dataset.content_hash(),
           {{"training_images", dataset.train.count},
            {"test_images", dataset.test.count},
            {"classes", static_cast<std::uint64_t>(dataset.classes)}},
           network_.name,
           network_.content_hash};
}

std::string TrainSetup::firmware_hash() const {
  return hash_of(soc_.firmware);
}

void TrainSetup::load(Soc& soc) {
  const ImageSet& images = dataset_.train;
  std::memcpy(soc.memory(parameters_.images_address, images.images.size()), images.images.data(),
              images.images.size());
  std::memcpy(soc.memory(parameters_.labels_address, images.labels.size()), images.labels.data(),
              images.labels.size());
  const std::size_t layer_bytes = network_.layers.size() * sizeof(invar_layer_shape);
  std::memcpy(soc.memory(parameters_.layers_address, layer_bytes), network_.layers.data(),
              layer_bytes);
  invar_boot_block block{};
  block.app = INVAR_APP_TRAIN;
  block.parameters.train = parameters_;
  load_boot_block(soc, block);
}

ProgramSetup::ProgramSetup(const RunConfiguration& configuration) : RunSetup(configuration) {
  finish_plan(std::uint64_t{16} << 20);
  const auto rows = static_cast<std::uint64_t>(configuration.accelerator.tile.rows);
  size_matrix_memory(static_cast<std::uint64_t>(configuration.accelerator.tiles) * rows * rows);
  data_ = {"program", hash_of(soc_.firmware), {}};
}

void ProgramSetup::load(Soc& soc) {
  invar_boot_block block{};
  block.app = INVAR_APP_NONE;
  load_boot_block(soc, block);
}

}  // namespace invar::platform
