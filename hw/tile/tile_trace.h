#ifndef INVAR_TILE_TILE_TRACE_H
#define INVAR_TILE_TILE_TRACE_H

#include <invar/tile/trace_detail.h>
#include <invar/trace/activity_sink.h>
#include <invar/trace/signal_sink.h>

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace invar::tile {

/// What a tile is doing, as it appears in a trace.
enum class TileState : std::uint32_t { idle, load, program, solve, multiply, store };

/// The signals of one tile: `state`, `power_mw` (mean over the work under way), `residual` (largest
/// relative residual of a refinement, where there is one), and for the first rows `dac_code_<row>`
/// and `adc_code_<row>`, two's complement, one value an INV shot. Where the settling is traced,
/// `output_v_<row>` too: the outputs of the op-amps on their way, real, volts.
///
/// In a timeline each state but idle is a span on the tile's track.
class TileTrace {
 public:
  /// \param name hierarchical name of the tile \param rows whose converter codes are traced
  void attach(trace::SignalSink& sink, const std::string& name, int rows, int dac_bits,
              int adc_bits);
  /// Declares `output_v_<row>` for the first rows.
  void attach_outputs(trace::SignalSink& sink, const std::string& name, int rows, int samples);
  /// The track of a timeline, under the tile's hierarchical name.
  void attach(trace::ActivitySink& sink, const std::string& name);
  /// Whether signals are recorded; a timeline is not asked for here.
  bool is_attached() const { return state_.is_attached(); }
  /// Whether anybody looks: at signals or at a timeline.
  bool is_watched() const { return state_.is_attached() || activity_.is_attached(); }

  /// From now on. \param arguments what a timeline tells of it, e.g. {{"n", n}, {"columns", k}}
  void set_state(TileState state, trace::SpanArguments arguments = {}) const;
  /// Adds to what a timeline tells of the state under way, for what is known only later.
  void note(trace::SpanArguments arguments) const { activity_.note(arguments); }
  void set_power(double power_w) const { power_mw_.set(1e3 * power_w); }
  void set_power(double power_w, const sc_core::sc_time& at) const {
    power_mw_.set(1e3 * power_w, at);
  }
  void set_residual(double residual, const sc_core::sc_time& at) const {
    residual_.set(residual, at);
  }
  /// Codes of one shot (column `shot`, watched rows) as they leave the DACs or the ADCs.
  void set_dac_codes(const Eigen::MatrixXi& codes, Eigen::Index shot,
                     const sc_core::sc_time& at) const;
  void set_adc_codes(const Eigen::MatrixXi& codes, Eigen::Index shot,
                     const sc_core::sc_time& at) const;
  /// Outputs on their way in one shot that settles from `at` on for `duration`.
  void set_outputs(const Eigen::MatrixXd& settling_v, Eigen::Index shot, const sc_core::sc_time& at,
                   const sc_core::sc_time& duration) const;

 private:
  struct Code {
    trace::TraceSignal<std::uint32_t> signal;
    std::uint32_t mask = 0;
    void set(std::int32_t code, const sc_core::sc_time& at) const {
      signal.set(static_cast<std::uint32_t>(code) & mask, at);
    }
  };

  trace::TraceSignal<TileState> state_;
  trace::ActivityState activity_;
  trace::TraceSignal<double> power_mw_;
  trace::TraceSignal<double> residual_;
  std::vector<Code> dac_codes_;
  std::vector<Code> adc_codes_;
  std::vector<trace::TraceSignal<double>> outputs_v_;
  int settling_samples_ = 1;
};

}  // namespace invar::tile

#endif
