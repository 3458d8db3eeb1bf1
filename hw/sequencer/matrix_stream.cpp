// How matrices and batches of vectors come and go: loading, working and storing overlap.
#include <invar/sequencer/matrix_sequencer.h>

#include <algorithm>
#include <new>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// A batch whose results may overwrite what is still to be loaded is worked on as a whole, with all
/// that a refinement remembers of it: so many bytes of it at most (choice).
constexpr std::uint64_t k_largest_whole_batch = std::uint64_t{64} << 20;

/// Rows of the memory image to a matrix: row-major elements of either precision.
template <typename Element>
void unpack_as(const unsigned char* bytes, MatrixXd& matrix) {
  using RowMajor = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  matrix = Eigen::Map<const RowMajor>(reinterpret_cast<const Element*>(bytes), matrix.rows(),
                                      matrix.cols())
               .template cast<double>();
}

template <typename Element>
void pack_as(const MatrixXd& matrix, unsigned char* bytes) {
  using RowMajor = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<RowMajor>(reinterpret_cast<Element*>(bytes), matrix.rows(), matrix.cols()) =
      matrix.cast<Element>();
}

void unpack(const invar_descriptor& descriptor, const ByteBuffer& bytes, MatrixXd& matrix) {
  element_bytes(descriptor) == 4 ? unpack_as<float>(bytes.data(), matrix)
                                 : unpack_as<double>(bytes.data(), matrix);
}

}  // namespace

bool MatrixSequencer::carries_numbers() const {
  return configuration_.tile.fidelity != tile::Fidelity::timing;
}

bool MatrixSequencer::load_matrix(const invar_descriptor& descriptor) {
  set_states(tile::TileState::load);
  DmaTransfer& load = pieces_[0].load;
  ByteBuffer& buffer = pieces_[0].loaded;
  load.phase = phase_of(descriptor);
  load.address = descriptor.source;
  load.bytes = matrix_bytes(descriptor);
  if (carries_numbers()) {
    buffer.resize(load.bytes);
    load.data = buffer.data();
  }
  shared_.dma.start(load);
  const bool ok = shared_.dma.await(load);
  if (ok && carries_numbers()) {
    numerics_.run([&] {
      matrix_.resize(descriptor.n, descriptor.n);
      unpack(descriptor, buffer, matrix_);
    });
  }
  return ok;
}

Index MatrixSequencer::piece_columns(const invar_descriptor& descriptor) const {
  const Index all = descriptor.columns;
  const std::uint64_t bytes = batch_bytes(descriptor);
  const bool apart = descriptor.source + bytes <= descriptor.destination ||
                     descriptor.destination + bytes <= descriptor.source;
  const bool in_place = descriptor.source == descriptor.destination;
  return apart || in_place ? std::min<Index>(all, configuration_.sequencer.stream_columns) : all;
}

void MatrixSequencer::start_load(Piece& piece, const invar_descriptor& descriptor, Index first) {
  piece.columns = std::min<Index>(piece_columns(descriptor), descriptor.columns - first);
  piece.offset = static_cast<std::uint64_t>(first) * vector_bytes(descriptor);
  piece.load.phase = phase_of(descriptor);
  piece.load.address = descriptor.source + piece.offset;
  piece.load.bytes = static_cast<std::size_t>(piece.columns) * vector_bytes(descriptor);
  if (carries_numbers()) {
    piece.loaded.resize(piece.load.bytes);
    piece.load.data = piece.loaded.data();
  }
  piece.waits_for_numbers = true;
  shared_.dma.start(piece.load);
}

void MatrixSequencer::begin_if_loaded(Piece& piece, const invar_descriptor& descriptor,
                                      const PieceWork& work) {
  if (!piece.waits_for_numbers || piece.load.pending || !piece.load.ok || numerics_.started()) {
    return;
  }
  piece.waits_for_numbers = false;
  // Asked now: nobody works on the tiles.
  piece.least_s = work.least_s(piece.columns);
  numerics_.start([this, &piece, descriptor, &work] {
    if (carries_numbers()) {
      piece.vectors.resize(piece.columns, descriptor.n);
      unpack(descriptor, piece.loaded, piece.vectors);
    } else {
      piece.vectors.resize(piece.columns, 0);
    }
    work.compute(piece);
  });
}

void MatrixSequencer::start_store(Piece& piece, const invar_descriptor& descriptor) {
  piece.store.write = true;
  piece.store.phase = phase_of(descriptor);
  piece.store.address = descriptor.destination + piece.offset;
  piece.store.bytes = static_cast<std::size_t>(piece.columns) * vector_bytes(descriptor);
  if (carries_numbers()) {
    piece.stored.resize(piece.store.bytes);
    packing_.run([&] {
      element_bytes(descriptor) == 4 ? pack_as<float>(piece.vectors, piece.stored.data())
                                     : pack_as<double>(piece.vectors, piece.stored.data());
    });
    piece.store.data = piece.stored.data();
  }
  shared_.dma.start(piece.store);
}

void MatrixSequencer::stream(const Command& command, invar_completion& record,
                             const PieceWork& work) {
  const invar_descriptor& descriptor = command.descriptor;
  if (descriptor.n != static_cast<std::uint32_t>(stored_->size())) {
    record.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  if (carries_numbers() && piece_columns(descriptor) > configuration_.sequencer.stream_columns &&
      batch_bytes(descriptor) > k_largest_whole_batch) {
    record.status = INVAR_STATUS_NO_MEMORY;
    return;
  }
  try {
    stream_pieces(command, record, work);
  } catch (const std::bad_alloc&) {
    record.status = INVAR_STATUS_NO_MEMORY;
  }
  end_stream(record);
}

void MatrixSequencer::stream_pieces(const Command& command, invar_completion& record,
                                    const PieceWork& work) {
  const invar_descriptor& descriptor = command.descriptor;
  const std::uint64_t generation = generation_;
  const auto fail_unless = [&](bool ok) {
    if (!ok) {
      record.status = INVAR_STATUS_BUS_ERROR;
    }
    return ok && !was_reset(generation);
  };
  set_states(tile::TileState::load);
  start_load(pieces_[0], descriptor, 0);
  Index first = 0;
  for (int i = 0; first < descriptor.columns; i = 1 - i) {
    Piece& piece = pieces_[i];
    Piece& next = pieces_[1 - i];
    if (!fail_unless(shared_.dma.await(piece.load))) {
      break;
    }
    begin_if_loaded(piece, descriptor, work);
    first += piece.columns;
    if (first < descriptor.columns) {
      start_load(next, descriptor, first);
    }
    const bool alive = pass(command, piece.least_s, work.state, work.steps(piece),
                            [&] { begin_if_loaded(next, descriptor, work); });
    // The store from this buffer two pieces ago must have left it.
    if (!alive || !fail_unless(shared_.dma.await(piece.store))) {
      break;
    }
    if (work.note(piece)) {
      start_store(piece, descriptor);
    }
  }
}

void MatrixSequencer::end_stream(invar_completion& record) {
  // Whether anybody wants the results or not: what has begun is finished, so that the tiles are in
  // the same state with any number of threads.
  if (numerics_.started()) {
    try {
      numerics_.join();
    } catch (const std::bad_alloc&) {
      record.status = INVAR_STATUS_NO_MEMORY;
    }
  }
  set_states(tile::TileState::store);
  for (Piece& piece : pieces_) {
    shared_.dma.await(piece.load);
    if (!shared_.dma.await(piece.store)) {
      record.status = INVAR_STATUS_BUS_ERROR;
    }
    piece.load.ok = piece.store.ok = true;
    piece.waits_for_numbers = false;
  }
}

}  // namespace invar::sequencer
