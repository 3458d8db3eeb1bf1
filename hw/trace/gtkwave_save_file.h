#ifndef INVAR_TRACE_GTKWAVE_SAVE_FILE_H
#define INVAR_TRACE_GTKWAVE_SAVE_FILE_H

#include <invar/trace/vcd_writer.h>

#include <string>
#include <vector>

namespace invar::trace {

struct TextFile {
  std::string path;
  std::string text;
};

/// A GTKWave save file for a VCD as it stands: its featured signals, grouped by the module they
/// belong to, states by their names, reals as curves, zoomed to `window` (by default to all there
/// is). Modules high in the hierarchy come first; of numbered ones ("tile_3") those are shown whose
/// signals change. The names of states are in filter files beside it, `<path>.<n>.filter`, which
/// come first in the list. All names are relative, so that the files open after their directory has
/// been moved.
std::vector<TextFile> gtkwave_save_files(const std::string& path, const VcdWriter& vcd,
                                         const TimeWindow& window = {});

/// Writes them. \throws std::runtime_error when a file cannot be written
void write_gtkwave_save_file(const std::string& path, const VcdWriter& vcd,
                             const TimeWindow& window = {});

}  // namespace invar::trace

#endif
