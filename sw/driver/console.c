#include <invar/sw/driver/console.h>

void invar_print(struct invar_port* port, const char* text) {
  for (; *text != '\0'; ++text) {
    port->put_char(port->context, *text);
  }
}

void invar_print_unsigned(struct invar_port* port, uint64_t value) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  port->charge(port->context, INVAR_OPERATION_FLOAT_DIVIDE, (uint64_t)count);
  while (count > 0) {
    port->put_char(port->context, digits[--count]);
  }
}
