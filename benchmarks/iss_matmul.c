/* The program of iss_benchmark: 64 M instructions of matrix product, then a wfi. Bare: no C
 * library, no data but the stack. */
#define SIZE 128

static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

__asm__(
    ".section .text.startup\n"
    ".globl _start\n"
    "_start:\n"
    "  li t0, 0x6000\n" /* mstatus.FS: floating point on */
    "  csrs mstatus, t0\n"
    "  la sp, stack_end\n"
    "  call multiply\n"
    "  wfi\n"
    ".bss\n"
    ".balign 16\n"
    "  .space 4096\n"
    "stack_end:\n"
    ".text\n");

void multiply(void) {
  for (int i = 0; i < SIZE; ++i) {
    for (int j = 0; j < SIZE; ++j) {
      a[i][j] = i + 2 * j;
      b[i][j] = i - j;
    }
  }
  for (int repeat = 0; repeat < 5; ++repeat) {
    for (int i = 0; i < SIZE; ++i) {
      for (int j = 0; j < SIZE; ++j) {
        double sum = 0.0;
        for (int k = 0; k < SIZE; ++k) {
          sum += a[i][k] * b[k][j];
        }
        *(volatile double*)&c[i][j] = sum;
      }
    }
  }
}
