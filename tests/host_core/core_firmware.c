/* Programs that use the core as others do: traps of their own, user mode, counters, exit codes;
 * INVAR_PROGRAM says which. */
#include <assert.h>
#include <errno.h>
#include <invar/registers/memory_map.h>
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/port/riscv/riscv_port.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MINUS_ONE 1
#define HANDLED_CALL 2
#define SEVEN_IN_HANDLER 3
#define USER_MODE 4
#define USER_MODE_WITHOUT_PROTECTION 5
#define PENDING_INTERRUPT 6
#define COUNTERS 7
#define TRAPS_WITHOUT_END 8
#define FAILED_ASSERTION 9
#define LIBRARY 10
#define SLEEPLESS_TRAPS 11

#define READ_CSR(name)                                  \
  ({                                                    \
    uint64_t value_;                                    \
    __asm__ volatile("csrr %0, " #name : "=r"(value_)); \
    value_;                                             \
  })
#define WRITE_CSR(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((uint64_t)(value)))

static __attribute__((aligned(4), naked)) void skip_handler(void) {
  __asm__ volatile(
      "csrw mscratch, t0\n\t"
      "csrr t0, mepc\n\t"
      "addi t0, t0, 4\n\t"
      "csrw mepc, t0\n\t"
      "csrr t0, mscratch\n\t"
      "mret");
}

static __attribute__((aligned(4))) void seven_handler(void) {
  invar_riscv_exit(7);
}

/* Ends with 0 when it was called from user mode. */
static __attribute__((aligned(4))) void user_handler(void) {
  const uint64_t user_environment_call = 8;
  invar_riscv_exit(READ_CSR(mcause) != user_environment_call);
}

/* Every time another address faults, so that no trap is like the last. */
static __attribute__((aligned(4), naked)) void restless_handler(void) {
  __asm__ volatile(
      "addi s2, s2, 4\n\t"
      "lw zero, 0(s2)");
}

/* A handler that is nowhere: each fetch is a trap, and no time passes. */
static void* const nowhere = (void*)0x40000000;

static void call(void) {
  __asm__ volatile("ecall" : : : "t0", "memory");
}

static int enter_user_mode(int protects) {
  WRITE_CSR(mtvec, &user_handler);
  if (protects) {
    WRITE_CSR(pmpaddr1, -1);
    WRITE_CSR(pmpcfg0, 0x1f00 | READ_CSR(pmpcfg0));
  }
  __asm__ volatile(
      "csrc mstatus, %0\n\t"
      "la t0, 1f\n\t"
      "csrw mepc, t0\n\t"
      "mret\n"
      "1:\n\t"
      "ecall"
      :
      : "r"(0x1800ul)
      : "t0", "memory");
  return 3; /* the trap does not come back */
}

static void write_register(uint64_t address, uint32_t value) {
  invar_port_write32(invar_riscv_port(), address, value);
}

static int wait_for_pending(void) {
  write_register(INVAR_MAP_INTERRUPT_CONTROLLER + INVAR_INTC_REG_ENABLE, 1u << INVAR_MAP_IRQ_TIMER);
  const int before = READ_CSR(mip) == 0;
  write_register(INVAR_MAP_TIMER + INVAR_TIMER_REG_COMPARE_LO, 20000);
  write_register(INVAR_MAP_TIMER + INVAR_TIMER_REG_COMPARE_HI, 0);
  write_register(INVAR_MAP_TIMER + INVAR_TIMER_REG_CONTROL, 1);
  while ((READ_CSR(mip) & 0x800) == 0) {
  }
  const uint64_t now = READ_CSR(time);
  write_register(INVAR_MAP_TIMER + INVAR_TIMER_REG_CONTROL, 0);
  const int after = READ_CSR(mip) == 0;
  printf("pending at %u ns\n", (unsigned)now);
  return !(before && after && now >= 20000 && now < 20200);
}

static int count(void) {
  const uint64_t instructions = READ_CSR(instret), time = READ_CSR(time), cycles = READ_CSR(cycle);
  uint32_t timer = 0;
  invar_port_read32(invar_riscv_port(), INVAR_MAP_TIMER + INVAR_TIMER_REG_TIME_LO, &timer);
  const uint64_t later = READ_CSR(time);
  const uint64_t retired = READ_CSR(instret) - instructions;
  printf("%u instructions, %u ns, %u cycles, timer %u ns\n", (unsigned)instructions, (unsigned)time,
         (unsigned)cycles, (unsigned)timer);
  return !(time <= timer && timer <= later && later - time < 1000 && retired > 3 && retired < 40);
}

static int use_library(void) {
  struct timeval start, end;
  gettimeofday(&start, NULL);
  usleep(30);
  gettimeofday(&end, NULL);
  const long slept_us = end.tv_usec - start.tv_usec;
  char* const text = malloc(20);
  snprintf(text, 20, "%.3f %s", 2.5, getenv("HOME") == NULL ? "home alone" : "home");
  errno = 0;
  const int no_file = fopen("file", "r") == NULL;
  printf("%s, %d, clock %ld us, %d\n", text, (int)time(NULL), (long)clock(), no_file);
  fflush(stdout);
  signal(SIGTERM, SIG_IGN);
  const int ignored = raise(SIGTERM);
  return !(slept_us >= 30 && slept_us < 33 && strcmp(text, "2.500 home alone") == 0 &&
           clock() >= 30 && no_file && ignored == 0 && write(1, "written\n", 8) == 8 &&
           getpid() == 1);
}

int main(int argc, char** argv) {
  (void)argv;
  switch (INVAR_PROGRAM) {
    case MINUS_ONE:
      return -1;
    case HANDLED_CALL:
      WRITE_CSR(mtvec, &skip_handler);
      call();
      return 7;
    case SEVEN_IN_HANDLER:
      WRITE_CSR(mtvec, &seven_handler);
      call();
      return 3;
    case USER_MODE:
      return enter_user_mode(1);
    case USER_MODE_WITHOUT_PROTECTION:
      WRITE_CSR(pmpcfg0, 0);
      return enter_user_mode(0);
    case PENDING_INTERRUPT:
      return wait_for_pending();
    case COUNTERS:
      return count();
    case TRAPS_WITHOUT_END:
      WRITE_CSR(mtvec, &restless_handler);
      __asm__ volatile("li s2, 0x40000000\n\tecall" : : : "s2");
      return 3;
    case FAILED_ASSERTION:
      assert(argc < 0);
      return 3;
    case LIBRARY:
      return use_library();
    case SLEEPLESS_TRAPS:
      WRITE_CSR(mtvec, nowhere);
      call();
      return 3;
  }
  return 3;
}
