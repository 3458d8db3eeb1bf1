/* What the files of this port share. Interrupts, exceptions and stack guard of the privileged
 * architecture: The RISC-V Instruction Set Manual, volume II, version 20211203. */
#ifndef INVAR_SW_PORT_RISCV_START_H
#define INVAR_SW_PORT_RISCV_START_H

#define MSTATUS_MIE 0x8u
#define MSTATUS_MPIE 0x80u
#define MIE_MEIE 0x800u
#define MCAUSE_EXTERNAL_INTERRUPT 0x800000000000000Bu

/* Bytes of the stack of exceptions. */
#define INVAR_EXCEPTION_STACK_BYTES 2048

/* What the trap entry saves, in units of 8 bytes: 16 integer registers, 20 floating-point ones,
 * fcsr, mepc, mstatus; an even number keeps the stack aligned to 16 bytes. */
#define INVAR_TRAP_FRAME_MEPC 37
#define INVAR_TRAP_FRAME_MSTATUS 38
#define INVAR_TRAP_FRAME_WORDS 40

#ifndef __ASSEMBLER__
#include <invar/sw/port/port.h>
#include <stdint.h>

extern struct invar_port invar_riscv_the_port;
extern unsigned char invar_riscv_exception_stack[INVAR_EXCEPTION_STACK_BYTES];

/* By the linker: the stack guard lies at [guard, guard + bytes), the stack behind it. */
extern char invar_stack_guard[];

void invar_riscv_trap_entry(void);
void invar_riscv_interrupt(uint64_t cause, uint64_t* frame);
_Noreturn void invar_riscv_exception(uint64_t cause, uint64_t pc, uint64_t value);
#endif

#endif
