// The firmware's `solve` on the modelled machine: native core, bus, memory, real accelerator.
#include <invar/accelerator/inv_accelerator.h>
#include <invar/bus/host_bus.h>
#include <invar/bus/host_control.h>
#include <invar/bus/interrupt_controller.h>
#include <invar/bus/memory.h>
#include <invar/bus/uart.h>
#include <invar/platform/host_core/native_host_core.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/firmware.h>

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

BOOST_AUTO_TEST_SUITE(solve_on_hardware)

using namespace invar;
using sc_core::sc_time;

namespace {

constexpr std::uint64_t k_ram = 0x80000000, k_uart = 0x1000, k_interrupts = 0x2000, k_host = 0x3000,
                        k_accelerator = 0x10000;
constexpr int k_n = 24, k_columns = 6;

invar_port addresses() {
  invar_port port{};
  port.boot_block_address = k_ram;
  port.uart_base = k_uart;
  port.interrupt_controller_base = k_interrupts;
  port.host_control_base = k_host;
  port.accelerator_base = k_accelerator;
  port.accelerator_irq = 1;
  return port;
}

accelerator::AcceleratorParameters small_accelerator() {
  accelerator::AcceleratorParameters parameters;
  parameters.tiles = 1;
  parameters.tile.rows = 32;
  return parameters;
}

struct Machine {
  ledger::Ledger ledger;
  bus::HostBus bus{"bus",
                   2,
                   {{"ram", k_ram, 1 << 20},
                    {"uart", k_uart, INVAR_UART_WINDOW_BYTES},
                    {"interrupts", k_interrupts, INVAR_INTC_WINDOW_BYTES},
                    {"host", k_host, INVAR_HOST_WINDOW_BYTES},
                    {"accelerator", k_accelerator, INVAR_ACCELERATOR_WINDOW_BYTES}},
                   {},
                   &ledger};
  bus::Memory ram{"ram", ram_parameters(), &ledger};
  bus::Uart uart{"uart"};
  bus::InterruptController interrupts{"interrupts", 2};
  bus::HostControl host{"host", &ledger};
  accelerator::InvAccelerator<> accelerator{"accelerator", small_accelerator(), &ledger};
  platform::NativeHostCore core{"core", ledger, addresses(), &firmware_main};
  sc_core::sc_signal<bool> unused{"unused"}, line{"line"}, core_line{"core_line"}, reset{"reset"};
  std::string console;
  Eigen::MatrixXd matrix, rhs;
  invar_boot_block* boot;

  static bus::MemoryParameters ram_parameters() {
    bus::MemoryParameters parameters;
    parameters.size_bytes = 1 << 20;
    return parameters;
  }

  Machine() {
    core.socket.bind(bus.target[0]);
    accelerator.dma.socket.bind(bus.target[1]);
    bus.initiator[0].bind(ram.socket);
    bus.initiator[1].bind(uart.socket);
    bus.initiator[2].bind(interrupts.socket);
    bus.initiator[3].bind(host.socket);
    bus.initiator[4].bind(accelerator.registers);
    interrupts.input[0](unused);
    interrupts.input[1](line);
    accelerator.irq(line);
    accelerator.rst(reset);
    interrupts.irq(core_line);
    core.irq(core_line);
    uart.sink = [this](char character) { console += character; };

    std::srand(5);
    const Eigen::MatrixXd random = Eigen::MatrixXd::Random(k_n, 60);
    matrix = random * random.transpose() / 60.0 + 0.1 * Eigen::MatrixXd::Identity(k_n, k_n);
    rhs = Eigen::MatrixXd::Random(k_n, k_columns);
    boot = at<invar_boot_block>(0);
    boot->magic = INVAR_BOOT_MAGIC;
    boot->app = INVAR_APP_SOLVE;
    boot->counters_address = k_ram + 0x1000;
    boot->heap_address = k_ram + 0x80000;
    boot->heap_bytes = 0x80000;
    invar_solve_parameters& p = boot->parameters.solve;
    p.matrix_address = k_ram + 0x10000;
    p.rhs_address = k_ram + 0x20000;
    p.solution_address = k_ram + 0x30000;
    p.n = k_n;
    p.columns = k_columns;
    p.solver = INVAR_SOLVER_ACCELERATOR;
    p.tolerance = 1e-6;
    p.slices = 2;
    p.slices_limit = 4;
    std::memcpy(at<double>(0x10000), matrix.data(), sizeof(double) * k_n * k_n);
    std::memcpy(at<double>(0x20000), rhs.data(), sizeof(double) * k_n * k_columns);
  }
  template <typename T>
  T* at(std::uint64_t offset) {
    return reinterpret_cast<T*>(ram.data() + offset);
  }
  const invar_driver_counters& counters() { return *at<invar_driver_counters>(0x1000); }
  double worst_residual() {
    const Eigen::Map<Eigen::MatrixXd> x(at<double>(0x30000), k_n, k_columns);
    return ((rhs - matrix * x).colwise().norm().array() / rhs.colwise().norm().array()).maxCoeff();
  }
};

/// Solves and returns when the firmware ended. Time and energy must not depend on the quantum.
void check_solve(const sc_time& quantum) {
  tlm::tlm_global_quantum::instance().set(quantum);
  Machine machine;
  sc_time end;
  machine.core.on_finished([&](int) { end = sc_core::sc_time_stamp(); });
  sc_core::sc_start(sc_time(1, sc_core::SC_SEC));
  BOOST_TEST(machine.core.is_finished());
  BOOST_TEST(machine.core.exit_code() == INVAR_EXIT_OK, machine.console);
  BOOST_TEST(machine.worst_residual() <= 1e-6);
  BOOST_TEST(machine.counters().right_hand_sides == static_cast<unsigned>(k_columns));
  BOOST_TEST(machine.counters().max_residual <= 1e-6);
  BOOST_TEST(machine.counters().max_residual >= 0.99 * machine.worst_residual());
  BOOST_TEST(machine.counters().interrupts >= 3u);
  sc_time phases;
  for (int phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    phases += machine.ledger.phase_time(static_cast<invar_phase>(phase));
  }
  BOOST_TEST(phases == sc_core::sc_time_stamp());
  std::cout << end << " " << machine.ledger.total_energy_aj() << std::endl;
}

}  // namespace

BOOST_AUTO_TEST_CASE(solves_to_the_tolerance_with_a_quantum_of_1_ns) {
  check_solve(sc_time(1, sc_core::SC_NS));
}

BOOST_AUTO_TEST_CASE(solves_to_the_tolerance_with_a_quantum_of_100_us) {
  check_solve(sc_time(100, sc_core::SC_US));
}

BOOST_AUTO_TEST_CASE(a_matrix_larger_than_all_tiles_fails_with_its_status_and_how_many_it_takes) {
  Machine machine;
  machine.boot->parameters.solve.n = 33;
  sc_core::sc_start(sc_time(1, sc_core::SC_SEC));
  BOOST_TEST(machine.core.exit_code() == INVAR_EXIT_SOLVE_FAILED);
  BOOST_TEST(machine.counters().status_counts[INVAR_STATUS_TOO_LARGE] == 1u);
  BOOST_TEST(machine.console.find("more tiles than there are: it takes ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
