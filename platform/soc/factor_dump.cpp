#include <fmt/format.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/factor_dump.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/registers/memory_map.h>
#include <invar/registers/peripheral_registers.h>
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
/// More than any tile array holds: such a descriptor is refused.
constexpr std::uint32_t k_largest_dimension = 1 << 15;

template <typename Element>
Eigen::MatrixXd matrix_at(Soc& soc, std::uint64_t address, std::uint32_t n) {
  using Rows = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::vector<unsigned char> bytes =
      soc.operand(address, std::uint64_t{n} * n * sizeof(Element));
  return Eigen::Map<const Rows>(reinterpret_cast<const Element*>(bytes.data()), n, n)
      .template cast<double>();
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
  const std::uint64_t phase_register = std::uint64_t{INVAR_MAP_HOST_CONTROL} + INVAR_HOST_REG_PHASE;
  if (!is_accelerator && address != phase_register) {
    return;
  }
  for (std::size_t at = 0; at + 4 <= bytes; at += 4) {
    std::uint32_t value = 0;
    std::memcpy(&value, data + at, sizeof value);
    if (is_accelerator) {
      watch_accelerator(address + at - INVAR_MAP_ACCELERATOR, value);
    } else if (at == 0 && value == INVAR_PHASE_PROGRAMMING) {
      begin_refresh();
    }
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
    if (!is_due()) {
      continue;
    }
    try {
      const auto& descriptor = *soc_.memory_as<invar_descriptor>(
          ring_.base + std::uint64_t{ring_.seen % ring_.size} * sizeof(invar_descriptor));
      const std::uint32_t n = descriptor.n;
      if (descriptor.opcode == INVAR_OP_PROGRAM && n >= 1 && n <= k_largest_dimension &&
          factors_.count(descriptor.source) == 0) {
        factors_[descriptor.source] = (descriptor.flags & INVAR_FLAG_FP32) != 0
                                          ? matrix_at<float>(soc_, descriptor.source, n)
                                          : matrix_at<double>(soc_, descriptor.source, n);
      }
    } catch (const std::runtime_error&) {
      // An address of neither: the accelerator answers with a status.
    }
  }
}

void FactorDump::begin_refresh() {
  write_refresh();
  ++refreshes_;
}

bool FactorDump::is_due() const {
  return refreshes_ != 0 &&
         (refreshes_ - 1) % static_cast<std::uint64_t>(parameters_.dump_interval) == 0;
}

void FactorDump::write_refresh() {
  if (factors_.size() != factor_count_) {
    factors_.clear();  // a run that was cut off in the middle: who is who is not known
    return;
  }
  // One refresh every inverse interval, from step 0 on.
  const std::uint64_t step =
      (refreshes_ - 1) * static_cast<std::uint64_t>(parameters_.inverse_interval);
  int number = 0;
  for (const auto& [address, factor] : factors_) {
    const std::string name =
        fmt::format("step{:06}_factor{}_n{}.mtx", step, number++, factor.rows());
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
