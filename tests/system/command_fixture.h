#ifndef INVAR_TESTS_SYSTEM_COMMAND_FIXTURE_H
#define INVAR_TESTS_SYSTEM_COMMAND_FIXTURE_H

#include <sys/wait.h>

#include <Eigen/Core>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/spd_matrix.h"
#include "support/temporary_directory.h"

namespace invar::tests {

/// How a command ended and what it said.
struct Outcome {
  int status = -1;
  std::string output;
  std::string error;
};

/// A report without what depends on the host.
inline std::string without_host(nlohmann::json report) {
  report.erase("host");
  return report.dump();
}

/// The `invar` binary as a user runs it, in a directory of its own.
class CommandFixture {
 public:
  /// \param before what stands in front of the binary, for example "timeout 5"
  Outcome invar(const std::string& arguments, const std::string& before = {}) const {
    const std::string command = "cd " + directory.path() + " && " + before + " " INVAR_BINARY " " +
                                arguments + " >stdout.txt 2>stderr.txt";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text("stdout.txt"), text("stderr.txt")};
  }

  std::string text(const std::string& name) const {
    std::ifstream file(directory.path(name), std::ios::binary);
    std::ostringstream contents;
    contents << file.rdbuf();
    return contents.str();
  }

  nlohmann::json report(const std::string& name) const { return nlohmann::json::parse(text(name)); }

  void write_matrix(const std::string& name, const Eigen::MatrixXd& matrix) const {
    std::ofstream file(directory.path(name));
    file << "%%MatrixMarket matrix array real general\n"
         << matrix.rows() << " " << matrix.cols() << "\n";
    file.precision(17);
    for (const double value : matrix.reshaped()) {
      file << value << "\n";
    }
  }

  Eigen::MatrixXd read_matrix(const std::string& name) const {
    std::ifstream file(directory.path(name));
    std::string header;
    std::getline(file, header);
    Eigen::Index rows = 0;
    Eigen::Index columns = 0;
    file >> rows >> columns;
    Eigen::MatrixXd matrix(rows, columns);
    for (double& value : matrix.reshaped()) {
      file >> value;
    }
    return matrix;
  }

  /// 28 x 28 images of four classes: a bar at one of four angles, moved about, with noise.
  void write_bars(int training_images, int test_images) const {
    test::SimpleRandom random(1);
    write_part("train", training_images, random);
    write_part("t10k", test_images, random);
  }

  TemporaryDirectory directory;

 private:
  static std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
            static_cast<char>(value >> 8), static_cast<char>(value)};
  }

  void write_part(const std::string& part, int count, test::SimpleRandom& random) const {
    constexpr int k_side = 28;
    std::string images =
        big_endian(0x803) + big_endian(count) + big_endian(k_side) + big_endian(k_side);
    std::string labels = big_endian(0x801) + big_endian(count);
    for (int image = 0; image < count; ++image) {
      const int label = image % 4;
      const int shift = static_cast<int>(8.0 * random.next());
      for (int y = 0; y < k_side; ++y) {
        for (int x = 0; x < k_side; ++x) {
          const int across = label == 0   ? y - 14
                             : label == 1 ? x - 14
                             : label == 2 ? x - y
                                          : x + y - 28;
          const double ink = std::abs(across - shift) < 3 ? 200.0 : 25.0;
          images += static_cast<char>(static_cast<std::uint8_t>(ink + 25.0 * random.next()));
        }
      }
      labels += static_cast<char>(label);
    }
    directory.write(part + "-images-idx3-ubyte", images);
    directory.write(part + "-labels-idx1-ubyte", labels);
  }
};

}  // namespace invar::tests

#endif
