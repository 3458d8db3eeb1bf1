#ifndef INVAR_TESTS_ACCELERATOR_ACCELERATOR_FIXTURE_H
#define INVAR_TESTS_ACCELERATOR_ACCELERATOR_FIXTURE_H

#include <invar/accelerator/inv_accelerator.h>

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "support/register_host.h"
#include "support/test_memory.h"

namespace invar::test {

/// A host that drives one accelerator through its registers, as a driver would.
class AcceleratorFixture : public RegisterHost {
 public:
  static constexpr std::uint64_t k_ring = 0x1000;
  static constexpr std::uint64_t k_completions = 0x2000;
  static constexpr std::uint32_t k_ring_size = 16;

  TestMemory memory;
  accelerator::InvAccelerator<> accelerator;
  sc_core::sc_signal<bool> irq;
  sc_core::sc_signal<bool> rst;

  AcceleratorFixture(const sc_core::sc_module_name& name,
                     const accelerator::AcceleratorParameters& parameters,
                     std::function<void(AcceleratorFixture&)> script, bool stop = true)
      : RegisterHost(name),
        memory("memory", 1 << 22),
        accelerator("accelerator", parameters),
        irq("irq"),
        rst("rst"),
        script_(std::move(script)),
        stop_(stop) {
    registers.bind(accelerator.registers);
    accelerator.dma.socket.bind(memory.socket);
    accelerator.irq(irq);
    accelerator.rst(rst);
    INVAR_HAS_PROCESS(AcceleratorFixture);
    SC_THREAD(run);
  }

  static accelerator::AcceleratorParameters small_parameters() {
    accelerator::AcceleratorParameters parameters;
    parameters.tiles = 2;
    parameters.tile.rows = 32;
    return parameters;
  }

  void start() {
    write(INVAR_REG_RING_BASE_LO, k_ring);
    write(INVAR_REG_COMPLETION_BASE_LO, k_completions);
    write(INVAR_REG_RING_SIZE, k_ring_size);
    write(INVAR_REG_IRQ_ENABLE, INVAR_IRQ_COMPLETION | INVAR_IRQ_FAULT);
    write(INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
  }

  /// Sets up again after a reset.
  void restart() {
    tail_ = 0;
    start();
  }

  /// Puts descriptors into the ring without waiting. \return slot of the last one
  std::uint32_t submit(const std::vector<invar_descriptor>& descriptors) {
    for (const invar_descriptor& descriptor : descriptors) {
      const std::uint32_t slot = tail_++ % k_ring_size;
      memory.put(k_ring + sizeof(invar_descriptor) * slot, descriptor);
      memory.put(k_completions + sizeof(invar_completion) * slot, invar_completion{});
    }
    write(INVAR_REG_RING_TAIL, tail_);
    return (tail_ - 1) % k_ring_size;
  }
  invar_completion completion(std::uint32_t slot) const {
    return memory.get<invar_completion>(k_completions + sizeof(invar_completion) * slot);
  }
  /// Submits one descriptor and waits for its interrupt.
  invar_completion run_command(const invar_descriptor& descriptor) {
    const std::uint32_t slot = submit({descriptor});
    while (completion(slot).status == INVAR_STATUS_PENDING) {
      if (!irq.read()) {
        wait(irq.posedge_event());
      }
      write(INVAR_REG_IRQ_STATUS, INVAR_IRQ_COMPLETION | INVAR_IRQ_FAULT);
      wait(sc_core::sc_time(1, sc_core::SC_NS));
      if ((read(INVAR_REG_STATUS) & INVAR_STATUS_HALTED) != 0) {
        break;
      }
    }
    return completion(slot);
  }

  void put_matrix(std::uint64_t address, const Eigen::MatrixXd& matrix) {
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
      for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
        memory.put(address + 8 * (row * matrix.cols() + column), matrix(row, column));
      }
    }
  }
  Eigen::MatrixXd get_matrix(std::uint64_t address, Eigen::Index rows, Eigen::Index columns) const {
    Eigen::MatrixXd matrix(rows, columns);
    for (Eigen::Index row = 0; row < rows; ++row) {
      for (Eigen::Index column = 0; column < columns; ++column) {
        matrix(row, column) = memory.get<double>(address + 8 * (row * columns + column));
      }
    }
    return matrix;
  }

  static invar_descriptor program(std::uint64_t source, int n) {
    invar_descriptor descriptor{};
    descriptor.opcode = INVAR_OP_PROGRAM;
    descriptor.phase = INVAR_PHASE_PROGRAMMING;
    descriptor.n = n;
    descriptor.source = source;
    return descriptor;
  }
  static invar_descriptor solve(std::uint32_t handle, int n, int columns, std::uint64_t source,
                                std::uint64_t destination, double tolerance) {
    invar_descriptor descriptor{};
    descriptor.opcode = INVAR_OP_SOLVE;
    descriptor.phase = INVAR_PHASE_INVERSION;
    descriptor.handle = handle;
    descriptor.n = n;
    descriptor.columns = columns;
    descriptor.source = source;
    descriptor.destination = destination;
    descriptor.tolerance = tolerance;
    return descriptor;
  }

 private:
  void run() {
    script_(*this);
    if (stop_) {
      sc_core::sc_stop();
    }
  }

  std::function<void(AcceleratorFixture&)> script_;
  bool stop_;  ///< ends the simulation with the script
  std::uint32_t tail_ = 0;
};

/// Runs `script` against an accelerator until it ends (or a second has passed).
inline void run_script(const accelerator::AcceleratorParameters& parameters,
                       std::function<void(AcceleratorFixture&)> script) {
  AcceleratorFixture fixture("host", parameters, std::move(script));
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
}

}  // namespace invar::test

#endif
