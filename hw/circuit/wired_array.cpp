#include <invar/circuit/conductance_check.h>
#include <invar/circuit/wired_array.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <vector>

namespace invar::circuit {
namespace {

/// Working memory of one march, in one piece: aligned for the widest registers, and set apart so
/// that parts of equal size do not fall on the same lines of a cache.
class LaneMemory {
 public:
  LaneMemory(std::initializer_list<int> rows, int width) {
    Eigen::Index size = k_alignment;
    for (const int count : rows) {
      starts_.push_back(size);
      size += static_cast<Eigen::Index>(count) * width + k_apart;
    }
    memory_.setZero(size);
    const auto place = reinterpret_cast<std::uintptr_t>(memory_.data()) / sizeof(double);
    first_ = memory_.data() - place % k_alignment;
    sizes_.assign(rows.begin(), rows.end());
    width_ = width;
  }
  double* part(int i) { return first_ + starts_[i]; }
  void clear(int i) { std::fill_n(part(i), static_cast<std::size_t>(sizes_[i]) * width_, 0.0); }

 private:
  static constexpr Eigen::Index k_alignment = 8;  // doubles: 64 bytes
  static constexpr Eigen::Index k_apart = 136;
  Eigen::VectorXd memory_;
  double* first_;
  std::vector<Eigen::Index> starts_;
  std::vector<int> sizes_;
  int width_;
};

/// Lanes to rows first ... of a matrix.
void store(const double* lanes, int width, int count, Eigen::MatrixXd& matrix, int first) {
  for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
    std::copy_n(lanes + column * width, count, &matrix(first, column));
  }
}

}  // namespace

WiredArray::WiredArray(const Eigen::MatrixXd& conductance_s, const WireParameters& wires,
                       InstructionSet set)
    : rows_(static_cast<int>(conductance_s.rows())),
      columns_(static_cast<int>(conductance_s.cols())),
      wires_(wires),
      set_(set),
      kernels_(kernels::march_kernels(set)),
      conductance_s_(stride(), columns_),
      transfer_(stride(), columns_),
      pull_(stride(), columns_) {
  if (conductance_s.size() == 0) {
    throw std::invalid_argument("circuit: the array has no cells");
  }
  wires_.check();
  assign(conductance_s);
}

void WiredArray::assign(const Eigen::MatrixXd& conductance_s) {
  if (conductance_s.rows() != rows_ || conductance_s.cols() != columns_) {
    throw std::invalid_argument("circuit: the conductances have another size than the array");
  }
  require_conductances(conductance_s, "array");
  conductance_s_.topRows(rows_) = conductance_s;
  kernels_.prepare(conductance_s_.data(), rows_, columns_, stride(), wires_.column_ohm,
                   transfer_.data(), pull_.data());
}

MarchResponse WiredArray::respond_to_terminals(RowEnd start, MarchOutputs outputs) const {
  return respond(start, false, outputs);
}

MarchResponse WiredArray::respond_to_drivers(RowEnd start, MarchOutputs outputs) const {
  return respond(start, true, outputs);
}

MarchResponse WiredArray::respond(RowEnd start, bool drivers, MarchOutputs outputs) const {
  const int width = kernels_.width;
  const int vectors = drivers ? columns_ : rows_;
  MarchResponse response;
  if (outputs.voltage) {
    response.voltage_v.resize(vectors, rows_);
  }
  if (outputs.current) {
    response.current_a.resize(vectors, rows_);
  }
  if (outputs.column_current) {
    response.column_current_a.resize(vectors, columns_);
  }
  enum { voltage, current, scratch, drive, column_current };
  LaneMemory memory(
      {rows_, rows_, rows_, drivers ? columns_ : 0, outputs.column_current ? columns_ : 0}, width);
  const bool leftwards = start == RowEnd::right;
  for (int first = 0; first < vectors; first += width) {
    const int count = std::min(width, vectors - first);
    memory.clear(voltage);
    memory.clear(current);
    kernels::MarchBlock block{};
    block.voltage_v = memory.part(voltage);
    block.current_a = memory.part(current);
    block.scratch = memory.part(scratch);
    block.step = leftwards ? -1 : 1;
    block.first = leftwards ? columns_ - 1 : 0;
    block.count = columns_;
    if (drivers) {
      memory.clear(drive);
      memory.clear(column_current);
      for (int lane = 0; lane < count; ++lane) {
        memory.part(drive)[(first + lane) * width + lane] = 1.0;
      }
      block.drive_v = memory.part(drive);
      // Until the first driven column all is 0.
      block.first = leftwards ? first + count - 1 : first;
      block.count = leftwards ? block.first + 1 : columns_ - first;
    } else {
      for (int lane = 0; lane < count; ++lane) {
        memory.part(voltage)[(first + lane) * width + lane] = 1.0;
      }
    }
    block.column_current_a = outputs.column_current ? memory.part(column_current) : nullptr;
    kernels_.march_block(view(), block);
    if (outputs.voltage) {
      store(memory.part(voltage), width, count, response.voltage_v, first);
    }
    if (outputs.current) {
      store(memory.part(current), width, count, response.current_a, first);
    }
    if (outputs.column_current) {
      store(memory.part(column_current), width, count, response.column_current_a, first);
    }
  }
  return response;
}

void WiredArray::march(RowEnd start, const Eigen::VectorXd& drive_v, State& state,
                       const Eigen::MatrixXd* cell_current_a, bool want_cells) const {
  if (state.voltage_v.size() != rows_ || state.current_a.size() != rows_ ||
      drive_v.size() != columns_ ||
      (cell_current_a != nullptr &&
       (cell_current_a->rows() != rows_ || cell_current_a->cols() != columns_))) {
    throw std::invalid_argument("circuit: a march needs one value a row and a driver");
  }
  state.column_current_a.resize(columns_);
  if (want_cells) {
    state.cell_voltage_v.resize(rows_, columns_);
  }
  Eigen::VectorXd scratch(rows_);
  kernels::MarchVector vector{};
  vector.voltage_v = state.voltage_v.data();
  vector.current_a = state.current_a.data();
  vector.drive_v = drive_v.data();
  vector.column_current_a = state.column_current_a.data();
  vector.scratch = scratch.data();
  vector.cell_current_a = cell_current_a != nullptr ? cell_current_a->data() : nullptr;
  vector.cell_voltage_v = want_cells ? state.cell_voltage_v.data() : nullptr;
  const bool leftwards = start == RowEnd::right;
  vector.first = leftwards ? columns_ - 1 : 0;
  vector.step = leftwards ? -1 : 1;
  vector.count = columns_;
  kernels_.march_vector(view(), vector);
}

}  // namespace invar::circuit
