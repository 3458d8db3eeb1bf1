#include <invar/sequencer/tile_trace.h>

#include <algorithm>

namespace invar::sequencer {
namespace {

sc_core::sc_time seconds(double value) {
  return sc_core::sc_time(value, sc_core::SC_SEC);
}

}  // namespace

void TileTrace::attach(trace::SignalSink& sink, const std::string& name, int rows, int dac_bits,
                       int adc_bits) {
  using trace::SignalFormat;
  state_.attach(
      sink, name + ".state",
      SignalFormat::state({"idle", "load", "program", "solve", "multiply", "store"}).feature());
  power_mw_.attach(sink, name + ".power_mw", SignalFormat::real().feature());
  residual_.attach(sink, name + ".residual", SignalFormat::real().feature());
  const auto attach_codes = [&](std::vector<Code>& codes, const std::string& kind, int bits) {
    // One bit gives the codes -1, 0, 1.
    const unsigned width = static_cast<unsigned>(std::max(bits, 2));
    codes.resize(static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row) {
      SignalFormat format = SignalFormat::signed_wire(width);
      format.featured = row == 0;
      codes[row].mask = static_cast<std::uint32_t>((std::uint64_t{1} << width) - 1);
      codes[row].signal.attach(sink, name + kind + std::to_string(row), format);
    }
  };
  attach_codes(dac_codes_, ".dac_code_", dac_bits);
  attach_codes(adc_codes_, ".adc_code_", adc_bits);
  state_.set(TileState::idle);
  power_mw_.set(0.0);
  residual_.set(0.0);
  for (const std::vector<Code>* codes : {&dac_codes_, &adc_codes_}) {
    for (const Code& code : *codes) {
      code.set(0, sc_core::sc_time_stamp());
    }
  }
}

void TileTrace::show_rounds(const std::vector<solver::RefinementRound>& rounds,
                            const std::vector<double>& round_s) const {
  sc_core::sc_time start = sc_core::sc_time_stamp();
  residual_.set(1.0, start);
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    const solver::RefinementRound& round = rounds[i];
    const sc_core::sc_time shot_time = seconds(round.inv_shot_time_s);
    sc_core::sc_time at = start;
    for (Eigen::Index shot = 0; shot < round.dac_codes.cols(); ++shot) {
      for (Eigen::Index row = 0; row < round.dac_codes.rows(); ++row) {
        dac_codes_[row].set(round.dac_codes(row, shot), at);
        adc_codes_[row].set(round.adc_codes(row, shot), at + shot_time);
      }
      at += shot_time;
    }
    start += seconds(round_s[i]);
    residual_.set(round.largest_residual, start);
  }
}

}  // namespace invar::sequencer
