#ifndef INVAR_TILE_TILE_MODEL_H
#define INVAR_TILE_TILE_MODEL_H

#include <invar/tile_model/tile_model.h>  // IWYU pragma: export

#endif
