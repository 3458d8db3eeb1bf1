#ifndef INVAR_TRACE_SIGNAL_SINK_H
#define INVAR_TRACE_SIGNAL_SINK_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace invar::trace {

using SignalId = std::uint32_t;

/// How a signal is recorded and shown.
struct SignalFormat {
  enum class Kind { wire, real };

  Kind kind = Kind::wire;
  unsigned width = 1;               ///< bits of a wire, 1 to 64
  std::vector<std::string> states;  ///< names of the values 0, 1, 2, … of a state
  bool is_signed = false;           ///< two's complement
  bool featured = false;            ///< among the signals that a viewer shows first

  static SignalFormat wire(unsigned bits) {
    SignalFormat format;
    format.width = bits;
    return format;
  }
  static SignalFormat signed_wire(unsigned bits) {
    SignalFormat format = wire(bits);
    format.is_signed = true;
    return format;
  }
  static SignalFormat real() {
    SignalFormat format;
    format.kind = Kind::real;
    return format;
  }
  static SignalFormat state(std::vector<std::string> names) {
    SignalFormat format;
    while (format.width < 64 && (std::uint64_t{1} << format.width) < names.size()) {
      ++format.width;
    }
    format.states = std::move(names);
    return format;
  }
  /// The same, shown first.
  SignalFormat feature() const {
    SignalFormat format = *this;
    format.featured = true;
    return format;
  }
};

/// Takes the value changes of a simulation. Modules offer their signals to it before the first
/// change, by a method `void trace(trace::SignalSink& sink)`, and hold a TraceSignal for each.
class SignalSink {
 public:
  virtual ~SignalSink() = default;
  /// \param name hierarchical, dots between the levels
  /// \throws std::invalid_argument for a name that is taken or a width outside 1 to 64,
  /// std::logic_error when recording has begun
  virtual SignalId declare(const std::string& name, const SignalFormat& format) = 0;
  /// `at` may lie ahead of simulated time, for what a module knows already, or a little behind it.
  virtual void change(SignalId id, const sc_core::sc_time& at, std::uint64_t value) = 0;
  virtual void change(SignalId id, const sc_core::sc_time& at, double value) = 0;
};

/// A signal of a module: bool, unsigned integer, enumeration or double. Setting it costs a test of
/// a pointer as long as nobody traces.
///
/// \code
/// trace::TraceSignal<State> state_;
/// void Unit::trace(trace::SignalSink& sink) {
///   state_.attach(sink, std::string(name()) + ".state",
///                 trace::SignalFormat::state({"idle", "busy"}).feature());
/// }
/// void Unit::start() { state_.set(State::busy); }
/// \endcode
template <typename T>
class TraceSignal {
 public:
  void attach(SignalSink& sink, const std::string& name,
              const SignalFormat& format = default_format()) {
    id_ = sink.declare(name, format);
    sink_ = &sink;
  }
  bool is_attached() const { return sink_ != nullptr; }

  void set(T value) const {
    if (sink_ != nullptr) {
      record(value, sc_core::sc_time_stamp());
    }
  }
  void set(T value, const sc_core::sc_time& at) const {
    if (sink_ != nullptr) {
      record(value, at);
    }
  }

 private:
  static SignalFormat default_format() {
    if constexpr (std::is_floating_point_v<T>) {
      return SignalFormat::real();
    } else {
      return SignalFormat::wire(std::is_same_v<T, bool> ? 1 : 8 * sizeof(T));
    }
  }
  void record(T value, const sc_core::sc_time& at) const {
    if constexpr (std::is_floating_point_v<T>) {
      sink_->change(id_, at, static_cast<double>(value));
    } else {
      static_assert(std::is_enum_v<T> || std::is_unsigned_v<T>, "trace signed values as double");
      sink_->change(id_, at, static_cast<std::uint64_t>(value));
    }
  }

  SignalSink* sink_ = nullptr;
  SignalId id_ = 0;
};

}  // namespace invar::trace

#endif
