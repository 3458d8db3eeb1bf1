# One CMake target a room of platform/, like invar_add_room but never installed.
#
#   invar_add_platform_room(dataset SOURCES dataset.cpp DEPENDS Invar::ledger LIBRARIES ZLIB::ZLIB)
#
# gives the target invar_platform_dataset, the alias Invar::platform_dataset and the spelling
# <invar/platform/dataset/...>. LIBRARIES are seen by users of the room, PRIVATE_LIBRARIES are not.
function(invar_add_platform_room room)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  set(target invar_platform_${room})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(Invar::platform_${room} ALIAS ${target})
  invar_set_warnings(${target})
  invar_set_numerics(${target})

  set(include_root "${CMAKE_BINARY_DIR}/include/platform_${room}")
  file(MAKE_DIRECTORY "${include_root}/invar/platform")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${include_root}/invar/platform/${room}" SYMBOLIC)
  target_include_directories(${target} PUBLIC "${include_root}")
  target_link_libraries(${target} PUBLIC ${arg_DEPENDS} ${arg_LIBRARIES}
                                  PRIVATE ${arg_PRIVATE_LIBRARIES})
endfunction()
