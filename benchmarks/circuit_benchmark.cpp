// What circuit fidelity costs: INV and MVM with wires, against a dense LU of the same size, a
// sparse nodal solution and ngspice. One thread, CPU time, medians; everything of one table from
// one run.
#include <fmt/format.h>
#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/keep_memory.h>
#include <invar/circuit/loop_solver.h>
#include <invar/circuit/nodal_network.h>
#include <invar/circuit/read_noise.h>
#include <invar/circuit/wired_loop.h>
#include <invar/circuit/wired_mvm.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "circuit_timing.h"
#include "dense_lu_yardstick.h"
#include "ngspice_yardstick.h"

namespace {

using namespace invar;
using namespace invar::circuit;
using benchmarks::median_seconds;

constexpr double k_gain = 1e4;
constexpr double k_read_noise = 0.01;
constexpr double k_shot_tolerance = 1e-6;
constexpr int k_memory_size = 512;

struct Options {
  std::vector<int> sizes = {16, 32, 64, 128, 256, 512};
  double wire_ohm = 1.0;
  double budget_s = 0.5;
  int nodal_up_to = 128;
  bool ngspice_64 = false;
  std::string json;
};

/// 8 levels of 0.5 ... 35 uS, decaying from the diagonal.
Eigen::MatrixXd inv_conductance(int n) {
  Eigen::MatrixXd matrix(n, n);
  std::mt19937 engine(static_cast<unsigned>(n));
  std::uniform_real_distribution<double> uniform(0.2, 0.8);
  for (int k = 0; k < n; ++k) {
    for (int j = 0; j < n; ++j) {
      const double wanted = k == j ? 7.0 : 7.0 * uniform(engine) * std::exp(-0.5 * std::abs(k - j));
      matrix(k, j) = 0.5e-6 + std::round(wanted) * 34.5e-6 / 7.0;
    }
  }
  return matrix;
}

/// 8 random levels.
Eigen::MatrixXd mvm_conductance(int n) {
  std::mt19937 engine(static_cast<unsigned>(n));
  std::uniform_int_distribution<int> level(0, 7);
  return Eigen::MatrixXd::NullaryExpr(n, n, [&] { return 0.5e-6 + level(engine) * 34.5e-6 / 7.0; });
}

Eigen::MatrixXd random_matrix(int rows, int columns, double scale) {
  std::mt19937 engine(7);
  std::normal_distribution<double> normal(0.0, scale);
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

LoopLayout loop_layout(int n, Injection injection, double ohm) {
  LoopLayout layout;
  layout.arrays.push_back({inv_conductance(n), 1.0, false, {}});
  layout.wires = {ohm, ohm};
  layout.injection = injection;
  return layout;
}

Eigen::MatrixXd cold_solution(const LoopLayout& layout, const Eigen::MatrixXd& current) {
  const InvCircuit circuit(WiredLoop(layout).network(),
                           AmplifierRow::uniform(layout.size(), k_gain));
  return circuit.operating_point(current);
}

double distance(const Eigen::MatrixXd& value, const Eigen::MatrixXd& reference) {
  return (value - reference).norm() / reference.norm();
}

/// Peak resident bytes of a child that does `work`.
template <typename Work>
double peak_bytes(const Work& work) {
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child) {
    return 0.0;
  }
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

/// The best compilation of the dense yardstick that this processor runs.
std::pair<std::string, benchmarks::DenseLu> best_dense_lu() {
#ifdef INVAR_BENCHMARKS_X86
  if (is_supported(InstructionSet::avx512)) {
    return {"avx512", benchmarks::dense_lu_avx512};
  }
  if (is_supported(InstructionSet::avx2)) {
    return {"avx2", benchmarks::dense_lu_avx2};
  }
#endif
  return {"baseline", benchmarks::dense_lu_baseline};
}

/// Rows of the table, seconds unless their name says otherwise. Missing entries were not measured.
using Figures = std::map<std::string, double>;

void measure_inv(int n, const Options& options, Figures& figures) {
  const Eigen::MatrixXd batch = random_matrix(n, n, 1e-6);
  const Eigen::MatrixXd one = batch.col(0);
  const AmplifierRow amplifiers = AmplifierRow::uniform(n, k_gain);
  const LoopLayout near = loop_layout(n, Injection::near, options.wire_ohm);
  const LoopLayout far = loop_layout(n, Injection::far, options.wire_ohm);
  double sink = 0.0;
  const auto timed = [&](const char* name, const auto& call) {
    figures[name] = median_seconds([&] { sink += call(); }, options.budget_s);
  };
  timed("inv_near_cold", [&] { return cold_solution(near, one)(0); });
  timed("inv_far_cold", [&] { return cold_solution(far, one)(0); });
  const InvCircuit circuit(WiredLoop(near).network(), amplifiers);
  timed("inv_later_right_hand_side", [&] { return circuit.operating_point(one)(0); });
  timed("inv_batch_per_vector", [&] { return circuit.operating_point(batch)(0); });
  figures["inv_batch_per_vector"] /= n;

  Eigen::VectorXd x(n);
  const Eigen::MatrixXd& matrix = near.arrays.front().conductance_s;
  const auto dense = [&](benchmarks::DenseLu solve) {
    return [&, solve] {
      solve(matrix.data(), n, one.data(), x.data());
      return x[0];
    };
  };
  timed("dense_lu_plain", dense(benchmarks::dense_lu_baseline));
  timed("dense_lu_best", dense(best_dense_lu().second));

  // A shot that sees its own read noise.
  const LoopSolver solver(near, amplifiers);
  const device::KeyedRandom random(1, 0);
  std::uint64_t shot = 0;
  timed("inv_shot_with_read_noise", [&] {
    const Eigen::MatrixXd cells = with_read_noise(matrix, k_read_noise, random, 0, shot++);
    return solver.solve(one, {{cells, {}}}, k_shot_tolerance).output_v[0];
  });

  const Eigen::MatrixXd near_solution = cold_solution(near, one);
  const Eigen::MatrixXd far_solution = cold_solution(far, one);
  if (n <= options.nodal_up_to) {
    timed("nodal", [&] { return nodal_operating_point(near, amplifiers, one)(0); });
    figures["distance_to_nodal_near"] =
        distance(near_solution, InvCircuit(nodal_network(near), amplifiers).operating_point(one));
    figures["distance_to_nodal_far"] =
        distance(far_solution, InvCircuit(nodal_network(far), amplifiers).operating_point(one));
  }
  if (n <= (options.ngspice_64 ? 64 : 32)) {
    if (const auto spice = benchmarks::ngspice_operating_point(near, k_gain, one)) {
      figures["ngspice"] = spice->cpu_s;
      figures["distance_to_ngspice_near"] = distance(near_solution, spice->output_v);
    }
  }
  if (std::isnan(sink)) {
    fmt::print(stderr, "a result is no number\n");
  }
}

void measure_mvm(int n, const Options& options, Figures& figures) {
  const Eigen::MatrixXd conductance = mvm_conductance(n);
  const Eigen::MatrixXd voltage = random_matrix(n, 1, 0.1);
  const WireParameters wires{options.wire_ohm, options.wire_ohm};
  double sink = 0.0;
  figures["mvm_cold"] = median_seconds(
      [&] { sink += WiredMvm(conductance, wires).operating_point(voltage)(0); }, options.budget_s);
  const WiredMvm mvm(conductance, wires);
  figures["mvm_all_rows"] = median_seconds(
      [&] { sink += WiredMvm(conductance, wires).effective_conductance_s()(0); }, options.budget_s);
  figures["mvm_distance_of_its_methods"] =
      distance(mvm.operating_point(voltage),
               WiredMvm(conductance, wires).effective_conductance_s() * voltage);
  if (std::isnan(sink)) {
    fmt::print(stderr, "a result is no number\n");
  }
}

void add_ratios(Figures& figures) {
  const auto ratio = [&](const char* name, const char* above, const char* below) {
    if (figures.count(above) != 0 && figures.count(below) != 0) {
      figures[name] = figures[above] / figures[below];
    }
  };
  ratio("ratio_inv_near_cold_to_dense_lu_best", "inv_near_cold", "dense_lu_best");
  ratio("ratio_inv_near_cold_to_dense_lu_plain", "inv_near_cold", "dense_lu_plain");
  ratio("ratio_inv_far_cold_to_dense_lu_best", "inv_far_cold", "dense_lu_best");
  ratio("ratio_nodal_to_inv_near_cold", "nodal", "inv_near_cold");
  ratio("ratio_ngspice_to_inv_near_cold", "ngspice", "inv_near_cold");
}

struct Row {
  const char* name;
  const char* title;
};
constexpr Row k_rows[] = {
    {"inv_near_cold", "INV near, cold [s]"},
    {"inv_far_cold", "INV far, cold [s]"},
    {"inv_later_right_hand_side", "each later right-hand side [s]"},
    {"inv_batch_per_vector", "batch of n, per vector [s]"},
    {"inv_shot_with_read_noise", "shot with its read noise [s]"},
    {"mvm_cold", "MVM, one vector, cold [s]"},
    {"mvm_all_rows", "MVM, all vectors, cold [s]"},
    {"dense_lu_plain", "dense LU, plain [s]"},
    {"dense_lu_best", "dense LU, best [s]"},
    {"nodal", "sparse nodal [s]"},
    {"ngspice", "ngspice process [s]"},
    {"ratio_inv_near_cold_to_dense_lu_plain", "INV near / dense LU plain"},
    {"ratio_inv_near_cold_to_dense_lu_best", "INV near / dense LU best"},
    {"ratio_inv_far_cold_to_dense_lu_best", "INV far / dense LU best"},
    {"ratio_nodal_to_inv_near_cold", "sparse nodal / INV near"},
    {"ratio_ngspice_to_inv_near_cold", "ngspice / INV near"},
    {"distance_to_nodal_near", "INV near less nodal, relative"},
    {"distance_to_nodal_far", "INV far less nodal, relative"},
    {"distance_to_ngspice_near", "INV near less ngspice, relative"},
    {"mvm_distance_of_its_methods", "MVM, its two methods, relative"},
};

void print_table(const Options& options, const std::map<int, Figures>& measured) {
  fmt::print("{:34}", "n");
  for (const int n : options.sizes) {
    fmt::print("{:>11}", n);
  }
  fmt::print("\n");
  for (const Row& row : k_rows) {
    fmt::print("{:34}", row.title);
    for (const int n : options.sizes) {
      const Figures& figures = measured.at(n);
      const auto found = figures.find(row.name);
      fmt::print("{:>11}", found == figures.end() ? "-" : fmt::format("{:.3g}", found->second));
    }
    fmt::print("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  invar::circuit::keep_freed_memory();
  CLI::App app{"What circuit fidelity costs"};
  Options options;
  app.add_option("--sizes", options.sizes, "n of each column of the table")->capture_default_str();
  app.add_option("--wire-resistance", options.wire_ohm, "ohm a segment")->capture_default_str();
  app.add_option("--budget", options.budget_s, "seconds for each figure")->capture_default_str();
  app.add_option("--nodal-up-to", options.nodal_up_to, "largest n of the sparse nodal yardstick")
      ->capture_default_str();
  app.add_flag("--ngspice-64", options.ngspice_64, "ngspice at n = 64 too (about 10 s)");
  app.add_option("--json", options.json, "file for the figures");
  CLI11_PARSE(app, argc, argv);

  const auto memory = [&] {
    cold_solution(loop_layout(k_memory_size, Injection::near, options.wire_ohm),
                  random_matrix(k_memory_size, 1, 1e-6));
  };
  // First of all: a child starts with what its parent holds.
  const double idle_bytes = peak_bytes([] {});
  const double cold_bytes = peak_bytes(memory);

  std::map<int, Figures> measured;
  for (const int n : options.sizes) {
    measure_inv(n, options, measured[n]);
    measure_mvm(n, options, measured[n]);
    add_ratios(measured[n]);
  }

  const std::string kernels = to_string(best_instruction_set());
  const std::string dense = best_dense_lu().first;
  fmt::print(
      "One thread, CPU time, medians. {} ohm a segment, A0 = {:g}. Kernels: {}; dense LU best: "
      "{}.\n"
      "INV: 8 levels decaying from the diagonal; MVM: 8 random levels. Cold: from conductances to\n"
      "the first solution. Shot: {:g} % read noise drawn for every cell, solved to {:g}.\n\n",
      options.wire_ohm, k_gain, kernels, dense, 100.0 * k_read_noise, k_shot_tolerance);
  print_table(options, measured);
  fmt::print("\npeak memory, INV near cold, n = {}: {:.1f} MB, of which {:.1f} MB before it\n",
             k_memory_size, cold_bytes / 1e6, idle_bytes / 1e6);

  if (!options.json.empty()) {
    nlohmann::json report;
    report["schema"] = "invar-circuit-benchmark-1";
    report["wire_ohm"] = options.wire_ohm;
    report["gain"] = k_gain;
    report["kernels"] = kernels;
    report["dense_lu_best"] = dense;
    report["peak_memory"] = {
        {"n", k_memory_size}, {"bytes", cold_bytes}, {"idle_bytes", idle_bytes}};
    for (const auto& [n, figures] : measured) {
      report["sizes"][std::to_string(n)] = figures;
    }
    std::ofstream file(options.json);
    file << report.dump(2) << "\n";
    if (!file) {
      fmt::print(stderr, "cannot write {}\n", options.json);
      return 1;
    }
  }
  return 0;
}
