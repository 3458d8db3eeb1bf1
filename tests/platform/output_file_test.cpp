#include <invar/platform/configuration/file_place.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/dataset/input_file.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(output_file)

using namespace invar::platform;
using invar::tests::TemporaryDirectory;

BOOST_AUTO_TEST_CASE(a_file_keeps_its_permissions_and_its_links_when_it_is_replaced) {
  namespace fs = std::filesystem;
  const TemporaryDirectory directory;
  const auto mode = [&](const std::string& name) {
    return static_cast<unsigned>(fs::status(directory.path(name)).permissions());
  };
  directory.write("secret", "old");
  fs::permissions(directory.path("secret"), static_cast<fs::perms>(0600));
  fs::create_symlink("secret", directory.path("link"));
  write_file_atomically(directory.path("link"), "new");
  BOOST_TEST(fs::is_symlink(directory.path("link")));
  BOOST_TEST(read_text(directory.path("secret"), 1 << 20) == "new");
  BOOST_TEST(mode("secret") == 0600u);

  fs::create_symlink("made", directory.path("to_nothing"));
  const mode_t mask = umask(027);
  write_file_atomically(directory.path("to_nothing"), "x");
  umask(mask);
  BOOST_TEST(fs::is_symlink(directory.path("to_nothing")));
  BOOST_TEST(mode("made") == 0640u);
}

BOOST_AUTO_TEST_CASE(standard_output_is_known_under_its_names) {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink("/dev/stdout", directory.path("out"));
  for (const std::string& name : {std::string("-"), std::string("/dev/stdout"),
                                  std::string("/proc/self/fd/1"), directory.path("out")}) {
    BOOST_TEST(is_standard_output(name), name);
  }
  for (const char* name : {"stdout", "/dev/stderr", "/dev/null", "", "./-"}) {
    BOOST_TEST(!is_standard_output(name), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
