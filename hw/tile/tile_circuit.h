#ifndef INVAR_TILE_TILE_CIRCUIT_H
#define INVAR_TILE_TILE_CIRCUIT_H

#include <invar/tile_model/tile_circuit.h>  // IWYU pragma: export

#endif
