#ifndef INVAR_PLATFORM_SOC_CHECKPOINT_FILE_H
#define INVAR_PLATFORM_SOC_CHECKPOINT_FILE_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/report/run_result.h>

#include <string>

namespace invar::platform {

/// What two runs must share so that one can go on from the other's checkpoint, a `key = value` a
/// line: all parameters that have an influence on results, data, network, firmware,
/// the commit that invar was built from, and the kernel level, whose bits the numbers have.
std::string checkpoint_identity(const RunConfiguration& configuration, const RunData& data,
                                const std::string& firmware_hash);

/// \param state what an Archive has written \throws std::runtime_error naming file and cause
void write_checkpoint(const std::string& path, const std::string& identity,
                      const std::string& state);

/// The state of a checkpoint.
/// \throws InputError naming the file and what is wrong: it cannot be read, is none or damaged, or
/// of another run (then the first line in which they differ)
std::string read_checkpoint(const std::string& path, const std::string& identity);

}  // namespace invar::platform

#endif
