/* K-FAC (Martens & Grosse 2015; Grosse & Martens 2016 for convolutions) for the layers with
 * weights.
 *
 * Each layer's block of the Fisher matrix is approximated by A (x) Gamma with
 *   A     = mean over images and positions of a a^T, a the activations with the bias appended,
 *   Gamma = mean over images of the sum over positions of g g^T, g the gradients at the outputs
 *           for targets sampled from the model's own distribution.
 * Grosse & Martens sum A over positions and average Gamma; the product is the same, and so is the
 * damped one, because pi moves any such scale from one factor's damping to the other's.
 *
 * Factors are exponential moving averages with weight min(1 - 1/k, factor_decay) on the old one at
 * update k, so that the first update copies (Martens & Grosse, section 5). Damping is factored
 * Tikhonov: A + pi sqrt(d) I and Gamma + sqrt(d) / pi I, pi^2 the ratio of their mean diagonals.
 *
 * What the accelerator programs is the damped matrix, which the engine puts where it is read. A
 * moving average that is spilled is read where it is, and the accelerator adds the damping: the
 * next update writes its result elsewhere, so that what is being programmed stays as it was.
 *
 * An operand that the memory plan has spilled comes into the workspace for each use. Rows of a
 * convolution's patches leave it with their group of images, so its moments are always kept; a
 * dense layer's rows wait for the last group, and may be summed up where there is room for a large
 * factor.
 *
 * The step is v = Gamma^-1 dW A^-1, scaled by nu = min(1, sqrt(kl_clip / (lr^2 sum v dW))), plus
 * weight decay, through momentum. A layer without factors (INVAR_LAYER_PLAIN) has v = dW.
 *
 * On the accelerator all factors are worked on at once if there are tiles for all of them.
 * Otherwise the largest go first, others wait until tiles are given back, and a gradient that is
 * solved for takes the programming of its factors anew. What takes more tiles than there are is the
 * engine's.
 *
 * Without numbers (a shared home, memory_plan.h) what the host core reads of the engine is 0: the
 * KL clip lets all through, damping is as if both factors of a layer had the same scale, and
 * targets are drawn from classes that are all as likely (assumption; it decides how long the draw
 * takes).
 */
#ifndef INVAR_SW_OPTIMIZER_KFAC_H
#define INVAR_SW_OPTIMIZER_KFAC_H

#include <invar/sw/driver/fallback.h>
#include <invar/sw/driver/machine.h>
#include <invar/sw/network/network.h>
#include <invar/sw/network/random.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the engine keeps of a factor beside its diagonal blocks. */
struct invar_kfac_deflation {
  uint32_t rank;        /* 0: nothing */
  int is_warm;          /* vectors of the last refresh are there to go on with */
  uint32_t first_round; /* of the products with them, kfac_deflation.c */
  struct invar_operand store;
  struct invar_buffer exchange; /* RAM: what is as small as the rank, to the host core and back */
};

/* Of the programming in the background that was asked for last. */
enum invar_shadow_state { INVAR_SHADOW_SUBMITTED, INVAR_SHADOW_WRITTEN, INVAR_SHADOW_FAILED };

/* One Kronecker factor, n x n. */
struct invar_kfac_factor {
  const struct invar_layer* layer;
  uint32_t n;
  int is_a;
  uint32_t tiles;               /* that it takes, those of all replicas; 0: unknown */
  uint32_t replicas;            /* times that it stands on tiles, to share right-hand sides */
  int is_engines;               /* never goes to the accelerator */
  uint32_t order;               /* of a factor at this place: which one has its turn */
  struct invar_operand moment;  /* the moving average */
  struct invar_operand damped;  /* with the operand port: what is programmed, if there is room */
  int is_in_place;              /* what was programmed last is the moving average where it is */
  int has_moved;                /* `matrix` and the moving average have changed places in RAM */
  struct invar_operand applied; /* the explicit inverse, or the Cholesky factor when digital */
  uint32_t blocks;              /* along the diagonal that the engine inverts alone; 1: all of it */
  struct invar_kfac_deflation deflation; /* by the engine */
  float diagonal;                        /* what damping adds, before any fall-back */
  float stored;                          /* what it has added to the matrix that is programmed */
  uint32_t label;                        /* of that matrix */
  int digital;                           /* since the last refresh: solved by the engine */
  int was_damped;                        /* had more damping than asked for in some step */
  uint32_t handle;                       /* the accelerator's, INVAR_HANDLE_NONE without one */
  uint32_t shadow;        /* handle that is written in the background, and then swapped */
  uint32_t shadow_ticket; /* of that */
  uint32_t shadow_state;  /* enum invar_shadow_state */
  uint32_t ticket;        /* of its command under way */
  int is_submitted;       /* its right-hand sides went to the accelerator */
  uint32_t state;         /* kfac_accelerator.c */
  uint32_t status;        /* of a command that failed */
  /* What is to be solved for: nothing (columns = 0), the identity or rows of the gradient. */
  uint32_t columns;
  uint64_t source, destination; /* in RAM */
  struct invar_fallback fallback;
  struct invar_buffer matrix;            /* RAM: the matrix of the last refresh */
  struct invar_buffer identity, inverse; /* RAM, with INVAR_KFAC_APPLY_INVERSE */
};

struct invar_kfac {
  struct invar_machine* machine;
  struct invar_network* network;
  const struct invar_train_parameters* parameters;
  struct invar_kfac_factor* factors; /* layer i of those with factors: A at 2 i, Gamma at 2 i + 1 */
  uint32_t factor_count;
  uint32_t free_tiles;
  int is_refreshing;    /* shadows are being written */
  int shadow_failed;    /* the next refresh waits, with every fall-back */
  int has_no_shadows;   /* there is no room for them */
  int has_begun;        /* the first inverses were asked for */
  uint64_t refresh_due; /* the step that uses them */
  int has_port;         /* the accelerator reaches the engine's scratchpad, and is to */
  int stay;             /* programmed factors stay on their tiles until the next refresh */
  uint64_t factor_updates;
  float decay;    /* of the factors at this update */
  int was_damped; /* since the last refresh, any of the factors */
  struct invar_random targets;
  /* parameter_count elements each; `preconditioned` holds what is on the way to it as well */
  struct invar_operand preconditioned, velocity, exchange;
  struct invar_operand scalars; /* the factors' mean diagonals; a sum */
  struct invar_operand pieces;  /* with blocks: parts of right-hand sides, two at a time */
  uint32_t work;                /* of the largest factor's size: the plan's workspace */
  struct invar_buffer scalars_ram, probabilities_ram, targets_ram;
  uint32_t next_probabilities;               /* elements from one row to the next */
  struct invar_buffer rhs_ram, solution_ram; /* parameter_count elements each */
};

/* Declares its operands. INVAR_RESULT_OUT_OF_MEMORY without RAM. */
int invar_kfac_init(struct invar_kfac* kfac, struct invar_machine* machine,
                    struct invar_network* network);
/* Once the plan is settled. */
void invar_kfac_start(struct invar_kfac* kfac);

/* Gives all matrices on the accelerator back, and waits. */
int invar_kfac_release_all(struct invar_kfac* kfac);
/* What outlives a restart besides lasting operands: so many bytes, from and to RAM. The next step
 * must be one that refreshes the inverses. */
uint64_t invar_kfac_state_bytes(const struct invar_kfac* kfac);
void invar_kfac_save(const struct invar_kfac* kfac, void* state);
void invar_kfac_restore(struct invar_kfac* kfac, const void* state);

/* One step after the first group's forward pass: gradients, factors, inverses and update as due. */
int invar_kfac_step(struct invar_kfac* kfac, const struct invar_batch_slot* slot, uint64_t step,
                    float learning_rate);

/* The parts of a step, in this order. */

/* Weight gradient; when due, samples targets and updates all factors. */
int invar_kfac_gradients(struct invar_kfac* kfac, const struct invar_batch_slot* slot, int update);
/* Damps the factors anew and inverts, factorises or programs them; in the background where that was
 * asked for and can be. */
int invar_kfac_refresh(struct invar_kfac* kfac, uint64_t step);
/* Takes the completions of what has been programmed in the background so far, before the commands
 * of a step need their places in the ring. */
int invar_kfac_tend_shadows(struct invar_kfac* kfac);
/* Ends what is programmed in the background, if anything is: a layer whose factors both went well
 * changes to them, another one keeps what it has. */
int invar_kfac_end_refresh(struct invar_kfac* kfac);
/* `preconditioned` <- Gamma^-1 dW A^-1 for every layer. */
int invar_kfac_precondition(struct invar_kfac* kfac);

/* For the parts: */

static inline int invar_kfac_applies_inverse(const struct invar_kfac* kfac) {
  return kfac->parameters->kfac_apply == INVAR_KFAC_APPLY_INVERSE;
}

/* Damped matrix to where the accelerator will read it: scratchpad or RAM; a spilled one stays where
 * it is. */
void invar_kfac_store_damped(struct invar_kfac* kfac, struct invar_kfac_factor* factor);
/* The matrix there, which the moving average has left behind since, with the damping of now. */
void invar_kfac_damp_stored(struct invar_kfac* kfac, struct invar_kfac_factor* factor);
/* c <- (a + a^T) / 2; n x n matrices at offsets of the scratchpad. Where a is c, its rows are
 * loaded once more, from `address`. */
void invar_kfac_symmetrize(struct invar_kfac* kfac, uint32_t phase, uint32_t n, uint32_t a,
                           uint64_t address, uint32_t c);
/* Where the accelerator will read it. */
uint64_t invar_kfac_matrix_address(const struct invar_kfac* kfac,
                                   const struct invar_kfac_factor* factor);
/* Whether the damping is yet to be added then. */
static inline int invar_kfac_is_damped_as_read(const struct invar_kfac_factor* factor) {
  return factor->moment.is_spilled;
}
/* What damping adds to the factor's diagonal now. */
static inline float invar_kfac_damping(const struct invar_kfac_factor* factor) {
  return factor->diagonal * factor->fallback.damping_factor;
}
/* The moment of the next update goes to where the matrix of the refresh before the last one is. */
static inline void invar_kfac_move(struct invar_kfac_factor* factor) {
  const struct invar_buffer home = factor->moment.home;
  factor->moment.home = factor->matrix;
  factor->matrix = home;
  factor->has_moved = !factor->has_moved;
}
/* The mean diagonal of a moment at that offset of the scratchpad. */
void invar_kfac_append_trace(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                             uint32_t phase, uint32_t moment);
/* Programs all factors that can stay, or inverts them if the inverse is applied, with every
 * fall-back; the engine's own meanwhile. */
int invar_kfac_program_all(struct invar_kfac* kfac);
/* Begins to program all factors beside those that serve. */
int invar_kfac_program_shadows(struct invar_kfac* kfac);
/* Whether the engine may serve until the first ones are written, where others will be written
 * beside them: asked once, it says no later. */
int invar_kfac_can_begin_with_engine(struct invar_kfac* kfac);
/* Begins to program all factors, and factorises them on the engine meanwhile. */
int invar_kfac_begin_with_engine(struct invar_kfac* kfac);
/* Whether shadows can be: all are on tiles, there are as many again, the ring holds their commands
 * beside those of a step, and the last ones went well. */
int invar_kfac_can_shadow(struct invar_kfac* kfac);
/* Factors that do not stay: programs those with `columns` to solve for, as many at once as fit,
 * solves and gives their tiles back, with every fall-back: a factor may be digital afterwards. */
int invar_kfac_solve_in_turn(struct invar_kfac* kfac);
/* Rank of a factor's deflation, wherever it is inverted. */
uint32_t invar_kfac_rank(const struct invar_kfac* kfac, const struct invar_kfac_factor* factor);
/* workspace <- the damped matrix of a factor that the engine inverts */
void invar_kfac_append_damped(struct invar_kfac* kfac, struct invar_kfac_factor* factor);
/* Diagonal blocks on the engine (kfac_blocks.c): how many, elements of `applied` and of `pieces`
 * for so many right-hand sides. */
void invar_kfac_init_blocks(const struct invar_kfac* kfac, struct invar_kfac_factor* factor);
uint64_t invar_kfac_block_elements(const struct invar_kfac_factor* factor);
uint64_t invar_kfac_piece_elements(const struct invar_kfac_factor* factor, uint32_t columns);
/* Factorises or inverts the blocks of the matrix in the workspace, into `applied`. */
void invar_kfac_append_blocks(struct invar_kfac* kfac, struct invar_kfac_factor* factor);
/* Rows of `in` solved for, with the factors at `applied`. */
void invar_kfac_solve_blocks(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                             uint32_t applied, uint32_t columns, uint32_t in, uint32_t out);
/* out <- A^-1 in of so many columns, out <- in A^-1 of so many rows, with inverses at `applied` */
void invar_kfac_multiply_blocks_left(struct invar_kfac* kfac,
                                     const struct invar_kfac_factor* factor, uint32_t applied,
                                     uint32_t columns, uint32_t in, uint32_t out);
void invar_kfac_multiply_blocks_right(struct invar_kfac* kfac,
                                      const struct invar_kfac_factor* factor, uint32_t applied,
                                      uint32_t rows, uint32_t in, uint32_t out);
/* Deflation on the engine (kfac_deflation.c). Before the blocks of so many factors are inverted: U,
 * of the damped matrices of now; afterwards: W and K. Both wait. */
int invar_kfac_init_deflation(struct invar_kfac* kfac, struct invar_kfac_factor* factor);
int invar_kfac_deflate(struct invar_kfac* kfac, struct invar_kfac_factor* factors, uint32_t count);
int invar_kfac_finish_deflation(struct invar_kfac* kfac, struct invar_kfac_factor* factors,
                                uint32_t count);
/* U' and W', rank x n, in the scratchpad. */
uint32_t invar_kfac_deflation_rows(const struct invar_kfac_factor* factor);
uint32_t invar_kfac_deflation_solved(const struct invar_kfac_factor* factor);
/* A block of n rows less its part of U U'. */
void invar_kfac_deflate_block(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                              uint32_t first, uint32_t n, uint32_t matrix);
/* y - W K U' y of solutions in rows, or in columns; nothing without deflation. */
void invar_kfac_correct_rows(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                             uint32_t count, uint32_t rows);
void invar_kfac_correct_columns(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                                uint32_t count, uint32_t columns);
/* Damps and factorises (or inverts) on the engine, and waits. */
int invar_kfac_factorize(struct invar_kfac* kfac, struct invar_kfac_factor* factor);
/* The same for all that are digital, in one go. */
int invar_kfac_factorize_all(struct invar_kfac* kfac);
/* Starts the solve that the factor is asked for, with its matrix on the accelerator. */
int invar_kfac_submit_solve(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                            uint32_t* ticket);
/* Starts to program the factor's matrix, over that of `handle` or beside all others
 * (INVAR_HANDLE_NONE). */
int invar_kfac_submit_program(struct invar_kfac* kfac, const struct invar_kfac_factor* factor,
                              uint32_t handle, uint32_t phase, uint32_t* ticket);
/* Starts one command for both factors of a layer: its part of the gradient at `source` to
 * `destination`, addresses as the accelerator counts them. */
int invar_kfac_submit_pair(struct invar_kfac* kfac, const struct invar_kfac_factor* a,
                           const struct invar_kfac_factor* gamma, uint64_t source,
                           uint64_t destination, uint32_t* ticket);
/* After a PROGRAM or SOLVE that ended with `status`: climbs the ladder of fall-backs until the
 * factor's solutions are in RAM (columns = 0: until the matrix is programmed) or it has become
 * digital. */
int invar_kfac_fall_back(struct invar_kfac* kfac, struct invar_kfac_factor* factor,
                         uint32_t status);

#ifdef __cplusplus
}
#endif

#endif
