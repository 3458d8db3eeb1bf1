#include <invar/sw/driver/console.h>
#include <invar/sw/port/function_costs.h>

void invar_print(struct invar_port* port, const char* text) {
  uint64_t count = 0;
  for (; *text != '\0'; ++text) {
    invar_port_put_char(port, *text);
    ++count;
  }
  INVAR_COST(port, console, invar_print, count);
}

void invar_print_unsigned(struct invar_port* port, uint64_t value) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  INVAR_COST(port, console, invar_print_unsigned, count);
  while (count > 0) {
    invar_port_put_char(port, digits[--count]);
  }
}

void invar_print_scientific(struct invar_port* port, double value) {
  int exponent = 0;
  if (!(value > 0.0 && value < 1e100)) {
    invar_print(port, value == 0.0 ? "0" : "not a number");
    return;
  }
  uint64_t divisions = 0, multiplications = 0;
  for (; value >= 10.0; ++exponent) {
    value /= 10.0;
    ++divisions;
  }
  for (; value < 1.0; --exponent) {
    value *= 10.0;
    ++multiplications;
  }
  uint32_t tenths = (uint32_t)(10.0 * value + 0.5);
  if (tenths == 100) {
    tenths = 10;
    ++exponent;
  }
  INVAR_COST(port, console, invar_print_scientific, divisions, multiplications);
  invar_print_unsigned(port, tenths / 10);
  invar_print(port, ".");
  invar_print_unsigned(port, tenths % 10);
  invar_print(port, exponent < 0 ? "e-" : "e+");
  const uint32_t magnitude = (uint32_t)(exponent < 0 ? -exponent : exponent);
  invar_print(port, magnitude < 10 ? "0" : "");
  invar_print_unsigned(port, magnitude);
}
