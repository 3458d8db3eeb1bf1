// What solves cost the host: descriptor, DMA, tiles, interrupt, against the same refinement
// arithmetic in plain Eigen; with more tiles, and with worker threads.
#include <fmt/format.h>
#include <invar/accelerator/inv_accelerator.h>
#include <invar/bus/host_bus.h>
#include <invar/bus/memory.h>
#include <invar/circuit/keep_memory.h>
#include <invar/parameters/description.h>

#include <CLI/CLI.hpp>
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <chrono>
#include <ctime>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace invar;
using Eigen::Index;
using Eigen::MatrixXd;

constexpr std::uint64_t k_ram = 0x80000000;
constexpr std::uint64_t k_accelerator = 0x40000000;
constexpr std::uint64_t k_ring = k_ram;
constexpr std::uint64_t k_completions = k_ram + 0x40000;
constexpr std::uint64_t k_data = k_ram + 0x100000;

struct Options {
  int n = 64;
  int columns = 64;
  int matrices = 1;  ///< held at once, each on tiles of its own
  int commands = 200;
  double tolerance = 1e-6;
  double damping = 0.1;
  accelerator::AcceleratorParameters accelerator;
};

double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu_s() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Uniform in [-1, 1): the same everywhere.
class Random {
 public:
  double next() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<double>(state_ >> 11) * 0x1p-52 - 1.0;
  }

 private:
  std::uint64_t state_ = 12345;
};

MatrixXd covariance(int n, double damping, Random& random) {
  MatrixXd samples(n, 4 * n);
  for (double& value : samples.reshaped()) {
    value = random.next();
  }
  MatrixXd matrix = samples * samples.transpose() / (4.0 * n);
  matrix.diagonal().array() += damping * matrix.trace() / n;
  return matrix;
}

/// Programs matrices, then keeps every one of them busy with one SOLVE at a time.
class Host : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Host> socket{"socket"};
  sc_core::sc_in<bool> irq{"irq"};
  double solve_wall_s = 0.0;
  double solve_cpu_s = 0.0;
  double iterations = 0.0;  ///< mean a right-hand side
  std::uint64_t failures = 0;
  MatrixXd matrix;
  MatrixXd rhs;

  Host(const sc_core::sc_module_name& name, bus::Memory& memory, const Options& options)
      : sc_core::sc_module(name), memory_(memory), options_(options) {
    INVAR_HAS_PROCESS(Host);
    SC_THREAD(run);
    Random random;
    matrix = covariance(options.n, options.damping, random);
    rhs.resize(options.n, options.columns);
    for (double& value : rhs.reshaped()) {
      value = random.next();
    }
    std::copy_n(matrix.data(), matrix.size(), at<double>(k_data));
    std::copy_n(rhs.data(), rhs.size(), at<double>(rhs_address()));
  }

 private:
  std::uint64_t rhs_address() const { return k_data + 8 * options_.n * options_.n; }
  std::uint64_t solution(int matrix_index) const {
    return rhs_address() +
           static_cast<std::uint64_t>(8) * options_.n * options_.columns * (1 + matrix_index % 64);
  }
  template <typename T>
  T* at(std::uint64_t address) {
    return reinterpret_cast<T*>(memory_.data() + (address - k_ram));
  }
  std::uint32_t read(std::uint64_t offset) {
    std::uint32_t value = 0;
    access(tlm::TLM_READ_COMMAND, offset, value);
    return value;
  }
  void write(std::uint64_t offset, std::uint32_t value) {
    access(tlm::TLM_WRITE_COMMAND, offset, value);
  }
  void access(tlm::tlm_command command, std::uint64_t offset, std::uint32_t& value) {
    tlm::tlm_generic_payload payload;
    sc_core::sc_time delay;
    payload.set_command(command);
    payload.set_address(k_accelerator + offset);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    socket->b_transport(payload, delay);
    wait(delay);
  }
  void submit(std::uint32_t slot, const invar_descriptor& descriptor) {
    *at<invar_completion>(k_completions + sizeof(invar_completion) * slot) = invar_completion{};
    *at<invar_descriptor>(k_ring + sizeof(invar_descriptor) * slot) = descriptor;
    ++tail_;
  }
  void wait_for_interrupt() {
    while (!irq.read()) {
      wait(irq.value_changed_event());
    }
    write(INVAR_REG_IRQ_STATUS, INVAR_IRQ_COMPLETION | INVAR_IRQ_FAULT);
  }
  /// Takes the completions that the accelerator has counted since the last look, oldest first.
  void collect(std::list<std::uint32_t>& open, const std::function<void(std::uint32_t)>& done) {
    wait_for_interrupt();
    const std::uint32_t completed = read(INVAR_REG_COMPLETED);
    for (auto slot = open.begin(); collected_ != completed && slot != open.end();) {
      if (at<invar_completion>(k_completions + sizeof(invar_completion) * *slot)->status !=
          INVAR_STATUS_PENDING) {
        done(*slot);
        slot = open.erase(slot);
        ++collected_;
      } else {
        ++slot;
      }
    }
  }

  void run() {
    // Slots go round: with at most half a ring under way none is overwritten before it is done.
    constexpr std::uint32_t k_ring_size = 4096;
    write(INVAR_REG_RING_BASE_LO, static_cast<std::uint32_t>(k_ring));
    write(INVAR_REG_COMPLETION_BASE_LO, static_cast<std::uint32_t>(k_completions));
    write(INVAR_REG_RING_SIZE, k_ring_size);
    write(INVAR_REG_IRQ_ENABLE, INVAR_IRQ_COMPLETION | INVAR_IRQ_FAULT);
    write(INVAR_REG_CONTROL, INVAR_CONTROL_ENABLE);
    std::vector<std::uint32_t> handles;
    std::list<std::uint32_t> open;
    for (int i = 0; i < options_.matrices; ++i) {
      invar_descriptor program{};
      program.opcode = INVAR_OP_PROGRAM;
      program.phase = INVAR_PHASE_PROGRAMMING;
      program.n = static_cast<std::uint32_t>(options_.n);
      program.source = k_data;
      open.push_back(tail_ % k_ring_size);
      submit(tail_ % k_ring_size, program);
    }
    write(INVAR_REG_RING_TAIL, tail_);
    while (!open.empty()) {
      collect(open, [&](std::uint32_t slot) {
        const auto* record = at<invar_completion>(k_completions + sizeof(invar_completion) * slot);
        failures += record->status != INVAR_STATUS_OK;
        handles.push_back(record->handle);
      });
    }
    const double wall = wall_s();
    const double cpu = cpu_s();
    int left = options_.commands;
    std::map<std::uint32_t, int> owner;
    const auto start = [&](int index) {
      invar_descriptor solve{};
      solve.opcode = INVAR_OP_SOLVE;
      solve.phase = INVAR_PHASE_INVERSION;
      solve.handle = handles[index];
      solve.n = static_cast<std::uint32_t>(options_.n);
      solve.columns = static_cast<std::uint32_t>(options_.columns);
      solve.source = rhs_address();
      solve.destination = solution(index);
      solve.tolerance = options_.tolerance;
      const std::uint32_t slot = tail_ % k_ring_size;
      owner[slot] = index;
      open.push_back(slot);
      submit(slot, solve);
      --left;
    };
    std::deque<int> idle;
    for (int i = 0; i < options_.matrices; ++i) {
      idle.push_back(i);
    }
    const auto fill = [&] {
      while (left > 0 && !idle.empty() && open.size() < k_ring_size / 2) {
        start(idle.front());
        idle.pop_front();
      }
    };
    fill();
    write(INVAR_REG_RING_TAIL, tail_);
    double shots = 0.0;
    while (!open.empty()) {
      collect(open, [&](std::uint32_t slot) {
        const auto* record = at<invar_completion>(k_completions + sizeof(invar_completion) * slot);
        failures += record->status != INVAR_STATUS_OK;
        shots += record->total_iterations;
        idle.push_back(owner[slot]);
      });
      fill();
      write(INVAR_REG_RING_TAIL, tail_);
    }
    solve_wall_s = wall_s() - wall;
    solve_cpu_s = cpu_s() - cpu;
    iterations = shots / (static_cast<double>(options_.commands) * options_.columns);
    sc_core::sc_stop();
  }

  bus::Memory& memory_;
  Options options_;
  std::uint32_t tail_ = 0;
  std::uint32_t collected_ = 0;
};

/// Seconds of one batch of the same refinement arithmetic: x += M^-1 r, r = b - A x.
double plain_eigen_s(const MatrixXd& matrix, const MatrixXd& rhs, double iterations, int commands) {
  const Index n = matrix.rows();
  const MatrixXd seed = matrix.llt().solve(MatrixXd::Identity(n, n));
  const int rounds = std::max(1, static_cast<int>(iterations + 0.5));
  MatrixXd solution;
  MatrixXd residual;
  double checksum = 0.0;
  const double start = cpu_s();
  for (int command = 0; command < commands; ++command) {
    solution.setZero(n, rhs.cols());
    residual = rhs;
    for (int round = 0; round < rounds; ++round) {
      solution.noalias() += seed * residual;
      residual = rhs;
      residual.noalias() -= matrix * solution;
    }
    checksum += residual(0, 0);
  }
  const double seconds = (cpu_s() - start) / commands * iterations / rounds;
  return checksum == 12345.0 ? 0.0 : seconds;
}

int run(int argc, char** argv) {
  Options options;
  std::string fidelity = "behavioural";
  options.accelerator.tiles = 8;
  CLI::App app{"host time of solves through the accelerator"};
  app.add_option("--n", options.n, "matrix dimension")->check(CLI::Range(1, 4096));
  app.add_option("--columns", options.columns, "right-hand sides a SOLVE")
      ->check(CLI::Range(1, 65536));
  app.add_option("--matrices", options.matrices, "held and solved with at once")
      ->check(CLI::Range(1, 4095));
  app.add_option("--commands", options.commands, "SOLVE commands")->check(CLI::Range(1, 1000000));
  app.add_option("--tiles", options.accelerator.tiles)->check(CLI::Range(1, 4096));
  app.add_option("--rows", options.accelerator.tile.rows, "of a tile")->check(CLI::Range(1, 512));
  app.add_option("--threads", options.accelerator.worker_threads)->check(CLI::Range(1, 64));
  app.add_option("--tolerance", options.tolerance);
  app.add_option("--damping", options.damping, "of the matrix, over its mean diagonal");
  app.add_option("--fidelity", fidelity);
  CLI11_PARSE(app, argc, argv);
  tile::TileParameters::description().set(options.accelerator.tile, "tile.fidelity", fidelity);
  options.accelerator.sequencer.contexts = options.matrices;
  circuit::keep_freed_memory();

  ledger::Ledger ledger;
  bus::MemoryParameters memory_parameters;
  memory_parameters.size_bytes = std::uint64_t{256} << 20;
  bus::Memory memory("memory", memory_parameters, &ledger);
  bus::HostBus bus("bus", 2,
                   {{"memory", k_ram, memory_parameters.size_bytes},
                    {"accelerator", k_accelerator, INVAR_ACCELERATOR_WINDOW_BYTES}},
                   {}, &ledger);
  accelerator::InvAccelerator<> accelerator("accelerator", options.accelerator, &ledger);
  Host host("host", memory, options);
  sc_core::sc_signal<bool> irq("irq");
  sc_core::sc_signal<bool> reset("reset");
  host.socket.bind(bus.target[0]);
  accelerator.dma.socket.bind(bus.target[1]);
  bus.initiator[0].bind(memory.socket);
  bus.initiator[1].bind(accelerator.registers);
  accelerator.irq(irq);
  accelerator.rst(reset);
  host.irq(irq);
  sc_core::sc_start();

  const double yardstick_s =
      plain_eigen_s(host.matrix, host.rhs, host.iterations, std::min(options.commands, 500));
  const double each_s = host.solve_cpu_s / options.commands;
  fmt::print(
      "{{\"n\": {}, \"columns\": {}, \"tiles\": {}, \"matrices\": {}, \"threads\": {}, "
      "\"commands\": {}, \"failures\": {}, \"iterations\": {:.3f}, \"wall_s\": {:.6g}, "
      "\"cpu_s\": {:.6g}, \"wall_s_per_solve\": {:.6g}, \"cpu_s_per_solve\": {:.6g}, "
      "\"plain_eigen_s\": {:.6g}, \"ratio\": {:.3f}}}\n",
      options.n, options.columns, options.accelerator.tiles, options.matrices,
      options.accelerator.worker_threads, options.commands, host.failures, host.iterations,
      host.solve_wall_s, host.solve_cpu_s, host.solve_wall_s / options.commands, each_s,
      yardstick_s, each_s / yardstick_s);
  return host.failures == 0 ? 0 : 1;
}

}  // namespace

int sc_main(int argc, char** argv) {
  return run(argc, argv);
}
