/* Register maps of the small peripherals of the platform. Rows: device_registers.h. */
#ifndef INVAR_REGISTERS_PERIPHERAL_REGISTERS_H
#define INVAR_REGISTERS_PERIPHERAL_REGISTERS_H

/* UART: transmit only.
 *   name    offset  reset access  effect */
#define INVAR_UART_REGISTERS(X)             \
  X(DATA, 0x00, 0u, WO, "low byte is sent") \
  X(STATUS, 0x04, 1u, RO, "bit 0 ready to send")

enum invar_uart_register {
#define INVAR_UART_ENUM(name, offset, reset, access, effect) INVAR_UART_REG_##name = offset,
  INVAR_UART_REGISTERS(INVAR_UART_ENUM)
#undef INVAR_UART_ENUM
      INVAR_UART_WINDOW_BYTES = 0x100
};

/* Timer: free-running nanoseconds of simulated time, 64 bits, and one compare. Read HIGH, LOW, HIGH
 * until HIGH agrees.
 *   name        offset  reset access    effect */
#define INVAR_TIMER_REGISTERS(X)                             \
  X(TIME_LO, 0x00, 0u, RO, "low half")                       \
  X(TIME_HI, 0x04, 0u, RO, "high half")                      \
  X(COMPARE_LO, 0x08, 0u, RW, "low half, nanoseconds")       \
  X(COMPARE_HI, 0x0C, 0u, RW, "writing it arms the compare") \
  X(CONTROL, 0x10, 0u, RW(0x1u), "bit 0 interrupt enable")   \
  X(STATUS, 0x14, 0u, W1C(0x1u), "bit 0 compare reached")

enum invar_timer_register {
#define INVAR_TIMER_ENUM(name, offset, reset, access, effect) INVAR_TIMER_REG_##name = offset,
  INVAR_TIMER_REGISTERS(INVAR_TIMER_ENUM)
#undef INVAR_TIMER_ENUM
      INVAR_TIMER_WINDOW_BYTES = 0x100
};

/* Interrupt controller: up to 32 level inputs, one level output; nothing is stored.
 *   name     offset  reset access  effect */
#define INVAR_INTC_REGISTERS(X)                    \
  X(PENDING, 0x00, 0u, RO, "inputs that are high") \
  X(ENABLE, 0x04, 0u, RW, "mask")                  \
  X(CLAIM, 0x08, 0u, RO, "lowest enabled pending input + 1, 0 = none")

enum invar_intc_register {
#define INVAR_INTC_ENUM(name, offset, reset, access, effect) INVAR_INTC_REG_##name = offset,
  INVAR_INTC_REGISTERS(INVAR_INTC_ENUM)
#undef INVAR_INTC_ENUM
      INVAR_INTC_WINDOW_BYTES = 0x100
};

/* Host control: what the ledger and the outside learn from the firmware.
 *   name      offset  reset access  effect */
#define INVAR_HOST_REGISTERS(X)                                                \
  X(PHASE, 0x00, 0u, RW, "enum invar_phase of what the host core does now")    \
  X(PROGRESS, 0x04, 0u, WO, "address (in 16-byte units) of a progress record") \
  X(EXIT, 0x08, 0u, WO, "the firmware ends with this code")                    \
  X(STOP, 0x0C, 0u, RO, "bit 0: the user asks for an early end")               \
  X(CHECKPOINT, 0x10, 0u, WO, "address (in 16-byte units) of a checkpoint record")

enum invar_host_register {
#define INVAR_HOST_ENUM(name, offset, reset, access, effect) INVAR_HOST_REG_##name = offset,
  INVAR_HOST_REGISTERS(INVAR_HOST_ENUM)
#undef INVAR_HOST_ENUM
      INVAR_HOST_WINDOW_BYTES = 0x100
};

#endif
