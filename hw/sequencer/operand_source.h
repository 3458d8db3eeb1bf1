#ifndef INVAR_SEQUENCER_OPERAND_SOURCE_H
#define INVAR_SEQUENCER_OPERAND_SOURCE_H

#include <invar/registers/accelerator_commands.h>

#include <Eigen/Core>
#include <cstdint>

namespace invar::sequencer {

/// Numbers for a machine whose memory carries none, because all that it would hold is too large:
/// every transfer takes its time and energy, and what it would have brought comes from here.
/// Results go nowhere. Called on any thread, by several matrices at once.
class OperandSource {
 public:
  virtual ~OperandSource() = default;
  /// The n x n matrix of a PROGRAM; its `label` says which.
  virtual Eigen::MatrixXd matrix(const invar_descriptor& program) const = 0;
  /// Of the batch of a command with the matrix of this label, `columns` vectors from the `first`
  /// on, a row each: columns x n.
  virtual Eigen::MatrixXd vectors(std::uint32_t label, const invar_descriptor& command,
                                  Eigen::Index first, Eigen::Index columns) const = 0;
};

}  // namespace invar::sequencer

#endif
