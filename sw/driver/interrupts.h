/* Interrupt dispatch: the port sleeps until the line is high and enters here once; the entry asks
 * the controller who it was and calls the handler, which acknowledges at its device. Inputs are
 * levels, so no interrupt is lost between a test of a condition and the sleep.
 */
#ifndef INVAR_SW_DRIVER_INTERRUPTS_H
#define INVAR_SW_DRIVER_INTERRUPTS_H

#include <invar/sw/driver/result.h>
#include <invar/sw/port/port.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INVAR_INTERRUPT_INPUTS 32u

/* Acknowledges at the device and updates the driver's state. Returns enum invar_result. */
typedef int (*invar_interrupt_handler)(void* context);

struct invar_interrupts {
  struct invar_port* port;
  uint64_t* counter; /* where taken interrupts are counted */
  uint32_t enabled;
  int result; /* enum invar_result, of interrupts since the last wait; an error stays until then */
  invar_interrupt_handler handlers[INVAR_INTERRUPT_INPUTS];
  void* contexts[INVAR_INTERRUPT_INPUTS];
};

/* Masks every input. */
int invar_interrupts_init(struct invar_interrupts* interrupts, struct invar_port* port,
                          uint64_t* counter);

/* Unmasks `input` and routes it to `handler`. */
int invar_interrupts_connect(struct invar_interrupts* interrupts, uint32_t input,
                             invar_interrupt_handler handler, void* context);

/* Sleeps until an interrupt is pending and handles one. */
int invar_interrupts_wait(struct invar_interrupts* interrupts);

#ifdef __cplusplus
}
#endif

#endif
