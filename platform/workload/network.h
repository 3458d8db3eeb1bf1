#ifndef INVAR_PLATFORM_WORKLOAD_NETWORK_H
#define INVAR_PLATFORM_WORKLOAD_NETWORK_H

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
  enum class Kind { conv, dense, attention, elementwise, softmax, pool, add };
  Kind kind = Kind::conv;
  std::string name;
  std::string where;  ///< "FILE:LINE: layer 3 (conv2)", for messages
  std::int64_t repeat = 1;
  // conv, dense: channels or features
  std::int64_t in = 0;   ///< 0 = what arrives
  std::int64_t out = 0;  ///< training: 0 = the classes of the data
  bool bias = false;
  bool relu = false;
  bool factors = true;  ///< whether K-FAC preconditions it
  // conv
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t size = 0;  ///< side of the input; 0 = what arrives
  // dense, elementwise, softmax: one a token of the sequence, or one an image
  bool per_token = false;
  // attention
  std::int64_t heads = 0;
  std::int64_t width = 0;  ///< of a head
  // elementwise: elements, and multiply-adds of each; softmax: classes
  std::int64_t elements = 0;
  std::int64_t passes = 1;
  // add: the earlier layer whose output is added
  std::string from;
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
