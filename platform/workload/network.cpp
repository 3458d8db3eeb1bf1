#include <fmt/format.h>
#include <invar/platform/configuration/nearest_name.h>
#include <invar/platform/configuration/toml_document.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>
#include <invar/platform/workload/network.h>
#include <invar/sw/boot/boot_limits.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace invar::platform {
namespace {

constexpr std::int64_t k_most_layers = 1024;
constexpr std::int64_t k_widest = INVAR_BOOT_LARGEST_MATRIX;  // of a factor
constexpr std::int64_t k_largest_side = 255;  // of a padded image: an IM2COL job has 8 bits for it

/// One [[layer]] table, with where it stands.
class LayerReader {
 public:
  LayerReader(const std::string& path, std::size_t number, const toml::value& table)
      : path_(path), number_(number), table_(table) {
    if (!table.is_table()) {
      fail("must be a table: write [[layer]]");
    }
    if (table.contains("name")) {
      layer_.name = text("name");
    }
  }

  Layer read() {
    const std::string kind = text("kind");
    layer_.repeat = number("repeat", 1, INVAR_BOOT_MOST_REPEATS, 1);
    if (kind == "conv") {
      read_conv();
    } else if (kind == "dense") {
      read_dense();
    } else if (kind == "attention") {
      layer_.kind = Layer::Kind::attention;
      layer_.heads = number("heads", 1, INVAR_BOOT_MOST_HEADS);
      layer_.width = number("width", 1, 4096);
    } else if (kind == "elementwise") {
      layer_.kind = Layer::Kind::elementwise;
      layer_.elements = number("elements", 1, 100000000);
      layer_.passes = number("passes", 1, INVAR_BOOT_MOST_PASSES, 1);
      layer_.relu = flag("relu", false);
      layer_.per_token = flag("per_token", false);
    } else if (kind == "softmax") {
      layer_.kind = Layer::Kind::softmax;
      layer_.elements = number("elements", 1, 1000000000);
      layer_.per_token = flag("per_token", false);
    } else {
      const std::vector<std::string> kinds = {"conv", "dense", "attention", "elementwise",
                                              "softmax"};
      const std::string nearest = nearest_name(kind, kinds);
      fail("kind \"" + kind + "\": must be conv, dense, attention, elementwise or softmax" +
           (nearest.empty() ? "" : "; did you mean " + nearest + "?"));
    }
    refuse_unknown();
    return layer_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    const std::string name = layer_.name.empty() ? "" : " (" + layer_.name + ")";
    throw InputError(
        fmt::format("{}:{}: layer {}{}: {}", path_, table_.location().line(), number_, name, what));
  }

  void read_conv() {
    layer_.kind = Layer::Kind::conv;
    read_weights(false);
    layer_.kernel = number("kernel", 1, k_largest_side);
    layer_.size = number("size", 1, k_largest_side);
    layer_.stride = number("stride", 1, k_largest_side, 1);
    layer_.padding = number("padding", 0, k_largest_side, (layer_.kernel - 1) / 2);
    const std::int64_t padded = layer_.size + 2 * layer_.padding;
    if (layer_.kernel > padded) {
      fail(fmt::format("kernel {} is larger than the padded input, {}", layer_.kernel, padded));
    }
    if (padded > k_largest_side) {
      fail(fmt::format("padded input {}: must be from 1 to {}", padded, k_largest_side));
    }
    check_factor("in * kernel^2", layer_.in * layer_.kernel * layer_.kernel + layer_.bias);
  }

  void read_dense() {
    layer_.kind = Layer::Kind::dense;
    read_weights(true);
    layer_.per_token = flag("per_token", false);
    check_factor("in", layer_.in + layer_.bias);
  }

  void read_weights(bool bias) {
    layer_.in = number("in", 1, 1000000);
    layer_.out = number("out", 1, 1000000);
    layer_.bias = flag("bias", bias);
    layer_.relu = flag("relu", false);
    layer_.factors = flag("factors", true);
  }

  void check_factor(const char* what, std::int64_t inputs) const {
    const std::int64_t largest = std::max(inputs, layer_.out);
    if (layer_.factors && largest > k_widest) {
      fail(fmt::format("a factor of {} rows ({}): must be from 1 to {}, or write factors = false",
                       largest, largest == inputs ? what : "out", k_widest));
    }
  }

  const toml::value* find(const std::string& key) {
    known_.push_back(key);
    const auto& entries = table_.as_table();
    const auto entry = entries.find(key);
    return entry == entries.end() ? nullptr : &entry->second;
  }

  const toml::value& require(const std::string& key) {
    const toml::value* value = find(key);
    if (value == nullptr) {
      fail("key " + key + " is missing");
    }
    return *value;
  }

  std::string text(const std::string& key) {
    const toml::value& value = require(key);
    if (!value.is_string()) {
      fail(key + ": must be a text in quotes");
    }
    return value.as_string().str;
  }

  bool flag(const std::string& key, bool otherwise) {
    const toml::value* value = find(key);
    if (value != nullptr && !value->is_boolean()) {
      fail(key + ": must be true or false");
    }
    return value == nullptr ? otherwise : value->as_boolean();
  }

  std::int64_t number(const std::string& key, std::int64_t lowest, std::int64_t highest) {
    const toml::value& value = require(key);
    if (!value.is_integer() || value.as_integer() < lowest || value.as_integer() > highest) {
      fail(fmt::format("{} = {}: must be a whole number from {} to {}", key, as_text(value), lowest,
                       highest));
    }
    return value.as_integer();
  }

  std::int64_t number(const std::string& key, std::int64_t lowest, std::int64_t highest,
                      std::int64_t otherwise) {
    return table_.contains(key) ? number(key, lowest, highest) : (known_.push_back(key), otherwise);
  }

  static std::string as_text(const toml::value& value) {
    return value.is_integer()    ? std::to_string(value.as_integer())
           : value.is_floating() ? fmt::format("{}", value.as_floating())
                                 : std::string("...");
  }

  void refuse_unknown() const {
    for (const auto& [key, value] : table_.as_table()) {
      if (key != "name" && std::find(known_.begin(), known_.end(), key) == known_.end()) {
        const std::string nearest = nearest_name(key, known_);
        fail("unknown key " + key + (nearest.empty() ? "" : "; did you mean " + nearest + "?"));
      }
    }
  }

  const std::string& path_;
  std::size_t number_;
  const toml::value& table_;
  std::vector<std::string> known_;
  Layer layer_;
};

}  // namespace

Network read_network(const std::string& path) {
  const std::string contents = read_text(path, k_largest_toml_bytes);
  const toml::value root = parse_toml(path, contents);
  Network network;
  network.name = std::filesystem::path(path).stem().string();
  network.content_hash = ContentHash().add(contents).text();
  if (!root.contains("layer") || !root.at("layer").is_array() ||
      root.at("layer").as_array().empty()) {
    throw InputError(path + ": no layers: write a [[layer]] table for each");
  }
  const auto& layers = root.at("layer").as_array();
  if (static_cast<std::int64_t>(layers.size()) > k_most_layers) {
    throw InputError(
        fmt::format("{}: {} layers: must be from 1 to {}", path, layers.size(), k_most_layers));
  }
  std::map<std::string, std::size_t> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    network.layers.push_back(LayerReader(path, i + 1, layers[i]).read());
    const std::string& name = network.layers.back().name;
    const auto [first, fresh] = names.emplace(name, i + 1);
    if (!fresh && !name.empty()) {
      throw InputError(fmt::format("{}:{}: layer {} ({}): layer {} has this name already", path,
                                   layers[i].location().line(), i + 1, name, first->second));
    }
  }
  return network;
}

}  // namespace invar::platform
