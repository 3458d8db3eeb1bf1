#ifndef INVAR_TILE_ANALOG_MATRIX_H
#define INVAR_TILE_ANALOG_MATRIX_H

#include <invar/tile_model/analog_matrix.h>  // IWYU pragma: export

#endif
