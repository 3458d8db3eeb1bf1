#ifndef INVAR_TILE_LINE_MAP_H
#define INVAR_TILE_LINE_MAP_H

#include <invar/tile_model/line_map.h>  // IWYU pragma: export

#endif
