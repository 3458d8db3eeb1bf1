#ifndef INVAR_TILE_TILE_CORE_H
#define INVAR_TILE_TILE_CORE_H

#include <invar/ledger/ledger.h>
#include <invar/programming/write_verify.h>
#include <invar/registers/tile_registers.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/tile/tile_account.h>
#include <invar/tile/tile_model.h>
#include <invar/tile/tile_parameters.h>

#include <cstdint>
#include <tlm>
#include <vector>

namespace invar::tile {

/// Everything about a tile that is used alone.
struct AnalogTileParameters {
  TileParameters tile;
  programming::ProgrammingParameters programming;
  std::uint64_t seed = 0;
  std::uint32_t number = 0;  ///< of the tile, part of the random key
  /// Latency of a register or buffer access (assumption).
  double register_latency_s = 2e-9;

  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// Registers, buffers and timing of a tile that is used alone, independent of its socket's width.
class TileCore : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  TileCore(const sc_core::sc_module_name& name, const AnalogTileParameters& parameters,
           ledger::Ledger& ledger);

  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int debug_access(tlm::tlm_generic_payload& payload);

  const TileModel& model() const { return model_; }

 private:
  std::uint32_t read_word(std::uint64_t offset) const;
  void write_word(std::uint64_t offset, std::uint32_t value, const sc_core::sc_time& delay);
  std::uint32_t read_register(std::uint64_t offset) const;
  void write_register(std::uint64_t offset, std::uint32_t value, const sc_core::sc_time& delay);

  void run();
  invar_tile_status execute();
  invar_tile_status program();
  invar_tile_status apply();
  void spend(double duration_s);
  bool is_loadable() const;

  void update_irq(const sc_core::sc_time& delay);
  void drive_irq();
  void watch_reset();
  void reset();

  AnalogTileParameters parameters_;
  ledger::Ledger& ledger_;
  TileModel model_;
  TileAccount account_;
  ledger::Ledger::ComponentId writer_component_;
  ledger::Ledger::EventId pulse_event_;
  ledger::Ledger::EventId verify_event_;
  simulation::NumericsRunner numerics_;

  std::vector<float> matrix_, input_, output_;
  bool busy_ = false;
  std::uint32_t command_ = 0;
  std::uint32_t result_ = INVAR_TILE_OK;
  std::uint32_t irq_status_ = 0, irq_enable_ = 0;
  std::uint32_t size_ = 0, seed_slices_ = 0, slices_ = 0, range_ = 0;
  std::uint32_t phase_ = INVAR_PHASE_INVERSION;
  std::uint32_t clipped_ = 0, failed_cells_ = 0;
  std::uint64_t generation_ = 0;  ///< counts resets: what was under way before one is dropped
  sc_core::sc_event command_written_, irq_changed_, reset_event_;
};

}  // namespace invar::tile

#endif
