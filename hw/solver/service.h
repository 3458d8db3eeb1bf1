#ifndef INVAR_SOLVER_SERVICE_H
#define INVAR_SOLVER_SERVICE_H

#include <invar/registers/accelerator_commands.h>

#include <cstdint>

namespace invar::solver {

/// What a solve promises of its solutions.
enum class Service : std::uint32_t {
  /// The residual of every right-hand side, in FP64 against the matrix that was asked for, is
  /// within the tolerance.
  refined = INVAR_SERVICE_REFINED,
  /// One shot each; random signed sums of small groups are checked, and groups that fail refined.
  checked = INVAR_SERVICE_CHECKED,
  /// One shot each, as good as probes told when the matrix was stored. No residual.
  single_shot = INVAR_SERVICE_SINGLE_SHOT,
};

/// The services that a stored matrix is to give: a bit each, as in a descriptor.
class ServiceSet {
 public:
  ServiceSet() = default;
  /// \param bits INVAR_SERVES of each, 0 = refined
  explicit ServiceSet(std::uint32_t bits) : bits_(bits != 0 ? bits : k_refined) {}

  bool has(Service service) const {
    return (bits_ & INVAR_SERVES(static_cast<std::uint32_t>(service))) != 0;
  }
  /// Whether solutions of the matrix asked for are needed, by refinement.
  bool refines() const { return has(Service::refined) || has(Service::checked); }
  /// Whether solutions of one shot are given away.
  bool shoots() const { return has(Service::single_shot) || has(Service::checked); }

 private:
  static constexpr std::uint32_t k_refined = INVAR_SERVES(INVAR_SERVICE_REFINED);
  std::uint32_t bits_ = k_refined;
};

}  // namespace invar::solver

#endif
