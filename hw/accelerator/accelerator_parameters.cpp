#include <invar/accelerator/accelerator_parameters.h>
#include <invar/parameters/description.h>

#include <stdexcept>
#include <string>

namespace invar::accelerator {

const parameters::Description<AcceleratorParameters>& AcceleratorParameters::description() {
  static const auto all =
      parameters::Description<AcceleratorParameters>("accelerator")
          .include(&AcceleratorParameters::tile, tile::TileParameters::description())
          .include(&AcceleratorParameters::programming,
                   programming::ProgrammingParameters::description())
          .include(&AcceleratorParameters::solver, solver::RefinementParameters::description())
          .integer("tiles", &AcceleratorParameters::tiles, {1, 4096}, "tiles",
                   "a matrix takes one, or several if it has more rows; default 4096 for workload",
                   "choice")
          .real("register_latency_s", &AcceleratorParameters::register_latency_s, {0, 1}, "s",
                "latency of a register access", "assumption")
          .integer("dma_burst_bytes", &AcceleratorParameters::dma_burst_bytes, {64, 1048576},
                   "byte", "length of a DMA burst", "assumption (workload: 256 KiB)")
          .real("dma_energy_per_byte_j", &AcceleratorParameters::dma_energy_per_byte_j, {0, 1e-6},
                "J", "DMA engine and its buffers, a byte",
                "PUMA constants, 2 KB SRAM; 0.285 pJ a byte is an assumption")
          .of("32 nm", 2019)
          .believed(1.4e-13, 5.7e-13)
          .real("operand_energy_per_byte_j", &AcceleratorParameters::operand_energy_per_byte_j,
                {0, 1e-6}, "J", "operand port to the engine's scratchpad, a byte",
                "assumption: PUMA constants, buffers as for dma_energy_per_byte_j and a bus of "
                "16 fJ a bit")
          .of("32 nm", 2019)
          .believed(2e-13, 8.3e-13)
          .flag("exact", &AcceleratorParameters::exact,
                "invert in FP64, free of time and energy: a bound for comparisons, not a machine",
                "choice")
          .flag("conjugate_gradients", &AcceleratorParameters::conjugate_gradients,
                "no tiles but their lanes and buffers: solve by conjugate gradients on the lanes",
                "choice")
          .integer("seed", &AcceleratorParameters::seed, {0, 0x1p63}, "",
                   "key of all randomness of the instance", "choice")
          .integer("worker_threads", &AcceleratorParameters::worker_threads, {0, 1024}, "threads",
                   "host threads for the numbers of tiles that are busy at the same time; no "
                   "effect on results",
                   "choice")
          .host_only()
          .include(&AcceleratorParameters::sequencer,
                   sequencer::SequencerParameters::description());
  return all;
}

void AcceleratorParameters::check() const {
  description().check(*this);
  tile.check();
  solver.check();
  timing.check();
  if (programming.wire_compensation != programming::WireCompensation::none &&
      solver.residual == solver::ResidualPath::analog) {
    const std::string key = "programming.wire_compensation";
    throw std::invalid_argument(
        key + " = " + parameters::to_text(description().get(*this, key)) +
        ": cells that make up for the wires of INV are wrong for MVM; must be none with "
        "solver.residual = analog");
  }
}

}  // namespace invar::accelerator
