#ifndef INVAR_TESTS_SW_MOCK_MACHINE_H
#define INVAR_TESTS_SW_MOCK_MACHINE_H

#include <invar/registers/accelerator_registers.h>
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/boot/boot_block.h>
#include <invar/sw/port/port.h>

#include <Eigen/Dense>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sw/mock_engine.h"
#include "sw/mock_timer.h"

namespace invar::tests {

/// The firmware's machine without SystemC: RAM, interrupt controller, timer, host control, console,
/// the engine's and the accelerator's rings. Devices do nothing until the firmware sleeps, so that
/// a missing wait shows. Statuses can be scripted.
class MockMachine {
 public:
  static constexpr std::uint64_t k_ram_base = 0x80000000;
  static constexpr std::uint64_t k_accelerator = 0x10000000, k_engine = 0x10010000,
                                 k_uart = 0x10020000, k_timer = 0x10030000,
                                 k_interrupts = 0x10040000, k_host = 0x10050000;

  struct Progress {
    invar_progress record;
    std::vector<float> weights;  // layer after layer
  };

  struct Charge {
    const invar_function_cost* cost;
    std::uint64_t first, second;  // counts
  };

  explicit MockMachine(std::size_t ram_bytes = 64 << 20, std::size_t scratchpad_bytes = 32 << 20);

  /// The firmware's port; the mock calls the interrupt entry that the firmware puts there.
  invar_port& port();
  template <typename T>
  T* ram(std::uint64_t address, std::uint64_t count = 1) {
    return reinterpret_cast<T*>(memory(address, count * sizeof(T)));
  }
  unsigned char* memory(std::uint64_t address, std::uint64_t bytes);
  /// A place in RAM for `bytes`, in front of the heap that the boot block gives to the firmware.
  std::uint64_t place(std::uint64_t bytes);
  /// The boot block with heap and counters filled in.
  invar_boot_block& boot(invar_app app);
  const invar_driver_counters& counters() { return *ram<invar_driver_counters>(counters_); }

  /// Statuses of the next PROGRAM and SOLVE commands; OK when used up.
  std::deque<std::uint32_t> program_statuses, solve_statuses;
  double missed_residual = 1.0;     ///< of SOLVEs that fail
  std::deque<double> contractions;  ///< of the next PROGRAMs that go well; then 0
  /// Finish queued commands last first.
  bool reverse_order = false;
  unsigned tiles = 8;  ///< without numbers, up to any number
  unsigned rows = 512;
  /// Fails the accesses to this register address.
  std::uint64_t broken_register = 0;
  bool halt_accelerator = false;
  /// Jobs and commands succeed without being computed, and each tile holds a block of `rows`.
  bool without_numbers = false;
  /// Whether a matrix of L blocks takes L tiles instead of L^2.
  bool one_tile_a_leaf = false;
  bool stop = false;
  /// Calls the interrupt entry so often for an interrupt: 1 is right.
  unsigned entries_per_interrupt = 1;
  std::uint32_t engine_id = 0x4D47454Eu;
  std::function<void()> on_progress;
  /// Leaves loads and stores of the engine to see: called before each job.
  std::function<void(const invar_engine_job&)> on_job;

  std::string console;
  std::vector<Progress> progress;
  std::vector<invar_descriptor> commands;  // in the order of execution
  std::vector<std::uint32_t> host_phases;
  std::vector<std::uint32_t> exits;
  std::vector<Charge> charged;
  std::uint64_t register_accesses = 0, sleeps = 0, doorbells = 0;
  unsigned tiles_in_use() const;
  unsigned most_tiles_in_use = 0;

 private:
  int read(std::uint64_t address, std::uint32_t* value);
  int write(std::uint64_t address, std::uint32_t value);
  void sleep();
  std::uint32_t pending() const;
  void run_engine();
  void run_accelerator();
  void execute(const invar_descriptor& descriptor, invar_completion& record);
  void execute_program(const invar_descriptor& descriptor, invar_completion& record);
  void execute_vectors(const invar_descriptor& descriptor, invar_completion& record);
  void note_progress(std::uint64_t address);
  Eigen::MatrixXd load(std::uint64_t address, std::uint64_t rows, std::uint64_t columns,
                       bool single);
  void store(std::uint64_t address, const Eigen::MatrixXd& matrix, bool single);

  invar_port port_{};
  std::vector<unsigned char> ram_;
  std::uint64_t next_ = k_ram_base + 4096;
  std::uint64_t counters_ = 0;
  MockEngine engine_;
  MockTimer timer_;
  std::map<std::uint64_t, std::uint32_t> accelerator_, engine_registers_, interrupts_, host_;
  struct Queued {
    invar_descriptor descriptor;
    std::uint32_t slot;
  };
  std::deque<Queued> queue_;
  std::map<std::uint32_t, Eigen::MatrixXd> matrices_;
  std::map<std::uint32_t, unsigned> tiles_of_;  // by handle
  std::uint32_t next_handle_ = 1;
};

}  // namespace invar::tests

#endif
