set(work "${BUILD}/package_test")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  message(STATUS "${output}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}")
  endif()
endfunction()

run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${work}/prefix")
foreach(room sw platform)
  if(EXISTS "${work}/prefix/include/invar/${room}")
    message(FATAL_ERROR "the package must hold nothing of ${room}/")
  endif()
endforeach()
run("${CMAKE_COMMAND}" -S "${SOURCE}/examples/minimal-soc" -B "${work}/example"
    "-DCMAKE_PREFIX_PATH=${work}/prefix" "-DCMAKE_CXX_COMPILER=${COMPILER}")
run("${CMAKE_COMMAND}" --build "${work}/example")
run("${work}/example/minimal-soc")
