/* Reads a word, has a device exchange the memory that it lies in, and reads it again. */
#include <invar/registers/memory_map.h>
#include <invar/sw/port/riscv/riscv_port.h>
#include <stdint.h>

int main(void) {
  volatile uint32_t* const word = (volatile uint32_t*)0x90000000;
  volatile uint32_t* const swap = (volatile uint32_t*)0x20000000;
  uint32_t sum = word[0];
  for (int i = 0; i < 3; ++i) {
    *swap = 1;
    sum = 10 * sum + word[0];
    word[1] = sum;
  }
  return (int)sum;
}
