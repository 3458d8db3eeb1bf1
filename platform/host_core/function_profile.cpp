#include <fmt/format.h>
#include <invar/parameters/description.h>
#include <invar/platform/host_core/function_profile.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace invar::platform {

const parameters::Description<FunctionProfileParameters>& FunctionProfileParameters::description() {
  static const auto all =
      parameters::Description<FunctionProfileParameters>("function_profile")
          .text("file", &FunctionProfileParameters::file,
                "text file with a line for each function of the firmware on the native core, "
                "empty = none",
                "choice")
          .with_flag("--function-profile", "FILE")
          .host_only();
  return all;
}

void FunctionProfile::add(const invar_function_cost& cost, std::uint64_t first,
                          std::uint64_t second) {
  Counts& counts = counts_[&cost];
  counts[0] += 1;
  counts[1] += first;
  counts[2] += second;
}

void FunctionProfile::close() {
  std::vector<std::string> lines;
  for (const auto& [cost, counts] : counts_) {
    std::string line = fmt::format("{} {} {}", cost->file, cost->function, fmt::join(counts, " "));
    for (std::size_t operation = 0; operation < INVAR_OPERATION_COUNT; ++operation) {
      std::uint64_t thousandths = 0;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        thousandths += counts[i] * cost->milli_operations[i][operation];
      }
      line += fmt::format(" {}", (thousandths + 500) / 1000);
    }
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::FILE* file = std::fopen(file_.c_str(), "w");
  bool failed = file == nullptr;
  if (!failed) {
    failed = std::fputs(
                 "# file function calls first_count second_count integer memory multiply divide "
                 "float float_divide\n",
                 file) < 0;
    for (const std::string& line : lines) {
      failed |= std::fputs((line + "\n").c_str(), file) < 0;
    }
    failed |= std::fclose(file) != 0;
  }
  if (failed) {
    failure_ = file_ + ": " + std::strerror(errno);
  }
}

}  // namespace invar::platform
