# Writes a header with the commit that a source tree is at; leaves it alone where nothing changed,
# so that nothing is built again.
#
#   cmake -DSOURCE=DIR -DHEADER=FILE -P WriteCommit.cmake
set(commit "unknown")
find_program(git git)
if(git AND EXISTS "${SOURCE}/.git")
  execute_process(
    COMMAND "${git}" describe --always --dirty --abbrev=40 --exclude=*
    WORKING_DIRECTORY "${SOURCE}"
    OUTPUT_VARIABLE described
    RESULT_VARIABLE failed
    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed)
    set(commit "${described}")
  endif()
endif()
file(WRITE "${HEADER}.new" "#define INVAR_COMMIT \"${commit}\"\n")
execute_process(COMMAND "${CMAKE_COMMAND}" -E copy_if_different "${HEADER}.new" "${HEADER}")
file(REMOVE "${HEADER}.new")
