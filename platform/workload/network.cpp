#include <fmt/format.h>
#include <invar/configuration/toml_document.h>
#include <invar/parameters/alternatives.h>
#include <invar/parameters/nearest_name.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>
#include <invar/platform/workload/network.h>
#include <invar/sw/boot/boot_limits.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <stdexcept>

namespace invar::platform {
namespace {

using configuration::TomlValue;
using parameters::nearest_name;

constexpr std::int64_t k_most_layers = 1024;
constexpr std::int64_t k_widest = INVAR_BOOT_LARGEST_MATRIX;  // of a factor
constexpr auto k_most_repeats = static_cast<std::int64_t>(workload_ranges::layer_count.highest);

/// One [[layer]] table, with where it stands.
class LayerReader {
 public:
  LayerReader(const std::string& path, std::size_t number, const TomlValue& table, NetworkUse use)
      : path_(path), number_(number), table_(table), use_(use) {
    if (!table.is_table()) {
      fail("must be a table: write [[layer]]");
    }
    if (table.find("name") != nullptr) {
      layer_.name = text("name");
    }
    layer_.where = where();
  }

  Layer read() {
    const std::string name = text("kind");
    const Kind* kind = find_kind(name);
    if (kind == nullptr) {
      refuse_kind(name);
    }
    if (!is_usable(*kind)) {
      fail("kind \"" + name + "\" cannot be trained: must be " + names());
    }
    layer_.kind = kind->kind;
    layer_.number = kind->number;
    layer_.input = kind->input;
    layer_.repeat = number("repeat", 1, k_most_repeats, 1);
    switch (layer_.kind) {
      case Layer::Kind::conv:
        read_conv();
        break;
      case Layer::Kind::dense:
        read_dense();
        break;
      case Layer::Kind::softmax:
        read_softmax();
        break;
      case Layer::Kind::of_table:
        read_of_table(*kind);
        break;
    }
    refuse_unknown();
    return layer_;
  }

 private:
  struct Kind {
    const char* name;
    Layer::Kind kind;
    bool is_trained;
    invar_layer_kind number = INVAR_LAYER_PRODUCT;
    invar_layer_input input = INVAR_LAYER_INPUT_patches;
    std::uint32_t flags = 0, fields = 0;
  };

  static const std::vector<Kind>& kinds() {
    static const std::vector<Kind> list = [] {
      std::vector<Kind> all = {{"conv", Layer::Kind::conv, true},
                               {"dense", Layer::Kind::dense, true}};
#define INVAR_LAYER_ROW(name, number, file, key, use, input, flags, fields, effect)              \
  if (*(key) != '\0') {                                                                          \
    all.push_back({key, Layer::Kind::of_table, INVAR_LAYER_USE_##use == INVAR_LAYER_USE_trained, \
                   INVAR_LAYER_##name, INVAR_LAYER_INPUT_##input, flags, fields});               \
  }
      INVAR_LAYER_KINDS(INVAR_LAYER_ROW)
#undef INVAR_LAYER_ROW
      all.push_back({"softmax", Layer::Kind::softmax, false});
      return all;
    }();
    return list;
  }

  static const Kind* find_kind(const std::string& name) {
    const auto found = std::find_if(kinds().begin(), kinds().end(),
                                    [&](const Kind& kind) { return kind.name == name; });
    return found == kinds().end() ? nullptr : &*found;
  }

  bool is_usable(const Kind& kind) const {
    return use_ == NetworkUse::workload || kind.is_trained;
  }

  /// "conv, dense or add"
  std::string names() const {
    std::vector<std::string> list;
    for (const Kind& kind : kinds()) {
      if (is_usable(kind)) {
        list.emplace_back(kind.name);
      }
    }
    return parameters::alternatives(list);
  }

  [[noreturn]] void refuse_kind(const std::string& name) const {
    std::vector<std::string> list;
    for (const Kind& kind : kinds()) {
      list.emplace_back(kind.name);
    }
    const std::string nearest = nearest_name(name, list);
    fail("kind \"" + name + "\": must be " + names() +
         (nearest.empty() ? "" : "; did you mean " + nearest + "?"));
  }

  std::string where() const {
    const std::string name = layer_.name.empty() ? "" : " (" + layer_.name + ")";
    return fmt::format("{}:{}: layer {}{}", path_, table_.line, number_, name);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(where() + ": " + what);
  }

  void read_of_table(const Kind& kind) {
    if (kind.input == INVAR_LAYER_INPUT_maps) {
      layer_.from = text("from");
    } else if (kind.input == INVAR_LAYER_INPUT_heads) {
      layer_.width = number("width", 1, 4096);
    } else if (kind.input == INVAR_LAYER_INPUT_rows) {
      read_elements(100000000);
    }
#define INVAR_READ_FIELD(field, lowest, highest, otherwise)                       \
  if ((kind.fields & INVAR_TAKES(field)) != 0) {                                  \
    layer_.field = (otherwise) == 0 ? number(#field, lowest, highest)             \
                                    : number(#field, lowest, highest, otherwise); \
  }
    INVAR_LAYER_FIELDS(INVAR_READ_FIELD)
#undef INVAR_READ_FIELD
    if ((kind.flags & INVAR_LAYER_RELU) != 0) {
      layer_.relu = flag("relu", false);
    }
  }

  void read_elements(std::int64_t highest) {
    layer_.elements = number("elements", 1, highest);
    layer_.per_token = flag("per_token", false);
  }

  void read_softmax() {
    read_elements(1000000000);
  }

  void read_conv() {
    read_weights(false);
    layer_.kernel = number("kernel", 1, k_largest_side);
    layer_.size = input_number("size", k_largest_side);
    layer_.stride = number("stride", 1, k_largest_side, 1);
    layer_.padding = number("padding", 0, k_largest_side, (layer_.kernel - 1) / 2);
    if (layer_.size == 0) {
      return;  // checked when it is known what arrives
    }
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
    read_weights(true);
    if (use_ == NetworkUse::workload) {
      layer_.per_token = flag("per_token", false);
    }
    check_factor("in", layer_.in + layer_.bias);
  }

  void read_weights(bool bias) {
    layer_.in = input_number("in", 1000000);
    layer_.out = is_classes() ? 0 : number("out", 1, 1000000);
    layer_.bias = flag("bias", bias);
    layer_.relu = flag("relu", false);
    layer_.factors = flag("factors", true);
  }

  /// out = "classes": as many as the data have.
  bool is_classes() {
    const auto* name = require("out").as<std::string>();
    return use_ == NetworkUse::training && name != nullptr && *name == "classes";
  }

  /// What the layer before gives may be left out.
  std::int64_t input_number(const std::string& key, std::int64_t highest) {
    return number(key, 1, highest, 0);
  }

  void check_factor(const char* what, std::int64_t inputs) const {
    const std::int64_t largest = std::max(inputs, layer_.out);
    if (layer_.factors && largest > k_widest) {
      fail(fmt::format("a factor of {} rows ({}): must be from 1 to {}, or write factors = false",
                       largest, largest == inputs ? what : "out", k_widest));
    }
  }

  const TomlValue* find(const std::string& key) {
    known_.push_back(key);
    return table_.find(key);
  }

  const TomlValue& require(const std::string& key) {
    const TomlValue* value = find(key);
    if (value == nullptr) {
      fail("key " + key + " is missing");
    }
    return *value;
  }

  std::string text(const std::string& key) {
    const auto* value = require(key).as<std::string>();
    if (value == nullptr) {
      fail(key + ": must be a text in quotes");
    }
    return *value;
  }

  bool flag(const std::string& key, bool otherwise) {
    const TomlValue* value = find(key);
    if (value != nullptr && value->as<bool>() == nullptr) {
      fail(key + ": must be true or false");
    }
    return value == nullptr ? otherwise : *value->as<bool>();
  }

  std::int64_t number(const std::string& key, std::int64_t lowest, std::int64_t highest) {
    const TomlValue& value = require(key);
    const auto* whole = value.as<std::int64_t>();
    if (whole == nullptr || *whole < lowest || *whole > highest) {
      fail(fmt::format("{} = {}: must be a whole number from {} to {}", key, as_text(value), lowest,
                       highest));
    }
    return *whole;
  }

  std::int64_t number(const std::string& key, std::int64_t lowest, std::int64_t highest,
                      std::int64_t otherwise) {
    return table_.find(key) != nullptr ? number(key, lowest, highest)
                                       : (known_.push_back(key), otherwise);
  }

  static std::string as_text(const TomlValue& value) {
    const auto* real = value.as<double>();
    return real != nullptr                       ? parameters::number_text(*real)
           : value.as<std::int64_t>() != nullptr ? parameters::to_text(value.value)
                                                 : std::string("...");
  }

  void refuse_unknown() const {
    for (const auto& [key, value] : table_.table) {
      if (key != "name" && std::find(known_.begin(), known_.end(), key) == known_.end()) {
        const std::string nearest = nearest_name(key, known_);
        fail("unknown key " + key + (nearest.empty() ? "" : "; did you mean " + nearest + "?"));
      }
    }
  }

  const std::string& path_;
  std::size_t number_;
  const TomlValue& table_;
  NetworkUse use_;
  std::vector<std::string> known_;
  Layer layer_;
};

/// The file's [[layer]] tables. \throws InputError
std::vector<TomlValue> layer_tables(const std::string& path, const std::string& contents) {
  try {
    const TomlValue root = configuration::parse_toml(path, contents);
    const TomlValue* const layers = root.find("layer");
    return layers != nullptr ? layers->array : std::vector<TomlValue>();
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
}

}  // namespace

Network read_network(const std::string& path, NetworkUse use) {
  const std::string contents = read_text(path, k_largest_toml_bytes);
  const std::vector<TomlValue> layers = layer_tables(path, contents);
  Network network;
  network.name = std::filesystem::path(path).stem().string();
  network.content_hash = ContentHash().add(contents).text();
  if (layers.empty()) {
    throw InputError(path + ": no layers: write a [[layer]] table for each");
  }
  if (static_cast<std::int64_t>(layers.size()) > k_most_layers) {
    throw InputError(
        fmt::format("{}: {} layers: must be from 1 to {}", path, layers.size(), k_most_layers));
  }
  std::map<std::string, std::size_t> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    network.layers.push_back(LayerReader(path, i + 1, layers[i], use).read());
    const std::string& name = network.layers.back().name;
    const auto [first, fresh] = names.emplace(name, i + 1);
    if (!fresh && !name.empty()) {
      throw InputError(fmt::format("{}:{}: layer {} ({}): layer {} has this name already", path,
                                   layers[i].line, i + 1, name, first->second));
    }
  }
  return network;
}

}  // namespace invar::platform
