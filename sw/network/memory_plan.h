/* The memory plan of a training: which operands live in the engine's scratchpad, which in RAM, and
 * how many images are worked on at once.
 *
 * Everybody declares operands; `invar_plan_settle` then gives each its place:
 *
 *   kept      in the scratchpad for the whole run (weights, small factors, rows that wait for the
 *             end of a batch)
 *   roomy     there as well if there is room, otherwise spilled to RAM, the largest first; it comes
 *             into the workspace by DMA whenever it is worked on (large factors)
 *   by image  of the images that are worked on at once, in the workspace (maps, patches, gradients)
 *
 * The workspace is what the first two leave. A batch whose images do not fit it together is worked
 * off in groups: one after another passes forward and back, and what is summed over the batch is
 * accumulated. Between the last use of a group's maps and the next forward pass the workspace is
 * free for operands that were spilled. Everything that fits is kept, and a batch that fits is one
 * group, so that such a network moves nothing but its images' numbers.
 *
 * Without numbers (timing fidelity) RAM need not keep anything apart: all that goes there may share
 * one region. Then a network too large even for one image at a time streams: every operand lives in
 * RAM, the batch is one group, and rows pass through the scratchpad, loaded for each use and stored
 * after each change. Each such move takes an operand once, however large: what a job works on is
 * assumed to be used perfectly while it is in the scratchpad. Patches of a convolution are formed
 * there for each use and never leave it.
 */
#ifndef INVAR_SW_NETWORK_MEMORY_PLAN_H
#define INVAR_SW_NETWORK_MEMORY_PLAN_H

#include <invar/sw/driver/engine_driver.h>

#ifdef __cplusplus
extern "C" {
#endif

enum invar_operand_kind { INVAR_OPERAND_KEPT, INVAR_OPERAND_ROOMY, INVAR_OPERAND_BY_IMAGE };

/* 32-bit elements. */
struct invar_operand {
  struct invar_operand* next; /* in the plan's list */
  uint64_t elements;          /* of one image, if by image */
  enum invar_operand_kind kind;
  int is_spilled;           /* lives in RAM, as all operands of a plan that streams */
  int is_lasting;           /* outlives a restart of the firmware (lasting_operands.h) */
  uint32_t offset;          /* bytes in the scratchpad; of the workspace if spilled */
  struct invar_buffer home; /* in RAM, if spilled; of a lasting one that is not: where it waits */
};

struct invar_memory_plan {
  struct invar_engine* engine;
  struct invar_heap* heap;
  struct invar_operand* first;
  struct invar_operand* last;
  uint32_t batch;
  uint64_t needed_bytes; /* of scratchpad, by the smallest plan that was tried */
  uint64_t work_bytes;   /* at least of the workspace */
  uint32_t workspace;    /* offset */
  uint32_t group;        /* images at once; the last group may have fewer */
  uint32_t groups;
  struct invar_buffer shared; /* home of all that goes to RAM; data NULL: each has its own */
  uint64_t shared_bytes;
  int streams;
};

void invar_plan_init(struct invar_memory_plan* plan, struct invar_engine* engine,
                     struct invar_heap* heap, uint32_t batch);
/* There are no numbers: everything in RAM may lie in `bytes` at `address`, and the plan may stream.
 * INVAR_RESULT_BAD_ARGUMENT if that is not RAM. */
int invar_plan_share_home(struct invar_memory_plan* plan, uint64_t address, uint64_t bytes);
/* Adds an operand, which must stay where it is. */
void invar_plan_declare(struct invar_memory_plan* plan, struct invar_operand* operand,
                        enum invar_operand_kind kind, uint64_t elements);
/* The workspace must take so many elements at once, beside what is kept. */
void invar_plan_need_work(struct invar_memory_plan* plan, uint64_t elements);
/* RAM for `elements`: the shared home, or a block of the heap. */
int invar_plan_allocate(struct invar_memory_plan* plan, uint64_t elements,
                        struct invar_buffer* buffer);
/* Places everything. INVAR_RESULT_OUT_OF_MEMORY when even one image at a time, with everything
 * spilled that may be, is too large (`needed_bytes` tells for what) and the plan may not stream, or
 * RAM is. */
int invar_plan_settle(struct invar_memory_plan* plan);

/* Images of a group, counted from 0. */
uint32_t invar_plan_images(const struct invar_memory_plan* plan, uint32_t group);

/* Offset of an operand's elements in the scratchpad; a spilled one is loaded to the workspace. */
uint32_t invar_plan_fetch(struct invar_memory_plan* plan, uint32_t phase,
                          const struct invar_operand* operand);
/* After its elements at `offset` were written: sends a spilled one home. */
void invar_plan_commit(struct invar_memory_plan* plan, uint32_t phase,
                       const struct invar_operand* operand);
/* The same for `count` elements from the `first` on: the offset is theirs. */
uint32_t invar_plan_fetch_part(struct invar_memory_plan* plan, uint32_t phase,
                               const struct invar_operand* operand, uint64_t first, uint64_t count);
void invar_plan_commit_part(struct invar_memory_plan* plan, uint32_t phase,
                            const struct invar_operand* operand, uint64_t first, uint64_t count);

/* Address of the element `first` of a block of invar_plan_allocate. */
uint64_t invar_plan_address(const struct invar_memory_plan* plan, const struct invar_buffer* buffer,
                            uint64_t first);
/* Any number of elements to the scratchpad and back, in jobs that can count them. */
void invar_plan_load(struct invar_memory_plan* plan, uint32_t phase, uint64_t address,
                     uint32_t offset, uint64_t elements);
void invar_plan_store(struct invar_memory_plan* plan, uint32_t phase, uint32_t offset,
                      uint64_t address, uint64_t elements);

#ifdef __cplusplus
}
#endif

#endif
