#include <invar/state/archive.h>

#include <cstring>
#include <stdexcept>

namespace invar::state {

void Archive::fail(const std::string& what) const {
  throw std::runtime_error("state of " + part_ + ": " + what);
}

void Archive::finish() const {
  if (!input_.empty()) {
    fail(std::to_string(input_.size()) + " bytes are left over");
  }
}

void Archive::part(std::string_view name) {
  std::string found(name);
  part_ = found;
  text(found);
  if (found != name) {
    fail("another part stands in its place");
  }
}

void Archive::raw(void* data, std::size_t bytes) {
  if (bytes == 0) {
    return;
  }
  if (!reading_) {
    output_.append(static_cast<const char*>(data), bytes);
    return;
  }
  if (bytes > input_.size()) {
    fail("ends too early");
  }
  std::memcpy(data, input_.data(), bytes);
  input_.remove_prefix(bytes);
}

void Archive::size(std::uint64_t& count, std::size_t bytes) {
  value(count);
  if (reading_ && count > input_.size() / (bytes == 0 ? 1 : bytes)) {
    fail("ends too early");
  }
}

void Archive::fixed_size(std::uint64_t count) {
  std::uint64_t found = count;
  value(found);
  if (found != count) {
    fail("holds " + std::to_string(found) + " values where this machine has " +
         std::to_string(count));
  }
}

void Archive::text(std::string& text) {
  std::uint64_t count = text.size();
  size(count, 1);
  text.resize(count);
  raw(text.data(), count);
}

void Archive::flags(std::vector<bool>& flags) {
  std::vector<std::uint8_t> bytes(flags.begin(), flags.end());
  list(bytes);
  flags.assign(bytes.begin(), bytes.end());
}

}  // namespace invar::state
