# One CMake target a room. A room sees the headers of the rooms it names and no others, so the build
# itself refuses an arrow that is not declared.
#
#   invar_add_room(circuit SOURCES inv_circuit.cpp DEPENDS device LIBRARIES Eigen3::Eigen)
#
# gives the target invar_circuit, the alias Invar::circuit and the spelling <invar/circuit/...>, in
# the tree and after installation.
function(invar_add_room room)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  set(target invar_${room})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    invar_set_warnings(${target})
    target_compile_features(${target} PUBLIC cxx_std_17)
    invar_set_numerics(${target})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(Invar::${room} ALIAS ${target})

  set(include_root "${PROJECT_BINARY_DIR}/include/${room}")
  file(MAKE_DIRECTORY "${include_root}/invar")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${include_root}/invar/${room}" SYMBOLIC)
  target_include_directories(${target} ${scope} "$<BUILD_INTERFACE:${include_root}>"
                                                "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  foreach(dependency IN LISTS arg_DEPENDS)
    target_link_libraries(${target} ${scope} invar_${dependency})
  endforeach()
  target_link_libraries(${target} ${scope} ${arg_LIBRARIES})
  if(arg_PRIVATE_LIBRARIES)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE_LIBRARIES})
  endif()

  set_target_properties(${target} PROPERTIES EXPORT_NAME ${room})
  set_property(GLOBAL APPEND PROPERTY INVAR_ROOMS ${target})
  if(INVAR_INSTALL)
    install(DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/" DESTINATION
            "${CMAKE_INSTALL_INCLUDEDIR}/invar/${room}" FILES_MATCHING PATTERN "*.h")
  endif()
endfunction()

# Eigen must not grow an SC_THREAD's stack, whoever calls. For the same bits on every machine its
# products are blocked for fixed cache sizes (it would ask the processor), and nothing is contracted.
function(invar_set_numerics target)
  target_compile_definitions(${target} PRIVATE EIGEN_STACK_ALLOCATION_LIMIT=65536 EIGEN_NO_CPUID)
  target_compile_options(${target} PRIVATE -ffp-contract=off)
endfunction()

function(invar_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow)
  if(INVAR_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
