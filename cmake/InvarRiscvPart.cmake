# What the RISC-V host core takes need not be there: the build says what it leaves out and goes on,
# or stops where INVAR_REQUIRE_RISCV asks for it.
function(invar_leave_out_riscv_part part packages)
  set(message "${part}: not built. It takes ${packages}; `--core native` works without.")
  if(INVAR_REQUIRE_RISCV)
    message(FATAL_ERROR "${message}")
  endif()
  message(STATUS "${message}")
endfunction()
