#ifndef INVAR_PLATFORM_SOC_TRAINING_CHECKPOINTS_H
#define INVAR_PLATFORM_SOC_TRAINING_CHECKPOINTS_H

#include <invar/platform/report/run_result.h>
#include <invar/platform/soc/soc.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace invar::state {
class Archive;
}

namespace invar::platform {

/// Checkpoints of a training, written to one file whenever the firmware restarts, and the one that
/// it goes on from.
///
/// The firmware restarts every `train.checkpoint_interval` steps: it leaves its state in RAM, gives
/// its matrices back and starts its devices anew. What is kept then (RAM, cells, ledger, counters,
/// history) put into a machine that has just started makes the same machine: from there a resumed
/// run and the one that was not interrupted are the same to the bit.
class TrainingCheckpoints {
 public:
  struct Files {
    std::string resume;    ///< to go on from; empty: none
    std::string write;     ///< empty: none
    std::string identity;  ///< of the run (checkpoint_identity)
  };

  /// Made before the simulation starts.
  /// \param place of the firmware's record in RAM \param training is kept up to date by its owner
  /// \param settle completes `training` before it is kept
  /// \throws InputError when the checkpoint to go on from cannot be used
  TrainingCheckpoints(Soc& soc, Files files, std::uint64_t place, TrainingResult& training,
                      std::function<void()> settle);

  /// Why checkpoints are missing; empty if none are.
  const std::string& failure() const { return failure_; }
  /// "FILE holds step N", of the last one written; empty if none was.
  std::string note() const;
  /// Called after each that was written.
  std::function<void()> on_written;

 private:
  /// The firmware has told its record's address.
  void take(std::uint64_t address);
  void write();
  /// RAM from the firmware's record on, the machine, the training.
  void exchange(state::Archive& archive);
  void read();

  Soc& soc_;
  Files files_;
  std::uint64_t place_;
  TrainingResult& training_;
  std::function<void()> settle_;
  std::string resumed_;  ///< state to go on from, until the firmware asks for it
  std::optional<std::uint64_t> written_step_;
  std::string failure_;
};

}  // namespace invar::platform

#endif
