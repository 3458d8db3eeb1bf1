#include <invar/trace/dma_activity.h>

#include <cstdint>
#include <memory>

namespace invar::trace {
namespace {

/// Transfers that follow each other without gap.
struct Run {
  ActivityTrack track;
  bool write = false;
  sc_core::sc_time start, end;
  std::uint64_t bytes = 0;
  std::uint64_t transfers = 0;

  void add(const simulation::DmaTransfer& transfer) {
    if (transfer.duration == sc_core::SC_ZERO_TIME) {
      return;
    }
    if (transfers == 0 || transfer.write != write || transfer.start != end) {
      flush();
      write = transfer.write;
      start = transfer.start;
    }
    end = transfer.start + transfer.duration;
    bytes += transfer.bytes;
    ++transfers;
  }
  void flush() {
    if (transfers != 0) {
      track.span(write ? "write" : "read", start, end - start,
                 {{"bytes", bytes}, {"transfers", transfers}});
    }
    bytes = transfers = 0;
  }
};

}  // namespace

simulation::DmaObserver dma_activity(ActivitySink& sink, const std::string& name) {
  const auto run = std::make_shared<Run>();
  run->track.attach(sink, name, "data movement");
  sink.at_end([run] { run->flush(); });
  return [run](const simulation::DmaTransfer& transfer) { run->add(transfer); };
}

}  // namespace invar::trace
