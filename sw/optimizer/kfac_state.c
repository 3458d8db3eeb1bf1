#include <invar/sw/optimizer/kfac.h>
#include <invar/sw/port/function_costs.h>

struct factor_state {
  struct invar_fallback fallback;
  int was_damped;
  int has_moved;
};

struct kfac_state {
  uint64_t factor_updates;
  struct invar_random targets;
};

uint64_t invar_kfac_state_bytes(const struct invar_kfac* kfac) {
  return sizeof(struct kfac_state) + kfac->factor_count * sizeof(struct factor_state);
}

void invar_kfac_save(const struct invar_kfac* kfac, void* state) {
  struct kfac_state* all = state;
  struct factor_state* factors = (struct factor_state*)(all + 1);
  *all = (struct kfac_state){.factor_updates = kfac->factor_updates, .targets = kfac->targets};
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    factors[i] = (struct factor_state){.fallback = kfac->factors[i].fallback,
                                       .was_damped = kfac->factors[i].was_damped,
                                       .has_moved = kfac->factors[i].has_moved};
  }
  INVAR_COST(kfac->machine->port, kfac_state, invar_kfac_save, kfac->factor_count);
}

void invar_kfac_restore(struct invar_kfac* kfac, const void* state) {
  const struct kfac_state* all = state;
  const struct factor_state* factors = (const struct factor_state*)(all + 1);
  kfac->factor_updates = all->factor_updates;
  kfac->targets = all->targets;
  for (uint32_t i = 0; i < kfac->factor_count; ++i) {
    kfac->factors[i].fallback = factors[i].fallback;
    kfac->factors[i].was_damped = factors[i].was_damped;
    if (factors[i].has_moved) {
      invar_kfac_move(&kfac->factors[i]);
    }
  }
  INVAR_COST(kfac->machine->port, kfac_state, invar_kfac_restore, kfac->factor_count);
}
