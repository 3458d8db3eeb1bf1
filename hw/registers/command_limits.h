/* What the fields of a descriptor may hold. Each limit stands here alone: the accelerator's check
 * of descriptors, the firmware's of its boot block, the platform's parameters and the register page
 * take it from here.
 */
#ifndef INVAR_REGISTERS_COMMAND_LIMITS_H
#define INVAR_REGISTERS_COMMAND_LIMITS_H

#define INVAR_LIMIT_DIMENSION 1048576        /* rows of a matrix, whatever the tiles can hold */
#define INVAR_LIMIT_COLUMNS 65536            /* vectors of a SOLVE or MVM */
#define INVAR_LIMIT_ITERATIONS 1000          /* iterations of a SOLVE, 1 or more */
#define INVAR_LIMIT_SLICES 8                 /* slices of a tile */
#define INVAR_LIMIT_SMALLEST_TOLERANCE 1e-15 /* smallest tolerance of a SOLVE */
#define INVAR_LIMIT_LARGEST_TOLERANCE 1      /* largest tolerance of a SOLVE */
#define INVAR_LIMIT_RANK 16                  /* rank of a deflation */
#define INVAR_LIMIT_REPLICAS 64              /* times that a matrix stands on tiles */

#endif
