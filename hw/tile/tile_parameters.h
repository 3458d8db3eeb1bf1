#ifndef INVAR_TILE_TILE_PARAMETERS_H
#define INVAR_TILE_TILE_PARAMETERS_H

#include <invar/tile_model/tile_parameters.h>  // IWYU pragma: export

#endif
