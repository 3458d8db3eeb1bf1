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
    const double* conductance = array.conductance_s + static_cast<long>(j) * array.stride;
    const double* transfer = array.transfer + static_cast<long>(j) * array.stride;
    const double* pull = array.pull + static_cast<long>(j) * array.stride;
    // Up the column wire towards the driver: what the far part looks like from each node.
    Lanes pulled[k_registers] = {};
    for (int k = rows - 1; k >= 0; --k) {
      const Lanes* voltage = lanes(block.voltage_v + k * k_width);
      Lanes* store = lanes(block.scratch + k * k_width);
      for (int i = 0; i < k_registers; ++i) {
        pulled[i] = transfer[k] * pulled[i] + pull[k] * voltage[i];
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
    // Without a drive, what the driver takes is the first node's voltage over the first segment: no
    // difference, however little of it arrives.
    const bool by_segment = block.drive_v == nullptr && array.column_ohm > 0.0;
    Lanes sum[k_registers] = {};
    if (has_current && by_segment) {
      const Lanes* stored = lanes(block.scratch);
      for (int i = 0; i < k_registers; ++i) {
        lanes(block.column_current_a + static_cast<long>(j) * k_width)[i] =
            -stored[i] / array.column_ohm;
      }
    }
    for (int k = 0; k < rows; ++k) {
      Lanes* voltage = lanes(block.voltage_v + k * k_width);
      Lanes* current = lanes(block.current_a + k * k_width);
      const Lanes* stored = lanes(block.scratch + k * k_width);
      for (int i = 0; i < k_registers; ++i) {
        node[i] = transfer[k] * node[i] + stored[i];
        const Lanes across = node[i] - voltage[i];
        if (has_current) {
          sum[i] += conductance[k] * across;
        }
        current[i] -= conductance[k] * across;
        voltage[i] += row_ohm * current[i];
      }
    }
    if (has_current && !by_segment) {
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

/// y[k] = factor[k] y[k -+ 1] + term[k] along a column, in place of `term`; up: from the last row.
///
/// The recurrence waits for one fused multiply-add an element; four elements at a time wait for one
/// in all, the products of their factors being independent of it.
template <bool up>
double recur(const double* __restrict transfer, double* __restrict term, int rows, double y) {
  const auto at = [rows](int i) { return up ? rows - 1 - i : i; };
  int i = 0;
  for (; i + 4 <= rows; i += 4) {
    const int k0 = at(i), k1 = at(i + 1), k2 = at(i + 2), k3 = at(i + 3);
    const double f0 = transfer[k0], f1 = transfer[k1];
    const double f2 = transfer[k2], f3 = transfer[k3];
    const double f10 = f1 * f0, f210 = f2 * f10, f3210 = f3 * f210;
    const double t1 = f1 * term[k0] + term[k1];
    const double t2 = f2 * t1 + term[k2];
    const double t3 = f3 * t2 + term[k3];
    term[k0] = f0 * y + term[k0];
    term[k1] = f10 * y + t1;
    term[k2] = f210 * y + t2;
    y = f3210 * y + t3;
    term[k3] = y;
  }
  for (; i < rows; ++i) {
    y = transfer[at(i)] * y + term[at(i)];
    term[at(i)] = y;
  }
  return y;
}

double sum_of(const double* __restrict value, int count) {
  constexpr int k_sums = 2 * k_lanes;
  double sums[k_sums] = {};
  int k = 0;
  for (; k + k_sums <= count; k += k_sums) {
    for (int i = 0; i < k_sums; ++i) {
      sums[i] += value[k + i];
    }
  }
  double sum = 0.0;
  for (; k < count; ++k) {
    sum += value[k];
  }
  for (int i = 0; i < k_sums; ++i) {
    sum += sums[i];
  }
  return sum;
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
    const long place = static_cast<long>(j) * array.stride;
    const double* __restrict conductance = array.conductance_s + place;
    const double* __restrict transfer = array.transfer + place;
    const double* __restrict pull = array.pull + place;
    const double* extra =
        vector.cell_current_a == nullptr ? nullptr : vector.cell_current_a + offset;
    for (int k = 0; k < rows; ++k) {
      scratch[k] = pull[k] * voltage[k];
    }
    if (extra != nullptr) {
      for (int k = 0; k < rows; ++k) {
        scratch[k] -= transfer[k] * array.column_ohm * extra[k];
      }
    }
    recur<true>(transfer, scratch, rows, 0.0);
    const double drive = vector.drive_v != nullptr ? vector.drive_v[j] : 0.0;
    recur<false>(transfer, scratch, rows, drive);
    const double first_node = scratch[0];
    for (int k = 0; k < rows; ++k) {
      scratch[k] -= voltage[k];
    }
    if (vector.cell_voltage_v != nullptr) {
      for (int k = 0; k < rows; ++k) {
        vector.cell_voltage_v[offset + k] = scratch[k];
      }
    }
    for (int k = 0; k < rows; ++k) {
      scratch[k] *= conductance[k];
    }
    if (extra != nullptr) {
      for (int k = 0; k < rows; ++k) {
        scratch[k] += extra[k];
      }
    }
    for (int k = 0; k < rows; ++k) {
      current[k] -= scratch[k];
      voltage[k] += array.row_ohm * current[k];
    }
    if (vector.column_current_a != nullptr) {
      // At a drive of 0 V no difference is needed (see march_columns).
      vector.column_current_a[j] = drive == 0.0 && array.column_ohm > 0.0
                                       ? -first_node / array.column_ohm
                                       : sum_of(scratch, rows);
    }
  }
}

constexpr int k_together = 8;

/// Columns are chains of divisions; `count` of them, up to k_together, side by side hide latency.
inline void prepare_columns(const double* conductance_s, int rows, int count, int stride,
                            double column_ohm, double* transfer, double* pull) {
  double own[k_together] = {};
  double through[k_together];
  double beyond[k_together] = {};
  for (int k = rows - 1; k >= 0; --k) {
    for (int i = 0; i < count; ++i) {
      own[i] = conductance_s[static_cast<long>(i) * stride + k];
    }
    for (int i = 0; i < k_together; ++i) {
      own[i] *= column_ohm;
      const double seen = own[i] + beyond[i];
      through[i] = 1.0 / (1.0 + seen);
      beyond[i] = seen * through[i];
      own[i] *= through[i];
    }
    for (int i = 0; i < count; ++i) {
      transfer[static_cast<long>(i) * stride + k] = through[i];
      pull[static_cast<long>(i) * stride + k] = own[i];
    }
  }
}

void prepare(const double* conductance_s, int rows, int columns, int stride, double column_ohm,
             double* transfer, double* pull) {
  int j = 0;
  for (; j + k_together <= columns; j += k_together) {
    const long first = static_cast<long>(j) * stride;
    prepare_columns(conductance_s + first, rows, k_together, stride, column_ohm, transfer + first,
                    pull + first);
  }
  if (j < columns) {
    const long first = static_cast<long>(j) * stride;
    prepare_columns(conductance_s + first, rows, columns - j, stride, column_ohm, transfer + first,
                    pull + first);
  }
}

typedef unsigned WordLanes __attribute__((vector_size(INVAR_KERNEL_LANES * sizeof(unsigned))));
typedef long long BitLanes __attribute__((vector_size(INVAR_KERNEL_LANES * sizeof(double))));

/// Natural logarithm of positive normal numbers, to a few units in the last place.
inline Lanes logarithm(Lanes x) {
  const BitLanes bits = reinterpret_cast<BitLanes>(x);
  const BitLanes k_fraction = BitLanes{} + 0x000fffffffffffffLL;
  const BitLanes k_one = BitLanes{} + 0x3ff0000000000000LL;
  BitLanes exponent = (bits >> 52) - 1023;
  Lanes m = reinterpret_cast<Lanes>((bits & k_fraction) | k_one);
  const BitLanes above = m > 1.4142135623730951;
  m = above ? 0.5 * m : m;
  exponent = exponent - above;  // a true lane is -1
  // log m = 2 artanh s, |s| < 0.172
  const Lanes s = (m - 1.0) / (m + 1.0);
  const Lanes s2 = s * s;
  Lanes sum = Lanes{} + 1.0 / 19.0;
  for (int odd = 17; odd >= 1; odd -= 2) {
    sum = sum * s2 + 1.0 / odd;
  }
  return __builtin_convertvector(exponent, Lanes) * 0.69314718055994530942 + 2.0 * s * sum;
}

/// Square root by the hardware, lane by lane (there is no operator for vectors).
inline Lanes square_root(Lanes x) {
  for (int i = 0; i < k_lanes; ++i) {
    x[i] = __builtin_sqrt(x[i]);
  }
  return x;
}

void normal_lanes(const unsigned* first, const unsigned* second, double* cosine, double* sine) {
  WordLanes u, v;
  __builtin_memcpy(&u, first, sizeof u);
  __builtin_memcpy(&v, second, sizeof v);
  const Lanes uniform = (__builtin_convertvector(u, Lanes) + 0.5) * 0x1p-32;
  const Lanes radius = square_root(-2.0 * logarithm(uniform));
  // Quarter turns and what is left of the angle, up to an eighth of a turn either way.
  const Lanes quarters = (__builtin_convertvector(v, Lanes) + 0.5) * 0x1p-30;
  const BitLanes nearest = __builtin_convertvector(quarters + 0.5, BitLanes);
  const Lanes x = (quarters - __builtin_convertvector(nearest, Lanes)) * 1.57079632679489661923;
  const Lanes x2 = x * x;
  // Taylor: the first terms left out are below 1e-16.
  Lanes s = Lanes{} - 1.0 / 1307674368000.0;
  s = s * x2 + 1.0 / 6227020800.0;
  s = s * x2 - 1.0 / 39916800.0;
  s = s * x2 + 1.0 / 362880.0;
  s = s * x2 - 1.0 / 5040.0;
  s = s * x2 + 1.0 / 120.0;
  s = s * x2 - 1.0 / 6.0;
  s = x + x * x2 * s;
  Lanes c = Lanes{} + 1.0 / 20922789888000.0;
  c = c * x2 - 1.0 / 87178291200.0;
  c = c * x2 + 1.0 / 479001600.0;
  c = c * x2 - 1.0 / 3628800.0;
  c = c * x2 + 1.0 / 40320.0;
  c = c * x2 - 1.0 / 720.0;
  c = c * x2 + 1.0 / 24.0;
  c = c * x2 - 0.5;
  c = c * x2 + 1.0;
  const BitLanes odd = (nearest & 1) != 0;
  const Lanes cosine_size = odd ? s : c;
  const Lanes sine_size = odd ? c : s;
  const Lanes cosine_of = ((nearest + 1) & 2) != 0 ? -cosine_size : cosine_size;
  const Lanes sine_of = (nearest & 2) != 0 ? -sine_size : sine_size;
  const Lanes cosine_out = radius * cosine_of;
  const Lanes sine_out = radius * sine_of;
  __builtin_memcpy(cosine, &cosine_out, sizeof cosine_out);
  __builtin_memcpy(sine, &sine_out, sizeof sine_out);
}

void normal_pairs(const unsigned* first, const unsigned* second, int count, double* cosine,
                  double* sine) {
  int i = 0;
  for (; i + k_lanes <= count; i += k_lanes) {
    normal_lanes(first + i, second + i, cosine + i, sine + i);
  }
  if (i < count) {
    unsigned u[k_lanes] = {}, v[k_lanes] = {};
    double c[k_lanes], s[k_lanes];
    for (int lane = 0; i + lane < count; ++lane) {
      u[lane] = first[i + lane];
      v[lane] = second[i + lane];
    }
    normal_lanes(u, v, c, s);
    for (int lane = 0; i + lane < count; ++lane) {
      cosine[i + lane] = c[lane];
      sine[i + lane] = s[lane];
    }
  }
}

constexpr MarchKernels k_kernels = {k_width, march_block, march_vector, prepare, normal_pairs};

}  // namespace
}  // namespace invar::circuit::kernels
