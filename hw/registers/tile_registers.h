/* Register map of a tile used alone, without a sequencer.
 *
 * The host writes a normalised matrix or an input into a buffer and then COMMAND; OUTPUT and RESULT
 * are valid when STATUS is no longer busy. Values are FP32 with magnitudes up to 1. Registers are
 * 32 bits, little-endian; the buffers take bursts of whole words.
 *
 * COMMAND latches the buffer and the registers it uses: the next ones may be written while a
 * command runs. A reset drops the command under way and the stored matrix; the cells keep their
 * conductances, and what the command was charged stays charged.
 */
#ifndef INVAR_REGISTERS_TILE_REGISTERS_H
#define INVAR_REGISTERS_TILE_REGISTERS_H

#include <invar/registers/device_registers.h>
#include <stdint.h>

/* Rows: device_registers.h.
 *   name               offset  reset        access  effect */
#define INVAR_TILE_REGISTERS(X)                                                              \
  INVAR_DEVICE_HEADER(X, 0x454C4954u, "the letters TILE")                                    \
  X(CAPABILITY, 0x008, 0u, RO, "rows in [15:0], slices in [23:16]")                          \
  X(CONTROL, 0x00C, 0u, WO, "bit 1 reset (clears itself, conductances stay)")                \
  X(STATUS, 0x010, 0u, RO, "bit 0 busy; bit 1 a matrix is stored; bit 2 INVERT works on it") \
  X(IRQ_STATUS, 0x014, 0u, W1C, "bit 0 a command is done")                                   \
  X(IRQ_ENABLE, 0x018, 0u, RW(0x1u), "mask for IRQ_STATUS; irq = any bit set in both")       \
  X(COMMAND, 0x01C, 0u, RW, "enum invar_tile_command; starts it, ignored while busy")        \
  X(RESULT, 0x020, 0u, RO, "enum invar_tile_status of the last command")                     \
  X(SIZE, 0x024, 0u, RW, "n of the next PROGRAM, 1 to rows")                                 \
  X(SEED_SLICES, 0x028, 0u, RW, "slices in the INV loop of the next PROGRAM, 0 = default")   \
  X(SLICES, 0x02C, 0u, RW, "slices written by the next PROGRAM, 0 = all")                    \
  X(RANGE, 0x030, 0u, RW, "the input of INVERT is attenuated by 2^RANGE, 0 to 15")           \
  X(PHASE, 0x034, 5u, RW, "enum invar_phase that the next commands are booked under")        \
  X(CLIPPED, 0x038, 0u, RO, "conversions of the last command that clipped")                  \
  X(FAILED_CELLS, 0x03C, 0u, RO, "cells that refused to program in the last PROGRAM")        \
  X(SETTLING_TIME, 0x040, 0u, RO, "seconds an INVERT takes to settle, FP32; 0 = it cannot")

enum invar_tile_register {
#define INVAR_TILE_ENUM(name, offset, reset, access, effect) INVAR_TILE_REG_##name = offset,
  INVAR_TILE_REGISTERS(INVAR_TILE_ENUM)
#undef INVAR_TILE_ENUM
      INVAR_TILE_INPUT = 0x1000, /* n FP32 */
  INVAR_TILE_OUTPUT = 0x2000,    /* n FP32, read-only */
  INVAR_TILE_MATRIX = 0x100000,  /* n x n FP32, row-major */
  INVAR_TILE_WINDOW_BYTES = 0x200000
};

#define INVAR_TILE_CONTROL_RESET INVAR_CONTROL_RESET
#define INVAR_TILE_STATUS_BUSY INVAR_STATUS_BUSY
#define INVAR_TILE_STATUS_STORED 0x2u
#define INVAR_TILE_STATUS_STABLE 0x4u
#define INVAR_TILE_IRQ_DONE 0x1u

enum invar_tile_command {
  INVAR_TILE_PROGRAM = 1, /* MATRIX M into the cells, by write-verify */
  INVAR_TILE_INVERT = 2,  /* OUTPUT <- approximately M^-1 INPUT, one shot */
  INVAR_TILE_MULTIPLY = 3 /* OUTPUT <- approximately M^T INPUT: rows driven, columns summed */
};

enum invar_tile_status {
  INVAR_TILE_OK = 0,
  INVAR_TILE_BAD_COMMAND = 1,   /* unknown, or a register out of range */
  INVAR_TILE_BAD_VALUE = 2,     /* an element is not a number or beyond 1 */
  INVAR_TILE_NO_MATRIX = 3,     /* nothing is stored */
  INVAR_TILE_UNSTABLE = 4,      /* the loop is not stable: MULTIPLY works, INVERT does not */
  INVAR_TILE_CELL_FAILED = 5,   /* too many cells refused to program: the matrix is not kept */
  INVAR_TILE_WORN_OUT = 6,      /* a cell is at its endurance: the matrix is not kept */
  INVAR_TILE_OUTPUT_CLIPPED = 7 /* the output is not to be used: raise RANGE */
};

#endif
