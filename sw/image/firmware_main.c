/* The firmware as an image of its own. */
#include <invar/sw/apps/firmware.h>
#include <invar/sw/port/riscv/riscv_port.h>

int main(void) {
  firmware_main(invar_riscv_port()); /* writes the exit code */
  invar_riscv_halt();
}
