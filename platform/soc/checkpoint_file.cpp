#include <invar/parameters/value.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>
#include <invar/platform/report/host_section.h>
#include <invar/platform/soc/checkpoint_file.h>
#include <invar/state/archive.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace invar::platform {
namespace {

// A file: this line, the hash of what follows, identity and state.
constexpr std::string_view k_first_line = "invar-checkpoint-1\n";
constexpr std::size_t k_hash_digits = 16;
constexpr std::size_t k_largest_bytes = std::size_t{1} << 34;

/// \throws InputError unless the file begins as a checkpoint does; what else may be large
void require_first_line(const std::string& path) {
  std::string line(k_first_line.size(), '\0');
  line.resize(InputFile(path).read(line.data(), line.size()));
  if (line != k_first_line) {
    throw InputError(path + ": is no checkpoint of this version of invar");
  }
}

/// Identity and state of what has the right hash. \throws InputError
std::pair<std::string, std::string> parts_of(const std::string& path, std::string_view bytes) {
  std::pair<std::string, std::string> parts;
  try {
    state::Archive archive(bytes);
    archive.text(parts.first);
    archive.text(parts.second);
    archive.finish();
  } catch (const std::runtime_error&) {
    throw InputError(path + ": is damaged: it does not hold what a checkpoint holds");
  }
  return parts;
}

/// "X, where this run has Y", of the first line in which they differ.
std::string difference(const std::string& found, const std::string& wanted) {
  std::istringstream found_lines(found), wanted_lines(wanted);
  std::string of_file, of_run;
  do {
    of_file.clear();
    of_run.clear();
    std::getline(found_lines, of_file);
    std::getline(wanted_lines, of_run);
  } while (of_file == of_run && (found_lines || wanted_lines));
  return (of_file.empty() ? "nothing" : of_file) + ", where this run has " +
         (of_run.empty() ? "nothing" : of_run);
}

}  // namespace

std::string checkpoint_identity(const RunConfiguration& configuration, const RunData& data,
                                const std::string& firmware_hash) {
  std::string lines;
  const auto add = [&lines](const std::string& key, const std::string& value) {
    lines += key + " = " + value + "\n";
  };
  for (const Parameter* parameter : parameter_table().parameters_for(configuration.command)) {
    add(parameter->key, parameters::to_text(parameter->get(configuration)));
  }
  add("data", data.hash);
  add("network", data.network_hash);
  add("firmware", firmware_hash);
  add("commit of invar", built_from_commit());
  add("kernel level", kernel_level());
  return lines;
}

void write_checkpoint(const std::string& path, const std::string& identity,
                      const std::string& state) {
  state::Archive archive;
  std::string identity_text = identity, state_text = state;
  archive.text(identity_text);
  archive.text(state_text);
  write_file_atomically(path, std::string(k_first_line) +
                                  ContentHash().add(archive.bytes()).text() + archive.bytes());
}

std::string read_checkpoint(const std::string& path, const std::string& identity) {
  require_first_line(path);
  const std::string file = read_text(path, k_largest_bytes);
  const std::size_t content = k_first_line.size() + k_hash_digits;
  const std::string_view bytes = std::string_view(file).substr(std::min(content, file.size()));
  if (file.size() < content || ContentHash().add(bytes.data(), bytes.size()).text() !=
                                   file.substr(k_first_line.size(), k_hash_digits)) {
    throw InputError(path + ": is damaged: its contents do not have the hash that it names");
  }
  auto [found, state] = parts_of(path, bytes);
  if (found != identity) {
    throw InputError(path + ": is of another run: it has " + difference(found, identity));
  }
  return state;
}

}  // namespace invar::platform
