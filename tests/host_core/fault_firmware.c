/* Programs that go wrong in one way each; INVAR_FAULT says which, INVAR_FAULT_BARE takes the trap
 * handler away first. */
#include <invar/sw/port/riscv/riscv_port.h>
#include <stdint.h>

#define ILLEGAL_INSTRUCTION 1
#define WILD_STORE 2
#define NULL_CALL 3
#define STACK_OVERFLOW 4
#define INFINITE_LOOP 5
#define HOLE_IN_THE_MAP 6
#define SLEEP_FOR_EVER 7
#define EXIT_CODE 8
#define CALL_IN_HANDLER 9
#define JUMP_TO_THE_END 10

#define NOT_INLINE __attribute__((noinline))

NOT_INLINE void execute_nonsense(void) {
  __asm__ volatile(".word 0xFFFFFFFF");
}

/* The pointer is read from memory, so that the compiler does not know it. */
uint32_t* volatile nowhere = (uint32_t*)0x48;
NOT_INLINE void scribble(void) {
  *nowhere = 1;
}

void (*volatile nobody)(void) = NULL;
NOT_INLINE void call_nobody(void) {
  nobody();
  __asm__ volatile("");
}

NOT_INLINE uint64_t dig(uint64_t depth) {
  volatile uint64_t hole[100];
  hole[depth % 100] = depth;
  return dig(depth + 1) + hole[depth % 100];
}

volatile uint32_t turns;
NOT_INLINE void spin(void) {
  for (;;) {
    turns = turns + 1;
  }
}

uint32_t* volatile hole = (uint32_t*)0x30000010;
NOT_INLINE uint32_t peek(void) {
  return *hole + 1;
}

/* A handler whose first instruction fails, without any before it: no time passes. */
__attribute__((naked, aligned(4))) void fail_again(void) {
  __asm__ volatile("ecall");
}

int main(void) {
#ifdef INVAR_FAULT_BARE
  __asm__ volatile("csrw mtvec, zero");
#endif
  switch (INVAR_FAULT) {
    case ILLEGAL_INSTRUCTION:
      execute_nonsense();
      break;
    case WILD_STORE:
      scribble();
      break;
    case NULL_CALL:
      call_nobody();
      break;
    case STACK_OVERFLOW:
      return (int)dig(0);
    case INFINITE_LOOP:
      spin();
      break;
    case HOLE_IN_THE_MAP:
      return (int)peek();
    case SLEEP_FOR_EVER:
      invar_riscv_halt();
    case EXIT_CODE:
      return 42;
    case CALL_IN_HANDLER:
      __asm__ volatile("csrw mtvec, %0" : : "r"(&fail_again));
      __asm__ volatile("ecall");
      break;
    case JUMP_TO_THE_END:
      ((void (*)(void)) ~(uintptr_t)0)();
      break;
  }
  return 0;
}
