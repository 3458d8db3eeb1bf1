/* Optimisers of `train`, one a row:
 * X(NAME, number, key, parameters, learning rate, moments, in words)
 *
 *   key            of --optimizer; sw/optimizer: invar_KEY_update of a first-order one
 *   parameters     its own group of app_parameters.h
 *   learning rate  unless another is given: tuned on handwritten letters under one equal budget
 *                  (docs/results.md)
 *   moments        that a first-order one keeps of the gradient
 */
#ifndef INVAR_SW_BOOT_OPTIMIZERS_H
#define INVAR_SW_BOOT_OPTIMIZERS_H

#define INVAR_FIRST_ORDER_OPTIMIZERS(X)                  \
  X(SGD, 2, sgd, MOMENTUM, 0.17, 1, "SGD with momentum") \
  X(ADAM, 3, adam, ADAM, 0.023, 2, "Adam: arXiv 1412.6980")
#define INVAR_OPTIMIZERS(X)                                                   \
  X(KFAC, 1, kfac, MOMENTUM, 0.008, 0, "K-FAC: arXiv 1503.05671, 1602.01407") \
  INVAR_FIRST_ORDER_OPTIMIZERS(X)

/* Their learning rates in a text. */
#define INVAR_LEARNING_RATE_TEXT(name, number, key, parameters, rate, ...) " " #key " " #rate

enum invar_optimizer {
#define INVAR_OPTIMIZER_ENUM(name, number, ...) INVAR_OPTIMIZER_##name = number,
  INVAR_OPTIMIZERS(INVAR_OPTIMIZER_ENUM)
#undef INVAR_OPTIMIZER_ENUM
};

#endif
