#ifndef INVAR_SIMULATION_SYSTEMC_COMPATIBILITY_H
#define INVAR_SIMULATION_SYSTEMC_COMPATIBILITY_H

#include <systemc>

// SystemC 2.3 needs SC_HAS_PROCESS in a module without SC_CTOR; IEEE 1666-2023 deprecates it.
#if defined(IEEE_1666_SYSTEMC) && IEEE_1666_SYSTEMC >= 202301L
#define INVAR_HAS_PROCESS(type) static_assert(true, "")
#else
#define INVAR_HAS_PROCESS(type) SC_HAS_PROCESS(type)
#endif

#endif
