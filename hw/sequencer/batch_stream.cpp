#include <invar/sequencer/batch_stream.h>
#include <invar/sequencer/operand_source.h>

#include <algorithm>
#include <new>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// A batch whose results may overwrite what is still to be loaded is worked on as a whole, with all
/// that a refinement remembers of it: so many bytes of it at most (choice).
constexpr std::uint64_t k_largest_whole_batch = std::uint64_t{64} << 20;

/// To the diagonal, in the elements' type: it is added before they are widened.
void add_damping(const invar_descriptor& descriptor, MatrixXd& matrix) {
  matrix.diagonal().array() += static_cast<double>(descriptor.damping);
  if (element_bytes(descriptor) == 4) {
    matrix.diagonal() = matrix.diagonal().cast<float>().cast<double>().eval();
  }
}

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

BatchStream::BatchStream(const SequencerConfiguration& configuration, OperandPaths& paths,
                         HeldMatrix& matrix, StepPlayer& player,
                         simulation::NumericsRunner& numerics, simulation::NumericsRunner& packing)
    : configuration_(configuration),
      paths_(paths),
      matrix_(matrix),
      player_(player),
      numerics_(numerics),
      packing_(packing) {}

bool BatchStream::load_matrix() {
  player_.set_states(tile::TileState::load);
  DmaTransfer& load = pieces_[0].load;
  ByteBuffer& buffer = pieces_[0].loaded;
  load.phase = phase_of(descriptor());
  load.address = descriptor().source;
  load.bytes = matrix_bytes(descriptor());
  if (configuration_.moves_numbers()) {
    buffer.resize(load.bytes);
    load.data = buffer.data();
  }
  paths_.start(load);
  const bool ok = paths_.await(load);
  matrix_.set_label(descriptor().label);
  if (ok && configuration_.carries_numbers()) {
    numerics_.run([&] {
      Eigen::MatrixXd& matrix = matrix_.requested();
      if (configuration_.operands) {
        matrix = configuration_.operands->matrix(descriptor());
        return;
      }
      matrix.resize(descriptor().n, descriptor().n);
      unpack(descriptor(), buffer, matrix);
      if (adds_damping(descriptor())) {
        add_damping(descriptor(), matrix);
      }
    });
  }
  return ok;
}

bool BatchStream::store_matrix(MatrixXd value) {
  Piece& piece = pieces_[0];
  piece.columns = value.rows();
  piece.offset = 0;
  piece.vectors = std::move(value);
  player_.set_states(tile::TileState::store);
  start_store(piece);
  const bool ok = paths_.await(piece.store);
  piece.store.ok = true;
  return ok;
}

Index BatchStream::stream_columns() const {
  return static_cast<Index>(configuration_.sequencer.stream_columns) * matrix_.stored()->replicas();
}

Index BatchStream::piece_columns() const {
  const Index all = descriptor().columns;
  const std::uint64_t source = descriptor().source;
  const std::uint64_t destination = descriptor().destination;
  const std::uint64_t bytes = batch_bytes(descriptor());
  const bool apart = source + bytes <= destination || destination + bytes <= source;
  const bool in_place = source == destination;
  return apart || in_place ? std::min<Index>(all, stream_columns()) : all;
}

bool BatchStream::is_too_large() const {
  return configuration_.carries_numbers() && piece_columns() > stream_columns() &&
         batch_bytes(descriptor()) > k_largest_whole_batch;
}

void BatchStream::start_load(Piece& piece, Index first) {
  piece.columns = std::min<Index>(piece_columns(), descriptor().columns - first);
  piece.offset = static_cast<std::uint64_t>(first) * vector_bytes(descriptor());
  piece.load.phase = phase_of(descriptor());
  piece.load.address = descriptor().source + piece.offset;
  piece.load.bytes = static_cast<std::size_t>(piece.columns) * vector_bytes(descriptor());
  if (configuration_.moves_numbers()) {
    piece.loaded.resize(piece.load.bytes);
    piece.load.data = piece.loaded.data();
  }
  piece.waits_for_numbers = true;
  paths_.start(piece.load);
}

void BatchStream::begin_if_loaded(Piece& piece, const PieceWork& work) {
  if (!piece.waits_for_numbers || piece.load.pending || !piece.load.ok || numerics_.started()) {
    return;
  }
  piece.waits_for_numbers = false;
  // Asked now: nobody works on the tiles.
  piece.least_s = work.least_s(piece.columns);
  numerics_.start([this, &piece, descriptor = descriptor(), &work] {
    if (configuration_.operands) {
      const auto first = static_cast<Index>(piece.offset / vector_bytes(descriptor));
      piece.vectors =
          configuration_.operands->vectors(matrix_.label(), descriptor, first, piece.columns);
    } else if (configuration_.carries_numbers()) {
      piece.vectors.resize(piece.columns, descriptor.n);
      unpack(descriptor, piece.loaded, piece.vectors);
    } else {
      piece.vectors.resize(piece.columns, 0);
    }
    work.compute(piece);
  });
}

void BatchStream::start_store(Piece& piece) {
  piece.store.write = true;
  piece.store.phase = phase_of(descriptor());
  piece.store.address = descriptor().destination + piece.offset;
  piece.store.bytes = static_cast<std::size_t>(piece.columns) * vector_bytes(descriptor());
  if (configuration_.moves_numbers()) {
    piece.stored.resize(piece.store.bytes);
    packing_.run([&] {
      element_bytes(descriptor()) == 4 ? pack_as<float>(piece.vectors, piece.stored.data())
                                       : pack_as<double>(piece.vectors, piece.stored.data());
    });
    piece.store.data = piece.stored.data();
  }
  paths_.start(piece.store);
}

void BatchStream::run(const PieceWork& work, std::uint32_t& status) {
  if (descriptor().n != static_cast<std::uint32_t>(matrix_.stored()->size())) {
    status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  if (is_too_large()) {
    status = INVAR_STATUS_NO_MEMORY;
    return;
  }
  try {
    stream_pieces(work, status);
  } catch (const std::bad_alloc&) {
    status = INVAR_STATUS_NO_MEMORY;
  }
  end_stream(status);
}

void BatchStream::stream_pieces(const PieceWork& work, std::uint32_t& status) {
  const auto fail_unless = [&](bool ok) {
    if (!ok) {
      status = INVAR_STATUS_BUS_ERROR;
    }
    return ok && !player_.was_reset();
  };
  player_.set_states(tile::TileState::load);
  start_load(pieces_[0], 0);
  Index first = 0;
  for (int i = 0; first < descriptor().columns; i = 1 - i) {
    Piece& piece = pieces_[i];
    Piece& next = pieces_[1 - i];
    if (!fail_unless(paths_.await(piece.load))) {
      break;
    }
    begin_if_loaded(piece, work);
    first += piece.columns;
    if (first < descriptor().columns) {
      start_load(next, first);
    }
    const bool alive = player_.pass(piece.least_s, work.state, work.steps(piece),
                                    [&] { begin_if_loaded(next, work); });
    // The store from this buffer two pieces ago must have left it.
    if (!alive || !fail_unless(paths_.await(piece.store))) {
      break;
    }
    if (work.note(piece)) {
      start_store(piece);
    }
  }
}

void BatchStream::end_stream(std::uint32_t& status) {
  // Whether anybody wants the results or not: what has begun is finished, so that the tiles are in
  // the same state with any number of threads.
  if (numerics_.started()) {
    try {
      numerics_.join();
    } catch (const std::bad_alloc&) {
      status = INVAR_STATUS_NO_MEMORY;
    }
  }
  player_.set_states(tile::TileState::store);
  for (Piece& piece : pieces_) {
    paths_.await(piece.load);
    if (!paths_.await(piece.store)) {
      status = INVAR_STATUS_BUS_ERROR;
    }
    piece.load.ok = piece.store.ok = true;
    piece.waits_for_numbers = false;
  }
}

}  // namespace invar::sequencer
