#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/checkpoint_file.h>
#include <invar/platform/soc/training_checkpoints.h>
#include <invar/state/archive.h>
#include <invar/sw/boot/boot_block.h>

#include <cstdio>
#include <stdexcept>
#include <utility>

namespace invar::platform {
namespace {

void exchange(state::Archive& archive, TrainingResult& training) {
  archive.part("training");
  archive.value(training.steps);
  archive.text(training.weights_hash);
  archive.list(training.evaluations);
}

}  // namespace

TrainingCheckpoints::TrainingCheckpoints(Soc& soc, Files files, std::uint64_t place,
                                         TrainingResult& training, std::function<void()> settle)
    : soc_(soc),
      files_(std::move(files)),
      place_(place),
      training_(training),
      settle_(std::move(settle)) {
  if (!files_.resume.empty()) {
    resumed_ = read_checkpoint(files_.resume, files_.identity);
    try {
      read();  // what does not fit is known before the firmware runs
    } catch (const std::runtime_error& error) {
      throw InputError(files_.resume + ": cannot be gone on from: " + error.what());
    }
  }
  if (!files_.resume.empty() || !files_.write.empty()) {
    soc.host_control.on_checkpoint = [this](std::uint64_t address, const sc_core::sc_time&) {
      take(address);
    };
  }
}

std::string TrainingCheckpoints::note() const {
  return written_step_ ? files_.write + " holds step " + std::to_string(*written_step_) : "";
}

void TrainingCheckpoints::take(std::uint64_t address) {
  // Firmware calls this: nothing may be thrown through it.
  try {
    if (address != place_) {
      throw std::runtime_error("the firmware's record is at another place");
    }
    if (!resumed_.empty()) {
      read();
      resumed_.clear();
    } else if (!files_.write.empty()) {
      write();
    }
  } catch (const std::exception& error) {
    failure_ = std::string("the checkpoint of this step is lost: ") + error.what();
    std::fprintf(stderr, "invar: %s\n", failure_.c_str());
    if (!resumed_.empty()) {
      soc_.host_control.request_stop();
    }
  }
}

void TrainingCheckpoints::read() {
  state::Archive archive(resumed_);
  exchange(archive);
  archive.finish();
}

void TrainingCheckpoints::write() {
  settle_();
  state::Archive archive;
  exchange(archive);
  write_checkpoint(files_.write, files_.identity, archive.bytes());
  written_step_ = soc_.memory_as<invar_checkpoint>(place_)->step;
  failure_.clear();
  if (on_written) {
    on_written();
  }
}

void TrainingCheckpoints::exchange(state::Archive& archive) {
  archive.part("RAM");
  std::uint64_t bytes = soc_.memory_as<invar_checkpoint>(place_)->bytes;
  archive.size(bytes, 1);
  archive.values(soc_.memory(place_, bytes), bytes);
  soc_.exchange(archive);
  platform::exchange(archive, training_);
}

}  // namespace invar::platform
