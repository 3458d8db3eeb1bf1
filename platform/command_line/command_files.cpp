#include <fnmatch.h>
#include <invar/platform/command_line/command_files.h>
#include <invar/platform/configuration/file_place.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/host_core/simulator_plugin.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

namespace invar::platform {
namespace {

namespace fs = std::filesystem;

/// A glob that matches the text itself.
std::string literal(const std::string& text) {
  std::string glob;
  for (const char character : text) {
    if (std::string("*?[]\\").find(character) != std::string::npos) {
      glob += '\\';
    }
    glob += character;
  }
  return glob;
}

using Files = std::vector<CommandFile>;

Files waveform_files(const std::string& vcd) {
  Files files = {{"--vcd", vcd, true, {}, true}};
  if (!vcd.empty() && !is_special_file(vcd)) {
    const fs::path save_file = vcd + ".gtkw";
    files.push_back({"the save file of --vcd", save_file.string(), true});
    const std::string directory = save_file.parent_path().string();
    files.push_back({"the state names of --vcd", directory.empty() ? "." : directory, true,
                     literal(save_file.filename().string()) + ".*.filter"});
  }
  return files;
}

Files core_files(const RunParameters& run) {
  if (run.core != HostCoreKind::riscv) {
    return {};
  }
  return {
      {"--firmware", run.firmware.empty() ? find_beside_program(k_firmware_image) : run.firmware},
      {"run.simulator",
       run.simulator.empty() ? find_beside_program(k_simulator_library) : run.simulator}};
}

/// One file on the disk, or one that will be.
struct Place {
  const CommandFile* file;
  std::string path;  ///< as people know it
  fs::path resolved;
  std::optional<std::pair<dev_t, ino_t>> identity;  ///< of a file that is there

  bool is_same(const Place& other) const {
    return resolved == other.resolved || (identity && identity == other.identity);
  }
};

std::optional<std::pair<dev_t, ino_t>> identity_of(const std::string& path) {
  struct stat status = {};
  const int result =
      is_standard_output(path) ? fstat(STDOUT_FILENO, &status) : stat(path.c_str(), &status);
  if (result != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  return std::make_pair(status.st_dev, status.st_ino);
}

Place place_of(const CommandFile& file, const std::string& path) {
  return {&file, path, is_standard_output(path) ? fs::path("-") : fs::path(resolved_path(path)),
          identity_of(path)};
}

/// Those of a family that are there.
std::vector<Place> members_of(const CommandFile& family) {
  std::vector<Place> members;
  std::error_code error;
  for (fs::directory_iterator entry(family.path, error), end; !error && entry != end;
       entry.increment(error)) {
    if (fnmatch(family.names.c_str(), entry->path().filename().c_str(), 0) == 0) {
      members.push_back(place_of(family, entry->path().string()));
    }
  }
  return members;
}

/// A device takes any number of outputs.
bool is_shareable(const CommandFile& file) {
  return file.written && !is_standard_output(file.path) && is_special_file(file.path);
}

std::vector<Place> places_of(const Files& files) {
  std::vector<Place> places;
  for (const CommandFile& file : files) {
    if (!file.names.empty()) {
      const std::vector<Place> members = members_of(file);
      places.insert(places.end(), members.begin(), members.end());
    } else if (!file.path.empty() && !is_shareable(file)) {
      places.push_back(place_of(file, file.path));
    }
  }
  return places;
}

[[noreturn]] void refuse(const CommandFile& file, const std::string& path, const CommandFile& other,
                         const std::string& other_path) {
  throw InputError(file.flag + " " + path + ": is the file of " + other.flag +
                   (path == other_path ? "" : " " + other_path) + " too; must be one of its own");
}

void require_distinct(const Place& a, const Place& b) {
  if (a.file != b.file && (a.file->written || b.file->written) && a.is_same(b)) {
    const Place& subject = b.file->written ? b : a;
    const Place& other = b.file->written ? a : b;
    refuse(*subject.file, subject.path, *other.file, other.path);
  }
}

/// Nor may a file be where one of a family, or the family's directory, will be made.
void require_outside(const CommandFile& family, const Place& place) {
  const fs::path directory = resolved_path(family.path);
  const fs::path from_place = directory.lexically_relative(place.resolved);
  const bool contains_family = !from_place.empty() && *from_place.begin() != "..";
  const bool is_member = place.resolved.parent_path() == directory &&
                         fnmatch(family.names.c_str(), place.resolved.filename().c_str(), 0) == 0;
  if (place.file != &family && (is_member || (place.file->written && contains_family))) {
    refuse(family, family.path, *place.file, place.path);
  }
}

}  // namespace

std::vector<CommandFile> joined(const std::vector<std::vector<CommandFile>>& lists) {
  Files files;
  for (const Files& list : lists) {
    files.insert(files.end(), list.begin(), list.end());
  }
  return files;
}

std::vector<CommandFile> common_files(const std::string& config) {
  return {{"invar itself,", "/proc/self/exe"}, {"--config", config}};
}

std::vector<CommandFile> machine_files(const RunConfiguration& configuration) {
  const RunParameters& run = configuration.run;
  return joined({{{"--report", run.report, true},
                  {"--equal-area", run.equal_area},
                  {"--equal-power", run.equal_power},
                  {"--power-reference", run.power_reference}},
                 waveform_files(configuration.vcd.file),
                 {{"--timeline", configuration.timeline.file, true, {}, true},
                  {"--instruction-trace", configuration.instruction_trace.file, true, {}, true},
                  {"--function-profile", configuration.function_profile.file, true, {}, true}},
                 core_files(run)});
}

void require_distinct(const std::vector<CommandFile>& files) {
  const CommandFile standard_output = {"standard output", "-", true};
  std::vector<Place> places = places_of(files);
  if (std::none_of(places.begin(), places.end(),
                   [](const Place& place) { return place.resolved == "-"; })) {
    places.push_back(place_of(standard_output, standard_output.path));
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      require_distinct(places[j], places[i]);
    }
    for (const CommandFile& family : files) {
      if (!family.names.empty()) {
        require_outside(family, places[i]);
      }
    }
  }
}

void require_outputs(const std::vector<CommandFile>& files) {
  for (const CommandFile& file : files) {
    if (file.grows && file.path == "-") {
      throw InputError(file.flag + " -: grows while the run goes on: must be a file");
    }
    if (file.written && file.names.empty()) {
      require_writable(file.flag, file.path);
    }
  }
}

bool is_standard_output_taken(const std::vector<CommandFile>& files) {
  return std::any_of(files.begin(), files.end(), [](const CommandFile& file) {
    return file.written && file.names.empty() && is_standard_output(file.path);
  });
}

}  // namespace invar::platform
