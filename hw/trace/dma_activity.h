#ifndef INVAR_TRACE_DMA_ACTIVITY_H
#define INVAR_TRACE_DMA_ACTIVITY_H

#include <invar/simulation/dma_interface.h>
#include <invar/trace/activity_sink.h>

#include <string>

namespace invar::trace {

/// An observer for a DMA port that shows its transfers on a track: "read" and "write", one span for
/// transfers of one direction that follow each other without gap.
///
/// \code
/// port.observe(trace::dma_activity(sink, port.name()));
/// \endcode
simulation::DmaObserver dma_activity(ActivitySink& sink, const std::string& name);

}  // namespace invar::trace

#endif
