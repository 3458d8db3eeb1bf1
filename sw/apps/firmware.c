#include <invar/registers/peripheral_registers.h>
#include <invar/sw/apps/apps.h>
#include <invar/sw/apps/boot_check.h>
#include <invar/sw/apps/firmware.h>
#include <invar/sw/driver/console.h>
#include <invar/sw/driver/register_access.h>
#include <invar/sw/port/function_costs.h>

int invar_exit_of(struct invar_machine* machine, int result) {
  struct invar_port* port = machine->port;
  INVAR_COST(port, firmware, invar_exit_of);
  switch (result) {
    case INVAR_RESULT_OK:
      return INVAR_EXIT_OK;
    case INVAR_RESULT_OUT_OF_MEMORY:
      invar_print(port, "firmware: out of memory\n");
      return INVAR_EXIT_OUT_OF_MEMORY;
    case INVAR_RESULT_BAD_ARGUMENT:
      invar_print(port, "firmware: bad boot block\n");
      return INVAR_EXIT_BAD_BOOT_BLOCK;
    case INVAR_RESULT_NOT_FINITE:
      invar_print(port, "firmware: diverged\n");
      return INVAR_EXIT_DIVERGED;
    case INVAR_RESULT_JOB_FAILED:
      if (machine->engine.job_status == INVAR_ENGINE_OVERFLOW) {
        invar_print(port, "firmware: a number is beyond the format of the engine's inversion\n");
      }
      invar_print(port, "firmware: engine job ");
      invar_print_unsigned(port, machine->engine.job_tag);
      invar_print(port, " failed with status ");
      invar_print_unsigned(port, machine->engine.job_status);
      invar_print(port, "\n");
      return INVAR_EXIT_DEVICE_ERROR;
    case INVAR_RESULT_RING_FAULT:
      invar_print(port, "firmware: the accelerator halted\n");
      return INVAR_EXIT_DEVICE_ERROR;
    case INVAR_RESULT_NO_DEVICE:
      invar_print(port, "firmware: device not found\n");
      return INVAR_EXIT_DEVICE_ERROR;
    default:
      invar_print(port, "firmware: device error\n");
      return INVAR_EXIT_DEVICE_ERROR;
  }
}

static int bad_boot_block(struct invar_port* port, const char* problem) {
  invar_print(port, "boot block: ");
  invar_print(port, problem);
  invar_print(port, "\n");
  return INVAR_EXIT_BAD_BOOT_BLOCK;
}

/* On a machine that starts anew. */
static int run_app(struct invar_port* port, const struct invar_boot_block* boot, int resumed) {
  struct invar_machine machine;
  const int result = invar_machine_init(&machine, port, boot);
  if (result == INVAR_RESULT_BAD_ARGUMENT) {
    return bad_boot_block(port, "counters_address: not in RAM");
  }
  if (result != INVAR_RESULT_OK) {
    return invar_exit_of(&machine, result);
  }
  switch (boot->app) {
    case INVAR_APP_TRAIN:
      return invar_train(&machine, &boot->parameters.train, resumed);
    case INVAR_APP_SOLVE:
      return invar_solve(&machine, &boot->parameters.solve);
    default:
      return invar_workload(&machine, &boot->parameters.workload);
  }
}

static int run(struct invar_port* port) {
  const struct invar_boot_block* boot =
      invar_port_memory(port, port->boot_block_address, sizeof *boot);
  if (boot == NULL || boot->magic != INVAR_BOOT_MAGIC) {
    return bad_boot_block(port, "no magic number");
  }
  const char* problem = "app: 1 to 3";
  switch (boot->app) {
    case INVAR_APP_TRAIN:
      problem = invar_check_train(port, &boot->parameters.train);
      break;
    case INVAR_APP_SOLVE:
      problem = invar_check_solve(port, &boot->parameters.solve);
      break;
    case INVAR_APP_WORKLOAD:
      problem = invar_check_workload(port, &boot->parameters.workload);
      break;
    default:
      break;
  }
  INVAR_COST(port, firmware, run);
  if (problem != NULL) {
    return bad_boot_block(port, problem);
  }
  int resumed = boot->app == INVAR_APP_TRAIN && boot->parameters.train.resumed != 0;
  int exit_code;
  /* One call for both: what follows a checkpoint must not tell how it was come to. */
  do {
    exit_code = run_app(port, boot, resumed);
    resumed = 1;
  } while (exit_code == INVAR_EXIT_RESTART);
  return exit_code;
}

int firmware_main(struct invar_port* port) {
  INVAR_COST(port, firmware, firmware_main);
  const int exit_code = run(port);
  const int result = invar_register_write(port, port->host_control_base + INVAR_HOST_REG_EXIT,
                                          (uint32_t)exit_code);
  return result == INVAR_RESULT_OK ? exit_code : INVAR_EXIT_DEVICE_ERROR;
}
