/* Counter-based random numbers: number `counter` of a stream is a hash of the two, so any of them
 * can be had in any order and a run is reproduced from its seed alone. The mixing function is the
 * finaliser of SplitMix64 (Steele, Lea, Flood 2014).
 */
#ifndef INVAR_SW_NETWORK_RANDOM_H
#define INVAR_SW_NETWORK_RANDOM_H

#include <invar/sw/port/port.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the streams of one seed are for. */
enum invar_random_stream {
  INVAR_STREAM_CONV_WEIGHTS = 1,
  INVAR_STREAM_DENSE_WEIGHTS = 2,
  INVAR_STREAM_ORDER = 3,
  INVAR_STREAM_TARGETS = 4
};

struct invar_random {
  uint64_t key;
  uint64_t counter;
};

void invar_random_init(struct invar_random* random, uint64_t seed, enum invar_random_stream stream);
uint64_t invar_random_next(struct invar_random* random);
/* Uniform in [0, 1), 24 bits. */
float invar_random_uniform(struct invar_random* random);
/* Uniform in 0 .. bound - 1, bias below bound / 2^32. */
uint32_t invar_random_below(struct invar_random* random, uint32_t bound);

/* What `count` numbers of any kind cost a core that cannot count. */
void invar_charge_random(struct invar_port* port, uint64_t count);

#ifdef __cplusplus
}
#endif

#endif
