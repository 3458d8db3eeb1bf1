#ifndef INVAR_DIGITAL_ENGINE_REGISTER_FILE_H
#define INVAR_DIGITAL_ENGINE_REGISTER_FILE_H

#include <invar/registers/digital_engine_registers.h>
#include <invar/simulation/local_time_writes.h>

#include <cstdint>

namespace invar::digital_engine {

/// Where the jobs are.
struct JobRing {
  std::uint64_t base = 0;
  std::uint32_t size = 0;
  /// Which rule of the register map it breaks; INVAR_ENGINE_OK: none.
  invar_engine_status fault() const;
};

/// What is written to the engine's registers, as it stands at one instant.
struct RegisterFile {
  bool enabled = false;
  std::uint32_t irq_status = 0;
  std::uint32_t irq_enable = 0;
  JobRing ring;
  std::uint32_t tail = 0;
  std::uint32_t error_status = 0;
  std::uint32_t error_tag = 0;
  std::uint64_t resets = 0;

  /// A write takes effect here; what the engine does about it is up to EngineCore.
  void write(const simulation::TimedWrite& write);
  void reset();
};

}  // namespace invar::digital_engine

#endif
