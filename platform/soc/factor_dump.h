#ifndef INVAR_PLATFORM_SOC_FACTOR_DUMP_H
#define INVAR_PLATFORM_SOC_FACTOR_DUMP_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/soc/soc.h>

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace invar::platform {

/// The damped K-FAC factors of a training, as files for studies of real factors: those that the
/// firmware asks the accelerator to program, every so many refreshes, as
/// `step000120_factor2_n289.mtx`. Layer i has factors 2 i (of its inputs) and 2 i + 1 (of its
/// outputs). What is programmed once more is left out: by a fall-back, with more damping, or by a
/// refresh without an update of the factors since the last one.
///
/// Reads over the firmware's shoulder: a factor is a PROGRAM descriptor in the ring when the
/// doorbell rings, and its label says which one, and of which update. Has no influence on the
/// simulation. Does nothing when no directory was asked for.
class FactorDump {
 public:
  /// Creates the directory. Made before the simulation starts.
  /// \param factors of the network
  /// \throws InputError when the directory cannot be created or written
  FactorDump(const TrainParameters& parameters, std::size_t factors, Soc& soc);

  /// Writes the last refresh. \return why files are missing; empty if none are
  const std::string& finish();

 private:
  struct Ring {
    std::uint64_t base = 0;
    std::uint32_t size = 0;
    std::uint32_t seen = 0;  ///< descriptors, free-running like the tail
  };

  void watch(std::uint64_t address, const unsigned char* data, std::size_t bytes);
  void watch_accelerator(std::uint64_t offset, std::uint32_t value);
  void take_programs(std::uint32_t tail);
  void take(const invar_descriptor& program);
  /// Number of the refresh under way, from 0.
  std::uint64_t refresh() const;
  void write_refresh();
  bool is_due() const;

  const TrainParameters& parameters_;
  std::size_t factor_count_;
  Soc& soc_;
  Ring ring_;
  std::uint64_t update_ = 0;  ///< of the factors under way, from 1; 0: none yet
  std::map<std::uint32_t, Eigen::MatrixXd> factors_;  ///< of the refresh under way
  std::string failure_;
};

}  // namespace invar::platform

#endif
