/* Kernels whose instructions are counted by instruction_count.py: bare, the same image for qemu's
 * virt machine and for the simulator. UART at 0x10000000; each count leaves through `marker`. */
#include <stddef.h>
#include <stdint.h>

/* Between two markers there are the kernel, its call and the end of the first marker. Under qemu
 * the instruction counter is printed; the simulator's host looks at its own count when the store to
 * 0x10001000 (which the virt machine has, and ignores) comes. Reading the counter ends a basic
 * block, so that the store is always at the same place of its block. */
#define MARKER_ADDRESS 0x10001000
static uint64_t counts[8];

__asm__(
    ".section .text.startup\n"
    ".globl _start\n"
    "_start:\n"
    "  li t0, 0x6000\n" /* mstatus.FS: floating point on */
    "  csrs mstatus, t0\n"
    "  la sp, stack_end\n"
    "  call run\n"
    "1: wfi\n"
    "  j 1b\n"
    ".bss\n"
    ".balign 16\n"
    "  .space 16384\n"
    "stack_end:\n"
    ".text\n");

static __attribute__((noinline)) uint64_t marker(void) {
  uint64_t count;
  __asm__ volatile(
      "csrr %0, minstret\n"
      "sw zero, 0(%1)\n"
      : "=&r"(count)
      : "r"((uintptr_t)MARKER_ADDRESS)
      : "memory");
  return count;
}

void* memcpy(void* restrict to, const void* restrict from, size_t bytes) {
  unsigned char* t = to;
  const unsigned char* f = from;
  for (size_t i = 0; i < bytes; ++i) {
    t[i] = f[i];
    __asm__ volatile("" ::: "memory");
  }
  return to;
}

static uint8_t sieve[20000];
static char copy[20000];

/* Branches and integer arithmetic: primes below 20,000, then their digits' sums. */
static __attribute__((noinline)) uint64_t integer_kernel(void) {
  uint64_t sum = 0;
  for (uint32_t i = 2; i < sizeof sieve; ++i) {
    if (sieve[i] == 0) {
      for (uint32_t j = 2 * i; j < sizeof sieve; j += i) {
        sieve[j] = 1;
      }
      for (uint32_t k = i; k != 0; k /= 10) {
        sum += k % 10 * i;
      }
    }
  }
  return sum;
}

/* Floating point of both widths, with division and square root. */
static __attribute__((noinline)) uint64_t float_kernel(void) {
  double sum = 0.0;
  float small = 1.0f;
  for (int i = 1; i < 20000; ++i) {
    const double x = i * 0.5;
    double root;
    __asm__("fsqrt.d %0, %1" : "=f"(root) : "f"(x));
    sum += root / (x + 1.0);
    small = small * 0.999f + (float)i;
    if (small > 1e4f) {
      small -= 9e3f;
    }
  }
  return (uint64_t)(sum * 1e6) + (uint64_t)small;
}

static __attribute__((noinline)) uint64_t fibonacci(unsigned n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Calls, and copies of all alignments. */
static __attribute__((noinline)) uint64_t call_kernel(void) {
  uint64_t sum = fibonacci(20);
  for (unsigned i = 0; i < 16; ++i) {
    memcpy(copy + i, (const char*)sieve + 2 * i, 1000 + 10 * i);
    sum += (uint8_t)copy[i + 100];
  }
  return sum;
}

static void print(uint64_t value) {
  volatile uint8_t* const uart = (volatile uint8_t*)0x10000000;
  char digits[20];
  int n = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (n > 0) {
    *uart = (uint8_t)digits[--n];
  }
  *uart = '\n';
}

void run(void) {
  uint64_t results[3];
  counts[0] = marker();
  results[0] = integer_kernel();
  counts[1] = marker();
  results[1] = float_kernel();
  counts[2] = marker();
  results[2] = call_kernel();
  counts[3] = marker();
  for (int i = 0; i < 3; ++i) {
    print(results[i]);
    print(counts[i + 1] - counts[i]);
  }
  *(volatile uint32_t*)0x100000 = 0x5555; /* ends qemu */
}
