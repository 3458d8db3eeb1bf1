// Two INV accelerators in somebody else's SoC: a bus, an address map, one energy ledger, and a
// processor that programs a matrix into each, solves with it, and waits for interrupts.
//
//   minimal-soc --params > accelerator.toml   all parameters, with ranges and sources
//   minimal-soc accelerator.toml              the same machine with what the file changes
#include <invar/accelerator/inv_accelerator.h>
#include <invar/configuration/toml_parameters.h>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using invar::accelerator::InvAccelerator;

constexpr std::uint64_t k_memory_bytes = 1 << 20;      // memory at 0
constexpr std::uint64_t k_accelerators = 0x4000'0000;  // a window of 64 KiB each
constexpr std::uint64_t k_window = 0x1'0000;
constexpr int n = 8;

// Bus and memory in one: 64-bit addresses, 5 ns an access.
struct Bus : sc_core::sc_module {
  tlm_utils::multi_passthrough_target_socket<Bus> target{"target"};
  sc_core::sc_vector<tlm_utils::simple_initiator_socket<Bus>> device{"device", 2};
  std::vector<unsigned char> memory = std::vector<unsigned char>(k_memory_bytes);

  explicit Bus(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    target.register_b_transport(this, &Bus::b_transport);
  }
  void b_transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    delay += sc_core::sc_time(5, sc_core::SC_NS);
    const std::uint64_t address = payload.get_address();
    const std::uint64_t slot = (address - k_accelerators) / k_window;
    if (address < k_memory_bytes && payload.get_data_length() <= k_memory_bytes - address) {
      void* const cell = memory.data() + address;
      void* const data = payload.get_data_ptr();
      const bool read = payload.is_read();
      std::memcpy(read ? data : cell, read ? cell : data, payload.get_data_length());
      payload.set_response_status(tlm::TLM_OK_RESPONSE);
    } else if (address >= k_accelerators && slot < device.size()) {
      payload.set_address((address - k_accelerators) % k_window);
      device[slot]->b_transport(payload, delay);
      payload.set_address(address);
    } else {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
  }
};

// A processor without instructions: what a driver does, in the order it does it.
struct Processor : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Processor> socket{"socket"};
  sc_core::sc_vector<sc_core::sc_in<bool>> irq{"irq", 2};
  Bus& bus;
  double worst_residual = 1.0;  // of A x = b, as the processor checks it
  SC_HAS_PROCESS(Processor);
  Processor(const sc_core::sc_module_name& name, Bus& shared)
      : sc_core::sc_module(name), bus(shared) {
    SC_THREAD(run);
  }
  void write(int unit, std::uint64_t offset, std::uint32_t value) {
    tlm::tlm_generic_payload payload;
    sc_core::sc_time delay;
    payload.set_write();
    payload.set_address(k_accelerators + unit * k_window + offset);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    socket->b_transport(payload, delay);
    wait(delay);
    sc_assert(payload.is_response_ok());
  }
  template <typename T>
  T* at(std::uint64_t address) {
    return reinterpret_cast<T*>(bus.memory.data() + address);
  }
  // Descriptors go to a ring in memory; the doorbell is the count of those written so far.
  invar_completion command(int unit, std::uint32_t count, const invar_descriptor& descriptor) {
    const std::uint64_t slot = sizeof(invar_descriptor) * (count % 4);
    *at<invar_descriptor>(0x1000 * (unit + 1) + slot) = descriptor;
    write(unit, INVAR_REG_RING_TAIL, count + 1);
    while (!irq[unit].read()) {
      wait(irq[unit].value_changed_event());
    }
    write(unit, INVAR_REG_IRQ_STATUS, INVAR_IRQ_COMPLETION);
    return *at<invar_completion>(0x1000 * (unit + 1) + 0x800 + slot);
  }
  void run() {
    double* const matrix = at<double>(0x10000);
    for (int i = 0; i < n * n; ++i) {
      matrix[i] = std::pow(0.5, std::abs(i / n - i % n));
    }
    std::fill(at<double>(0x20000), at<double>(0x20000) + n, 1.0);  // b
    worst_residual = 0.0;
    for (int unit = 0; unit < 2; ++unit) {
      write(unit, INVAR_REG_RING_BASE_LO, 0x1000 * (unit + 1));
      write(unit, INVAR_REG_COMPLETION_BASE_LO, 0x1000 * (unit + 1) + 0x800);
      write(unit, INVAR_REG_RING_SIZE, 4);
      write(unit, INVAR_REG_IRQ_ENABLE, INVAR_IRQ_COMPLETION);
      write(unit, INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
      invar_descriptor program{};
      program.opcode = INVAR_OP_PROGRAM;
      program.phase = INVAR_PHASE_PROGRAMMING;
      program.n = n;
      program.source = 0x10000;
      invar_descriptor solve = program;
      solve.handle = command(unit, 0, program).handle;
      solve.opcode = INVAR_OP_SOLVE;
      solve.phase = INVAR_PHASE_INVERSION;
      solve.columns = 1;
      solve.source = 0x20000;
      solve.destination = 0x30000 + 0x1000 * unit;
      solve.tolerance = 1e-9;
      const invar_completion done = command(unit, 1, solve);
      for (const double* row = matrix; row < matrix + n * n; row += n) {
        const double product = std::inner_product(row, row + n, at<double>(solve.destination), 0.0);
        worst_residual = std::max(worst_residual, std::abs(1.0 - product));
      }
      std::cout << "accelerator " << unit << ": status " << done.status << ", iterations "
                << done.iterations << ", at " << sc_core::sc_time_stamp() << '\n';
    }
  }
};

int sc_main(int argc, char** argv) {
  invar::accelerator::AcceleratorParameters parameters;
  parameters.tiles = 1;
  parameters.tile.rows = 16;
  const std::string argument = argc > 1 ? argv[1] : "";
  if (argument == "--params") {
    std::cout << invar::configuration::write_toml(parameters.description(), parameters);
    return 0;
  }
  try {
    if (!argument.empty()) {
      invar::configuration::read_toml_file(argument, parameters.description(), parameters);
    }
    parameters.check();
  } catch (const std::invalid_argument& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
  Bus bus("bus");
  Processor processor("processor", bus);
  invar::ledger::Ledger ledger;  // shared; without one, each accelerator keeps its own
  InvAccelerator<> first("first", parameters, &ledger);
  parameters.seed = 2;  // other cells, other errors
  InvAccelerator<> second("second", parameters, &ledger);
  sc_core::sc_vector<sc_core::sc_signal<bool>> irq("irq_line", 2);
  sc_core::sc_signal<bool> reset("reset");
  processor.socket.bind(bus.target);
  InvAccelerator<>* const units[] = {&first, &second};
  for (int unit = 0; unit < 2; ++unit) {
    bus.device[unit].bind(units[unit]->registers);
    units[unit]->dma.socket.bind(bus.target);
    units[unit]->irq(irq[unit]);
    units[unit]->rst(reset);
    processor.irq[unit](irq[unit]);
  }
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
  std::cout << "energy: " << 1e-9 * static_cast<double>(ledger.total_energy_aj()) << " nJ\n";
  return processor.worst_residual <= 1e-8 ? 0 : 1;
}
