#include <invar/bus/host_bus.h>
#include <invar/bus/host_control.h>
#include <invar/bus/memory.h>
#include <invar/bus/timer.h>
#include <invar/registers/peripheral_registers.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bus/scripted_initiator.h"

BOOST_AUTO_TEST_SUITE(bus_trace)

using namespace invar::bus;
using invar::test::ns;
using invar::test::ScriptedInitiator;
using invar::trace::SignalFormat;
using invar::trace::SignalId;
using sc_core::sc_time;

namespace {

/// Keeps what modules tell it.
class RecordingSink : public invar::trace::SignalSink {
 public:
  std::map<std::string, std::vector<std::pair<sc_time, std::uint64_t>>> changes;

  SignalId declare(const std::string& name, const SignalFormat&) override {
    names_.push_back(name);
    return static_cast<SignalId>(names_.size() - 1);
  }
  void change(SignalId id, const sc_time& at, std::uint64_t value) override {
    changes[names_.at(id)].emplace_back(at, value);
  }
  void change(SignalId, const sc_time&, double) override {}

 private:
  std::vector<std::string> names_;
};

using Changes = std::vector<std::pair<sc_time, std::uint64_t>>;

}  // namespace

BOOST_AUTO_TEST_CASE(bursts_phase_and_interrupt_are_traced_at_the_times_they_happen) {
  RecordingSink sink;
  ScriptedInitiator host("host", [](ScriptedInitiator& self) {
    std::vector<unsigned char> data(64);
    self.delay = ns(100);
    self.access(tlm::TLM_WRITE_COMMAND, 0x40, data.data(), 64);
    self.delay = ns(200);
    self.write(0x1000 + INVAR_HOST_REG_PHASE, INVAR_PHASE_BACKWARD);
    self.delay = sc_core::SC_ZERO_TIME;
    self.write(0x2000 + INVAR_TIMER_REG_CONTROL, 1);
    self.write(0x2000 + INVAR_TIMER_REG_COMPARE_LO, 700);
    self.write(0x2000 + INVAR_TIMER_REG_COMPARE_HI, 0);
  });
  HostBus bus("bus", 1, {{"ram", 0, 0x1000}, {"control", 0x1000, 0x100}, {"timer", 0x2000, 0x100}});
  Memory ram("ram");
  HostControl control("control");
  Timer timer("timer");
  sc_core::sc_signal<bool> irq("irq");
  timer.irq(irq);
  host.socket.bind(bus.target[0]);
  bus.initiator[0].bind(ram.socket);
  bus.initiator[1].bind(control.socket);
  bus.initiator[2].bind(timer.socket);
  bus.trace(sink);
  control.trace(sink);
  timer.trace(sink);
  sc_core::sc_start(sc_time(1, sc_core::SC_US));

  // The first change of each is its value before anything happens.
  const Changes& busy = sink.changes.at("bus.target_0.busy");
  BOOST_TEST((busy[1] == std::pair<sc_time, std::uint64_t>(ns(100), 1)));
  BOOST_TEST((busy[2] == std::pair<sc_time, std::uint64_t>(ns(102), 0)));
  BOOST_TEST((sink.changes.at("bus.target_0.address")[1] ==
              std::pair<sc_time, std::uint64_t>(ns(100), 0x40)));
  // Written after the bus' latency of 4 ns.
  BOOST_TEST((sink.changes.at("control.phase") ==
              Changes{{ns(0), INVAR_PHASE_HOST}, {ns(204), INVAR_PHASE_BACKWARD}}));
  BOOST_TEST(
      (sink.changes.at("timer.irq").back() == std::pair<sc_time, std::uint64_t>(ns(700), 1)));
}

BOOST_AUTO_TEST_SUITE_END()
