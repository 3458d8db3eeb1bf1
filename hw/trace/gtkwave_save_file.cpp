#include <invar/trace/gtkwave_save_file.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
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

std::ofstream open(const std::string& path) {
  std::ofstream file(path);
  if (!file) {
    throw std::runtime_error("cannot write '" + path + "'");
  }
  return file;
}

void close(std::ofstream& file, const std::string& path) {
  file.close();
  if (!file) {
    throw std::runtime_error("cannot write '" + path + "'");
  }
}

std::string parent(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(0, dot);
}

/// The filter file for a list of state names, written once for all signals that share it.
class StateFilters {
 public:
  explicit StateFilters(const std::string& save_path) : save_path_(save_path) {}

  const std::string& path_for(const std::vector<std::string>& states) {
    std::string& path = paths_[states];
    if (path.empty()) {
      const std::string relative = save_path_ + "." + std::to_string(paths_.size()) + ".filter";
      std::ofstream file = open(relative);
      for (std::size_t value = 0; value < states.size(); ++value) {
        file << value << ' ' << states[value] << '\n';
      }
      close(file, relative);
      path = std::filesystem::absolute(relative).string();
    }
    return path;
  }

 private:
  std::string save_path_;
  std::map<std::vector<std::string>, std::string> paths_;
};

void write_trace(std::ofstream& file, const VcdVariable& variable, StateFilters& filters) {
  if (variable.format.kind == SignalFormat::Kind::real) {
    file << k_real_as_steps << variable.name << '\n' << k_more_height;
    return;
  }
  if (!variable.format.states.empty()) {
    file << k_decimal_translated << "^1 " << filters.path_for(variable.format.states) << '\n';
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

}  // namespace

void write_gtkwave_save_file(const std::string& path, const VcdWriter& vcd,
                             const TimeWindow& window) {
  const double begin_ps = std::max(window.begin_s * 1e12, static_cast<double>(vcd.first_time_ps()));
  const double end_ps = std::min(window.end_s * 1e12, static_cast<double>(vcd.last_time_ps()));
  const double span_ps = std::max(end_ps - begin_ps, 1.0);

  std::ofstream file = open(path);
  StateFilters filters(path);
  file << "[dumpfile] \"" << std::filesystem::absolute(vcd.path()).string() << "\"\n"
       << "[timestart] " << static_cast<std::uint64_t>(begin_ps)
       << "\n[size] 1400 800\n"
       // The zoom is the negative binary logarithm of the picoseconds in a frame; no markers.
       << '*' << -std::log2(span_ps / k_frames) << " -1\n";

  std::vector<std::string> scopes;  // in the order of declaration
  std::set<std::string> tops;
  for (const VcdVariable& variable : vcd.variables()) {
    const std::string scope = parent(variable.name);
    if (variable.selected && variable.format.featured &&
        std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) {
      scopes.push_back(scope);
      tops.insert(scope.substr(0, scope.find('.')));
    }
  }
  for (const std::string& top : tops) {
    file << "[treeopen] " << top << ".\n";
  }
  file << "[sst_expanded] 1\n";
  for (const std::string& scope : scopes) {
    file << k_group_begin << scope << '\n';
    for (const VcdVariable& variable : vcd.variables()) {
      if (variable.selected && variable.format.featured && parent(variable.name) == scope) {
        write_trace(file, variable, filters);
      }
    }
    file << k_group_end << scope << '\n';
  }
  close(file, path);
}

}  // namespace invar::trace
