#include <fmt/format.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_lines.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <vector>

namespace invar::platform {
namespace {

constexpr std::int64_t k_largest_entries = std::int64_t{1} << 27;
/// Of an entry's line: what the shortest takes, and what no sensible one takes on average.
constexpr std::uint64_t k_least_coordinate_bytes = 6;  // "1 1 1\n"
constexpr std::uint64_t k_least_array_bytes = 2;       // "1\n"
constexpr std::uint64_t k_most_entry_bytes = 128;

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  constexpr std::string_view k_space = " \t\r\f\v";
  while ((at = line.find_first_not_of(k_space, at)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(k_space, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

/// A number as C and Fortran write it: 1, +1.5, .5e-3, 1.0D+00, and 1.0-100 where a Fortran
/// exponent takes the place of its letter. What is too small is 0, what is too large infinite.
/// \returns false if it is none
bool parse_number(std::string_view word, double& value) {
  const auto is_sign = [](char c) { return c == '+' || c == '-'; };
  if (word.size() > 1 && word.front() == '+' && !is_sign(word[1])) {
    word.remove_prefix(1);
  }
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error == std::errc() && end == word.data() + word.size()) {
    return true;
  }
  std::string text(word);
  const std::size_t letter = text.find_first_of("dDeE");
  if (letter != std::string::npos) {
    text[letter] = 'e';
  } else if (const std::size_t sign = text.find_first_of("+-", 1); sign != std::string::npos) {
    text.insert(sign, 1, 'e');
  }
  if (text.find_first_not_of("0123456789.e+-") != std::string::npos) {
    return false;
  }
  char* last = nullptr;
  value = std::strtod(text.c_str(), &last);
  return !text.empty() && last == text.c_str() + text.size();
}

/// A word as a message shows it.
std::string shown(std::string_view word) {
  constexpr std::size_t k_longest = 40;
  std::string text(word.substr(0, k_longest));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return text + (word.size() > k_longest ? "..." : "");
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), lines_(path) {}

  Eigen::MatrixXd read() {
    read_banner();
    std::vector<std::string_view> sizes = next_words();
    if (sizes.size() != (coordinate_ ? 3u : 2u)) {
      fail(coordinate_ ? "the size line must have three numbers: rows, columns, entries"
                       : "the size line must have two numbers: rows, columns");
    }
    rows_ = size(sizes[0], "rows");
    columns_ = size(sizes[1], "columns");
    if (rows_ > k_largest_entries / columns_) {
      fail(fmt::format("{} x {} entries: must be at most 2^27", rows_, columns_));
    }
    if (symmetric_ && rows_ != columns_) {
      fail(fmt::format("a symmetric matrix must be square, not {} x {}", rows_, columns_));
    }
    Eigen::MatrixXd matrix;
    if (coordinate_) {
      const std::int64_t entries = whole(sizes[2], 0, rows_ * columns_, "entries");
      if (expect(entries, k_least_coordinate_bytes)) {
        matrix.setZero(rows_, columns_);
      }
      read_coordinates(matrix, entries);
    } else {
      const std::int64_t entries = symmetric_ ? rows_ * (rows_ + 1) / 2 : rows_ * columns_;
      if (expect(entries, k_least_array_bytes)) {
        matrix.resize(rows_, columns_);
      }
      read_array(matrix, entries);
    }
    if (!next_words().empty()) {
      fail("more entries than the size line announces");
    }
    return matrix;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(fmt::format("{}:{}: {}", path_, lines_.number(), what));
  }

  /// Whether the file can hold so many entries. If not, they are read without a place for them, to
  /// name the line where it ends.
  bool expect(std::int64_t entries, std::uint64_t least_bytes) {
    const auto count = static_cast<std::uint64_t>(entries);
    lines_.expect(count * k_most_entry_bytes);
    return count * least_bytes <= lines_.file().most_bytes() + 1;
  }

  /// The words of the next line that is neither blank nor a comment; none at the end.
  std::vector<std::string_view> next_words() {
    std::string_view line;
    while (lines_.next(line)) {
      std::vector<std::string_view> words = split(line);
      if (!words.empty() && words[0].front() != '%') {
        return words;
      }
    }
    return {};
  }

  void read_banner() {
    std::string_view line;
    lines_.next(line);
    const std::vector<std::string_view> words = split(line);
    if (words.size() != 5 || lower(words[0]) != "%%matrixmarket" || lower(words[1]) != "matrix") {
      fail(
          "must begin with: %%MatrixMarket matrix coordinate|array real|integer "
          "general|symmetric");
    }
    const auto one_of = [&](int word, const char* first, const char* second) {
      const std::string given = lower(words[static_cast<std::size_t>(word)]);
      if (given != first && given != second) {
        fail(fmt::format("\"{}\" is not supported here: must be {} or {}", shown(given), first,
                         second));
      }
      return given == first;
    };
    coordinate_ = one_of(2, "coordinate", "array");
    one_of(3, "real", "integer");
    symmetric_ = one_of(4, "symmetric", "general");
  }

  std::int64_t whole(std::string_view word, std::int64_t low, std::int64_t high,
                     const char* what) const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || value < low || value > high) {
      fail(fmt::format("{} = {}: must be from {} to {}", what, shown(word), low, high));
    }
    return value;
  }
  std::int64_t size(std::string_view word, const char* what) const {
    return whole(word, 1, k_largest_entries, what);
  }

  /// The value of an entry; places count from 1.
  double number(std::string_view word, std::int64_t row, std::int64_t column) const {
    double value = 0.0;
    if (!parse_number(word, value)) {
      fail(fmt::format("\"{}\" is no number", shown(word)));
    }
    if (!std::isfinite(value)) {
      const bool has_digits = word.find_first_of("0123456789") != std::string_view::npos;
      fail(fmt::format(
          "entry ({}, {}) is {}: {}", row, column, shown(word),
          has_digits ? "too large: must be at most 1.797e308" : "entries must be finite numbers"));
    }
    return value;
  }

  [[noreturn]] void fail_short(std::int64_t got, std::int64_t expected) const {
    fail(fmt::format("truncated: {} entries expected, {} found", expected, got));
  }

  void read_coordinates(Eigen::MatrixXd& matrix, std::int64_t entries) {
    std::vector<bool> seen(static_cast<std::size_t>(matrix.size()));
    for (std::int64_t entry = 0; entry < entries; ++entry) {
      const std::vector<std::string_view> words = next_words();
      if (words.empty()) {
        fail_short(entry, entries);
      }
      if (words.size() != 3) {
        fail("an entry must have three numbers: row, column, value");
      }
      const std::int64_t row = whole(words[0], 1, rows_, "row");
      const std::int64_t column = whole(words[1], 1, columns_, "column");
      if (symmetric_ && column > row) {
        fail(
            fmt::format("entry ({}, {}) is above the diagonal of a symmetric matrix", row, column));
      }
      const double value = number(words[2], row, column);
      if (matrix.size() == 0) {
        continue;
      }
      auto at_entry = seen[static_cast<std::size_t>((row - 1) * columns_ + column - 1)];
      if (at_entry) {
        fail(fmt::format("entry ({}, {}) is given twice", row, column));
      }
      at_entry = true;
      set(matrix, row - 1, column - 1, value);
    }
  }

  void read_array(Eigen::MatrixXd& matrix, std::int64_t entries) {
    std::int64_t entry = 0;
    for (std::int64_t column = 0; column < columns_; ++column) {
      for (std::int64_t row = symmetric_ ? column : 0; row < rows_; ++row, ++entry) {
        const std::vector<std::string_view> words = next_words();
        if (words.empty()) {
          fail_short(entry, entries);
        }
        if (words.size() != 1) {
          fail("an array has one number a line, column by column");
        }
        const double value = number(words[0], row + 1, column + 1);
        if (matrix.size() != 0) {
          set(matrix, row, column, value);
        }
      }
    }
  }

  void set(Eigen::MatrixXd& matrix, std::int64_t row, std::int64_t column, double value) const {
    matrix(row, column) = value;
    if (symmetric_) {
      matrix(column, row) = value;
    }
  }

  std::string path_;
  InputLines lines_;
  bool coordinate_ = false;
  bool symmetric_ = false;
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
};

}  // namespace

Eigen::MatrixXd read_matrix_market(const std::string& path) {
  return Reader(path).read();
}

void write_matrix_market(const std::string& path, const Eigen::MatrixXd& matrix) {
  std::string text = fmt::format("%%MatrixMarket matrix array real general\n{} {}\n", matrix.rows(),
                                 matrix.cols());
  for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
      fmt::format_to(std::back_inserter(text), "{}\n", matrix(row, column));
    }
  }
  write_file_atomically(path, text);
}

void write_symmetric_matrix_market(const std::string& path, const Eigen::MatrixXd& matrix,
                                   int digits) {
  std::string text = fmt::format("%%MatrixMarket matrix array real symmetric\n{} {}\n",
                                 matrix.rows(), matrix.cols());
  for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
    for (Eigen::Index row = column; row < matrix.rows(); ++row) {
      fmt::format_to(std::back_inserter(text), "{:.{}g}\n", matrix(row, column), digits);
    }
  }
  write_file_atomically(path, text);
}

}  // namespace invar::platform
