#include <invar/platform/configuration/file_place.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

namespace invar::platform {
namespace {

namespace fs = std::filesystem;

/// As many as the kernel follows.
constexpr std::size_t k_most_links = 40;

/// The path, and whatever it leads to link by link.
std::vector<fs::path> link_chain(const std::string& path) {
  std::error_code error;
  std::vector<fs::path> chain = {path};
  while (chain.size() <= k_most_links && fs::is_symlink(chain.back(), error)) {
    chain.push_back(chain.back().parent_path() / fs::read_symlink(chain.back(), error));
  }
  return chain;
}

}  // namespace

std::string resolved_path(const std::string& path) {
  std::error_code error;
  return fs::weakly_canonical(fs::absolute(link_chain(path).back(), error), error).string();
}

bool is_special_file(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

bool is_standard_output(const std::string& path) {
  constexpr std::array<const char*, 4> k_names = {"-", "/dev/stdout", "/dev/fd/1",
                                                  "/proc/self/fd/1"};
  const std::vector<fs::path> chain = link_chain(path);
  return path == k_names[0] || std::any_of(chain.begin(), chain.end(), [&](const fs::path& place) {
           return std::find(k_names.begin() + 1, k_names.end(), place.lexically_normal()) !=
                  k_names.end();
         });
}

}  // namespace invar::platform
