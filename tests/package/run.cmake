# What a stranger does with the package, one scenario a call: cmake -DSCENARIO=... -P run.cmake
#   install    install BUILD
#   example    examples/minimal-soc against the installed package
#   rooms      one small program a room, warnings as errors
#   standard   C++20 is refused in clear words, at configure time and by the headers
#   systemc    a SystemC that comes as a CMake package (3.x) instead of pkg-config (Debian)
#   firmware   examples/hello-firmware with the cross compiler, run on the RISC-V core
#   subdirectory  add_subdirectory instead of the package
set(prefix "${WORK}/prefix")
set(stranger "${CMAKE_CURRENT_LIST_DIR}/stranger")
set(with_package "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${COMPILER}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  message(STATUS "${output}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# Runs a command that has to fail with these words.
function(run_refused words)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  message(STATUS "${output}")
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  string(FIND "${output}" "${words}" found)
  if(status EQUAL 0 OR found EQUAL -1)
    message(FATAL_ERROR "was not refused with \"${words}\": ${ARGN}")
  endif()
endfunction()

if(SCENARIO STREQUAL "install")
  file(REMOVE_RECURSE "${WORK}")
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
  foreach(room sw platform)
    if(EXISTS "${prefix}/include/invar/${room}")
      message(FATAL_ERROR "the package must hold nothing of ${room}/")
    endif()
  endforeach()
elseif(SCENARIO STREQUAL "example")
  run("${CMAKE_COMMAND}" -S "${SOURCE}/examples/minimal-soc" -B "${WORK}/example" ${with_package})
  run("${CMAKE_COMMAND}" --build "${WORK}/example")
  run("${WORK}/example/minimal-soc")
  execute_process(COMMAND "${WORK}/example/minimal-soc" --params OUTPUT_FILE "${WORK}/listed.toml")
  file(READ "${WORK}/listed.toml" listing)
  string(FIND "${listing}" "# bit; from 1 to 24; resolution; source: choice" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "the example does not list dac.bits with its range")
  endif()
  run("${WORK}/example/minimal-soc" "${WORK}/listed.toml")
  file(WRITE "${WORK}/wrong.toml" "[tile]\nrows = 32\n[dac]\nbits = 40\n")
  run_refused("wrong.toml:4: dac.bits = 40: must be from 1 to 24"
              "${WORK}/example/minimal-soc" "${WORK}/wrong.toml")
elseif(SCENARIO STREQUAL "firmware")
  set(build "${BUILD}/hello_firmware_test")
  file(REMOVE_RECURSE "${build}")
  run("${CMAKE_COMMAND}" -S "${SOURCE}/examples/hello-firmware" -B "${build}"
      "-DCMAKE_TOOLCHAIN_FILE=${SOURCE}/cmake/riscv64-unknown-elf.cmake")
  run("${CMAKE_COMMAND}" --build "${build}")
  run("${BUILD}/platform/invar" run "${build}/hello.elf")
  # A^-1 b by hand: 2/73, 14/73, 102/73.
  foreach(words "hello from RV64GC" "program: ok, solve: ok" "x = 0.027397260 0.191780822 1.397260274")
    string(FIND "${output}" "${words}" found)
    if(found EQUAL -1)
      message(FATAL_ERROR "the example does not say: ${words}")
    endif()
  endforeach()
elseif(SCENARIO STREQUAL "rooms")
  run("${CMAKE_COMMAND}" -S "${stranger}" -B "${WORK}/rooms" ${with_package})
  run("${CMAKE_COMMAND}" --build "${WORK}/rooms" --parallel 2)
  foreach(room ledger circuit solver tile digital_engine accelerator)
    run("${WORK}/rooms/use_${room}")
  endforeach()
  foreach(room circuit solver)
    run(readelf --dynamic "${WORK}/rooms/use_${room}")
    if(output MATCHES "systemc")
      message(FATAL_ERROR "${room} and all below it must link without SystemC")
    endif()
  endforeach()
elseif(SCENARIO STREQUAL "standard")
  run_refused("Invar needs CMAKE_CXX_STANDARD 17 (got 20)" "${CMAKE_COMMAND}" -S "${stranger}"
              -B "${WORK}/standard" ${with_package} -DCMAKE_CXX_STANDARD=20)
  foreach(header tile/analog_tile.h accelerator/inv_accelerator.h
                 digital_engine/digital_engine.h trace/vcd_writer.h)
    file(WRITE "${WORK}/standard/header.cpp" "#include <invar/${header}>\n")
    run_refused("Invar needs C++17 exactly" "${COMPILER}" -std=c++20 -fsyntax-only -Wfatal-errors
                "-I${prefix}/include" -isystem "${EIGEN}" "${WORK}/standard/header.cpp")
  endforeach()
elseif(SCENARIO STREQUAL "systemc")
  # Stands in for SystemC 3.x, whose package gives this target and variable.
  file(WRITE "${WORK}/systemc/SystemCLanguageConfig.cmake"
       "add_library(SystemC::systemc INTERFACE IMPORTED)\n"
       "target_link_libraries(SystemC::systemc INTERFACE systemc)\n"
       "set(SystemC_CXX_STANDARD 17)\n")
  foreach(way "-DCMAKE_PREFIX_PATH=${prefix}" "-DINVAR_SOURCE=${SOURCE}")
    file(REMOVE_RECURSE "${WORK}/systemc/build")
    run("${CMAKE_COMMAND}" -S "${stranger}" -B "${WORK}/systemc/build" "${way}"
        "-DSystemCLanguage_DIR=${WORK}/systemc" "-DCMAKE_CXX_COMPILER=${COMPILER}")
    if(NOT output MATCHES "SystemC: CMake package SystemCLanguage")
      message(FATAL_ERROR "SystemC was not taken from its CMake package")
    endif()
  endforeach()
elseif(SCENARIO STREQUAL "subdirectory")
  # All is configured; one small room is built, for time.
  run("${CMAKE_COMMAND}" -S "${stranger}" -B "${WORK}/subdirectory" "-DINVAR_SOURCE=${SOURCE}"
      "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
  run("${CMAKE_COMMAND}" --build "${WORK}/subdirectory" --target use_ledger)
  run("${WORK}/subdirectory/use_ledger")
  run("${CMAKE_COMMAND}" --install "${WORK}/subdirectory" --prefix "${WORK}/nothing")
  if(EXISTS "${WORK}/nothing/include")
    message(FATAL_ERROR "Invar as a subdirectory installs itself with its parent")
  endif()
else()
  message(FATAL_ERROR "unknown scenario \"${SCENARIO}\"")
endif()
