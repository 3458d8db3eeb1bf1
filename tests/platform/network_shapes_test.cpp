#include <invar/platform/dataset/input_error.h>
#include <invar/platform/workload/network_shapes.h>

#include <boost/test/unit_test.hpp>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(network_shapes)

using namespace invar::platform;
using invar::tests::TemporaryDirectory;

namespace {

const std::string k_conv =
    "[[layer]]\nname = \"c\"\nkind = \"conv\"\nout = 4\nkernel = 3\nrelu = true\n";
const std::string k_pool = "[[layer]]\nname = \"p\"\nkind = \"pool\"\n";
const std::string k_dense = "[[layer]]\nname = \"d\"\nkind = \"dense\"\nout = \"classes\"\n";

NetworkShapes network_of(const std::string& text) {
  TemporaryDirectory directory;
  directory.write("net.toml", text);
  return make_training_shapes(read_network(directory.path("net.toml"), NetworkUse::training), 10,
                              12, 5);
}

std::string error_of(const std::string& text) {
  try {
    network_of(text);
  } catch (const InputError& error) {
    const std::string message = error.what();
    return message.substr(message.find("net.toml"));
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_layer_takes_what_the_layer_before_gives) {
  const NetworkShapes network = network_of(k_conv + k_pool + k_dense);
  BOOST_REQUIRE(network.layers.size() == 3u);
  const invar_layer_shape& conv = network.layers[0];
  BOOST_TEST(conv.kind == std::uint32_t{INVAR_LAYER_PRODUCT});
  BOOST_TEST(conv.flags == INVAR_LAYER_RELU);
  BOOST_TEST(conv.height == 10u);
  BOOST_TEST(conv.width == 12u);
  BOOST_TEST(conv.channels == 1u);
  BOOST_TEST(conv.padding == 1u);
  const invar_layer_shape& pool = network.layers[1];
  BOOST_TEST(pool.kind == std::uint32_t{INVAR_LAYER_MAXPOOL});
  BOOST_TEST(pool.channels == 4u);
  const invar_layer_shape& dense = network.layers[2];
  BOOST_TEST(dense.channels == 5u * 6 * 4);
  BOOST_TEST(dense.outputs == 5u);
  BOOST_TEST((network.factors() == std::vector<std::uint32_t>{9, 4, 121, 5}));
  BOOST_TEST(network.parameters() == 4u * 9 + 5 * 121);
  BOOST_TEST(network.name == "net");
  BOOST_TEST(!network.content_hash.empty());
}

BOOST_AUTO_TEST_CASE(a_layer_may_be_repeated_and_added_to_an_earlier_one) {
  const std::string more =
      "[[layer]]\nname = \"e\"\nkind = \"conv\"\nin = 4\nout = 4\nkernel = 3\nrepeat = 2\n";
  const std::string sum = "[[layer]]\nkind = \"add\"\nfrom = \"c\"\nrelu = true\n";
  const NetworkShapes network = network_of(k_conv + more + sum + k_dense);
  BOOST_REQUIRE(network.layers.size() == 5u);
  BOOST_TEST(network.layers[3].kind == std::uint32_t{INVAR_LAYER_ADD});
  BOOST_TEST(network.layers[3].addend == 0u);
  BOOST_TEST(network.layers[3].flags == INVAR_LAYER_RELU);
}

BOOST_AUTO_TEST_CASE(the_two_layers_of_the_parameters_are_a_network_like_any_other) {
  const NetworkShapes network = make_training_shapes(two_layer_network(8, 5, 2), 28, 28, 26);
  BOOST_TEST((network.factors() == std::vector<std::uint32_t>{26, 8, 289, 26}));
  BOOST_TEST(network.content_hash.empty());
}

BOOST_AUTO_TEST_CASE(a_network_that_cannot_be_trained_is_refused_with_line_and_layer) {
  const auto refused = [](const std::string& text, const std::string& message) {
    BOOST_TEST(error_of(text) == message);
  };
  refused(
      k_conv + "[[layer]]\nname = \"a\"\nkind = \"attention\"\nheads = 1\nwidth = 4\n" + k_dense,
      "net.toml:7: layer 2 (a): kind \"attention\" cannot be trained: must be conv, dense, pool "
      "or add");
  refused(k_conv + "[[layer]]\nname = \"a\"\nkind = \"ad\"\n",
          "net.toml:7: layer 2 (a): kind \"ad\": must be conv, dense, pool or add; did you mean "
          "add?");
  refused("[[layer]]\nname = \"c\"\nkind = \"conv\"\nin = 3\nout = 4\nkernel = 3\n" + k_dense,
          "net.toml:1: layer 1 (c): in = 3: must be 1, what arrives");
  refused(k_conv + "size = 12\n" + k_dense,
          "net.toml:1: layer 1 (c): size = 12: must be 10, what arrives");
  refused("[[layer]]\nkind = \"conv\"\nout = 4\nkernel = 13\npadding = 1\n" + k_dense,
          "net.toml:1: layer 1: kernel = 13: must be from 1 to 12");
  refused("[[layer]]\nkind = \"conv\"\nout = 4\nkernel = 3\npadding = 3\n" + k_dense,
          "net.toml:1: layer 1: padding = 3: must be from 0 to 2");
  refused(k_conv + k_pool + "repeat = 4\n" + k_dense,
          "net.toml:7: layer 2 (p): 1 x 1 x 4 arrive: height, width: at least 2 to pool over");
  refused(k_conv + k_pool + "[[layer]]\nname = \"s\"\nkind = \"add\"\nfrom = \"c\"\n" + k_dense,
          "net.toml:10: layer 3 (s): from = \"c\" gives 10 x 12 x 4: must be 5 x 6 x 4, what "
          "arrives");
  refused(k_conv + "[[layer]]\nname = \"s\"\nkind = \"add\"\nfrom = \"s\"\n" + k_dense,
          "net.toml:7: layer 2 (s): from = \"s\": must be the name of a layer before this one");
  refused(k_conv + "[[layer]]\nname = \"d\"\nkind = \"dense\"\nout = 4\n",
          "net.toml:7: layer 2 (d): out = 4: must be 5, the classes of the data; or write out = "
          "\"classes\"");
  refused(k_conv, "net.toml:1: layer 1 (c): the last layer: must be dense, without relu");
  refused(
      k_conv + k_dense + "factors = false\n",
      "net.toml:7: layer 2 (d): factors = false: must be true: train preconditions every layer");
}

BOOST_AUTO_TEST_SUITE_END()
