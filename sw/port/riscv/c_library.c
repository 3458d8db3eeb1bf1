/* What picolibc asks of the machine: where characters go, and how a program ends. */
#include <invar/sw/port/riscv/riscv_port.h>
#include <stdio.h>
#include <unistd.h>

static int put_character(char character, FILE* file) {
  (void)file;
  invar_port_put_char(invar_riscv_port(), character);
  return (unsigned char)character;
}

static FILE console = FDEV_SETUP_STREAM(put_character, NULL, NULL, _FDEV_SETUP_WRITE);

FILE* const stdin = &console;
FILE* const stdout = &console;
FILE* const stderr = &console;

void _exit(int code) {
  invar_riscv_exit(code);
}
