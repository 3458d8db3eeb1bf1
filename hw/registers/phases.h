/* Phase tags: what a piece of work is done for.
 *
 * Every descriptor, every digital-engine job and the host's phase register carry one of these. The
 * ledger books energy and exclusive time under it. Verification is what only tells how good a
 * result is: a machine that is trusted could leave it out. Background is programming that nobody
 * waits for: time never runs under it.
 */
#ifndef INVAR_REGISTERS_PHASES_H
#define INVAR_REGISTERS_PHASES_H

/*            name           value  key in report.json */
#define INVAR_PHASES(X)                \
  X(HOST, 0, "host")                   \
  X(FORWARD, 1, "forward")             \
  X(BACKWARD, 2, "backward")           \
  X(FACTORS, 3, "factors")             \
  X(PROGRAMMING, 4, "programming")     \
  X(INVERSION, 5, "inversion")         \
  X(DATA_MOVEMENT, 6, "data_movement") \
  X(UPDATE, 7, "update")               \
  X(VERIFICATION, 8, "verification")   \
  X(BACKGROUND, 9, "background")

enum invar_phase {
#define INVAR_PHASE_ENUM(name, value, key) INVAR_PHASE_##name = value,
  INVAR_PHASES(INVAR_PHASE_ENUM)
#undef INVAR_PHASE_ENUM
      INVAR_PHASE_COUNT = 10
};

#endif
