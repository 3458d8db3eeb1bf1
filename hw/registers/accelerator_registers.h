/* Register map of the INV accelerator. What its ring holds: accelerator_commands.h. */
#ifndef INVAR_REGISTERS_ACCELERATOR_REGISTERS_H
#define INVAR_REGISTERS_ACCELERATOR_REGISTERS_H

#include <invar/registers/accelerator_commands.h>
#include <invar/registers/device_registers.h>
#include <stdint.h>

/* Rows: device_registers.h.
 *   name               offset  reset        access  effect */
#define INVAR_ACCELERATOR_REGISTERS(X)                                                            \
  INVAR_DEVICE_HEADER(X, 0x52564E49u, "the letters INVR")                                         \
  X(CAPABILITY, 0x008, 0u, RO, "tiles (most: 255) in [7:0], rows in [23:8], slices in [31:24]")   \
  X(CONTROL, 0x00C, 0u, RW(0x1u), "bit 0 enable; bit 1 reset (clears itself, conductances stay)") \
  X(STATUS, 0x010, 0u, RO, "bit 0 busy; bit 1 halted by a ring fault")                            \
  X(IRQ_STATUS, 0x014, 0u, W1C, "bit 0 a completion was written; bit 1 ring fault or bus error")  \
  X(IRQ_ENABLE, 0x018, 0u, RW(0x3u), "mask for IRQ_STATUS; irq = any bit set in both")            \
  X(RING_BASE_LO, 0x020, 0u, RW, "address of the descriptor ring, low half; 64-byte aligned")     \
  X(RING_BASE_HI, 0x024, 0u, RW, "high half")                                                     \
  X(RING_SIZE, 0x028, 0u, RW, "descriptors in the ring: a power of two, 2 to 4096")               \
  X(RING_TAIL, 0x02C, 0u, RW, "doorbell: free-running count of descriptors written by the host")  \
  X(RING_HEAD, 0x030, 0u, RO, "free-running count of descriptors fetched")                        \
  X(ALIAS_COMPLETION_BASE_LO, 0x034, 0u, ALIAS(0x050), "COMPLETION_BASE_LO")                      \
  X(ALIAS_COMPLETION_BASE_HI, 0x038, 0u, ALIAS(0x054), "COMPLETION_BASE_HI")                      \
  X(COMPLETED, 0x03C, 0u, RO, "free-running count of completion records written")                 \
  X(LAST_ERROR, 0x040, 0u, RO, "last status other than OK; while halted, enum invar_ring_fault")  \
  X(ALIAS_TICKS_LO, 0x044, 0u, ALIAS(0x058), "TICKS_LO")                                          \
  X(ALIAS_TICKS_HI, 0x048, 0u, ALIAS(0x05C), "TICKS_HI")                                          \
  X(TILES, 0x04C, 0u, RO, "tiles")                                                                \
  X(COMPLETION_BASE_LO, 0x050, 0u, RW, "address of the completion records, one a ring slot")      \
  X(COMPLETION_BASE_HI, 0x054, 0u, RW, "high half")                                               \
  X(TICKS_LO, 0x058, 0u, RO, "clock cycles since reset, low half; reading it latches the high")   \
  X(TICKS_HI, 0x05C, 0u, RO, "high half, as latched")

enum invar_accelerator_register {
#define INVAR_ACCELERATOR_ENUM(name, offset, reset, access, effect) INVAR_REG_##name = offset,
  INVAR_ACCELERATOR_REGISTERS(INVAR_ACCELERATOR_ENUM)
#undef INVAR_ACCELERATOR_ENUM
      INVAR_ACCELERATOR_WINDOW_BYTES = 0x1000
};

#define INVAR_IRQ_COMPLETION 0x1u

/* What LAST_ERROR reads while STATUS says halted. Commands that have been fetched run to their end;
 * nothing is fetched any more. Every recovery ends with CONTROL.reset, which drops all matrices,
 * and with setting up the ring anew, from TAIL = 0. */
enum invar_ring_fault {
  INVAR_FAULT_RING_SIZE = 256,       /* RING_SIZE is no power of two from 2 to 4096: reset, write
                                        one that is */
  INVAR_FAULT_RING_BASE = 257,       /* RING_BASE is not 64-byte aligned, or the ring passes the
                                        end of the address space: reset, place it elsewhere */
  INVAR_FAULT_COMPLETION_BASE = 258, /* the same of COMPLETION_BASE */
  INVAR_FAULT_RING_TAIL = 259,       /* RING_TAIL is more than RING_SIZE ahead of RING_HEAD: the
                                        ring was overrun, descriptors are lost; reset, submit those
                                        without a completion record again */
  INVAR_FAULT_FETCH = 260,           /* bus error at the descriptor that RING_HEAD counts to: it was
                                        not run; reset, place the ring in memory */
  INVAR_FAULT_COMPLETION = 261       /* bus error at a completion record: the command was run, its
                                        record is lost or incomplete (status still as the driver
                                        left it) and COMPLETED does not count it; reset, place the
                                        records in memory, run the command again */
};

#endif
