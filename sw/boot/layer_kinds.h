/* Kinds of layers: what each is called, takes and may carry, a kind a row.
 *
 * The numbers of the boot block, the check and the operations of the firmware, and the [[layer]]
 * tables of network files are made from these rows. What a kind does is in
 * sw/network/layer_FILE.c.
 */
#ifndef INVAR_SW_BOOT_LAYER_KINDS_H
#define INVAR_SW_BOOT_LAYER_KINDS_H

/* Numbers that some kinds take: fields of struct invar_layer_shape, and keys of network files.
 * X(field, lowest, highest, value in a file that does not tell it; 0: it must) */
#define INVAR_LAYER_FIELDS(X)                 \
  X(kernel, 1, 64, 0)                         \
  X(stride, 1, 64, 1)                         \
  X(padding, 0, 63, 0) /* below the kernel */ \
  X(heads, 1, 256, 0)                         \
  X(passes, 1, 64, 1) /* multiply-adds an element */

/* X(NAME, number, file, key, use, input, flags, fields, what it does)
 *
 *   key     its `kind` in network files; "": not by itself
 *   use     trained, or timed: without numbers, `workload` alone
 *   input   and what it makes the outputs: patches (any number), map and maps (as many as
 *           channels; `maps` takes that of an earlier layer, `addend`, besides), rows (as many;
 *           one an image or token, of a size that the file tells), heads (a token a row: all
 *           heads' queries, keys and values; outputs are a third)
 *   flags   INVAR_LAYER_* that it may carry
 *   fields  INVAR_TAKES(field) that it has */
/* clang-format off */
#define INVAR_LAYER_KINDS(X)                                                                     \
  X(PRODUCT, 1, product, "", trained, patches, INVAR_LAYER_RELU | INVAR_LAYER_BIAS |             \
    INVAR_LAYER_PLAIN, INVAR_TAKES(kernel) | INVAR_TAKES(stride) | INVAR_TAKES(padding),         \
    "weights: a convolution; a dense layer is one on a map of 1 x 1")                            \
  X(MAXPOOL, 2, maxpool, "pool", trained, map, 0, 0, "largest of windows of 2 x 2, stride 2")    \
  X(ADD, 3, add, "add", trained, maps, INVAR_LAYER_RELU, 0,                                      \
    "plus the output of an earlier layer of the same shape")                                     \
  X(ATTENTION, 4, attention, "attention", timed, heads, 0, INVAR_TAKES(heads),                   \
    "scores of all tokens, softmax, weighted values")                                            \
  X(ELEMENTWISE, 5, elementwise, "elementwise", timed, rows, INVAR_LAYER_RELU,                   \
    INVAR_TAKES(passes), "multiply-adds of each element: normalisation, pooling, sums")
/* clang-format on */

enum invar_layer_kind {
#define INVAR_LAYER_KIND_ENUM(name, number, ...) INVAR_LAYER_##name = number,
  INVAR_LAYER_KINDS(INVAR_LAYER_KIND_ENUM)
#undef INVAR_LAYER_KIND_ENUM
};

#define INVAR_LAYER_RELU 0x1u /* after it */
#define INVAR_LAYER_BIAS 0x2u
#define INVAR_LAYER_PLAIN 0x4u /* without Kronecker factors; `workload` alone */

enum invar_layer_use { INVAR_LAYER_USE_trained, INVAR_LAYER_USE_timed };

enum invar_layer_input {
  INVAR_LAYER_INPUT_patches,
  INVAR_LAYER_INPUT_map,
  INVAR_LAYER_INPUT_maps,
  INVAR_LAYER_INPUT_rows,
  INVAR_LAYER_INPUT_heads
};

enum invar_layer_field {
#define INVAR_LAYER_FIELD_ENUM(field, ...) INVAR_LAYER_FIELD_##field,
  INVAR_LAYER_FIELDS(INVAR_LAYER_FIELD_ENUM)
#undef INVAR_LAYER_FIELD_ENUM
};
#define INVAR_TAKES(field) (1u << INVAR_LAYER_FIELD_##field)

#endif
