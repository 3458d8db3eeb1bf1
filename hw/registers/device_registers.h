/* What the register tables of all devices have in common.
 *
 * A table is a macro that reads top to bottom, a register a row:
 *
 *   X(name, offset, reset value, access, effect)
 *
 * Registers are 32 bits wide, little-endian, at byte offsets from the base of the device's window.
 * Access, which the hardware enforces, is one of
 *
 *   RO        writes are ignored
 *   RW        reads as written; RW(bits): these bits of it, the others read as 0
 *   W1C       ones written clear their bits; W1C(bits): only these
 *   WO        reads as 0
 *   ALIAS(o)  the register at offset o once more
 *
 * The hardware's register files (hw/simulation/register_file.h), the enumerations of offsets and
 * docs/registers.md are made from the same rows.
 */
#ifndef INVAR_REGISTERS_DEVICE_REGISTERS_H
#define INVAR_REGISTERS_DEVICE_REGISTERS_H

/* Major in the upper, minor in the lower 16 bits: registers and records of all devices. */
#define INVAR_REGISTERS_VERSION 0x00020000u

/* What every device that takes commands begins with.
 *   name      offset  reset                    access  effect */
#define INVAR_DEVICE_HEADER(X, id, letters) \
  X(ID, 0x000, id, RO, letters)             \
  X(VERSION, 0x004, INVAR_REGISTERS_VERSION, RO, "major in the upper, minor in the lower 16 bits")

/* Bits of CONTROL, STATUS, IRQ_STATUS and IRQ_ENABLE that devices with a ring share. */
#define INVAR_CONTROL_ENABLE 0x1u
#define INVAR_CONTROL_RESET 0x2u
#define INVAR_STATUS_BUSY 0x1u
#define INVAR_STATUS_HALTED 0x2u
#define INVAR_IRQ_FAULT 0x2u

#endif
