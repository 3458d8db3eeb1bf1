#include <invar/sw/network/random.h>

static uint64_t mix(uint64_t value) {
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9ull;
  value = (value ^ value >> 27) * 0x94D049BB133111EBull;
  return value ^ value >> 31;
}

void invar_random_init(struct invar_random* random, uint64_t seed, uint32_t stream) {
  random->key = mix(mix(seed + 0x9E3779B97F4A7C15ull) + (uint64_t)stream);
  random->counter = 0;
}

uint64_t invar_random_next(struct invar_random* random) {
  return mix(random->key + 0x9E3779B97F4A7C15ull * ++random->counter);
}

float invar_random_uniform(struct invar_random* random) {
  return (float)(invar_random_next(random) >> 40) * 0x1p-24f;
}

uint32_t invar_random_below(struct invar_random* random, uint32_t bound) {
  return (uint32_t)((invar_random_next(random) >> 32) * bound >> 32);
}
