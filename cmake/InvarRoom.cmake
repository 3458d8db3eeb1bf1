# One CMake target a room: a folder of hw/, sw/ or platform/. A room sees the headers of the rooms it
# names and no others: DEPENDS names those that its own headers include, PRIVATE_DEPENDS those that
# its sources alone include. What a room's DEPENDS bring along can be found by the compiler but may
# not be named; scripts/rooms.py checks that, at every build.
#
#   invar_add_room(circuit SOURCES inv_circuit.cpp DEPENDS device PRIVATE_DEPENDS parameters
#                  LIBRARIES Eigen3::Eigen)
#
# gives the target invar_circuit, the alias Invar::circuit and the spelling <invar/circuit/...>, in
# the tree and after installation. LIBRARIES are seen by users of the room, PRIVATE_LIBRARIES are not.
# RUNS_ONCE: its time in a run does not count, that of its compilation does.
function(invar_add_room room)
  cmake_parse_arguments(arg "RUNS_ONCE" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  set(target invar_${room})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    invar_set_warnings(${target})
    target_compile_features(${target} PUBLIC cxx_std_17)
    invar_set_numerics(${target})
    if(arg_RUNS_ONCE)
      invar_compile_quickly(${target})
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(Invar::${room} ALIAS ${target})
  invar_connect_room(${target} ${scope})
  target_include_directories(${target} ${scope}
                             "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")

  set_target_properties(${target} PROPERTIES EXPORT_NAME ${room})
  set_property(GLOBAL APPEND PROPERTY INVAR_ROOMS ${target})
  if(INVAR_INSTALL)
    install(DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/" DESTINATION
            "${CMAKE_INSTALL_INCLUDEDIR}/invar/${room}" FILES_MATCHING PATTERN "*.h")
  endif()
endfunction()

# The same for a room of platform/, which is not installed:
#
#   invar_add_platform_room(dataset SOURCES dataset.cpp DEPENDS ledger LIBRARIES ZLIB::ZLIB)
#
# gives the target invar_platform_dataset, the alias Invar::platform_dataset and the spelling
# <invar/platform/dataset/...>. HEADERS_OF: rooms of which it takes headers and does not link.
function(invar_add_platform_room room)
  cmake_parse_arguments(arg "RUNS_ONCE" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;HEADERS_OF;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  set(target invar_platform_${room})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(Invar::platform_${room} ALIAS ${target})
  invar_set_warnings(${target})
  invar_set_numerics(${target})
  if(arg_RUNS_ONCE)
    invar_compile_quickly(${target})
  endif()
  invar_connect_room(${target} PUBLIC)
endfunction()

# The same for a room of sw/, in C: the target invar_sw_driver, the alias Invar::sw_driver and the
# spelling <invar/sw/driver/...>. It is compiled as invar_firmware_options says (sw/CMakeLists.txt).
#
#   invar_add_firmware_room(driver SOURCES console.c DEPENDS registers sw_port)
function(invar_add_firmware_room folder)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  string(REPLACE "/" "_" room "${folder}")
  set(target invar_sw_${room})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    invar_set_warnings(${target})
    target_compile_features(${target} PUBLIC c_std_11)
    target_compile_options(${target} PRIVATE ${invar_firmware_options})
    if(NOT folder STREQUAL "port/riscv") # the port is the one that a C library calls
      target_compile_options(${target} PRIVATE -ffreestanding -g)
    endif()
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(Invar::sw_${room} ALIAS ${target})
  invar_connect_room(${target} ${scope})
endfunction()

# What an executable takes of rooms:  invar_use_rooms(invar DEPENDS platform_soc)
function(invar_use_rooms target)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  foreach(dependency IN LISTS arg_DEPENDS)
    target_link_libraries(${target} PRIVATE invar_${dependency})
  endforeach()
endfunction()

# Include root and dependencies of a room's target, from the arguments of the calling function. The
# include root, include/ROOM, holds a link to the folder under its spelling.
macro(invar_connect_room target scope)
  get_filename_component(root "${CMAKE_CURRENT_FUNCTION_LIST_DIR}" DIRECTORY)
  string(REGEX REPLACE "^invar_" "" room_name "${target}")
  target_include_directories(${target} ${scope} "$<BUILD_INTERFACE:${root}/include/${room_name}>")
  foreach(dependency IN LISTS arg_DEPENDS)
    target_link_libraries(${target} ${scope} invar_${dependency})
  endforeach()
  foreach(other IN LISTS arg_HEADERS_OF)
    target_include_directories(${target} ${scope} "${root}/include/${other}")
  endforeach()
  target_link_libraries(${target} ${scope} ${arg_LIBRARIES})
  foreach(dependency IN LISTS arg_PRIVATE_DEPENDS)
    target_link_libraries(${target} PRIVATE invar_${dependency})
  endforeach()
  if(arg_PRIVATE_LIBRARIES)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE_LIBRARIES})
  endif()
  if(TARGET invar_rooms_check AND NOT "${scope}" STREQUAL "INTERFACE")
    add_dependencies(${target} invar_rooms_check)
  endif()
endmacro()

# Eigen must not grow an SC_THREAD's stack, whoever calls. For the same bits on every machine its
# products are blocked for fixed cache sizes (it would ask the processor), and nothing is contracted.
function(invar_set_numerics target)
  target_compile_definitions(${target} PRIVATE EIGEN_STACK_ALLOCATION_LIMIT=65536 EIGEN_NO_CPUID)
  target_compile_options(${target} PRIVATE -ffp-contract=off)
endfunction()

# Not for a room that instantiates templates of Eigen: the linker takes one copy of each for the
# whole program, perhaps this one.
function(invar_compile_quickly target)
  target_compile_options(${target} PRIVATE "$<$<CONFIG:Release>:-O2>")
endfunction()

function(invar_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow)
  if(INVAR_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
