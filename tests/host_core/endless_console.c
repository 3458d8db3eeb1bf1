/* Prints lines for ever. */
#include <stdio.h>

int main(void) {
  for (unsigned line = 0;; ++line) {
    printf("line %u\n", line);
  }
}
