#ifndef INVAR_STATE_ARCHIVE_H
#define INVAR_STATE_ARCHIVE_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace invar::state {

/// The state of a machine on its way to a checkpoint or back: each part names its members once, in
/// one function for both directions.
///
/// \code
/// void Counter::exchange(state::Archive& archive) {
///   archive.part("counter");
///   archive.value(count_);
/// }
/// \endcode
///
/// Values are the bytes of this host; whoever keeps them says for which machine they are. Reading
/// throws std::runtime_error, naming the part, where the bytes are not those of the same parts in
/// the same order and sizes; what has been read by then is left half-way.
class Archive {
 public:
  /// Writes.
  Archive() = default;
  /// Reads. \param bytes must stay where they are
  explicit Archive(std::string_view bytes) : reading_(true), input_(bytes) {}

  bool is_reading() const { return reading_; }
  /// What was written.
  const std::string& bytes() const { return output_; }
  /// \throws std::runtime_error unless everything has been read
  void finish() const;

  /// Begins a part, by name.
  void part(std::string_view name);

  template <typename T>
  void value(T& value) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>, "bytes say it all");
    raw(&value, sizeof value);
  }
  /// So many values, which the reader has room for. \param data may be null for none
  template <typename T>
  void values(T* data, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>, "bytes say it all");
    fixed_size(count);
    raw(data, count * sizeof(T));
  }
  /// Coefficients of a matrix whose size the reader knows.
  template <typename Matrix>
  void matrix(Matrix& matrix) {
    values(matrix.data(), static_cast<std::size_t>(matrix.size()));
  }

  void text(std::string& text);
  void flags(std::vector<bool>& flags);
  template <typename T>
  void list(std::vector<T>& list) {
    std::uint64_t count = list.size();
    size(count, sizeof(T));
    list.resize(count);
    raw(list.data(), count * sizeof(T));
  }
  template <typename Key, typename T>
  void map(std::map<Key, T>& map) {
    std::vector<std::pair<Key, T>> entries(map.begin(), map.end());
    std::uint64_t count = entries.size();
    size(count, sizeof(Key) + sizeof(T));
    entries.resize(count);
    for (auto& [key, entry] : entries) {
      value(key);
      value(entry);
    }
    map = std::map<Key, T>(entries.begin(), entries.end());
  }

  /// Something of which there are as many as were written. \param bytes at least, each
  void size(std::uint64_t& count, std::size_t bytes);

 private:
  [[noreturn]] void fail(const std::string& what) const;
  void raw(void* data, std::size_t bytes);
  void fixed_size(std::uint64_t count);

  bool reading_ = false;
  std::string output_;
  std::string_view input_;
  std::string part_ = "its beginning";
};

}  // namespace invar::state

#endif
