#ifndef INVAR_SEQUENCER_BYTE_BUFFER_H
#define INVAR_SEQUENCER_BYTE_BUFFER_H

#include <cstddef>
#include <memory>

namespace invar::sequencer {

/// Room for bytes that are about to be written. Taking it touches no page: what a guest asks for
/// costs host memory only as far as its bytes arrive.
class ByteBuffer {
 public:
  /// Contents are undefined afterwards. \throws std::bad_alloc
  void resize(std::size_t bytes) {
    if (bytes > capacity_) {
      bytes_.reset();
      capacity_ = 0;
      bytes_.reset(new unsigned char[bytes]);
      capacity_ = bytes;
    }
  }
  unsigned char* data() { return bytes_.get(); }
  const unsigned char* data() const { return bytes_.get(); }

 private:
  std::unique_ptr<unsigned char[]> bytes_;
  std::size_t capacity_ = 0;
};

}  // namespace invar::sequencer

#endif
