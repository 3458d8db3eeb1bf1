#include <invar/sequencer/matrix_sequencer.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "sequencer/instant_dma.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(matrix_sequencer)

using namespace invar;
using sequencer::Command;

namespace {

Command command(std::uint32_t opcode, std::uint32_t n, std::uint32_t columns) {
  Command result;
  result.descriptor.opcode = opcode;
  result.descriptor.phase = INVAR_PHASE_INVERSION;
  result.descriptor.n = n;
  result.descriptor.columns = columns;
  result.descriptor.source = opcode == INVAR_OP_PROGRAM ? 0 : 0x80000;
  result.descriptor.destination = 0xC0000;
  result.descriptor.tolerance = 1e-6;
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_solve_lasts_as_long_as_its_rounds_and_charges_all_its_digital_work) {
  constexpr int k_n = 16;
  sequencer::SequencerConfiguration configuration;
  configuration.tile.rows = k_n;
  configuration.tiles = 1;
  configuration.solver.krylov_directions = 0;
  test::InstantDma memory;
  ledger::Ledger ledger;
  ledger::MeteredDma metered(memory, ledger, "metered", 1e-12);
  sequencer::DmaQueue dma("dma", metered, ledger);
  sequencer::OperandPaths paths(dma, dma, {});
  sequencer::TilePool pool(configuration, ledger);
  std::vector<invar_completion> records;
  std::vector<double> times_s;
  std::vector<std::uint64_t> macs;
  const auto lanes = ledger.component("tile_0.mac_lanes");
  sequencer::MatrixSequencer matrix("matrix", configuration, {pool, paths, ledger, nullptr},
                                    [&](const Command&, const invar_completion& record) {
                                      records.push_back(record);
                                      times_s.push_back(sc_core::sc_time_stamp().to_seconds());
                                      macs.push_back(ledger.components()[lanes].events[0].count);
                                    });
  memory.put(0, test::covariance_matrix(k_n, 0.2, 1));
  memory.put(0x80000, Eigen::MatrixXd::Ones(k_n, 1));
  matrix.allocate(1, k_n, pool.take(1));
  matrix.submit(command(INVAR_OP_PROGRAM, k_n, 0));
  matrix.submit(command(INVAR_OP_SOLVE, k_n, 1));
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));

  BOOST_REQUIRE(records.size() == 2u);
  BOOST_TEST(records[1].status == static_cast<unsigned>(INVAR_STATUS_OK));
  // By hand: 20 cycles to start; an iteration is a shot (DAC 10 ns, settling, sampling 5 ns, eight
  // conversions of 10 ns) and n^2 + 8 n operations on 64 lanes of 1 GHz, the shorter of the two
  // hidden for nobody, as there is one right-hand side; then the check, n^2 + 3 n.
  const double shot_s = 10e-9 + records[1].settling_time_s + 5e-9 + 80e-9;
  const double round_s = shot_s + std::ceil((k_n * k_n + 8 * k_n) / 64.0) * 1e-9;
  const double check_s = std::ceil((k_n * k_n + 3 * k_n) / 64.0) * 1e-9;
  const std::uint32_t iterations = records[1].total_iterations;
  const double retries_s = records[1].retries * shot_s;
  const double expected_s = 20e-9 + iterations * round_s + check_s + retries_s;
  BOOST_TEST(times_s[1] - times_s[0] == expected_s, boost::test_tools::tolerance(0.01));

  const std::uint64_t solving = iterations * (k_n * k_n + 8 * k_n) + k_n * k_n + 3 * k_n;
  BOOST_TEST(macs[1] - macs[0] == solving);
  BOOST_TEST(ledger.component_energy_aj(lanes).joules() == static_cast<double>(macs[1]) * 18.4e-12,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
