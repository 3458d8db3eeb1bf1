#include <invar/sequencer/dma_queue.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <functional>
#include <vector>

BOOST_AUTO_TEST_SUITE(dma_queue)

using namespace invar;
using sc_core::sc_time;
using sequencer::DmaQueue;
using sequencer::DmaTransfer;

namespace {

/// Memory of one byte a nanosecond; addresses from 1 GiB on do not exist.
class SlowMemory : public sc_core::sc_module, public simulation::DmaInterface {
 public:
  std::vector<unsigned char> bytes = std::vector<unsigned char>(1 << 20);

  explicit SlowMemory(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {}
  bool read(std::uint64_t address, void* data, std::size_t count) override {
    wait(sc_time(static_cast<double>(count), sc_core::SC_NS));
    if (address >= 1u << 30) {
      return false;
    }
    std::memcpy(data, bytes.data() + address, count);
    return true;
  }
  bool write(std::uint64_t address, const void* data, std::size_t count) override {
    wait(sc_time(static_cast<double>(count), sc_core::SC_NS));
    std::memcpy(bytes.data() + address, data, count);
    return true;
  }
};

struct Caller : sc_core::sc_module {
  std::function<void()> script;
  Caller(const sc_core::sc_module_name& name, std::function<void()> body)
      : sc_core::sc_module(name), script(std::move(body)) {
    INVAR_HAS_PROCESS(Caller);
    SC_THREAD(run);
  }
  void run() { script(); }
};

void use(DmaTransfer& transfer, std::uint64_t address, std::vector<unsigned char>& buffer) {
  transfer.address = address;
  transfer.data = buffer.data();
  transfer.bytes = buffer.size();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_small_transfer_does_not_wait_for_all_of_a_large_one) {
  ledger::Ledger ledger;
  SlowMemory memory("memory");
  ledger::MeteredDma metered(memory, ledger, "metered", 1e-12);
  DmaQueue dma("dma", metered, ledger);
  std::vector<unsigned char> large(400000);
  sc_time small_done;
  sc_time large_done;
  Caller caller("caller", [&] {
    for (std::size_t i = 0; i < memory.bytes.size(); ++i) {
      memory.bytes[i] = static_cast<unsigned char>(i * 7);
    }
    DmaTransfer transfer;
    use(transfer, 16, large);
    dma.start(transfer);
    unsigned char word[64] = {};
    BOOST_TEST(dma.read(0, word, sizeof word));
    small_done = sc_core::sc_time_stamp();
    BOOST_TEST(dma.await(transfer));
    large_done = sc_core::sc_time_stamp();
  });
  sc_core::sc_start();
  // One piece of 64 KiB goes first; all bytes pass one after another.
  BOOST_TEST(small_done.to_seconds() == 65600e-9, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(large_done.to_seconds() == 400064e-9, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(std::memcmp(large.data(), memory.bytes.data() + 16, large.size()) == 0);
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_DATA_MOVEMENT).to_seconds() == 400064e-9,
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(an_error_ends_its_transfer_and_no_other) {
  ledger::Ledger ledger;
  SlowMemory memory("memory");
  ledger::MeteredDma metered(memory, ledger, "metered", 1e-12);
  DmaQueue dma("dma", metered, ledger);
  std::vector<unsigned char> bad(100);
  std::vector<unsigned char> good(100);
  bool finished = false;
  Caller caller("caller", [&] {
    DmaTransfer first;
    DmaTransfer second;
    use(first, 1u << 30, bad);
    use(second, 0, good);
    dma.start(first);
    dma.start(second);
    BOOST_TEST(!dma.await(first));
    BOOST_TEST(dma.await(second));
    finished = true;
  });
  sc_core::sc_start();
  BOOST_TEST(finished);
}

BOOST_AUTO_TEST_CASE(a_reset_ends_all_transfers_as_failed_and_the_next_ones_work) {
  ledger::Ledger ledger;
  SlowMemory memory("memory");
  ledger::MeteredDma metered(memory, ledger, "metered", 1e-12);
  DmaQueue dma("dma", metered, ledger);
  std::vector<unsigned char> large(400000);
  std::vector<unsigned char> other(400000);
  sc_time both_done;
  bool finished = false;
  Caller caller("caller", [&] {
    DmaTransfer first;
    DmaTransfer second;
    use(first, 0, large);
    use(second, 0, other);
    dma.start(first);
    dma.start(second);
    wait(sc_time(10, sc_core::SC_US));
    dma.reset();
    BOOST_TEST(!dma.await(second));
    BOOST_TEST(!dma.await(first));
    both_done = sc_core::sc_time_stamp();
    unsigned char word[4] = {};
    BOOST_TEST(dma.read(0, word, sizeof word));
    finished = true;
  });
  sc_core::sc_start();
  BOOST_TEST(finished);
  // The burst under way when the reset came is finished, no more.
  BOOST_TEST(both_done.to_seconds() == 65536e-9, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()
