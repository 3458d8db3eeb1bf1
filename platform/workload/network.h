#ifndef INVAR_PLATFORM_WORKLOAD_NETWORK_H
#define INVAR_PLATFORM_WORKLOAD_NETWORK_H

#include <invar/sw/boot/layer_kinds.h>

#include <cstdint>
#include <string>
#include <vector>

namespace invar::platform {

/// Of a padded image: an IM2COL job has 8 bits for it.
constexpr std::int64_t k_largest_side = 255;

/// What a network file is read for. `train` computes the layers, one after the other; `workload`
/// runs them without numbers, so that any of them may tell the size of its input by itself.
enum class NetworkUse { workload, training };

/// A layer of a network file, as written; counts are for one image or one token.
struct Layer {
  enum class Kind { conv, dense, softmax, of_table };  ///< of layer_kinds.h, by itself
  Kind kind = Kind::conv;
  invar_layer_kind number = INVAR_LAYER_PRODUCT;  ///< not softmax
  invar_layer_input input = INVAR_LAYER_INPUT_patches;
  std::string name;
  std::string where;  ///< "FILE:LINE: layer 3 (conv2)", for messages
  std::int64_t repeat = 1;
  // conv, dense: channels or features
  std::int64_t in = 0;   ///< 0 = what arrives
  std::int64_t out = 0;  ///< training: 0 = the classes of the data
  bool bias = false;
  bool relu = false;
  bool factors = true;  ///< whether K-FAC preconditions it
  // what only some kinds take
#define INVAR_LAYER_MEMBER(field, lowest, highest, otherwise) std::int64_t field = otherwise;
  INVAR_LAYER_FIELDS(INVAR_LAYER_MEMBER)
#undef INVAR_LAYER_MEMBER
  std::int64_t size = 0;   ///< conv: side of the input; 0 = what arrives
  bool per_token = false;  ///< dense, softmax, rows: one a token of the sequence, or one an image
  std::int64_t width = 0;  ///< heads: of one
  std::int64_t elements = 0;  ///< rows; softmax: classes
  std::string from;           ///< maps: the earlier layer whose output is taken too
};

struct Network {
  std::string name;
  std::string content_hash;  ///< of the file
  std::vector<Layer> layers;
};

/// Reads the [[layer]] tables of a network file; its other tables are parameters and not looked at.
/// \throws InputError "FILE:LINE: layer 3 (conv2): what is wrong"
Network read_network(const std::string& path, NetworkUse use);

}  // namespace invar::platform

#endif
