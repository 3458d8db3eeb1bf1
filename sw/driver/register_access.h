/* Register accesses that return enum invar_result. */
#ifndef INVAR_SW_DRIVER_REGISTER_ACCESS_H
#define INVAR_SW_DRIVER_REGISTER_ACCESS_H

#include <invar/sw/driver/result.h>
#include <invar/sw/port/port.h>

static inline int invar_register_read(struct invar_port* port, uint64_t address, uint32_t* value) {
  return invar_port_read32(port, address, value) != 0 ? INVAR_RESULT_BUS_ERROR : INVAR_RESULT_OK;
}

static inline int invar_register_write(struct invar_port* port, uint64_t address, uint32_t value) {
  return invar_port_write32(port, address, value) != 0 ? INVAR_RESULT_BUS_ERROR : INVAR_RESULT_OK;
}

#endif
