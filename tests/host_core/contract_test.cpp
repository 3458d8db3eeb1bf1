#include <invar/platform/soc/soc.h>
#include <invar/registers/memory_map.h>
#include <invar/sw/boot/boot_block.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <memory>

#include "host_core/contract_firmware.h"

BOOST_AUTO_TEST_SUITE(host_core_contract)

using namespace invar::platform;
using sc_core::sc_time;

namespace {

constexpr std::uint64_t k_heap = INVAR_MAP_BOOT_BLOCK + 0x10000;
constexpr std::uint64_t k_heap_bytes = 0x100000;
constexpr std::uint64_t k_counters = INVAR_MAP_BOOT_BLOCK + 0x1000;

SocParameters parameters(HostCoreKind core) {
  SocParameters soc;
  soc.core = core;
  soc.native_firmware = &contract_firmware;
  if (core == HostCoreKind::riscv) {
    soc.firmware = {std::make_shared<ElfImage>(INVAR_CONTRACT_IMAGE), INVAR_SIMULATOR};
  }
  soc.memory.size_bytes = 32 << 20;
  soc.accelerator.tiles = 1;
  soc.accelerator.tile.rows = 16;
  soc.stop_at_end = false;
  return soc;
}

/// The whole machine with one of the cores.
struct Machine {
  Soc soc;
  sc_time end;

  Machine(const char* name, HostCoreKind core) : soc(name, parameters(core)) {
    auto& boot = *soc.memory_as<invar_boot_block>(INVAR_MAP_BOOT_BLOCK);
    boot.magic = INVAR_BOOT_MAGIC;
    boot.app = INVAR_APP_NONE;
    boot.ram_base = INVAR_MAP_RAM;
    boot.ram_bytes = soc.ram.size();
    boot.heap_address = k_heap;
    boot.heap_bytes = k_heap_bytes;
    boot.counters_address = k_counters;
  }
  const invar_contract_record& record() { return *soc.memory_as<invar_contract_record>(k_heap); }
};

template <typename T>
bool same_bits(const T& a, const T& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

void check_exactly_one_entry_an_interrupt(Machine& machine) {
  BOOST_TEST(machine.soc.exit_code() == INVAR_CONTRACT_OK, machine.soc.console());
  const invar_contract_record& record = machine.record();
  BOOST_TEST(record.magic == INVAR_CONTRACT_MAGIC);
  BOOST_TEST(record.wait_entries == INVAR_CONTRACT_WAITS);
  BOOST_TEST(record.background_entries == INVAR_CONTRACT_BACKGROUND);
  BOOST_TEST(machine.soc.core()->interrupts_taken() == record.entries);
}

/// Both cores run the same firmware side by side in one simulation.
void check_contract(const sc_time& quantum) {
  tlm::tlm_global_quantum::instance().set(quantum);
  Machine native("native", HostCoreKind::native);
  Machine riscv("riscv", HostCoreKind::riscv);
  sc_core::sc_start(sc_time(20, sc_core::SC_MS));
  check_exactly_one_entry_an_interrupt(native);
  check_exactly_one_entry_an_interrupt(riscv);
  BOOST_TEST(!native.soc.console().empty());
  BOOST_TEST(native.soc.console() == riscv.soc.console());
  const invar_contract_record& a = native.record();
  const invar_contract_record& b = riscv.record();
  BOOST_TEST(same_bits(a.values, b.values));
  BOOST_TEST(same_bits(a.solution, b.solution));
  BOOST_TEST(same_bits(a.product, b.product));
  BOOST_TEST(same_bits(a.factor, b.factor));
  BOOST_TEST(same_bits(a.solve_residual, b.solve_residual));
  BOOST_TEST(a.solve_iterations == b.solve_iterations);
  BOOST_TEST(a.entries == b.entries);
}

}  // namespace

BOOST_AUTO_TEST_CASE(both_cores_fulfil_it_with_a_quantum_of_1_ns) {
  check_contract(sc_time(1, sc_core::SC_NS));
}

BOOST_AUTO_TEST_CASE(both_cores_fulfil_it_with_a_quantum_of_1_us) {
  check_contract(sc_time(1, sc_core::SC_US));
}

BOOST_AUTO_TEST_CASE(both_cores_fulfil_it_with_a_quantum_of_100_us) {
  check_contract(sc_time(100, sc_core::SC_US));
}

BOOST_AUTO_TEST_SUITE_END()
