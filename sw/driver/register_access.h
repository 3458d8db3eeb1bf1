/* Register accesses that return enum invar_result, and charges.
 *
 * Charges are counted from the code beside them as GCC 12 compiles it for RV64GC at -O2
 * (benchmarks/host_core_calibration.py holds them against the RISC-V core). A register access is
 * charged by the core itself.
 */
#ifndef INVAR_SW_DRIVER_REGISTER_ACCESS_H
#define INVAR_SW_DRIVER_REGISTER_ACCESS_H

#include <invar/sw/driver/result.h>
#include <invar/sw/port/port.h>

static inline int invar_register_read(struct invar_port* port, uint64_t address, uint32_t* value) {
  invar_port_charge(port, INVAR_OPERATION_INTEGER, 1); /* fence */
  return invar_port_read32(port, address, value) != 0 ? INVAR_RESULT_BUS_ERROR : INVAR_RESULT_OK;
}

static inline int invar_register_write(struct invar_port* port, uint64_t address, uint32_t value) {
  invar_port_charge(port, INVAR_OPERATION_INTEGER, 1); /* fence */
  return invar_port_write32(port, address, value) != 0 ? INVAR_RESULT_BUS_ERROR : INVAR_RESULT_OK;
}

/* Charges integer operations and memory accesses of one loop or straight piece of code. */
static inline void invar_charge(struct invar_port* port, uint64_t integers, uint64_t accesses) {
  invar_port_charge(port, INVAR_OPERATION_INTEGER, integers);
  invar_port_charge(port, INVAR_OPERATION_MEMORY, accesses);
}

/* Charges a memset of whole doublewords. */
static inline void invar_charge_clear(struct invar_port* port, uint64_t bytes) {
  invar_charge(port, 20 + bytes / 8 * 2, bytes / 8);
}

#endif
