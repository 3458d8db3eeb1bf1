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
  int is_spilled;
  uint32_t offset;          /* bytes in the scratchpad; of the workspace if spilled */
  struct invar_buffer home; /* in RAM, if spilled */
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
};

void invar_plan_init(struct invar_memory_plan* plan, struct invar_engine* engine,
                     struct invar_heap* heap, uint32_t batch);
/* Adds an operand, which must stay where it is. */
void invar_plan_declare(struct invar_memory_plan* plan, struct invar_operand* operand,
                        enum invar_operand_kind kind, uint64_t elements);
/* The workspace must take so many elements at once, beside what is kept. */
void invar_plan_need_work(struct invar_memory_plan* plan, uint64_t elements);
/* Places everything. INVAR_RESULT_OUT_OF_MEMORY when even one image at a time, with everything
 * spilled that may be, is too large (`needed_bytes` tells for what), or RAM is. */
int invar_plan_settle(struct invar_memory_plan* plan);

/* Images of a group, counted from 0. */
uint32_t invar_plan_images(const struct invar_memory_plan* plan, uint32_t group);

/* Offset of an operand's elements in the scratchpad; a spilled one is loaded to the workspace. */
uint32_t invar_plan_fetch(struct invar_memory_plan* plan, uint32_t phase,
                          const struct invar_operand* operand);
/* After its elements at `offset` were written: sends a spilled one home. */
void invar_plan_commit(struct invar_memory_plan* plan, uint32_t phase,
                       const struct invar_operand* operand);

#ifdef __cplusplus
}
#endif

#endif
