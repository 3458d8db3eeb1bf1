/* The one trap vector. An interrupt is handled on the stack it interrupts. An exception never
 * returns and gets a stack of its own: the other may be what is broken. */
#include "start.h"

#define SLOT(number) ((number) * 8)(sp)

  .section .text.invar_riscv_trap_entry, "ax", @progbits
  .balign 4 /* mtvec asks for it */
  .globl invar_riscv_trap_entry
  .type invar_riscv_trap_entry, @function
invar_riscv_trap_entry:
  csrw mscratch, t0
  csrr t0, mcause
  bgez t0, exception
  csrr t0, mscratch

  /* All that a C function may change. */
  addi sp, sp, -8 * INVAR_TRAP_FRAME_WORDS
  sd ra, SLOT(0)
  sd t0, SLOT(1)
  sd t1, SLOT(2)
  sd t2, SLOT(3)
  sd t3, SLOT(4)
  sd t4, SLOT(5)
  sd t5, SLOT(6)
  sd t6, SLOT(7)
  sd a0, SLOT(8)
  sd a1, SLOT(9)
  sd a2, SLOT(10)
  sd a3, SLOT(11)
  sd a4, SLOT(12)
  sd a5, SLOT(13)
  sd a6, SLOT(14)
  sd a7, SLOT(15)
  fsd ft0, SLOT(16)
  fsd ft1, SLOT(17)
  fsd ft2, SLOT(18)
  fsd ft3, SLOT(19)
  fsd ft4, SLOT(20)
  fsd ft5, SLOT(21)
  fsd ft6, SLOT(22)
  fsd ft7, SLOT(23)
  fsd ft8, SLOT(24)
  fsd ft9, SLOT(25)
  fsd ft10, SLOT(26)
  fsd ft11, SLOT(27)
  fsd fa0, SLOT(28)
  fsd fa1, SLOT(29)
  fsd fa2, SLOT(30)
  fsd fa3, SLOT(31)
  fsd fa4, SLOT(32)
  fsd fa5, SLOT(33)
  fsd fa6, SLOT(34)
  fsd fa7, SLOT(35)
  frcsr t0
  csrr t1, mepc
  csrr t2, mstatus
  sd t0, SLOT(36)
  sd t1, SLOT(INVAR_TRAP_FRAME_MEPC)
  sd t2, SLOT(INVAR_TRAP_FRAME_MSTATUS)

  csrr a0, mcause
  mv a1, sp
  call invar_riscv_interrupt

  ld t0, SLOT(36)
  ld t1, SLOT(INVAR_TRAP_FRAME_MEPC)
  ld t2, SLOT(INVAR_TRAP_FRAME_MSTATUS)
  fscsr t0
  csrw mepc, t1
  csrw mstatus, t2
  fld ft0, SLOT(16)
  fld ft1, SLOT(17)
  fld ft2, SLOT(18)
  fld ft3, SLOT(19)
  fld ft4, SLOT(20)
  fld ft5, SLOT(21)
  fld ft6, SLOT(22)
  fld ft7, SLOT(23)
  fld ft8, SLOT(24)
  fld ft9, SLOT(25)
  fld ft10, SLOT(26)
  fld ft11, SLOT(27)
  fld fa0, SLOT(28)
  fld fa1, SLOT(29)
  fld fa2, SLOT(30)
  fld fa3, SLOT(31)
  fld fa4, SLOT(32)
  fld fa5, SLOT(33)
  fld fa6, SLOT(34)
  fld fa7, SLOT(35)
  ld ra, SLOT(0)
  ld t0, SLOT(1)
  ld t1, SLOT(2)
  ld t2, SLOT(3)
  ld t3, SLOT(4)
  ld t4, SLOT(5)
  ld t5, SLOT(6)
  ld t6, SLOT(7)
  ld a0, SLOT(8)
  ld a1, SLOT(9)
  ld a2, SLOT(10)
  ld a3, SLOT(11)
  ld a4, SLOT(12)
  ld a5, SLOT(13)
  ld a6, SLOT(14)
  ld a7, SLOT(15)
  addi sp, sp, 8 * INVAR_TRAP_FRAME_WORDS
  mret

exception:
  la sp, invar_riscv_exception_stack + INVAR_EXCEPTION_STACK_BYTES
  csrr a0, mcause
  csrr a1, mepc
  csrr a2, mtval
  tail invar_riscv_exception
  .size invar_riscv_trap_entry, . - invar_riscv_trap_entry
