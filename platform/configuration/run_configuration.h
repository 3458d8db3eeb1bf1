#ifndef INVAR_PLATFORM_CONFIGURATION_RUN_CONFIGURATION_H
#define INVAR_PLATFORM_CONFIGURATION_RUN_CONFIGURATION_H

#include <invar/accelerator/accelerator_parameters.h>
#include <invar/bus/host_bus.h>
#include <invar/bus/memory.h>
#include <invar/bus/peripheral_parameters.h>
#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/wire_parameters.h>
#include <invar/digital_engine/engine_area.h>
#include <invar/digital_engine/engine_parameters.h>
#include <invar/parameters/description_fwd.h>
#include <invar/parameters/origin.h>
#include <invar/platform/configuration/command.h>
#include <invar/platform/configuration/static_power.h>
#include <invar/platform/host_core/function_profile.h>
#include <invar/platform/host_core/host_core_parameters.h>
#include <invar/platform/host_core/instruction_trace.h>
#include <invar/registers/accelerator_commands.h>
#include <invar/sw/boot/app_parameters.h>
#include <invar/sw/boot/optimizers.h>
#include <invar/tile/tile_area.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace invar::platform {

enum class Optimizer {
#define INVAR_OPTIMIZER_KEY(name, number, key, ...) key = number,
  INVAR_OPTIMIZERS(INVAR_OPTIMIZER_KEY)
#undef INVAR_OPTIMIZER_KEY
};
/// As --optimizer has it.
const char* name_of(Optimizer optimizer);
/// Of sw/boot/optimizers.h, unless another is given.
double tuned_learning_rate(Optimizer optimizer);

/// rram: the accelerator. digital: the digital engine. cg: conjugate gradients on the accelerator's
/// lanes, without tiles. exact: FP64 inversion free of time and energy, a bound.
enum class Inverter { rram, digital, cg, exact };
/// As --inverter has it.
const char* name_of(Inverter inverter);
/// Solve for every gradient, or form the explicit inverse once per inverse interval.
enum class KfacApply { solve, inverse };
/// What solves on the accelerator promise, and which blocks of a matrix its tiles hold: the numbers
/// of hw/registers/accelerator_commands.h.
enum class SolveService {
  refined = INVAR_SERVICE_REFINED,
  checked = INVAR_SERVICE_CHECKED,
  single_shot = INVAR_SERVICE_SINGLE_SHOT
};
enum class BlockLayout { nested = INVAR_BLOCKS_NESTED, diagonal = INVAR_BLOCKS_DIAGONAL };

/// What holds for every run. Here and below: ranges, units, texts, sources and flags of all
/// parameters stand in the description of their structure.
struct RunParameters {
  std::string preset;  ///< technology, see preset.h; empty = none
  Inverter inverter = Inverter::rram;
  HostCoreKind core = HostCoreKind::native;  ///< riscv by default where there is `firmware`
  std::string firmware;                      ///< ELF file; empty = the one that comes with invar
  std::string simulator;                     ///< shared library; empty = the one beside invar
  double quantum_s = 10e-6;
  std::uint64_t seed = 1;
  int threads = 0;  ///< of the host; 0 = one a processor
  /// The same, resolved.
  int host_threads() const {
    return threads != 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  }
  double timeout_s = 0.0;            ///< of host time; 0 = none
  double simulated_timeout_s = 0.0;  ///< 0 = none
  bool quiet = false;
  std::string report;  ///< path; empty = none
  /// Reports of another system, whose chip area or mean power this one gets, and of this one, whose
  /// mean power is scaled; empty = none.
  std::string equal_area, equal_power, power_reference;

  static const parameters::Description<RunParameters>& description();
};

// The fields of the tables in sw/boot/app_parameters.h.
#define INVAR_HOST_TYPE_SINGLE double
#define INVAR_HOST_TYPE_SINGLE_ABOVE double
#define INVAR_HOST_TYPE_DOUBLE double
#define INVAR_HOST_TYPE_COUNT int
#define INVAR_HOST_TYPE_SWITCH bool
#define INVAR_HOST_FIELD(kind, field, fallback, ...) INVAR_HOST_TYPE_##kind field = fallback;

/// `train`.
struct TrainParameters {
  std::string dataset;                ///< directory or name
  std::uint64_t training_images = 0;  ///< the first so many; 0 = all
  std::uint64_t test_images = 0;
  double epochs = 3.0;
  int batch = 128;
  int evaluations_per_epoch = 20;

  /// TOML file with the layers; empty: convolution, ReLU, 2 x 2 max-pool, dense.
  std::string network;
  int channels = 8;
  int kernel = 5;
  int stride = 2;

  Optimizer optimizer = Optimizer::kfac;
  KfacApply kfac_apply = KfacApply::solve;
  SolveService service = SolveService::refined;
  BlockLayout block_layout = BlockLayout::nested;
  INVAR_TRAIN_PARAMETERS(INVAR_HOST_FIELD)

  std::string checkpoint;    ///< path; empty = none
  std::string resume;        ///< path; empty = from the start
  std::string dump_factors;  ///< directory for the damped factors; empty = none
  int dump_interval = 1;     ///< refreshes from one dump to the next

  static const parameters::Description<TrainParameters>& description();
};

/// `solve`.
struct SolveParameters {
  std::string matrix;
  std::string rhs;
  std::string out;
  SolveService service = SolveService::refined;
  BlockLayout block_layout = BlockLayout::nested;
  INVAR_SOLVE_PARAMETERS(INVAR_HOST_FIELD)

  static const parameters::Description<SolveParameters>& description();
};

/// What generated features and gradients look like (GeneratedFactors).
struct FeatureParameters {
  double input_exponent = 1.6;
  double gradient_exponent = 0.2;
  double mean_share = 0.45;
  double input_power = 0.35;
  double gradient_power = 0.06;

  static const parameters::Description<FeatureParameters>& description();
};

/// `workload`: a K-FAC step of a large network at timing fidelity.
struct WorkloadParameters {
  static constexpr int k_largest_factor = 1 << 20;

  std::string network;  ///< TOML file with the layers
  int batch = 32;
  int sequence_length = 1024;
  KfacApply apply = KfacApply::inverse;
  SolveService service = SolveService::refined;
  BlockLayout block_layout = BlockLayout::nested;
  int factor_interval = 10;
  int inverse_interval = 50;
  double damping = 0.003;
  INVAR_WORKLOAD_PARAMETERS(INVAR_HOST_FIELD)
  int slices = 0;
  /// Synthetic factors of each size that are programmed and solved beforehand.
  int samples = 2;
  int sample_limit = 1024;                ///< largest size of them
  int largest_factor = k_largest_factor;  ///< rows; larger ones are not put on tiles

  static const parameters::Description<WorkloadParameters>& description();
};

enum class CircuitOperation { inv, mvm };

/// `circuit`: one analog network by itself. Files are Matrix Market; an empty path is "not given".
struct CircuitParameters {
  CircuitOperation operation = CircuitOperation::inv;
  std::string conductance;           ///< siemens
  std::string conductance_negative;  ///< siemens, of the minus array
  std::string input;                 ///< currents into the rows (inv) or row voltages (mvm)
  std::string out;                   ///< output voltages (inv) or column currents (mvm)
  double wire_resistance_ohm = 0.0;
  double row_resistance_ohm = 0.0;  ///< as wire_resistance_ohm unless set
  double column_resistance_ohm = 0.0;
  circuit::Injection injection = circuit::Injection::near;
  double nonlinearity_per_v = 0.0;  ///< a in I = G sinh(a V) / a; 0 = linear

  double gain = 1e4;
  std::string gains;            ///< one an op-amp, instead of `gain`
  std::string offset;           ///< volts, one an op-amp
  std::string inverter_offset;  ///< volts, one an inverter
  double saturation_v = 0.0;    ///< 0 = none
  circuit::SaturationLaw saturation_law = circuit::SaturationLaw::hard;

  double gain_bandwidth_hz = 100e6;
  std::string gain_bandwidths;  ///< hertz, one an op-amp, instead of `gain_bandwidth_hz`
  double inverter_bandwidth_ratio = 0.5;
  double settling_tolerance = 0.01;
  std::string transient;  ///< step response to write
  bool allow_unstable = false;
  /// Empty: the best that the processor has.
  std::string instruction_set;

  static const parameters::Description<CircuitParameters>& description();
};

/// The waveform file.
struct VcdParameters {
  std::string file;           ///< empty = none
  std::string scope;          ///< glob over hierarchical names; empty = all
  std::string window;         ///< "T0:T1" as given
  double window_start_s = 0;  ///< of simulated time
  double window_end_s = 0;    ///< 0 = the end
  double maximum_bytes = 100e6;
  int rows = 4;            ///< of each tile whose converter codes are traced
  int settling_tile = -1;  ///< whose outputs are traced while they settle; -1 = none
  int settling_samples = 32;

  static const parameters::Description<VcdParameters>& description();
};

/// The timeline file.
struct TimelineParameters {
  std::string file;           ///< empty = none
  std::string window;         ///< "T0:T1" as given
  double window_start_s = 0;  ///< of simulated time
  double window_end_s = 0;    ///< 0 = the end
  double maximum_bytes = 64e6;

  static const parameters::Description<TimelineParameters>& description();
};

/// All parameters of a run, whatever they came from: defaults, the TOML file, flags.
struct RunConfiguration {
  Command command = Command::train;
  RunParameters run;
  TrainParameters train;
  SolveParameters solve;
  CircuitParameters circuit;
  WorkloadParameters workload;
  FeatureParameters features;  ///< `workload`: what stands for a network's
  VcdParameters vcd;
  TimelineParameters timeline;
  accelerator::AcceleratorParameters accelerator;  ///< seed and exactness follow `run`
  digital_engine::EngineParameters engine;
  tile::AreaParameters area;  ///< for the report alone
  digital_engine::DigitalAreaParameters digital_area;
  StaticPowerParameters static_power;
  bus::HostBusParameters bus;
  bus::MemoryParameters memory;  ///< the run sizes it
  bus::PeripheralParameters peripherals;
  HostCoreParameters host_core;
  InstructionTraceParameters instruction_trace;
  FunctionProfileParameters function_profile;

  /// What run.equal_area and run.equal_power asked for.
  std::optional<double> asked_chip_m2, asked_power_w;

  /// As it was typed, the program first. For the report alone.
  std::vector<std::string> command_line;
  /// Keys that the user set, presets among them.
  std::set<std::string> given;
  bool is_given(const std::string& key) const { return given.count(key) != 0; }
  /// Of values that presets and files gave together with it.
  parameters::Origins origins;
  /// Of these, keys that stood on the command line itself, not in a file.
  std::set<std::string> typed;
  /// Of `given`, keys that flags and files set, not a preset alone.
  std::set<std::string> chosen;
};

/// Fills in what depends on other parameters where the user set nothing, and checks relations
/// between parameters. What is particular to a command, its object has done before.
/// \throws InputError
void complete_parameters(RunConfiguration& configuration);

/// Refuses what was typed on the command line and has no effect with the optimiser and the inverter
/// that were chosen. \throws InputError naming the parameter and what it belongs to
void require_options_in_use(const RunConfiguration& configuration);

/// A file, or another choice, that a command cannot do without.
/// \throws InputError "FLAG is missing: WHAT" if the value is empty
void require_given(const std::string& value, const char* flag, const char* what);

/// A command for more slices than a tile has would be refused by the accelerator. \throws
/// InputError
void require_slices(const RunConfiguration& configuration, const char* key, int slices);

/// "12us:30us", plain numbers are seconds; either end may be left out.
/// \param key named in the message \throws InputError
void parse_time_window(const std::string& text, double& start_s, double& end_s,
                       const std::string& key = "vcd.window");

}  // namespace invar::platform

#endif
