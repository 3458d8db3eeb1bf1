#ifndef INVAR_TILE_TILE_PROGRAMMING_H
#define INVAR_TILE_TILE_PROGRAMMING_H

#include <invar/tile_model/tile_programming.h>  // IWYU pragma: export

#endif
