#ifndef INVAR_TESTS_SUPPORT_RECORDED_SIGNALS_H
#define INVAR_TESTS_SUPPORT_RECORDED_SIGNALS_H

#include <invar/trace/signal_sink.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace invar::test {

/// Keeps the value changes of signals with their times.
class RecordedSignals : public trace::SignalSink {
 public:
  std::map<std::string, std::vector<std::pair<sc_core::sc_time, double>>> changes;

  trace::SignalId declare(const std::string& name, const trace::SignalFormat&) override {
    names_.push_back(name);
    return static_cast<trace::SignalId>(names_.size() - 1);
  }
  void change(trace::SignalId id, const sc_core::sc_time& at, std::uint64_t value) override {
    changes[names_.at(id)].emplace_back(at, static_cast<double>(value));
  }
  void change(trace::SignalId id, const sc_core::sc_time& at, double value) override {
    changes[names_.at(id)].emplace_back(at, value);
  }

  /// The values that a signal takes, one after another.
  std::vector<double> values(const std::string& name) const {
    std::vector<double> list;
    for (const auto& change : changes.at(name)) {
      if (list.empty() || list.back() != change.second) {
        list.push_back(change.second);
      }
    }
    return list;
  }

 private:
  std::vector<std::string> names_;
};

}  // namespace invar::test

#endif
