# Boost.Test executables, one CTest entry a test case (SystemC elaborates once a process).
#
#   invar_add_test(ledger SOURCES ledger_test.cpp LIBRARIES Invar::ledger [SYSTEMC])
#
# SYSTEMC: the cases run inside sc_main. Test cases are found in the sources by their BOOST macros.
# A case that prints "SKIPPED: why" counts as skipped. A test's helpers stand inside its suite, so
# that the files of an executable can be compiled as one (CMAKE_UNITY_BUILD).
foreach(kind plain systemc)
  add_library(invar_${kind}_test_main OBJECT "${PROJECT_SOURCE_DIR}/tests/support/${kind}_test_main.cpp")
  target_compile_definitions(invar_${kind}_test_main PRIVATE BOOST_TEST_DYN_LINK)
  target_link_libraries(invar_${kind}_test_main PRIVATE Boost::unit_test_framework)
  invar_set_warnings(invar_${kind}_test_main)
endforeach()
target_link_libraries(invar_systemc_test_main PRIVATE InvarSystemC::systemc)

# Tests compile quickly rather than run quickly: what takes time in them is in the libraries.
function(invar_set_test_options target)
  invar_set_warnings(${target})
  invar_set_numerics(${target})
  target_compile_options(${target} PRIVATE "$<$<CONFIG:Release>:-O1>")
  # Fixtures in an unnamed namespace, where files are compiled as one: no other unit sees them.
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>")
endfunction()

function(invar_add_test name)
  cmake_parse_arguments(arg "SYSTEMC" "" "SOURCES;LIBRARIES" ${ARGN})
  set(target test_${name})
  set(main invar_plain_test_main)
  if(arg_SYSTEMC)
    set(main invar_systemc_test_main)
  endif()
  add_executable(${target} ${arg_SOURCES} $<TARGET_OBJECTS:${main}>)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(${target} PRIVATE BOOST_TEST_DYN_LINK)
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} Boost::unit_test_framework)
  invar_set_test_options(${target})
  # All tests of a room, which may be several programs: tests_ROOM.
  get_filename_component(room "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  if(NOT TARGET tests_${room})
    add_custom_target(tests_${room})
  endif()
  add_dependencies(tests_${room} ${target})
  foreach(source IN LISTS arg_SOURCES)
    set(suite "")
    file(STRINGS "${source}" lines REGEX "^BOOST_(AUTO|FIXTURE|DATA)_TEST_(SUITE|CASE)")
    foreach(line IN LISTS lines)
      if(line MATCHES "_TEST_SUITE\\(([A-Za-z0-9_]+)")
        set(suite "${CMAKE_MATCH_1}/")
      elseif(line MATCHES "_TEST_CASE\\(([A-Za-z0-9_]+)")
        set(case "${CMAKE_MATCH_1}")
        set(test_name "${name}/${suite}${case}")
        if(suite STREQUAL "${name}/" OR suite STREQUAL "${name}_tests/")
          set(test_name "${name}/${case}")
        elseif(suite MATCHES "^${name}_(.*)$")
          set(test_name "${name}/${CMAKE_MATCH_1}${case}")
        endif()
        add_test(NAME "${test_name}" COMMAND ${target} "--run_test=${suite}${case}")
        set_tests_properties("${test_name}" PROPERTIES TIMEOUT 120
                             SKIP_REGULAR_EXPRESSION "SKIPPED: ")
      endif()
    endforeach()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
  endforeach()
endfunction()
