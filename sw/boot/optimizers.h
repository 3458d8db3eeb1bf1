/* Optimisers of `train`, one a row: X(NAME, number, key, parameters, learning rate, moments)
 *
 *   key            of --optimizer; sw/optimizer: invar_KEY_update of a first-order one
 *   parameters     its own group of app_parameters.h
 *   learning rate  unless another is given: tuned on handwritten letters under one equal budget
 *                  (docs/results.md)
 *   moments        that a first-order one keeps of the gradient
 */
#ifndef INVAR_SW_BOOT_OPTIMIZERS_H
#define INVAR_SW_BOOT_OPTIMIZERS_H

#define INVAR_FIRST_ORDER_OPTIMIZERS(X) \
  X(SGD, 2, sgd, MOMENTUM, 0.17, 1)     \
  X(ADAM, 3, adam, ADAM, 0.023, 2)
#define INVAR_OPTIMIZERS(X)            \
  X(KFAC, 1, kfac, MOMENTUM, 0.008, 0) \
  INVAR_FIRST_ORDER_OPTIMIZERS(X)

enum invar_optimizer {
#define INVAR_OPTIMIZER_ENUM(name, number, ...) INVAR_OPTIMIZER_##name = number,
  INVAR_OPTIMIZERS(INVAR_OPTIMIZER_ENUM)
#undef INVAR_OPTIMIZER_ENUM
};

#endif
