#ifndef INVAR_PLATFORM_HOST_CORE_ELF_IMAGE_H
#define INVAR_PLATFORM_HOST_CORE_ELF_IMAGE_H

#include <cstdint>
#include <string>
#include <vector>

namespace invar::platform {

/// A firmware image: an ELF executable for RV64, statically linked, little-endian.
class ElfImage {
 public:
  struct Segment {
    std::uint64_t address = 0;          ///< physical, where the bytes are loaded
    std::uint64_t virtual_address = 0;  ///< where the code expects itself to be
    std::uint64_t size = 0;             ///< in memory; zeros behind the bytes
    std::vector<unsigned char> bytes;
  };

  /// \throws std::runtime_error with the file's name and what is wrong with it: not readable, no
  /// ELF, truncated, for another machine, not executable, without a segment to load
  explicit ElfImage(const std::string& path);

  const std::string& path() const { return path_; }
  std::uint64_t entry() const { return entry_; }
  const std::vector<Segment>& segments() const { return segments_; }
  /// Whether every segment lies in `bytes` bytes from `first`, and the entry point in one of them.
  /// \throws std::runtime_error naming file, segment and range otherwise
  void require_within(std::uint64_t first, std::uint64_t bytes) const;

  /// "function+0x1c", or empty outside all functions.
  std::string describe(std::uint64_t address) const;

 private:
  struct Function {
    std::uint64_t first = 0, size = 0;
    std::string name;
  };

  std::string path_;
  std::uint64_t entry_ = 0;
  std::vector<Segment> segments_;
  std::vector<Function> functions_;  // by address
};

}  // namespace invar::platform

#endif
