/* The contract firmware as an image for the RISC-V host core. */
#include <invar/sw/port/riscv/riscv_port.h>

#include "contract_firmware.h"

int main(void) {
  return contract_firmware(invar_riscv_port());
}
