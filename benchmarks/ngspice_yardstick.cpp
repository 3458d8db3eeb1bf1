#include "ngspice_yardstick.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace invar::benchmarks {
namespace {

namespace fs = std::filesystem;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// A directory that goes with its owner.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "invar-benchmark-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) {
      path_ = name;
    }
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) {
      fs::remove_all(path_, ignored);
    }
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_netlist(std::ostream& out, const circuit::LoopLayout& layout, double gain,
                   const Eigen::VectorXd& current_a) {
  const Eigen::MatrixXd& conductance = layout.arrays.front().conductance_s;
  const int n = static_cast<int>(conductance.rows());
  const bool far = layout.injection == circuit::Injection::far;
  int resistors = 0;
  const auto resistor = [&](const std::string& a, const std::string& b, double ohm) {
    out << fmt::format("R{} {} {} {:.17g}\n", resistors++, a, b, ohm);
  };
  out << "* INV loop\n";
  for (int k = 0; k < n; ++k) {
    if (far) {
      resistor(fmt::format("l{}", k), fmt::format("r{}_0", k), layout.wires.row_ohm);
    }
    for (int j = 0; j < n; ++j) {
      resistor(fmt::format("r{}_{}", k, j),
               j + 1 < n ? fmt::format("r{}_{}", k, j + 1) : fmt::format("m{}", k),
               layout.wires.row_ohm);
      resistor(k > 0 ? fmt::format("c{}_{}", k - 1, j) : fmt::format("o{}", j),
               fmt::format("c{}_{}", k, j), layout.wires.column_ohm);
      resistor(fmt::format("r{}_{}", k, j), fmt::format("c{}_{}", k, j), 1.0 / conductance(k, j));
    }
    out << fmt::format("I{} 0 {}{} DC {:.17g}\n", k, far ? "l" : "m", k, current_a[k]);
    out << fmt::format("E{0} o{0} 0 0 m{0} {1:.17g}\n", k, gain);
  }
  out << ".options reltol=1e-9 abstol=1e-18 vntol=1e-15\n.control\nset numdgt=16\nop\n";
  for (int k = 0; k < n; ++k) {
    out << fmt::format("print v(o{})\n", k);
  }
  out << "quit\n.endc\n.end\n";
}

}  // namespace

std::optional<NgspiceResult> ngspice_operating_point(const circuit::LoopLayout& layout, double gain,
                                                     const Eigen::VectorXd& current_a) {
  const TemporaryDirectory directory;
  const std::string netlist = (directory.path() / "loop.cir").string();
  const std::string log = (directory.path() / "loop.log").string();
  {
    std::ofstream out(netlist);
    write_netlist(out, layout, gain, current_a);
  }
  const pid_t child = fork();
  if (child == 0) {
    const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execlp("ngspice", "ngspice", "-b", netlist.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) == 127) {
    return std::nullopt;
  }
  NgspiceResult result;
  result.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.output_v.resize(current_a.size());
  Eigen::Index found = 0;
  std::ifstream in(log);
  for (std::string line; std::getline(in, line);) {
    int k = 0;
    double voltage = 0.0;
    if (std::sscanf(line.c_str(), "v(o%d) = %lf", &k, &voltage) == 2 && k >= 0 &&
        k < result.output_v.size()) {
      result.output_v[k] = voltage;
      ++found;
    }
  }
  if (found != result.output_v.size()) {
    return std::nullopt;
  }
  return result;
}

}  // namespace invar::benchmarks
