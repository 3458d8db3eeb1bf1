// A completion record is complete when its status is seen, on memories that move a few bytes a
// beat.
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "accelerator/accelerator_fixture.h"

BOOST_AUTO_TEST_SUITE(completion_record)

using namespace invar;
using test::AcceleratorFixture;

namespace {

/// Moves a few bytes a beat of 1 ns, lowest first, and shows them as they come.
class BeatMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<BeatMemory> socket;
  std::vector<unsigned char> bytes;
  std::vector<std::pair<std::uint64_t, unsigned>> writes;

  BeatMemory(const sc_core::sc_module_name& name, unsigned beat_bytes)
      : sc_core::sc_module(name), socket("socket"), bytes(1 << 16), beat_bytes_(beat_bytes) {
    socket.register_b_transport(this, &BeatMemory::b_transport);
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    wait(delay);
    delay = sc_core::SC_ZERO_TIME;
    const unsigned length = payload.get_data_length();
    unsigned char* cells = bytes.data() + payload.get_address();
    if (payload.is_write()) {
      writes.emplace_back(payload.get_address(), length);
    }
    for (unsigned done = 0; done < length;) {
      const unsigned to_beat = beat_bytes_ - (payload.get_address() + done) % beat_bytes_;
      const unsigned piece = std::min(to_beat, length - done);
      unsigned char* data = payload.get_data_ptr() + done;
      std::memcpy(payload.is_read() ? data : cells + done, payload.is_read() ? cells + done : data,
                  piece);
      done += piece;
      wait(sc_core::sc_time(1, sc_core::SC_NS));
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  unsigned beat_bytes_;
};

/// An accelerator on such a memory, and somebody who polls the record.
class PollingHost : public test::RegisterHost {
 public:
  BeatMemory memory;
  accelerator::InvAccelerator<> accelerator;
  sc_core::sc_signal<bool> irq, rst;
  invar_completion first_seen{};
  sc_core::sc_time seen_at, raised_at;

  explicit PollingHost(unsigned beat_bytes)
      : RegisterHost("host"),
        memory("memory", beat_bytes),
        accelerator("accelerator", AcceleratorFixture::small_parameters()) {
    registers.bind(accelerator.registers);
    accelerator.dma.socket.bind(memory.socket);
    accelerator.irq(irq);
    accelerator.rst(rst);
    INVAR_HAS_PROCESS(PollingHost);
    SC_THREAD(run);
    SC_METHOD(note_interrupt);
    sensitive << irq.posedge_event();
    dont_initialize();
  }

  invar_completion record() const {
    invar_completion result;
    std::memcpy(&result, memory.bytes.data() + 0x2000, sizeof result);
    return result;
  }

 private:
  void run() {
    const double matrix[] = {2.0, 0.5, 0.5, 1.0};
    std::memcpy(memory.bytes.data() + 0x4000, matrix, sizeof matrix);
    invar_descriptor program = AcceleratorFixture::program(0x4000, 2);
    program.tag = 0x12345678;
    std::memcpy(memory.bytes.data() + 0x1000, &program, sizeof program);
    write(INVAR_REG_RING_BASE_LO, 0x1000);
    write(INVAR_REG_COMPLETION_BASE_LO, 0x2000);
    write(INVAR_REG_RING_SIZE, 2);
    write(INVAR_REG_IRQ_ENABLE, INVAR_IRQ_COMPLETION);
    write(INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
    write(INVAR_REG_RING_TAIL, 1);
    while (record().status == INVAR_STATUS_PENDING) {
      wait(sc_core::sc_time(100, sc_core::SC_PS));
    }
    first_seen = record();
    seen_at = sc_core::sc_time_stamp();
    wait(sc_core::sc_time(1, sc_core::SC_US));
    sc_core::sc_stop();
  }
  void note_interrupt() { raised_at = sc_core::sc_time_stamp(); }
};

void check_record(unsigned beat_bytes) {
  PollingHost host(beat_bytes);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));
  const invar_completion last = host.record();
  BOOST_CHECK(std::memcmp(&host.first_seen, &last, sizeof last) == 0);
  BOOST_CHECK_EQUAL(last.status, INVAR_STATUS_OK);
  BOOST_CHECK_EQUAL(last.tag, 0x12345678u);
  BOOST_CHECK_EQUAL(last.handle, 1u);
  BOOST_CHECK_EQUAL(last.tiles, 1u);
  BOOST_CHECK_GT(last.ticks, 0u);
  BOOST_CHECK(host.raised_at > host.seen_at);
  // Everything else first, then the status by itself.
  using Writes = std::vector<std::pair<std::uint64_t, unsigned>>;
  BOOST_CHECK((host.memory.writes == Writes{{0x2004, 124}, {0x2000, 4}}));
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_complete_when_its_status_is_seen_at_16_bytes_a_beat) {
  check_record(16);
}
BOOST_AUTO_TEST_CASE(it_is_complete_when_its_status_is_seen_at_4_bytes_a_beat) {
  check_record(4);
}
BOOST_AUTO_TEST_CASE(it_is_complete_when_its_status_is_seen_at_64_bytes_a_beat) {
  check_record(64);
}
BOOST_AUTO_TEST_CASE(it_is_complete_when_its_status_is_seen_at_128_bytes_a_beat) {
  check_record(128);
}

BOOST_AUTO_TEST_SUITE_END()
