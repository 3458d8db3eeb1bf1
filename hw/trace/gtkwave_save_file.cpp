#include <invar/trace/gtkwave_save_file.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace invar::trace {
namespace {

// Display flags of a trace, as GTKWave writes them (hexadecimal).
constexpr const char* k_hexadecimal = "@22\n";
constexpr const char* k_binary = "@28\n";
constexpr const char* k_decimal_translated = "@2024\n";
constexpr const char* k_signed_decimal = "@424\n";
constexpr const char* k_real_as_steps = "@8420\n";
constexpr const char* k_more_height = "@20000\n-\n-\n";
constexpr const char* k_group_begin = "@800200\n-";
constexpr const char* k_group_end = "@1000200\n-";

// GTKWave's unit of zoom is a frame of 200 pixels; about this many fit beside the names.
constexpr double k_frames = 4.2;

/// Where nothing has been recorded yet, the view is this wide.
constexpr double k_first_span_ps = 100e6;

std::string parent(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(0, dot);
}

/// One of many alike, as "soc.queue.tile_3".
bool is_numbered(const std::string& scope) {
  const std::size_t last = scope.find_last_not_of("0123456789");
  return last != std::string::npos && last + 1 < scope.size() && scope[last] == '_';
}

bool is_shown(const VcdVariable& variable) {
  return variable.selected && variable.format.featured;
}

/// Whether a signal tells of work: it changes, or is in a state other than the first.
bool is_used(const VcdVariable& variable) {
  return variable.changed ||
         (!variable.format.states.empty() && variable.known && variable.value != 0);
}

/// The modules to show: what is high in the hierarchy first, and of many alike those in use.
std::vector<std::string> shown_scopes(const std::vector<VcdVariable>& variables) {
  std::vector<std::string> scopes;  // in the order of declaration
  std::set<std::string> used;
  for (const VcdVariable& variable : variables) {
    if (!is_shown(variable)) {
      continue;
    }
    const std::string scope = parent(variable.name);
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) {
      scopes.push_back(scope);
    }
    if (is_used(variable)) {
      used.insert(scope);
    }
  }
  scopes.erase(std::remove_if(scopes.begin(), scopes.end(),
                              [&](const std::string& scope) {
                                return is_numbered(scope) && used.count(scope) == 0;
                              }),
               scopes.end());
  const auto depth = [](const std::string& scope) {
    return std::count(scope.begin(), scope.end(), '.');
  };
  std::stable_sort(scopes.begin(), scopes.end(),
                   [&](const std::string& a, const std::string& b) { return depth(a) < depth(b); });
  return scopes;
}

/// The filter files for lists of state names, one for all signals that share a list.
class StateFilters {
 public:
  explicit StateFilters(const std::string& save_path) : save_path_(save_path) {}

  /// The file's name as the save file beside it says it.
  std::string name_for(const std::vector<std::string>& states) {
    const auto [place, is_new] = numbers_.emplace(states, numbers_.size() + 1);
    const std::string path = save_path_ + "." + std::to_string(place->second) + ".filter";
    if (is_new) {
      files_.push_back({path, {}});
      for (std::size_t value = 0; value < states.size(); ++value) {
        files_.back().text += std::to_string(value) + ' ' + states[value] + '\n';
      }
    }
    return std::filesystem::path(path).filename().string();
  }

  const std::vector<TextFile>& files() const { return files_; }

 private:
  std::string save_path_;
  std::map<std::vector<std::string>, std::size_t> numbers_;
  std::vector<TextFile> files_;
};

void write_trace(std::ostringstream& file, const VcdVariable& variable, StateFilters& filters) {
  if (variable.format.kind == SignalFormat::Kind::real) {
    file << k_real_as_steps << variable.name << '\n' << k_more_height;
    return;
  }
  if (!variable.format.states.empty()) {
    file << k_decimal_translated << "^1 " << filters.name_for(variable.format.states) << '\n';
  } else {
    file << (variable.format.width == 1  ? k_binary
             : variable.format.is_signed ? k_signed_decimal
                                         : k_hexadecimal);
  }
  file << variable.name;
  if (variable.format.width > 1) {
    file << '[' << variable.format.width - 1 << ":0]";
  }
  file << '\n';
}

void write_view(std::ostringstream& file, const VcdWriter& vcd, const TimeWindow& window) {
  const double begin_ps = std::max(window.begin_s * 1e12, static_cast<double>(vcd.first_time_ps()));
  const double end_ps = std::min(window.end_s * 1e12, static_cast<double>(vcd.last_time_ps()));
  const double span_ps = end_ps > begin_ps ? end_ps - begin_ps : k_first_span_ps;
  file << "[timestart] " << static_cast<std::uint64_t>(begin_ps)
       << "\n[size] 1400 800\n"
       // The zoom is the negative binary logarithm of the picoseconds in a frame; no markers.
       << '*' << -std::log2(span_ps / k_frames) << " -1\n";
}

/// How a file beside or below the save file is named in it, so that both may be moved together.
std::string beside(const std::string& save_path, const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path directory = fs::absolute(save_path).lexically_normal().parent_path();
  return fs::absolute(path).lexically_normal().lexically_relative(directory).string();
}

}  // namespace

std::vector<TextFile> gtkwave_save_files(const std::string& path, const VcdWriter& vcd,
                                         const TimeWindow& window) {
  std::ostringstream file;
  StateFilters filters(path);
  // GTKWave takes its own place and that of the save file by this line for the way to the others.
  file << "[dumpfile] \"" << beside(path, vcd.path()) << "\"\n[savefile] \"" << beside(path, path)
       << "\"\n";
  write_view(file, vcd, window);
  const std::vector<std::string> scopes = shown_scopes(vcd.variables());
  std::set<std::string> tops;
  for (const std::string& scope : scopes) {
    tops.insert(scope.substr(0, scope.find('.')));
  }
  for (const std::string& top : tops) {
    file << "[treeopen] " << top << ".\n";
  }
  file << "[sst_expanded] 1\n";
  for (const std::string& scope : scopes) {
    file << k_group_begin << scope << '\n';
    for (const VcdVariable& variable : vcd.variables()) {
      if (is_shown(variable) && parent(variable.name) == scope) {
        write_trace(file, variable, filters);
      }
    }
    file << k_group_end << scope << '\n';
  }
  std::vector<TextFile> files = filters.files();
  files.push_back({path, file.str()});
  return files;
}

void write_gtkwave_save_file(const std::string& path, const VcdWriter& vcd,
                             const TimeWindow& window) {
  for (const TextFile& text : gtkwave_save_files(path, vcd, window)) {
    std::ofstream file(text.path);
    file << text.text;
    file.close();
    if (!file) {
      throw std::runtime_error("cannot write '" + text.path + "'");
    }
  }
}

}  // namespace invar::trace
