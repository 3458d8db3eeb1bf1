#ifndef INVAR_SEQUENCER_MATRIX_MEMORY_H
#define INVAR_SEQUENCER_MATRIX_MEMORY_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace invar::sequencer {

/// The memory that hardware for single shots alone has for matrices: each stands there from its
/// load until it is programmed, and is not needed afterwards. Who finds it full waits, in the order
/// of asking. Where nobody uses it, it may be without supply.
class MatrixMemory {
 public:
  /// \param capacity_bytes 0: as much as anybody asks for
  explicit MatrixMemory(std::uint64_t capacity_bytes) : capacity_(capacity_bytes) {}
  MatrixMemory(const MatrixMemory&) = delete;
  MatrixMemory& operator=(const MatrixMemory&) = delete;

  /// Whether it would fit if nothing else were there.
  bool could_hold(std::uint64_t bytes) const { return capacity_ == 0 || bytes <= capacity_; }

  /// Told when the first one begins to use the memory, and when the last one has ended.
  std::function<void(bool)> on_use;

  /// Somebody has something in the memory, from beginning to end of this.
  class Use {
   public:
    explicit Use(MatrixMemory& memory);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    MatrixMemory& memory_;
  };

  /// A place in the queue, and the memory itself once it is granted. Its end gives both back.
  class Claim {
   public:
    Claim(MatrixMemory& memory, std::uint64_t bytes);
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    /// Takes the memory if it is this one's turn and there is enough.
    bool take();
    /// Notified whenever that may have changed.
    const sc_core::sc_event& changed() const { return memory_.changed_; }

   private:
    MatrixMemory& memory_;
    std::uint64_t bytes_;
    std::optional<Use> taken_;
  };

 private:
  std::uint64_t capacity_;
  std::uint64_t taken_ = 0;
  int users_ = 0;
  std::deque<const Claim*> waiting_;
  sc_core::sc_event changed_;
};

}  // namespace invar::sequencer

#endif
