# Toolchain of the RISC-V firmware: RV64GC without an operating system, with picolibc (Debian:
# gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf).
#
#   cmake -S sw -B build/riscv -DCMAKE_TOOLCHAIN_FILE=cmake/riscv64-unknown-elf.cmake
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv64)

set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)

# medany: the code may lie at 0x80000000, which medlow cannot reach.
set(_invar_machine "-march=rv64gc -mabi=lp64d -mcmodel=medany --specs=picolibc.specs")
set(CMAKE_C_FLAGS_INIT "${_invar_machine}")
# There is no C++ standard library: the language without what needs one, and the headers of C.
set(CMAKE_CXX_FLAGS_INIT "${_invar_machine} -fno-exceptions -fno-rtti -fno-threadsafe-statics")
set(CMAKE_ASM_FLAGS_INIT "${_invar_machine}")

# Where the image lies is known to its own targets only: CMake's tests of the compiler do not link.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
