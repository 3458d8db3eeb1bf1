# The firmware for the RISC-V host core, built beside the native one: platform/firmware.elf. A
# project of its own, since CMake knows one compiler a language and project.
find_program(INVAR_RISCV_COMPILER riscv64-unknown-elf-gcc)
set(specs "")
if(INVAR_RISCV_COMPILER)
  execute_process(COMMAND "${INVAR_RISCV_COMPILER}" -print-file-name=picolibc.specs
                  OUTPUT_VARIABLE specs OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT IS_ABSOLUTE "${specs}") # a file that the compiler does not find is printed as it was asked
  invar_leave_out_riscv_part("RISC-V firmware" "the Debian packages gcc-riscv64-unknown-elf and \
picolibc-riscv64-unknown-elf")
  return()
endif()

include(ExternalProject)
set(arguments "-DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/riscv64-unknown-elf.cmake"
              "-DCMAKE_C_COMPILER=${INVAR_RISCV_COMPILER}"
              "-DCMAKE_ASM_COMPILER=${INVAR_RISCV_COMPILER}"
              -DCMAKE_BUILD_TYPE=Release
              "-DINVAR_WARNINGS_AS_ERRORS=${INVAR_WARNINGS_AS_ERRORS}"
              "-DINVAR_IMAGE_DIRECTORY=${PROJECT_BINARY_DIR}/platform")
set(images "${PROJECT_BINARY_DIR}/platform/firmware.elf")
if(CMAKE_C_COMPILER_LAUNCHER)
  list(APPEND arguments "-DCMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER}")
endif()
if(INVAR_BUILD_TESTS)
  list(APPEND arguments "-DINVAR_TEST_IMAGES=${PROJECT_SOURCE_DIR}/tests/host_core")
  list(APPEND images "${PROJECT_BINARY_DIR}/sw-riscv/tests/contract_firmware.elf")
endif()
ExternalProject_Add(invar_riscv_firmware
  SOURCE_DIR "${PROJECT_SOURCE_DIR}/sw"
  BINARY_DIR "${PROJECT_BINARY_DIR}/sw-riscv"
  PREFIX "${PROJECT_BINARY_DIR}/sw-riscv-stamps"
  CMAKE_ARGS ${arguments}
  BUILD_ALWAYS ON
  INSTALL_COMMAND ""
  BUILD_BYPRODUCTS ${images})
if(TARGET invar)
  add_dependencies(invar invar_riscv_firmware)
endif()
