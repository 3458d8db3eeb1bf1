// What a module's header brings to whoever instantiates it: no linear algebra, whose objects would
// change their layout and alignment with his compiler flags.
#include <invar/accelerator/inv_accelerator.h>
#include <invar/bus/host_bus.h>
#include <invar/digital_engine/digital_engine.h>
#include <invar/tile/analog_tile.h>

#ifdef EIGEN_WORLD_VERSION
#error "the header of a module includes Eigen"
#endif
