/* A doubleword at a time. The start-up clears .bss by this function; that of Debian's picolibc
 * stores single bytes. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) doubleword;

void* memset(void* destination, int value, size_t bytes) {
  unsigned char* to = destination;
  unsigned char* const end = to + bytes;
  const doubleword pattern = (unsigned char)value * UINT64_C(0x0101010101010101);
  while (to != end && ((uintptr_t)to & 7u) != 0) {
    *to++ = (unsigned char)value;
  }
  unsigned char* const last = to + ((size_t)(end - to) & ~(size_t)7);
  for (; to != last; to += 8) {
    *(doubleword*)to = pattern;
  }
  while (to != end) {
    *to++ = (unsigned char)value;
  }
  return destination;
}
