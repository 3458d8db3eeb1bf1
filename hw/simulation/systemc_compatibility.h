#ifndef INVAR_SIMULATION_SYSTEMC_COMPATIBILITY_H
#define INVAR_SIMULATION_SYSTEMC_COMPATIBILITY_H

// SystemC carries the C++ standard in its ABI: say so here rather than in an undefined symbol
// sc_api_version_... at link time.
#if __cplusplus < 201703L || __cplusplus >= 202002L
#error "Invar needs C++17 exactly (CMAKE_CXX_STANDARD 17): its SystemC links with no other standard"
#endif

#include <systemc>

// SystemC 2.3 needs SC_HAS_PROCESS in a module without SC_CTOR; IEEE 1666-2023 deprecates it.
#if defined(IEEE_1666_SYSTEMC) && IEEE_1666_SYSTEMC >= 202301L
#define INVAR_HAS_PROCESS(type) static_assert(true, "")
#else
#define INVAR_HAS_PROCESS(type) SC_HAS_PROCESS(type)
#endif

#endif
