// The kernels, compiled once for each instruction set (march_kernels_*.cpp). No header of the
// standard library or of Eigen here: an inline function compiled for AVX would be linked for all.
#include <invar/circuit/kernels/march_kernels.h>

namespace invar::circuit::kernels {
namespace {

typedef double Lanes __attribute__((vector_size(INVAR_KERNEL_LANES * sizeof(double))));

constexpr int k_lanes = INVAR_KERNEL_LANES;
constexpr int k_registers = INVAR_KERNEL_REGISTERS;
constexpr int k_width = k_lanes * k_registers;

inline Lanes* lanes(double* memory) {
  return reinterpret_cast<Lanes*>(memory);
}
inline const Lanes* lanes(const double* memory) {
  return reinterpret_cast<const Lanes*>(memory);
}

template <bool has_current>
void march_columns(const MarchArray& array, const MarchBlock& block) {
  const int rows = array.rows;
  const double row_ohm = array.row_ohm;
  // The segment between the terminal and the first cell.
  for (int k = 0; k < rows; ++k) {
    Lanes* voltage = lanes(block.voltage_v + k * k_width);
    const Lanes* current = lanes(block.current_a + k * k_width);
    for (int i = 0; i < k_registers; ++i) {
      voltage[i] += row_ohm * current[i];
    }
  }
  for (int done = 0, j = block.first; done < block.count; ++done, j += block.step) {
    const MarchCell* cells = array.cells + static_cast<long>(j) * rows;
    // Up the column wire towards the driver: what the far part looks like from each node.
    Lanes pulled[k_registers] = {};
    for (int k = rows - 1; k >= 0; --k) {
      const Lanes* voltage = lanes(block.voltage_v + k * k_width);
      Lanes* store = lanes(block.scratch + k * k_width);
      for (int i = 0; i < k_registers; ++i) {
        pulled[i] = cells[k].transfer * pulled[i] + cells[k].pull * voltage[i];
        store[i] = pulled[i];
      }
    }
    // Down from the driver: node voltages, cell currents, and the row one column further on.
    Lanes node[k_registers] = {};
    if (block.drive_v != nullptr) {
      for (int i = 0; i < k_registers; ++i) {
        node[i] = lanes(block.drive_v + static_cast<long>(j) * k_width)[i];
      }
    }
    Lanes sum[k_registers] = {};
    for (int k = 0; k < rows; ++k) {
      Lanes* voltage = lanes(block.voltage_v + k * k_width);
      Lanes* current = lanes(block.current_a + k * k_width);
      const Lanes* stored = lanes(block.scratch + k * k_width);
      for (int i = 0; i < k_registers; ++i) {
        node[i] = cells[k].transfer * node[i] + stored[i];
        const Lanes across = node[i] - voltage[i];
        if (has_current) {
          sum[i] += cells[k].conductance_s * across;
        }
        current[i] -= cells[k].conductance_s * across;
        voltage[i] += row_ohm * current[i];
      }
    }
    if (has_current) {
      for (int i = 0; i < k_registers; ++i) {
        lanes(block.column_current_a + static_cast<long>(j) * k_width)[i] = sum[i];
      }
    }
  }
}

void march_block(const MarchArray& array, const MarchBlock& block) {
  if (block.column_current_a != nullptr) {
    march_columns<true>(array, block);
  } else {
    march_columns<false>(array, block);
  }
}

void march_vector(const MarchArray& array, const MarchVector& vector) {
  const int rows = array.rows;
  double* __restrict voltage = vector.voltage_v;
  double* __restrict current = vector.current_a;
  double* __restrict scratch = vector.scratch;
  for (int k = 0; k < rows; ++k) {
    voltage[k] += array.row_ohm * current[k];
  }
  for (int done = 0, j = vector.first; done < vector.count; ++done, j += vector.step) {
    const long offset = static_cast<long>(j) * rows;
    const MarchCell* __restrict cells = array.cells + offset;
    double pulled = 0.0;
    if (vector.cell_current_a == nullptr) {
      for (int k = rows - 1; k >= 0; --k) {
        pulled = cells[k].transfer * pulled + cells[k].pull * voltage[k];
        scratch[k] = pulled;
      }
    } else {
      const double* extra = vector.cell_current_a + offset;
      for (int k = rows - 1; k >= 0; --k) {
        pulled =
            cells[k].transfer * (pulled - array.column_ohm * extra[k]) + cells[k].pull * voltage[k];
        scratch[k] = pulled;
      }
    }
    double node = vector.drive_v != nullptr ? vector.drive_v[j] : 0.0;
    double sum = 0.0;
    for (int k = 0; k < rows; ++k) {
      node = cells[k].transfer * node + scratch[k];
      scratch[k] = node - voltage[k];
    }
    if (vector.cell_voltage_v != nullptr) {
      for (int k = 0; k < rows; ++k) {
        vector.cell_voltage_v[offset + k] = scratch[k];
      }
    }
    for (int k = 0; k < rows; ++k) {
      double through = cells[k].conductance_s * scratch[k];
      if (vector.cell_current_a != nullptr) {
        through += vector.cell_current_a[offset + k];
      }
      scratch[k] = through;
      current[k] -= through;
      voltage[k] += array.row_ohm * current[k];
    }
    if (vector.column_current_a != nullptr) {
      for (int k = 0; k < rows; ++k) {
        sum += scratch[k];
      }
      vector.column_current_a[j] = sum;
    }
  }
}

void prepare(MarchCell* cells, int rows, int columns, double column_ohm) {
  // Four columns at a time: each is a chain of divisions.
  constexpr int k_together = 4;
  for (int j = 0; j < columns; j += k_together) {
    const int count = columns - j < k_together ? columns - j : k_together;
    double beyond[k_together] = {};
    for (int k = rows - 1; k >= 0; --k) {
      for (int i = 0; i < count; ++i) {
        MarchCell& cell = cells[static_cast<long>(j + i) * rows + k];
        const double own = column_ohm * cell.conductance_s;
        const double seen = own + beyond[i];
        cell.transfer = 1.0 / (1.0 + seen);
        cell.pull = own * cell.transfer;
        beyond[i] = seen * cell.transfer;
      }
    }
  }
}

constexpr MarchKernels k_kernels = {k_width, march_block, march_vector, prepare};

}  // namespace
}  // namespace invar::circuit::kernels
