#include <invar/platform/host_core/riscv_host_core.h>
#include <invar/registers/memory_map.h>
#include <invar/registers/peripheral_registers.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(riscv_core)

using namespace invar::platform;

namespace {

constexpr std::uint64_t k_swapped = 0x90000000, k_swap = 0x20000000;

/// RAM, a page of memory that a device write exchanges for another, and the exit register.
class Target : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Target> socket{"socket"};
  std::vector<unsigned char> ram = std::vector<unsigned char>(INVAR_MAP_FIRMWARE_BYTES + 0x10000);
  std::unique_ptr<std::vector<unsigned char>> page = make_page(1);
  bool refuses = false;
  int exit_code = -1;
  unsigned swaps = 0;

  explicit Target(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    socket.register_b_transport(this, &Target::b_transport);
    socket.register_get_direct_mem_ptr(this, &Target::direct);
  }

 private:
  static std::unique_ptr<std::vector<unsigned char>> make_page(unsigned char first) {
    auto page = std::make_unique<std::vector<unsigned char>>(0x1000);
    page->front() = first;
    return page;
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    delay += sc_core::sc_time(10, sc_core::SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (payload.get_address() == k_swap) {
      ++swaps;
      page = make_page(static_cast<unsigned char>(1 + swaps));  // the old one is gone
      socket->invalidate_direct_mem_ptr(k_swapped, k_swapped + 0xFFF);
    } else if (payload.get_address() == INVAR_MAP_HOST_CONTROL + INVAR_HOST_REG_EXIT) {
      std::memcpy(&exit_code, payload.get_data_ptr(), 4);
      sc_core::sc_stop();
    } else {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
  }
  bool direct(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const std::uint64_t address = payload.get_address();
    const bool swapped = address >= k_swapped && address < k_swapped + 0x1000;
    if (swapped && refuses) {
      SC_REPORT_ERROR("test/target", "no pointers to this memory");
    }
    std::vector<unsigned char>& bytes = swapped ? *page : ram;
    const std::uint64_t first = swapped ? k_swapped : std::uint64_t{INVAR_MAP_RAM};
    dmi.allow_read_write();
    dmi.set_start_address(first);
    dmi.set_end_address(first + bytes.size() - 1);
    dmi.set_dmi_ptr(bytes.data());
    return address >= first && address - first < bytes.size();
  }
};

struct Bench {
  invar::ledger::Ledger ledger;
  sc_core::sc_signal<bool> line{"line"};
  Target target{"target"};
  std::shared_ptr<const ElfImage> image =
      std::make_shared<ElfImage>(INVAR_TEST_IMAGES "/swapped_memory.elf");
  RiscvHostCore core{"core", ledger, {image, INVAR_SIMULATOR}};

  Bench() {
    core.socket.bind(target.socket);
    core.irq(line);
    for (const ElfImage::Segment& segment : image->segments()) {
      std::copy(segment.bytes.begin(), segment.bytes.end(),
                target.ram.begin() + static_cast<std::ptrdiff_t>(segment.address - INVAR_MAP_RAM));
    }
    tlm::tlm_global_quantum::instance().set(sc_core::sc_time(1, sc_core::SC_MS));
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(memory_whose_pointer_is_withdrawn_is_asked_for_anew) {
  Bench bench;
  sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_MS));
  BOOST_TEST(bench.target.swaps == 3u);
  BOOST_TEST(bench.target.exit_code == 1234);
  BOOST_TEST((*bench.target.page)[4] == 1234 % 256);
}

BOOST_AUTO_TEST_CASE(an_error_report_of_a_target_reaches_whoever_runs_the_simulation) {
  Bench bench;
  bench.target.refuses = true;
  std::string message;
  try {
    sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_MS));
  } catch (const std::exception& error) {
    message = error.what();
  }
  BOOST_TEST(message.find("no pointers to this memory") != std::string::npos, message);
  BOOST_TEST(bench.target.swaps == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
