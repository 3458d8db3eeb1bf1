/* Register maps of the small peripherals of the platform. 32 bits each, little-endian. */
#ifndef INVAR_REGISTERS_PERIPHERAL_REGISTERS_H
#define INVAR_REGISTERS_PERIPHERAL_REGISTERS_H

/* UART: transmit only. */
#define INVAR_UART_REG_DATA 0x00   /* WO: low byte is sent */
#define INVAR_UART_REG_STATUS 0x04 /* RO: bit 0 ready to send */
#define INVAR_UART_WINDOW_BYTES 0x100

/* Timer: free-running nanoseconds and one compare. Read HIGH, LOW, HIGH until HIGH agrees. */
#define INVAR_TIMER_REG_TIME_LO 0x00    /* RO: low half */
#define INVAR_TIMER_REG_TIME_HI 0x04    /* RO: high half */
#define INVAR_TIMER_REG_COMPARE_LO 0x08 /* RW: low half, nanoseconds */
#define INVAR_TIMER_REG_COMPARE_HI 0x0C /* RW: writing it arms the compare */
#define INVAR_TIMER_REG_CONTROL 0x10    /* RW: bit 0 interrupt enable */
#define INVAR_TIMER_REG_STATUS 0x14     /* W1C: bit 0 compare reached */
#define INVAR_TIMER_WINDOW_BYTES 0x100

/* Interrupt controller: up to 32 level inputs, one output. */
#define INVAR_INTC_REG_PENDING 0x00 /* RO: inputs that are high */
#define INVAR_INTC_REG_ENABLE 0x04  /* RW: mask */
#define INVAR_INTC_REG_CLAIM 0x08   /* RO: lowest enabled pending input + 1, 0 = none */
#define INVAR_INTC_WINDOW_BYTES 0x100

/* Host control: what the ledger and the outside learn from the firmware. */
#define INVAR_HOST_REG_PHASE 0x00    /* RW: enum invar_phase of what the host core does now */
#define INVAR_HOST_REG_PROGRESS 0x04 /* WO: address (in 16-byte units) of a progress record */
#define INVAR_HOST_REG_EXIT 0x08     /* WO: the firmware ends with this code */
#define INVAR_HOST_REG_STOP 0x0C     /* RO: bit 0: the user asks for an early end */
#define INVAR_HOST_WINDOW_BYTES 0x100

#endif
