#include <invar/platform/host_core/native_host_core.h>
#include <invar/registers/peripheral_registers.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(native_core)

using namespace invar::platform;
using invar::ledger::Ledger;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;
using sc_core::SC_US;

namespace {

constexpr std::uint64_t k_ram = 0x8000, k_ram_bytes = 0x1000, k_uart = 0x5000;
constexpr std::uint64_t k_start = 0x0;   // W: raise the line after so many ns
constexpr std::uint64_t k_status = 0x4;  // R: times it was raised
constexpr std::uint64_t k_ack = 0x8;     // W: lower it
constexpr std::uint64_t k_phase = 0xC;   // W: host phase, at the initiator's own time

/// RAM with DMI, and a device that raises its line some time after it is asked to; 10 ns an access.
class Target : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Target> socket{"socket"};
  sc_core::sc_out<bool> irq{"irq"};
  std::vector<unsigned char> ram = std::vector<unsigned char>(k_ram_bytes);
  std::string text;
  unsigned raised = 0;

  Target(const sc_core::sc_module_name& name, Ledger& ledger)
      : sc_core::sc_module(name), ledger_(ledger) {
    socket.register_b_transport(this, &Target::b_transport);
    socket.register_get_direct_mem_ptr(this, &Target::direct);
    INVAR_HAS_PROCESS(Target);
    SC_METHOD(raise);
    sensitive << raise_event_;
    dont_initialize();
    SC_METHOD(drive);
    sensitive << drive_event_;
    dont_initialize();
    SC_METHOD(set_phase);
    sensitive << phase_event_;
    dont_initialize();
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
    std::uint32_t value = 0;
    delay += sc_time(10, SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    std::memcpy(&value, payload.get_data_ptr(), 4);
    if (payload.is_read() && payload.get_address() == k_status) {
      std::memcpy(payload.get_data_ptr(), &raised, 4);
    } else if (payload.is_write() && payload.get_address() == k_start) {
      raise_event_.notify(delay + sc_time(value, SC_NS));
    } else if (payload.is_write() && payload.get_address() == k_ack) {
      level_ = false;
      drive_event_.notify(delay);
    } else if (payload.is_write() && payload.get_address() == k_phase) {
      phase_ = static_cast<invar_phase>(value);
      phase_event_.notify(delay);
    } else if (payload.is_write() && payload.get_address() == k_uart) {
      text += static_cast<char>(value);
    } else {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
  }
  bool direct(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    dmi.allow_read_write();
    dmi.set_start_address(k_ram);
    dmi.set_end_address(k_ram + k_ram_bytes - 1);
    dmi.set_dmi_ptr(ram.data());
    return payload.get_address() >= k_ram && payload.get_address() < k_ram + k_ram_bytes;
  }
  void raise() {
    ++raised;
    level_ = true;
    drive_event_.notify(sc_core::SC_ZERO_TIME);
  }
  void drive() { irq = level_; }
  void set_phase() { ledger_.set_host_phase(phase_); }

  Ledger& ledger_;
  bool level_ = false;
  invar_phase phase_ = INVAR_PHASE_HOST;
  sc_core::sc_event raise_event_, drive_event_, phase_event_;
};

/// Energy is that of operations alone.
HostCoreParameters without_leakage() {
  HostCoreParameters parameters;
  parameters.static_power_w = 0.0;
  return parameters;
}

struct Bench {
  Ledger ledger;
  sc_core::sc_signal<bool> line{"line"};
  Target target{"target", ledger};
  NativeHostCore core;
  int finished_with = -1;

  explicit Bench(NativeHostCore::Firmware firmware,
                 const HostCoreParameters& parameters = without_leakage())
      : core("core", ledger, addresses(), std::move(firmware), parameters) {
    core.socket.bind(target.socket);
    core.irq(line);
    target.irq(line);
    core.on_finished([this](int code) { finished_with = code; });
  }
  static invar_port addresses() {
    invar_port port{};
    port.uart_base = k_uart;
    port.boot_block_address = k_ram;
    return port;
  }
  invar::ledger::Attojoules energy_aj() { return ledger.total_energy_aj(); }
};

std::uint32_t read(invar_port* port, std::uint64_t address) {
  std::uint32_t value = 0;
  BOOST_TEST(port->read32(port->context, address, &value) == 0);
  return value;
}

void write(invar_port* port, std::uint64_t address, std::uint32_t value) {
  BOOST_TEST(port->write32(port->context, address, value) == 0);
}

/// A function of one integer operation for each of its count.
void charge(invar_port* port, std::uint64_t integers) {
  static const invar_function_cost cost{"test.c", "count", {{}, {1000}, {}}};
  port->charge(port->context, &cost, integers, 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(charges_take_time_and_energy_by_class) {
  Bench bench([](invar_port* port) {
    const invar_function_cost cost{
        "test.c", "work", {{400000}, {100000, 0, 0, 0, 2500, 0}, {0, 0, 0, 0, 0, 1000}}};
    port->charge(port->context, &cost, 4, 1);  // 800 integer, 10 float, 1 float divide
    port->charge(port->context, &cost, 0, 1);
    charge(port, 0);
    return 7;
  });
  BOOST_TEST(!bench.core.is_finished());
  sc_start();
  BOOST_TEST(bench.core.is_finished());
  BOOST_TEST(bench.core.exit_code() == 7);
  BOOST_TEST(bench.finished_with == 7);
  BOOST_TEST(sc_core::sc_time_stamp() == sc_time(1200 + 10 * 2 + 2 * 20, SC_NS));
  BOOST_TEST(bench.energy_aj() == 1210u * 25'000'000ull + 2u * 50'000'000ull);
  BOOST_TEST(bench.ledger.components().at(0).busy[INVAR_PHASE_HOST] == sc_time(1260, SC_NS));
}

BOOST_AUTO_TEST_CASE(parts_of_operations_add_up_to_whole_ones) {
  Bench bench([](invar_port* port) {
    const invar_function_cost third{"test.c", "third", {{333}, {0, 1}}};
    for (int i = 0; i < 10; ++i) {
      port->charge(port->context, &third, 150, 0);  // 3.33 integer, 1.5 memory in all
    }
    return 0;
  });
  sc_start();
  BOOST_TEST(sc_core::sc_time_stamp() == sc_time(3 + 1 * 2, SC_NS));
}

BOOST_AUTO_TEST_CASE(work_is_booked_under_the_phase_that_was_set_before_it) {
  Bench bench([](invar_port* port) {
    charge(port, 100);
    write(port, k_phase, INVAR_PHASE_UPDATE);
    charge(port, 30);
    return 0;
  });
  sc_start();
  // The writing store belongs to the phase before it.
  BOOST_TEST(bench.ledger.phase_energy_aj(INVAR_PHASE_HOST) == 101u * 25'000'000u);
  BOOST_TEST(bench.ledger.phase_energy_aj(INVAR_PHASE_UPDATE) == 30u * 25'000'000u);
  BOOST_TEST(bench.ledger.phase_time(INVAR_PHASE_HOST) == sc_time(100 + 2 + 10, SC_NS));
  BOOST_TEST(bench.ledger.phase_time(INVAR_PHASE_UPDATE) == sc_time(30, SC_NS));
}

BOOST_AUTO_TEST_CASE(a_register_access_takes_its_bus_delay_and_reports_errors) {
  Bench bench([](invar_port* port) {
    BOOST_TEST(read(port, k_status) == 0u);
    std::uint32_t value = 0;
    BOOST_TEST(port->read32(port->context, 0x4000, &value) == 1);
    BOOST_TEST(port->write32(port->context, k_status, 1) == 1);
    for (const char c : std::string("hello")) {
      port->put_char(port->context, c);
    }
    return 0;
  });
  sc_start();
  BOOST_TEST(sc_core::sc_time_stamp() == sc_time(8 * (10 + 2), SC_NS));
  BOOST_TEST(bench.core.register_accesses() == 8u);
  BOOST_TEST(bench.core.bus_errors() == 2u);
  BOOST_TEST(bench.target.text == "hello");
}

BOOST_AUTO_TEST_CASE(memory_is_a_pointer_inside_ram_and_null_outside) {
  Bench bench([](invar_port* port) {
    const auto memory = [&](std::uint64_t address, std::uint64_t bytes) {
      return static_cast<unsigned char*>(port->memory(port->context, address, bytes));
    };
    BOOST_TEST(memory(k_ram, k_ram_bytes) != nullptr);
    memory(k_ram + 8, 4)[1] = 77;
    BOOST_TEST(memory(k_ram + k_ram_bytes - 1, 1) != nullptr);
    BOOST_TEST(memory(k_ram + k_ram_bytes - 1, 2) == nullptr);
    BOOST_TEST(memory(0, 4) == nullptr);
    BOOST_TEST(memory(~0ull, 2) == nullptr);
    return 0;
  });
  sc_start();
  BOOST_TEST(int{bench.target.ram[9]} == 77);
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_the_edge_or_at_once_when_the_line_is_high) {
  std::vector<sc_time> times;
  Bench bench([&](invar_port* port) {
    write(port, k_start, 500);
    port->wait_for_interrupt(port->context);
    times.push_back(sc_core::sc_time_stamp());
    port->wait_for_interrupt(port->context);  // not acknowledged: still high
    times.push_back(sc_core::sc_time_stamp());
    write(port, k_ack, 1);
    write(port, k_start, 200);
    port->wait_for_interrupt(port->context);
    times.push_back(sc_core::sc_time_stamp());
    return 0;
  });
  sc_start();
  BOOST_TEST((times[0] == sc_time(2 + 10 + 500, SC_NS)));
  BOOST_TEST((times[1] - times[0] == sc_time(1, SC_NS)));
  BOOST_TEST((times[2] - times[1] == sc_time(12 + 12 + 200, SC_NS)));
  // Sleeping costs no energy: three stores, three wait instructions.
  BOOST_TEST(bench.energy_aj() == 6u * 25'000'000u);
}

namespace {

/// The same by hand: when it ends, and how often the status is polled. An access starts 2 ns after
/// the instruction, takes effect (writes) or looks (reads) 10 ns later or at once, and ends with
/// it.
std::pair<unsigned, unsigned> polls_and_end_ns() {
  unsigned now = 0, polls = 0;
  for (unsigned i = 0; i < 50; ++i) {
    now += 12;
    const unsigned raised = now + 40 + 37 * (i % 7);
    now += 13 * i;
    if (i % 2 == 0) {
      for (; now + 2 < raised; ++polls) {
        now += 12 + 5;
      }
      now += 12;
    } else {
      now = std::max(now + 1, raised);
    }
    now += 12;
  }
  return {polls, now};
}

/// Work, interrupts and polling in turns: traps, polls and the end must not depend on the quantum.
void check_quantum(const sc_time& quantum) {
  tlm::tlm_global_quantum::instance().set(quantum);
  unsigned traps = 0, polls = 0;
  Bench bench([&](invar_port* port) {
    for (std::uint32_t i = 0; i < 50; ++i) {
      write(port, k_start, 40 + 37 * (i % 7));
      charge(port, 13 * i);
      if (i % 2 == 0) {
        while (read(port, k_status) <= i) {
          ++polls;
          charge(port, 5);
        }
        write(port, k_ack, 1);
      } else {
        port->wait_for_interrupt(port->context);
        ++traps;
        write(port, k_ack, 1);
      }
    }
    return 0;
  });
  sc_start();
  BOOST_TEST(traps == 25u);
  BOOST_TEST(bench.target.raised == 50u);
  const auto [expected_polls, end_ns] = polls_and_end_ns();
  BOOST_TEST(expected_polls > 0u);
  BOOST_TEST(polls == expected_polls);
  BOOST_TEST(sc_core::sc_time_stamp() == sc_time(end_ns, SC_NS));
}

}  // namespace

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_quantum_1_ns) {
  check_quantum(sc_time(1, SC_NS));
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_quantum_1_us) {
  check_quantum(sc_time(1, SC_US));
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_quantum_100_us) {
  check_quantum(sc_time(100, SC_US));
}

BOOST_AUTO_TEST_CASE(the_firmware_has_a_deep_stack) {
  Bench bench([](invar_port* port) {
    volatile unsigned char block[400 * 1024];
    for (std::size_t i = 0; i < sizeof block; i += 4096) {
      block[i] = 1;
    }
    charge(port, block[0]);
    return 0;
  });
  sc_start();
  BOOST_TEST(bench.core.is_finished());
}

BOOST_AUTO_TEST_CASE(parameters_out_of_range_are_refused_by_name) {
  const auto refused = [](const std::string& name, auto&& spoil) {
    HostCoreParameters parameters;
    spoil(parameters);
    try {
      parameters.check();
      BOOST_ERROR("accepted: " + name);
    } catch (const std::invalid_argument& error) {
      BOOST_TEST(std::string(error.what()).find(name) != std::string::npos);
    }
  };
  refused("frequency_hz", [](auto& p) { p.frequency_hz = 0.0; });
  refused("host_core.multiply_cycles = 0", [](auto& p) { p.cycles[2] = 0; });
  refused("host_core.memory_energy_j = -1", [](auto& p) { p.energy_j[1] = -1.0; });
  refused("stack_bytes", [](auto& p) { p.stack_bytes = 1000; });
}

BOOST_AUTO_TEST_SUITE_END()
