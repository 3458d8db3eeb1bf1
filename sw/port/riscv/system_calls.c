/* What a C library asks of an operating system, for a machine that has none: time is simulated time
 * since its start, there is one process, the console, and no file. A program may define its own. */
#include <errno.h>
#include <invar/registers/peripheral_registers.h>
#include <invar/sw/port/riscv/riscv_port.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <unistd.h>

#define MAY_BE_REPLACED __attribute__((weak))

enum { NANOSECONDS_PER_SECOND = 1000000000, NANOSECONDS_PER_MICROSECOND = 1000 };
enum { THE_PROCESS = 1, EXIT_BY_SIGNAL = 128 };

static uint64_t now_ns(void) {
  const uint64_t timer = invar_riscv_port()->timer_base;
  uint32_t high = 0, low = 0, again = 0;
  do {
    (void)invar_port_read32(invar_riscv_port(), timer + INVAR_TIMER_REG_TIME_HI, &high);
    (void)invar_port_read32(invar_riscv_port(), timer + INVAR_TIMER_REG_TIME_LO, &low);
    (void)invar_port_read32(invar_riscv_port(), timer + INVAR_TIMER_REG_TIME_HI, &again);
  } while (again != high);
  return (uint64_t)high << 32 | low;
}

static int fail(int reason) {
  errno = reason;
  return -1;
}

MAY_BE_REPLACED pid_t getpid(void) {
  return THE_PROCESS;
}

/* Of abort, raise and a failed assert as well. */
MAY_BE_REPLACED int kill(pid_t process, int signal) {
  if (process != THE_PROCESS) {
    return fail(ESRCH);
  }
  if (signal != 0) {
    _exit(EXIT_BY_SIGNAL + signal);
  }
  return 0;
}

MAY_BE_REPLACED int sigprocmask(int how, const sigset_t* set, sigset_t* before) {
  (void)how;
  (void)set;
  if (before != NULL) {
    *before = 0;
  }
  return 0;
}

MAY_BE_REPLACED clock_t times(struct tms* spent) {
  const clock_t ticks = (clock_t)(now_ns() / (NANOSECONDS_PER_SECOND / CLOCKS_PER_SEC));
  *spent = (struct tms){.tms_utime = ticks};
  return ticks;
}

MAY_BE_REPLACED int gettimeofday(struct timeval* time, void* zone) {
  (void)zone;
  const uint64_t now = now_ns();
  time->tv_sec = (time_t)(now / NANOSECONDS_PER_SECOND);
  time->tv_usec = (suseconds_t)(now % NANOSECONDS_PER_SECOND / NANOSECONDS_PER_MICROSECOND);
  return 0;
}

static void wait_ns(uint64_t duration) {
  const uint64_t start = now_ns();
  while (now_ns() - start < duration) {
  }
}

MAY_BE_REPLACED int usleep(useconds_t microseconds) {
  wait_ns((uint64_t)microseconds * NANOSECONDS_PER_MICROSECOND);
  return 0;
}

MAY_BE_REPLACED unsigned sleep(unsigned seconds) {
  wait_ns((uint64_t)seconds * NANOSECONDS_PER_SECOND);
  return 0;
}

static int is_console(int file) {
  return file >= STDIN_FILENO && file <= STDERR_FILENO;
}

MAY_BE_REPLACED ssize_t read(int file, void* to, size_t bytes) {
  (void)to;
  (void)bytes;
  return is_console(file) ? 0 : fail(EBADF); /* nobody types */
}

MAY_BE_REPLACED ssize_t write(int file, const void* from, size_t bytes) {
  if (!is_console(file)) {
    return fail(EBADF);
  }
  for (size_t i = 0; i < bytes; ++i) {
    invar_port_put_char(invar_riscv_port(), ((const char*)from)[i]);
  }
  return (ssize_t)bytes;
}

MAY_BE_REPLACED int open(const char* name, int flags, ...) {
  (void)name;
  (void)flags;
  return fail(ENOENT);
}

MAY_BE_REPLACED int close(int file) {
  return is_console(file) ? 0 : fail(EBADF);
}

MAY_BE_REPLACED off_t lseek(int file, off_t offset, int from) {
  (void)offset;
  (void)from;
  return fail(is_console(file) ? ESPIPE : EBADF);
}

MAY_BE_REPLACED int isatty(int file) {
  if (!is_console(file)) {
    (void)fail(EBADF);
    return 0;
  }
  return 1;
}

MAY_BE_REPLACED int fstat(int file, struct stat* status) {
  if (!is_console(file)) {
    return fail(EBADF);
  }
  *status = (struct stat){.st_mode = S_IFCHR};
  return 0;
}

MAY_BE_REPLACED int stat(const char* name, struct stat* status) {
  (void)name;
  (void)status;
  return fail(ENOENT);
}

MAY_BE_REPLACED int unlink(const char* name) {
  (void)name;
  return fail(ENOENT);
}

MAY_BE_REPLACED int rename(const char* from, const char* to) {
  (void)from;
  (void)to;
  return fail(ENOENT);
}

MAY_BE_REPLACED int fsync(int file) {
  return is_console(file) ? 0 : fail(EBADF);
}

/* Two runs shall do the same: there is no chance here. */
int getentropy(void* to, size_t bytes);
MAY_BE_REPLACED int getentropy(void* to, size_t bytes) {
  (void)to;
  (void)bytes;
  return fail(ENOSYS);
}
