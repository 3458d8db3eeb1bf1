# `cmake --install` and find_package(Invar): the rooms of hw/, nothing of sw/ or platform/.
get_property(invar_rooms GLOBAL PROPERTY INVAR_ROOMS)
install(TARGETS ${invar_rooms} EXPORT InvarTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT InvarTargets NAMESPACE Invar:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Invar)
configure_package_config_file(
  cmake/InvarConfig.cmake.in "${PROJECT_BINARY_DIR}/InvarConfig.cmake"
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Invar)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/InvarConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/InvarConfig.cmake" "${PROJECT_BINARY_DIR}/InvarConfigVersion.cmake"
              cmake/FindInvarSystemC.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Invar)
