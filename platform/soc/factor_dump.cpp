#include <fmt/format.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/factor_dump.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/registers/memory_map.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace invar::platform {
namespace {

/// binary32 reads back to the same bits.
constexpr int k_digits = 9;
constexpr std::uint32_t k_factor_mask = (std::uint32_t{1} << INVAR_LABEL_UPDATE_SHIFT) - 1;
/// More than any tile array holds: such a descriptor is refused.
constexpr std::uint32_t k_largest_dimension = 1 << 15;

/// As it is programmed.
template <typename Element>
Eigen::MatrixXd matrix_of(Soc& soc, const invar_descriptor& program) {
  using Rows = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::uint64_t n = program.n;
  const std::vector<unsigned char> bytes = soc.operand(program.source, n * n * sizeof(Element));
  Rows matrix =
      Eigen::Map<const Rows>(reinterpret_cast<const Element*>(bytes.data()), program.n, program.n);
  if ((program.flags & INVAR_FLAG_ADD_DAMPING) != 0) {
    matrix.diagonal().array() += Element{program.damping};
  }
  return matrix.template cast<double>();
}

void make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && access(path.c_str(), W_OK | X_OK) != 0) {
    error = std::error_code(errno, std::generic_category());
  }
  if (error) {
    throw InputError("--dump-factors " + path + ": no directory to write to: " + error.message());
  }
}

}  // namespace

FactorDump::FactorDump(const TrainParameters& parameters, std::size_t factors, Soc& soc)
    : parameters_(parameters), factor_count_(factors), soc_(soc) {
  if (parameters.dump_factors.empty()) {
    return;
  }
  make_directory(parameters.dump_factors);
  soc.bus.on_write = [this](std::uint64_t address, const unsigned char* data, std::size_t bytes) {
    watch(address, data, bytes);
  };
}

const std::string& FactorDump::finish() {
  write_refresh();
  return failure_;
}

void FactorDump::watch(std::uint64_t address, const unsigned char* data, std::size_t bytes) {
  const bool is_accelerator = address >= INVAR_MAP_ACCELERATOR &&
                              address - INVAR_MAP_ACCELERATOR < INVAR_ACCELERATOR_WINDOW_BYTES;
  if (!is_accelerator) {
    return;
  }
  for (std::size_t at = 0; at + 4 <= bytes; at += 4) {
    std::uint32_t value = 0;
    std::memcpy(&value, data + at, sizeof value);
    watch_accelerator(address + at - INVAR_MAP_ACCELERATOR, value);
  }
}

void FactorDump::watch_accelerator(std::uint64_t offset, std::uint32_t value) {
  switch (offset) {
    case INVAR_REG_CONTROL:
      if ((value & INVAR_CONTROL_RESET) != 0) {
        ring_ = Ring{};
      }
      break;
    case INVAR_REG_RING_BASE_LO:
      ring_.base = (ring_.base & ~std::uint64_t{0xFFFFFFFFu}) | value;
      break;
    case INVAR_REG_RING_BASE_HI:
      ring_.base = (ring_.base & 0xFFFFFFFFu) | std::uint64_t{value} << 32;
      break;
    case INVAR_REG_RING_SIZE:
      ring_.size = value;
      break;
    case INVAR_REG_RING_TAIL:
      take_programs(value);
      break;
    default:
      break;
  }
}

void FactorDump::take_programs(std::uint32_t tail) {
  if (ring_.size == 0 || tail - ring_.seen > ring_.size) {
    return;  // the accelerator refuses such a ring too
  }
  for (; ring_.seen != tail; ++ring_.seen) {
    try {
      const auto& descriptor = *soc_.memory_as<invar_descriptor>(
          ring_.base + std::uint64_t{ring_.seen % ring_.size} * sizeof(invar_descriptor));
      if (descriptor.opcode == INVAR_OP_PROGRAM) {
        take(descriptor);
      }
    } catch (const std::runtime_error&) {
      // An address of neither: the accelerator answers with a status.
    }
  }
}

void FactorDump::take(const invar_descriptor& program) {
  const std::uint32_t factor = program.label & k_factor_mask;
  // The label has the last bits of the update's number.
  const std::uint64_t since = ((program.label >> INVAR_LABEL_UPDATE_SHIFT) - update_) &
                              (~k_factor_mask >> INVAR_LABEL_UPDATE_SHIFT);
  if (since != 0) {
    write_refresh();
    update_ += since;
  }
  if (!is_due() || program.n < 1 || program.n > k_largest_dimension ||
      factors_.count(factor) != 0) {
    return;
  }
  factors_[factor] = (program.flags & INVAR_FLAG_FP32) != 0 ? matrix_of<float>(soc_, program)
                                                            : matrix_of<double>(soc_, program);
}

std::uint64_t FactorDump::refresh() const {
  // The first one at or after its update's step.
  const auto refresh_interval = static_cast<std::uint64_t>(parameters_.inverse_interval);
  const std::uint64_t step =
      (update_ - 1) * static_cast<std::uint64_t>(parameters_.factor_interval);
  return (step + refresh_interval - 1) / refresh_interval;
}

bool FactorDump::is_due() const {
  return update_ != 0 && refresh() % static_cast<std::uint64_t>(parameters_.dump_interval) == 0;
}

void FactorDump::write_refresh() {
  if (factors_.size() != factor_count_) {
    factors_.clear();  // a run that was cut off in the middle: who is who is not known
    return;
  }
  const std::uint64_t step = refresh() * static_cast<std::uint64_t>(parameters_.inverse_interval);
  for (const auto& [number, factor] : factors_) {
    const std::string name = fmt::format("step{:06}_factor{}_n{}.mtx", step, number, factor.rows());
    if (!failure_.empty()) {
      break;  // a full disk will not get better
    }
    try {
      write_symmetric_matrix_market(
          (std::filesystem::path(parameters_.dump_factors) / name).string(), factor, k_digits);
    } catch (const std::runtime_error& error) {
      failure_ = error.what();
    }
  }
  factors_.clear();
}

}  // namespace invar::platform
