#ifndef INVAR_TRACE_SIGNAL_MONITOR_H
#define INVAR_TRACE_SIGNAL_MONITOR_H

#include <invar/simulation/systemc_compatibility.h>
#include <invar/trace/signal_sink.h>

#include <string>

namespace invar::trace {

/// Records an sc_signal between modules, e.g. an interrupt line, without touching either.
template <typename T>
class SignalMonitor : public sc_core::sc_module {
 public:
  sc_core::sc_in<T> input;

  explicit SignalMonitor(const sc_core::sc_module_name& name)
      : sc_core::sc_module(name), input("input") {
    INVAR_HAS_PROCESS(SignalMonitor);
    SC_METHOD(record);
    sensitive << input;
  }
  void trace(SignalSink& sink, const std::string& signal_name, const SignalFormat& format) {
    signal_.attach(sink, signal_name, format);
  }

 private:
  void record() { signal_.set(input.read()); }

  TraceSignal<T> signal_;
};

}  // namespace invar::trace

#endif
