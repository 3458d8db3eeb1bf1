#ifndef INVAR_TRACE_GTKWAVE_SAVE_FILE_H
#define INVAR_TRACE_GTKWAVE_SAVE_FILE_H

#include <invar/trace/vcd_writer.h>

#include <string>

namespace invar::trace {

/// Writes a GTKWave save file for a VCD that has been closed: its featured signals, grouped by the
/// module they belong to, states by their names, reals as curves, zoomed to `window` (by default
/// to all there is). The names of states go to filter files beside it, `<path>.<n>.filter`.
/// \throws std::runtime_error when a file cannot be written
void write_gtkwave_save_file(const std::string& path, const VcdWriter& vcd,
                             const TimeWindow& window = {});

}  // namespace invar::trace

#endif
