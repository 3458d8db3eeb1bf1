#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>
#include <invar/platform/dataset/input_lines.h>
#include <sys/stat.h>
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(input_file)

using namespace invar::platform;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;

namespace {

std::string read_error(const std::string& path, std::size_t most_bytes = 100) {
  return message_of<InputError>([&] { read_text(path, most_bytes); });
}

std::string write_gzip(const std::string& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "ab");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return path;
}

std::vector<std::string> lines_of(const std::string& path) {
  InputLines lines(path);
  std::vector<std::string> all;
  std::string_view line;
  while (lines.next(line)) {
    all.emplace_back(line);
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_has_no_end_is_refused_and_not_waited_for) {
  TemporaryDirectory directory;
  BOOST_TEST(mkfifo(directory.path("pipe").c_str(), 0600) == 0);
  BOOST_TEST(contains(read_error(directory.path("pipe")), "pipe: not a regular file"));
  BOOST_TEST(contains(read_error("/dev/zero"), "/dev/zero: not a regular file"));
  BOOST_TEST(contains(read_error("/dev/urandom"), "not a regular file"));
  BOOST_TEST(contains(read_error(directory.path()), "is a directory, must be a file"));
  BOOST_TEST(contains(read_error(directory.path("absent")), "absent: no such file"));
}

BOOST_AUTO_TEST_CASE(a_text_is_read_plain_and_gzip_up_to_its_bound) {
  TemporaryDirectory directory;
  const std::string hundred(100, 'x');
  BOOST_TEST(read_text(directory.write("a", hundred), 100) == hundred);
  BOOST_TEST(read_text(directory.write("mark", "\xEF\xBB\xBFtext"), 100) == "text");
  BOOST_TEST(read_text(directory.write("empty", ""), 100).empty());
  BOOST_TEST(contains(read_error(directory.write("b", hundred + "x")), "b: longer than 100 bytes"));
  BOOST_TEST(read_text(write_gzip(directory.path("a.gz"), hundred), 100) == hundred);
  BOOST_TEST(contains(read_error(write_gzip(directory.path("b.gz"), std::string(1u << 24, 'x'))),
                      "longer than 100 bytes"));
}

BOOST_AUTO_TEST_CASE(damaged_gzip_data_are_refused) {
  TemporaryDirectory directory;
  const std::string path = write_gzip(directory.path("a.gz"), "some text");
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 9);
  BOOST_TEST(contains(read_error(path), "a.gz: damaged gzip data (it ends early)"));
  BOOST_TEST(contains(read_error(directory.write("b.gz", "\x1f\x8bnone")), "b.gz: damaged gzip"));
}

BOOST_AUTO_TEST_CASE(lines_are_counted_across_the_pieces_that_are_read) {
  TemporaryDirectory directory;
  std::string text = "\xEF\xBB\xBF";
  std::vector<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    expected.emplace_back(static_cast<std::size_t>(i % 101), static_cast<char>('a' + i % 26));
    text += expected.back() + "\n";
  }
  expected.emplace_back("last");
  BOOST_TEST((lines_of(directory.write("a", text + "last")) == expected));
  BOOST_TEST((lines_of(write_gzip(directory.path("a.gz"), text + "last\n")) == expected));
  BOOST_TEST(lines_of(directory.write("empty", "")).empty());
}

BOOST_AUTO_TEST_CASE(a_line_without_an_end_is_refused) {
  TemporaryDirectory directory;
  const auto message = [&](std::size_t length) {
    const std::string path = directory.write("a", "first\n" + std::string(length, ' ') + "\n");
    return message_of<InputError>([&] { lines_of(path); });
  };
  BOOST_TEST(message(65536).empty());
  BOOST_TEST(contains(message(65537), "a:2: a line of more than 65536 bytes"));
  BOOST_TEST(contains(message(500000), "a:2: a line of more than 65536 bytes"));
}

BOOST_AUTO_TEST_CASE(a_text_goes_no_further_than_what_it_announces) {
  TemporaryDirectory directory;
  // 72 MiB of blank lines in 72 KiB.
  const std::string blank(std::size_t{1} << 20, '\n');
  gzFile file = gzopen(directory.path("a.gz").c_str(), "wb");
  for (int i = 0; i < 72; ++i) {
    gzwrite(file, blank.data(), static_cast<unsigned>(blank.size()));
  }
  gzclose(file);
  const auto message = [&](std::uint64_t announced) {
    InputLines lines(directory.path("a.gz"));
    lines.expect(announced);
    std::string_view line;
    return message_of<InputError>([&] {
      while (lines.next(line)) {
      }
    });
  };
  BOOST_TEST(contains(message(0), "longer than what it announces explains"));
  BOOST_TEST(message(std::uint64_t{8} << 20).empty());
}

BOOST_AUTO_TEST_SUITE_END()
