/* Counter-based random numbers: number `counter` of a stream is a hash of the two, so any of them
 * can be had in any order and a run is reproduced from its seed alone. The mixing function is the
 * finaliser of SplitMix64 (Steele, Lea, Flood 2014).
 */
#ifndef INVAR_SW_NETWORK_RANDOM_H
#define INVAR_SW_NETWORK_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the streams of one seed are for; the weights of the first two layers have 1 and 2, those of
 * the others 5 and up. */
enum invar_random_stream { INVAR_STREAM_ORDER = 3, INVAR_STREAM_TARGETS = 4 };

/* Of a layer with weights, from 0. */
static inline uint32_t invar_stream_of_weights(uint32_t layer) {
  return layer < 2 ? layer + 1 : layer + 3;
}

struct invar_random {
  uint64_t key;
  uint64_t counter;
};

void invar_random_init(struct invar_random* random, uint64_t seed, uint32_t stream);
uint64_t invar_random_next(struct invar_random* random);
/* Uniform in [0, 1), 24 bits. */
float invar_random_uniform(struct invar_random* random);
/* Uniform in 0 .. bound - 1, bias below bound / 2^32. */
uint32_t invar_random_below(struct invar_random* random, uint32_t bound);

#ifdef __cplusplus
}
#endif

#endif
