#ifndef INVAR_TILE_TILE_AREA_H
#define INVAR_TILE_TILE_AREA_H

#include <invar/tile_model/tile_area.h>  // IWYU pragma: export

#endif
