// What LAST_ERROR says of a ring that does not work, and how to go on.
#include <boost/test/unit_test.hpp>

#include "accelerator/accelerator_fixture.h"

BOOST_AUTO_TEST_SUITE(ring_faults)

using namespace invar;
using test::AcceleratorFixture;
using test::run_script;

namespace {

constexpr std::uint64_t k_outside = 1 << 22;  // behind the fixture's memory

struct Ring {
  std::uint64_t base, completions;
  std::uint32_t size, tail, fault;
};

void set_up(AcceleratorFixture& host, const Ring& ring) {
  host.write(INVAR_REG_RING_BASE_LO, static_cast<std::uint32_t>(ring.base));
  host.write(INVAR_REG_RING_BASE_HI, static_cast<std::uint32_t>(ring.base >> 32));
  host.write(INVAR_REG_COMPLETION_BASE_LO, static_cast<std::uint32_t>(ring.completions));
  host.write(INVAR_REG_COMPLETION_BASE_HI, static_cast<std::uint32_t>(ring.completions >> 32));
  host.write(INVAR_REG_RING_SIZE, ring.size);
  host.write(INVAR_REG_IRQ_ENABLE, INVAR_IRQ_FAULT);
  host.write(INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
  host.write(INVAR_REG_RING_TAIL, ring.tail);
}

invar_descriptor release() {
  invar_descriptor descriptor{};
  descriptor.opcode = INVAR_OP_RELEASE;
  descriptor.handle = 9;
  return descriptor;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_fault_of_the_ring_has_its_code_and_a_reset_recovers_from_it) {
  run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    constexpr std::uint64_t k_ring = AcceleratorFixture::k_ring;
    constexpr std::uint64_t k_records = AcceleratorFixture::k_completions;
    const Ring rings[] = {
        {k_ring, k_records, 0, 1, INVAR_FAULT_RING_SIZE},
        {k_ring, k_records, 1, 1, INVAR_FAULT_RING_SIZE},
        {k_ring, k_records, 12, 1, INVAR_FAULT_RING_SIZE},
        {k_ring, k_records, 8192, 1, INVAR_FAULT_RING_SIZE},
        {k_ring, k_records, 0x80000000u, 1, INVAR_FAULT_RING_SIZE},
        {k_ring + 32, k_records, 16, 1, INVAR_FAULT_RING_BASE},
        {k_ring + 1, k_records, 16, 1, INVAR_FAULT_RING_BASE},
        {~std::uint64_t{63}, k_records, 2, 1, INVAR_FAULT_RING_BASE},
        {k_ring, k_records + 4, 16, 1, INVAR_FAULT_COMPLETION_BASE},
        {k_ring, ~std::uint64_t{63}, 2, 1, INVAR_FAULT_COMPLETION_BASE},
        {k_ring, k_records, 16, 17, INVAR_FAULT_RING_TAIL},
        {k_ring, k_records, 16, 0xFFFFFFFFu, INVAR_FAULT_RING_TAIL},
        {k_outside, k_records, 16, 1, INVAR_FAULT_FETCH},
        {~std::uint64_t{2047}, k_records, 16, 1, INVAR_FAULT_FETCH},
        {k_ring, k_outside, 16, 1, INVAR_FAULT_COMPLETION},
        {k_ring, ~std::uint64_t{2047}, 16, 1, INVAR_FAULT_COMPLETION},
    };
    for (const Ring& ring : rings) {
      BOOST_TEST_CONTEXT("base " << ring.base << ", records " << ring.completions << ", size "
                                 << ring.size << ", tail " << ring.tail) {
        host.memory.put(k_ring, release());
        set_up(host, ring);
        wait(sc_core::sc_time(1, sc_core::SC_US));
        BOOST_CHECK(host.irq.read());
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_STATUS), INVAR_STATUS_HALTED);
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_IRQ_STATUS), INVAR_IRQ_FAULT);
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_LAST_ERROR), ring.fault);
        const bool fetched = ring.fault == INVAR_FAULT_COMPLETION;
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_RING_HEAD), fetched ? 1u : 0u);
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_COMPLETED), 0u);
        // Nothing but a reset helps.
        host.write(INVAR_REG_RING_SIZE, 16);
        host.write(INVAR_REG_RING_TAIL, 1);
        wait(sc_core::sc_time(1, sc_core::SC_US));
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_LAST_ERROR), ring.fault);

        host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_LAST_ERROR), 0u);
        host.write(INVAR_REG_RING_BASE_HI, 0);
        host.write(INVAR_REG_COMPLETION_BASE_HI, 0);
        host.restart();
        BOOST_CHECK_EQUAL(host.run_command(release()).status, INVAR_STATUS_BAD_HANDLE);
        BOOST_CHECK_EQUAL(host.read(INVAR_REG_LAST_ERROR), INVAR_STATUS_BAD_HANDLE);
        host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
      }
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
