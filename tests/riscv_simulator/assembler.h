#ifndef INVAR_TESTS_RISCV_SIMULATOR_ASSEMBLER_H
#define INVAR_TESTS_RISCV_SIMULATOR_ASSEMBLER_H

#include <cstdint>
#include <vector>

/// Encodings of the instructions that the tests are made of, from the formats in chapters 2 and 24
/// of the RISC-V Instruction Set Manual, volume I (20191213). Nothing is shared with the decoder.
namespace invar::test::assembler {

enum Register : std::uint32_t {
  zero = 0,
  ra = 1,
  sp = 2,
  t0 = 5,
  t1 = 6,
  t2 = 7,
  s0 = 8,
  s1 = 9,
  a0 = 10,
  a1 = 11,
  a2 = 12,
  a3 = 13,
  a4 = 14,
  a5 = 15
};

constexpr std::uint32_t r_type(std::uint32_t opcode, std::uint32_t f3, std::uint32_t f7,
                               std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return opcode | rd << 7 | f3 << 12 | rs1 << 15 | rs2 << 20 | f7 << 25;
}
constexpr std::uint32_t i_type(std::uint32_t opcode, std::uint32_t f3, std::uint32_t rd,
                               std::uint32_t rs1, std::int32_t immediate) {
  return opcode | rd << 7 | f3 << 12 | rs1 << 15 | static_cast<std::uint32_t>(immediate) << 20;
}
constexpr std::uint32_t s_type(std::uint32_t opcode, std::uint32_t f3, std::uint32_t rs1,
                               std::uint32_t rs2, std::int32_t immediate) {
  const auto bits = static_cast<std::uint32_t>(immediate);
  return opcode | (bits & 0x1f) << 7 | f3 << 12 | rs1 << 15 | rs2 << 20 | (bits >> 5 & 0x7f) << 25;
}
constexpr std::uint32_t b_type(std::uint32_t f3, std::uint32_t rs1, std::uint32_t rs2,
                               std::int32_t offset) {
  const auto bits = static_cast<std::uint32_t>(offset);
  return 0x63 | (bits >> 11 & 1) << 7 | (bits >> 1 & 0xf) << 8 | f3 << 12 | rs1 << 15 | rs2 << 20 |
         (bits >> 5 & 0x3f) << 25 | (bits >> 12 & 1) << 31;
}

constexpr std::uint32_t lui(Register rd, std::uint32_t upper) {
  return 0x37 | rd << 7 | upper << 12;
}
constexpr std::uint32_t auipc(Register rd, std::uint32_t upper) {
  return 0x17 | rd << 7 | upper << 12;
}
constexpr std::uint32_t addi(Register rd, Register rs1, std::int32_t value) {
  return i_type(0x13, 0, rd, rs1, value);
}
constexpr std::uint32_t slli(Register rd, Register rs1, std::int32_t by) {
  return i_type(0x13, 1, rd, rs1, by);
}
constexpr std::uint32_t add(Register rd, Register rs1, Register rs2) {
  return r_type(0x33, 0, 0, rd, rs1, rs2);
}
constexpr std::uint32_t mul(Register rd, Register rs1, Register rs2) {
  return r_type(0x33, 0, 1, rd, rs1, rs2);
}
constexpr std::uint32_t div(Register rd, Register rs1, Register rs2) {
  return r_type(0x33, 4, 1, rd, rs1, rs2);
}
constexpr std::uint32_t lb(Register rd, Register base, std::int32_t offset) {
  return i_type(0x03, 0, rd, base, offset);
}
constexpr std::uint32_t lhu(Register rd, Register base, std::int32_t offset) {
  return i_type(0x03, 5, rd, base, offset);
}
constexpr std::uint32_t lw(Register rd, Register base, std::int32_t offset) {
  return i_type(0x03, 2, rd, base, offset);
}
constexpr std::uint32_t ld(Register rd, Register base, std::int32_t offset) {
  return i_type(0x03, 3, rd, base, offset);
}
constexpr std::uint32_t sb(Register rs2, Register base, std::int32_t offset) {
  return s_type(0x23, 0, base, rs2, offset);
}
constexpr std::uint32_t sh(Register rs2, Register base, std::int32_t offset) {
  return s_type(0x23, 1, base, rs2, offset);
}
constexpr std::uint32_t sw(Register rs2, Register base, std::int32_t offset) {
  return s_type(0x23, 2, base, rs2, offset);
}
constexpr std::uint32_t sd(Register rs2, Register base, std::int32_t offset) {
  return s_type(0x23, 3, base, rs2, offset);
}
/// `function` is bits 31 ... 27, `width` 2 or 3: a word or a doubleword.
constexpr std::uint32_t atomic(std::uint32_t function, std::uint32_t width, Register rd,
                               Register rs2, Register base) {
  return r_type(0x2f, width, function << 2, rd, base, rs2);
}
constexpr std::uint32_t amoadd_w(Register rd, Register rs2, Register base) {
  return r_type(0x2f, 2, 0, rd, base, rs2);
}
constexpr std::uint32_t beq(Register rs1, Register rs2, std::int32_t offset) {
  return b_type(0, rs1, rs2, offset);
}
constexpr std::uint32_t bne(Register rs1, Register rs2, std::int32_t offset) {
  return b_type(1, rs1, rs2, offset);
}
constexpr std::uint32_t jal(Register rd, std::int32_t offset) {
  const auto bits = static_cast<std::uint32_t>(offset);
  return 0x6f | rd << 7 | (bits >> 12 & 0xff) << 12 | (bits >> 11 & 1) << 20 |
         (bits >> 1 & 0x3ff) << 21 | (bits >> 20 & 1) << 31;
}
constexpr std::uint32_t jalr(Register rd, Register base, std::int32_t offset) {
  return i_type(0x67, 0, rd, base, offset);
}
constexpr std::uint32_t fadd_d(std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return r_type(0x53, 7, 1, rd, rs1, rs2);
}
constexpr std::uint32_t fdiv_d(std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return r_type(0x53, 7, 0x0d, rd, rs1, rs2);
}
constexpr std::uint32_t fsqrt_d(std::uint32_t rd, std::uint32_t rs1) {
  return r_type(0x53, 7, 0x2d, rd, rs1, 0);
}
constexpr std::uint32_t fcvt_d_w(std::uint32_t rd, Register rs1) {
  return r_type(0x53, 0, 0x69, rd, rs1, 0);
}
constexpr std::uint32_t fmv_x_d(Register rd, std::uint32_t rs1) {
  return r_type(0x53, 0, 0x71, rd, rs1, 0);
}
constexpr std::uint32_t fld(std::uint32_t rd, Register base, std::int32_t offset) {
  return i_type(0x07, 3, rd, base, offset);
}
constexpr std::uint32_t fsd(std::uint32_t rs2, Register base, std::int32_t offset) {
  return s_type(0x27, 3, base, rs2, offset);
}
constexpr std::uint32_t csrrw(Register rd, std::uint32_t csr, Register rs1) {
  return i_type(0x73, 1, rd, rs1, static_cast<std::int32_t>(csr));
}
constexpr std::uint32_t csrrs(Register rd, std::uint32_t csr, Register rs1) {
  return i_type(0x73, 2, rd, rs1, static_cast<std::int32_t>(csr));
}
constexpr std::uint32_t csrrsi(Register rd, std::uint32_t csr, std::uint32_t value) {
  return i_type(0x73, 6, rd, value, static_cast<std::int32_t>(csr));
}

constexpr std::uint32_t ecall = 0x00000073;
constexpr std::uint32_t ebreak = 0x00100073;
constexpr std::uint32_t mret = 0x30200073;
constexpr std::uint32_t wfi = 0x10500073;
constexpr std::uint32_t fence_i = 0x0000100f;
constexpr std::uint32_t nop = 0x00000013;
constexpr std::uint16_t c_nop = 0x0001;
constexpr std::uint16_t c_ebreak = 0x9002;

// Machine-mode CSRs.
constexpr std::uint32_t mstatus = 0x300, mie = 0x304, mtvec = 0x305, mepc = 0x341, mcause = 0x342,
                        mtval = 0x343, pmpcfg0 = 0x3a0, pmpaddr0 = 0x3b0;

/// Instructions one after another.
class Code {
 public:
  Code& operator<<(std::uint32_t word) {
    half(word & 0xffff);
    return half(word >> 16);
  }
  Code& operator<<(std::uint16_t compressed) { return half(compressed); }
  const std::vector<unsigned char>& bytes() const { return bytes_; }
  std::uint64_t size() const { return bytes_.size(); }

 private:
  Code& half(std::uint32_t bits) {
    bytes_.push_back(static_cast<unsigned char>(bits));
    bytes_.push_back(static_cast<unsigned char>(bits >> 8));
    return *this;
  }
  std::vector<unsigned char> bytes_;
};

}  // namespace invar::test::assembler

#endif
