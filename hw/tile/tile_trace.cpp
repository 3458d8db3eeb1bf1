#include <invar/tile/tile_trace.h>

#include <algorithm>
#include <array>

namespace invar::tile {
namespace {

/// In the order of TileState.
constexpr std::array<const char*, 6> k_state_names = {"idle",  "load",     "program",
                                                      "solve", "multiply", "store"};

}  // namespace

void TileTrace::attach(trace::SignalSink& sink, const std::string& name, int rows, int dac_bits,
                       int adc_bits) {
  using trace::SignalFormat;
  state_.attach(sink, name + ".state",
                SignalFormat::state({k_state_names.begin(), k_state_names.end()}).feature());
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

void TileTrace::attach(trace::ActivitySink& sink, const std::string& name) {
  activity_.attach(sink, name, "tiles");
}

void TileTrace::set_state(TileState state, trace::SpanArguments arguments) const {
  state_.set(state);
  if (state == TileState::idle) {
    activity_.end();
  } else {
    activity_.begin(k_state_names[static_cast<std::size_t>(state)], arguments);
  }
}

void TileTrace::attach_outputs(trace::SignalSink& sink, const std::string& name, int rows,
                               int samples) {
  settling_samples_ = samples;
  outputs_v_.resize(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    trace::SignalFormat format = trace::SignalFormat::real();
    format.featured = row == 0;
    outputs_v_[row].attach(sink, name + ".output_v_" + std::to_string(row), format);
    outputs_v_[row].set(0.0, sc_core::sc_time_stamp());
  }
}

void TileTrace::set_outputs(const Eigen::MatrixXd& settling_v, Eigen::Index shot,
                            const sc_core::sc_time& at, const sc_core::sc_time& duration) const {
  // A matrix smaller than the traced rows has fewer of them.
  if (settling_v.rows() == 0 || outputs_v_.empty()) {
    return;
  }
  const Eigen::Index samples = settling_samples_;
  const Eigen::Index rows = settling_v.rows() / samples;
  for (Eigen::Index sample = 0; sample < samples; ++sample) {
    const sc_core::sc_time when =
        at + duration * (static_cast<double>(sample + 1) / static_cast<double>(samples));
    for (Eigen::Index row = 0; row < rows; ++row) {
      outputs_v_[row].set(settling_v(sample * rows + row, shot), when);
    }
  }
}

void TileTrace::set_dac_codes(const Eigen::MatrixXi& codes, Eigen::Index shot,
                              const sc_core::sc_time& at) const {
  for (Eigen::Index row = 0; row < codes.rows(); ++row) {
    dac_codes_[row].set(codes(row, shot), at);
  }
}

void TileTrace::set_adc_codes(const Eigen::MatrixXi& codes, Eigen::Index shot,
                              const sc_core::sc_time& at) const {
  for (Eigen::Index row = 0; row < codes.rows(); ++row) {
    adc_codes_[row].set(codes(row, shot), at);
  }
}

}  // namespace invar::tile
