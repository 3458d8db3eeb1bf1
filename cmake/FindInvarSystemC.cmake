# Finds SystemC: its own CMake package, pkg-config (Debian), or SYSTEMC_HOME, in this order.
# Gives the target InvarSystemC::systemc and checks that a C++17 program links with it.
set(_invar_systemc_origin "")
if(NOT TARGET InvarSystemC::systemc)
  add_library(InvarSystemC::systemc INTERFACE IMPORTED GLOBAL)
  find_package(SystemCLanguage CONFIG QUIET)
  if(SystemCLanguage_FOUND)
    target_link_libraries(InvarSystemC::systemc INTERFACE SystemC::systemc)
    set(_invar_systemc_origin "CMake package SystemCLanguage")
    if(DEFINED SystemC_CXX_STANDARD AND NOT SystemC_CXX_STANDARD EQUAL 17)
      message(FATAL_ERROR "SystemC at ${SystemCLanguage_DIR} was built for C++${SystemC_CXX_STANDARD}; "
                          "Invar needs one built for C++17.")
    endif()
  endif()

  if(NOT _invar_systemc_origin)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
      pkg_check_modules(_invar_systemc_pc QUIET IMPORTED_TARGET systemc)
      if(_invar_systemc_pc_FOUND)
        target_link_libraries(InvarSystemC::systemc INTERFACE PkgConfig::_invar_systemc_pc)
        set(_invar_systemc_origin "pkg-config, version ${_invar_systemc_pc_VERSION}")
      endif()
    endif()
  endif()

  if(NOT _invar_systemc_origin)
    find_path(INVAR_SYSTEMC_INCLUDE systemc HINTS "$ENV{SYSTEMC_HOME}" "${SYSTEMC_HOME}"
              PATH_SUFFIXES include)
    find_library(INVAR_SYSTEMC_LIBRARY systemc HINTS "$ENV{SYSTEMC_HOME}" "${SYSTEMC_HOME}"
                 PATH_SUFFIXES lib lib64 lib-linux64)
    if(INVAR_SYSTEMC_INCLUDE AND INVAR_SYSTEMC_LIBRARY)
      target_include_directories(InvarSystemC::systemc SYSTEM INTERFACE "${INVAR_SYSTEMC_INCLUDE}")
      target_link_libraries(InvarSystemC::systemc INTERFACE "${INVAR_SYSTEMC_LIBRARY}")
      set(_invar_systemc_origin "SYSTEMC_HOME")
    endif()
  endif()

  if(_invar_systemc_origin)
    message(STATUS "SystemC: ${_invar_systemc_origin}")
    include(CheckCXXSourceCompiles)
    set(_invar_saved_libraries "${CMAKE_REQUIRED_LIBRARIES}")
    set(_invar_saved_flags "${CMAKE_REQUIRED_FLAGS}")
    set(CMAKE_REQUIRED_LIBRARIES InvarSystemC::systemc)
    set(CMAKE_REQUIRED_FLAGS "-std=c++17")
    check_cxx_source_compiles(
      "#include <systemc>\nint sc_main(int, char**) { sc_core::sc_time t(1, sc_core::SC_NS); return t.value() == 0; }"
      INVAR_SYSTEMC_LINKS)
    set(CMAKE_REQUIRED_LIBRARIES "${_invar_saved_libraries}")
    set(CMAKE_REQUIRED_FLAGS "${_invar_saved_flags}")
    if(NOT INVAR_SYSTEMC_LINKS)
      message(FATAL_ERROR "SystemC was found (${_invar_systemc_origin}), but a C++17 program does not "
                          "link with it: the library was built with another -std. Build SystemC with "
                          "CMAKE_CXX_STANDARD=17 or use Debian's libsystemc-dev.")
    endif()
  endif()
endif()

include(FindPackageHandleStandardArgs)
set(InvarSystemC_TARGET InvarSystemC::systemc)
if(_invar_systemc_origin OR INVAR_SYSTEMC_LINKS)
  set(InvarSystemC_READY TRUE)
endif()
find_package_handle_standard_args(
  InvarSystemC REQUIRED_VARS InvarSystemC_READY
  REASON_FAILURE_MESSAGE "install libsystemc-dev (Debian), or point SYSTEMC_HOME at an installation")
