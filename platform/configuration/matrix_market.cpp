#include <fmt/format.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

namespace invar::platform {
namespace {

constexpr std::int64_t k_largest_entries = std::int64_t{1} << 27;

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

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), text_(read_file(path)) {}

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
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(rows_, columns_);
    if (coordinate_) {
      read_coordinates(matrix, whole(sizes[2], 0, rows_ * columns_, "entries"));
    } else {
      read_array(matrix);
    }
    if (!next_words().empty()) {
      fail("more entries than the size line announces");
    }
    return matrix;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(fmt::format("{}:{}: {}", path_, line_, what));
  }

  /// The next line; false at the end.
  bool next_line(std::string_view& line) {
    if (at_ >= text_.size()) {
      return false;
    }
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    line = std::string_view(text_).substr(at_, end - at_);
    at_ = end + 1;
    ++line_;
    return true;
  }

  /// The words of the next line that is neither blank nor a comment; none at the end.
  std::vector<std::string_view> next_words() {
    std::string_view line;
    while (next_line(line)) {
      std::vector<std::string_view> words = split(line);
      if (!words.empty() && words[0].front() != '%') {
        return words;
      }
    }
    return {};
  }

  void read_banner() {
    std::string_view line;
    next_line(line);
    const std::vector<std::string_view> words = split(line);
    if (words.size() != 5 || lower(words[0]) != "%%matrixmarket" || lower(words[1]) != "matrix") {
      fail(
          "must begin with: %%MatrixMarket matrix coordinate|array real|integer "
          "general|symmetric");
    }
    const auto one_of = [&](int word, const char* first, const char* second) {
      const std::string given = lower(words[static_cast<std::size_t>(word)]);
      if (given != first && given != second) {
        fail(fmt::format("\"{}\" is not supported here: must be {} or {}", given, first, second));
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
      fail(fmt::format("{} = {}: must be from {} to {}", what, word, low, high));
    }
    return value;
  }
  std::int64_t size(std::string_view word, const char* what) const {
    return whole(word, 1, k_largest_entries, what);
  }

  /// The value of an entry; places count from 1.
  double number(std::string_view word, std::int64_t row, std::int64_t column) const {
    if (word.size() > 1 && word.front() == '+') {
      word.remove_prefix(1);
    }
    double value = 0.0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if ((error != std::errc() && error != std::errc::result_out_of_range) ||
        end != word.data() + word.size()) {
      fail(fmt::format("\"{}\" is no number", word));
    }
    if (error == std::errc::result_out_of_range || !std::isfinite(value)) {
      fail(fmt::format("entry ({}, {}) is {}: entries must be finite numbers", row, column, word));
    }
    return value;
  }

  [[noreturn]] void fail_short(std::int64_t got, std::int64_t expected) const {
    fail(fmt::format("truncated: {} entries expected, {} found", expected, got));
  }

  void read_coordinates(Eigen::MatrixXd& matrix, std::int64_t entries) {
    std::vector<bool> seen(static_cast<std::size_t>(rows_ * columns_));
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
      auto at_entry = seen[static_cast<std::size_t>((row - 1) * columns_ + column - 1)];
      if (at_entry) {
        fail(fmt::format("entry ({}, {}) is given twice", row, column));
      }
      at_entry = true;
      set(matrix, row - 1, column - 1, number(words[2], row, column));
    }
  }

  void read_array(Eigen::MatrixXd& matrix) {
    const std::int64_t entries = symmetric_ ? rows_ * (rows_ + 1) / 2 : rows_ * columns_;
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
        set(matrix, row, column, number(words[0], row + 1, column + 1));
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
  std::string text_;
  std::size_t at_ = 0;
  int line_ = 0;
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
