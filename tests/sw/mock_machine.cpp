#include "sw/mock_machine.h"

#include <algorithm>
#include <cstring>

namespace invar::tests {
namespace {

constexpr std::uint32_t k_accelerator_input = 3, k_engine_input = 5, k_timer_input = 0;
constexpr std::uint64_t k_window = 0x10000;

MockMachine& self(void* context) {
  return *static_cast<MockMachine*>(context);
}

}  // namespace

MockMachine::MockMachine(std::size_t ram_bytes, std::size_t scratchpad_bytes)
    : ram_(ram_bytes),
      engine_(scratchpad_bytes, [this](std::uint64_t address, std::uint64_t bytes) {
        return memory(address, bytes);
      }) {}

invar_port& MockMachine::port() {
  invar_port& port = port_;
  port = {};
  port.context = this;
  port.read32 = [](void* c, std::uint64_t address, std::uint32_t* value) {
    return self(c).read(address, value);
  };
  port.write32 = [](void* c, std::uint64_t address, std::uint32_t value) {
    return self(c).write(address, value);
  };
  port.memory = [](void* c, std::uint64_t address, std::uint64_t bytes) -> void* {
    return self(c).memory(address, bytes);
  };
  port.charge = [](void* c, const invar_function_cost* cost, std::uint64_t first,
                   std::uint64_t second) {
    self(c).charged.push_back({cost, first, second});
    const auto& milli = cost->milli_operations;
    for (std::size_t i = 0; i < INVAR_OPERATION_COUNT; ++i) {
      self(c).timer_.pass((milli[0][i] + milli[1][i] * first + milli[2][i] * second) / 1000);
    }
  };
  port.wait_for_interrupt = [](void* c) { self(c).sleep(); };
  port.put_char = [](void* c, char character) { self(c).console += character; };
  port.boot_block_address = k_ram_base;
  port.accelerator_base = k_accelerator;
  port.engine_base = k_engine;
  port.uart_base = k_uart;
  port.timer_base = k_timer;
  port.interrupt_controller_base = k_interrupts;
  port.host_control_base = k_host;
  port.accelerator_irq = k_accelerator_input;
  port.engine_irq = k_engine_input;
  port.timer_irq = k_timer_input;
  return port;
}

unsigned char* MockMachine::memory(std::uint64_t address, std::uint64_t bytes) {
  if (address < k_ram_base || bytes > ram_.size() || address - k_ram_base > ram_.size() - bytes) {
    return nullptr;
  }
  return ram_.data() + (address - k_ram_base);
}

std::uint64_t MockMachine::place(std::uint64_t bytes) {
  const std::uint64_t address = next_;
  next_ += (bytes + 63) / 64 * 64;
  return address;
}

invar_boot_block& MockMachine::boot(invar_app app) {
  auto& boot = *ram<invar_boot_block>(k_ram_base);
  counters_ = place(sizeof(invar_driver_counters));
  boot.magic = INVAR_BOOT_MAGIC;
  boot.app = app;
  boot.counters_address = counters_;
  boot.heap_address = next_;
  boot.heap_bytes = k_ram_base + ram_.size() - next_;
  return boot;
}

std::uint32_t MockMachine::pending() const {
  const auto get = [](const auto& registers, std::uint64_t offset) {
    const auto found = registers.find(offset);
    return found == registers.end() ? 0u : found->second;
  };
  const bool accelerator =
      (get(accelerator_, INVAR_REG_IRQ_STATUS) & get(accelerator_, INVAR_REG_IRQ_ENABLE)) != 0;
  const bool engine = (get(engine_registers_, INVAR_ENGINE_REG_IRQ_STATUS) &
                       get(engine_registers_, INVAR_ENGINE_REG_IRQ_ENABLE)) != 0;
  const std::uint32_t lines = (accelerator ? 1u << k_accelerator_input : 0) |
                              (engine ? 1u << k_engine_input : 0) |
                              (timer_.irq() ? 1u << k_timer_input : 0);
  return lines & get(interrupts_, INVAR_INTC_REG_ENABLE);
}

int MockMachine::read(std::uint64_t address, std::uint32_t* value) {
  ++register_accesses;
  timer_.pass(10);
  const std::uint64_t base = address / k_window * k_window, offset = address % k_window;
  if (address == broken_register) {
    return 1;
  }
  if (base == k_accelerator) {
    *value = offset == INVAR_REG_ID           ? 0x52564E49u
             : offset == INVAR_REG_CAPABILITY ? std::min(tiles, 255u) | rows << 8 | 8u << 24
             : offset == INVAR_REG_TILES      ? tiles
                                              : accelerator_[offset];
  } else if (base == k_engine) {
    *value = offset == INVAR_ENGINE_REG_ID ? engine_id
             : offset == INVAR_ENGINE_REG_SCRATCHPAD_BYTES
                 ? static_cast<std::uint32_t>(engine_.scratchpad_bytes())
                 : engine_registers_[offset];
  } else if (base == k_interrupts && offset == INVAR_INTC_REG_CLAIM) {
    const std::uint32_t lines = pending();
    *value = lines == 0 ? 0 : static_cast<std::uint32_t>(__builtin_ctz(lines)) + 1;
  } else if (base == k_host && offset == INVAR_HOST_REG_STOP) {
    *value = stop ? 1 : 0;
  } else if (base == k_timer) {
    *value = timer_.read(offset);
  } else {
    return 1;
  }
  return 0;
}

int MockMachine::write(std::uint64_t address, std::uint32_t value) {
  ++register_accesses;
  const std::uint64_t base = address / k_window * k_window, offset = address % k_window;
  if (address == broken_register) {
    return 1;
  }
  if (base == k_accelerator) {
    if (offset == INVAR_REG_IRQ_STATUS) {
      accelerator_[offset] &= ~value;
    } else if (offset == INVAR_REG_CONTROL && (value & INVAR_CONTROL_RESET) != 0) {
      accelerator_.clear();
      queue_.clear();
    } else {
      accelerator_[offset] = value;
    }
    if (offset == INVAR_REG_RING_TAIL) {
      const std::uint32_t size = accelerator_[INVAR_REG_RING_SIZE];
      for (; accelerator_[INVAR_REG_RING_HEAD] != value; ++accelerator_[INVAR_REG_RING_HEAD]) {
        const std::uint32_t slot = accelerator_[INVAR_REG_RING_HEAD] % size;
        const std::uint64_t ring = accelerator_[INVAR_REG_RING_BASE_LO];
        queue_.push_back({*ram<invar_descriptor>(ring + slot * sizeof(invar_descriptor)), slot});
      }
    }
  } else if (base == k_engine) {
    if (offset == INVAR_ENGINE_REG_IRQ_STATUS) {
      engine_registers_[offset] &= ~value;
    } else if (offset == INVAR_ENGINE_REG_CONTROL && (value & INVAR_ENGINE_CONTROL_RESET) != 0) {
      engine_registers_.clear();
    } else {
      engine_registers_[offset] = value;
    }
    doorbells += offset == INVAR_ENGINE_REG_RING_TAIL;
  } else if (base == k_interrupts) {
    interrupts_[offset] = value;
  } else if (base == k_host && offset == INVAR_HOST_REG_PHASE) {
    host_phases.push_back(value);
  } else if (base == k_host && offset == INVAR_HOST_REG_PROGRESS) {
    note_progress(std::uint64_t{value} * 16);
  } else if (base == k_host && offset == INVAR_HOST_REG_EXIT) {
    exits.push_back(value);
  } else if (base == k_timer) {
    timer_.write(offset, value);
  } else {
    return 1;
  }
  return 0;
}

void MockMachine::sleep() {
  ++sleeps;
  if (pending() == 0) {
    run_engine();
    run_accelerator();
  }
  if (pending() == 0) {
    timer_.pass_to_compare();
  }
  if (pending() == 0) {
    throw std::logic_error("the firmware waits for an interrupt that never comes");
  }
  if (port_.interrupt_entry == nullptr) {
    throw std::logic_error("the firmware waits for an interrupt that it has no entry for");
  }
  for (unsigned i = 0; i < entries_per_interrupt; ++i) {
    port_.interrupt_entry(port_.interrupt_context);
  }
}

void MockMachine::run_engine() {
  auto& r = engine_registers_;
  if (r[INVAR_ENGINE_REG_RING_HEAD] == r[INVAR_ENGINE_REG_RING_TAIL] ||
      (r[INVAR_ENGINE_REG_STATUS] & INVAR_ENGINE_STATUS_HALTED) != 0) {
    return;
  }
  const std::uint64_t ring = r[INVAR_ENGINE_REG_RING_BASE_LO];
  for (std::uint32_t& head = r[INVAR_ENGINE_REG_RING_HEAD]; head != r[INVAR_ENGINE_REG_RING_TAIL];
       ++head) {
    const std::uint32_t slot = head % r[INVAR_ENGINE_REG_RING_SIZE];
    const invar_engine_job job = *ram<invar_engine_job>(ring + slot * 64);
    if (on_job) {
      on_job(job);
    }
    const invar_engine_status status = without_numbers ? INVAR_ENGINE_OK : engine_.run(job);
    if (status != INVAR_ENGINE_OK) {
      r[INVAR_ENGINE_REG_ERROR_STATUS] = status;
      r[INVAR_ENGINE_REG_ERROR_TAG] = job.tag;
      r[INVAR_ENGINE_REG_STATUS] = INVAR_ENGINE_STATUS_HALTED;
      r[INVAR_ENGINE_REG_IRQ_STATUS] |= INVAR_ENGINE_IRQ_FAULT;
      return;
    }
  }
  r[INVAR_ENGINE_REG_IRQ_STATUS] |= INVAR_ENGINE_IRQ_IDLE;
}

void MockMachine::run_accelerator() {
  if (halt_accelerator) {
    accelerator_[INVAR_REG_STATUS] = INVAR_STATUS_HALTED;
    accelerator_[INVAR_REG_IRQ_STATUS] |= INVAR_IRQ_FAULT;
    return;
  }
  if (queue_.empty()) {
    return;
  }
  const Queued queued = reverse_order ? queue_.back() : queue_.front();
  reverse_order ? queue_.pop_back() : queue_.pop_front();
  invar_completion record{};
  record.tag = queued.descriptor.tag;
  execute(queued.descriptor, record);
  commands.push_back(queued.descriptor);
  const std::uint64_t completions = accelerator_[INVAR_REG_COMPLETION_BASE_LO];
  *ram<invar_completion>(completions + queued.slot * sizeof(invar_completion)) = record;
  ++accelerator_[INVAR_REG_COMPLETED];
  accelerator_[INVAR_REG_IRQ_STATUS] |= INVAR_IRQ_COMPLETION;
}

void MockMachine::execute(const invar_descriptor& descriptor, invar_completion& record) {
  record.status = INVAR_STATUS_OK;
  if (descriptor.opcode == INVAR_OP_PROGRAM) {
    execute_program(descriptor, record);
    return;
  }
  if (matrices_.count(descriptor.handle) == 0) {
    record.status = INVAR_STATUS_BAD_HANDLE;
  } else if (descriptor.opcode == INVAR_OP_RELEASE) {
    matrices_.erase(descriptor.handle);
    tiles_of_.erase(descriptor.handle);
  } else if (descriptor.opcode == INVAR_OP_READ_BACK) {
    store(descriptor.destination, matrices_[descriptor.handle],
          (descriptor.flags & INVAR_FLAG_FP32) != 0);
  } else {
    execute_vectors(descriptor, record);
  }
}

unsigned MockMachine::tiles_in_use() const {
  unsigned sum = 0;
  for (const auto& [handle, count] : tiles_of_) {
    sum += count;
  }
  return sum;
}

void MockMachine::execute_program(const invar_descriptor& descriptor, invar_completion& record) {
  const unsigned leaves = (descriptor.n + rows - 1) / rows;
  const unsigned taken = one_tile_a_leaf ? leaves : leaves * leaves;
  if (!program_statuses.empty()) {
    record.status = program_statuses.front();
    program_statuses.pop_front();
  } else if (descriptor.n > rows && !without_numbers) {
    record.status = INVAR_STATUS_TOO_LARGE;
  } else if (descriptor.handle != INVAR_HANDLE_NONE && matrices_.count(descriptor.handle) == 0) {
    record.status = INVAR_STATUS_BAD_HANDLE;
  } else if (descriptor.handle == INVAR_HANDLE_NONE && tiles_in_use() + taken > tiles) {
    record.status = INVAR_STATUS_NO_TILE;
  }
  if (record.status != INVAR_STATUS_OK) {
    matrices_.erase(descriptor.handle);
    tiles_of_.erase(descriptor.handle);
  } else {
    record.handle = descriptor.handle != INVAR_HANDLE_NONE ? descriptor.handle : next_handle_++;
    record.residual = contractions.empty() ? 0.0 : contractions.front();
    if (!contractions.empty()) {
      contractions.pop_front();
    }
    tiles_of_[record.handle] = taken;
    most_tiles_in_use = std::max(most_tiles_in_use, tiles_in_use());
    Eigen::MatrixXd& matrix = matrices_[record.handle];
    matrix = without_numbers ? Eigen::MatrixXd()
                             : load(descriptor.source, descriptor.n, descriptor.n,
                                    (descriptor.flags & INVAR_FLAG_FP32) != 0);
    if ((descriptor.flags & INVAR_FLAG_ADD_DAMPING) != 0) {
      matrix.diagonal().array() += double{descriptor.damping};
    }
  }
}

void MockMachine::execute_vectors(const invar_descriptor& descriptor, invar_completion& record) {
  const bool single = (descriptor.flags & INVAR_FLAG_FP32) != 0;
  const Eigen::MatrixXd& matrix = matrices_[descriptor.handle];
  const Eigen::MatrixXd vectors =
      without_numbers
          ? Eigen::MatrixXd()
          : load(descriptor.source, descriptor.columns, descriptor.n, single).transpose();
  if (descriptor.opcode == INVAR_OP_MVM) {
    store(descriptor.destination, (matrix * vectors).transpose(), single);
    return;
  }
  if (!solve_statuses.empty()) {
    record.status = solve_statuses.front();
    solve_statuses.pop_front();
  }
  record.iterations = 3;
  record.total_iterations = 3 * descriptor.columns;
  record.seed_effective_bits = 2.5f;
  record.residual = missed_residual;
  if (record.status == INVAR_STATUS_OK) {
    record.residual = 1e-7;
    record.converged = descriptor.columns;
    if (!without_numbers) {
      const bool symmetric = matrix == matrix.transpose();
      const Eigen::MatrixXd solution = symmetric ? Eigen::MatrixXd(matrix.ldlt().solve(vectors))
                                                 : matrix.partialPivLu().solve(vectors);
      store(descriptor.destination, solution.transpose(), single);
    }
  }
}

void MockMachine::note_progress(std::uint64_t address) {
  Progress entry{*ram<invar_progress>(address), {}};
  if (ram<invar_boot_block>(k_ram_base)->app == INVAR_APP_WORKLOAD) {
    progress.push_back(std::move(entry));
    return;
  }
  const std::size_t count = entry.record.weight_count;
  const float* first = ram<float>(entry.record.weights_address, count);
  entry.weights.assign(first, first + count);
  progress.push_back(std::move(entry));
  if (on_progress) {
    on_progress();
  }
}

Eigen::MatrixXd MockMachine::load(std::uint64_t address, std::uint64_t row_count,
                                  std::uint64_t columns, bool single) {
  Eigen::MatrixXd matrix(row_count, columns);
  for (std::uint64_t i = 0; i < row_count * columns; ++i) {
    matrix(static_cast<Eigen::Index>(i / columns), static_cast<Eigen::Index>(i % columns)) =
        single ? static_cast<double>(*ram<float>(address + 4 * i)) : *ram<double>(address + 8 * i);
  }
  return matrix;
}

void MockMachine::store(std::uint64_t address, const Eigen::MatrixXd& matrix, bool single) {
  for (Eigen::Index i = 0; i < matrix.size(); ++i) {
    const double value = matrix(i / matrix.cols(), i % matrix.cols());
    const auto place = static_cast<std::uint64_t>(i);
    if (single) {
      *ram<float>(address + 4 * place) = static_cast<float>(value);
    } else {
      *ram<double>(address + 8 * place) = value;
    }
  }
}

}  // namespace invar::tests
