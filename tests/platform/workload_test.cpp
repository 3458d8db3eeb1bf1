#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/configuration/workload_machine.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/workload/generated_factor.h>
#include <invar/platform/workload/layer_table.h>
#include <invar/platform/workload/sampling.h>

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(workload)

using namespace invar::platform;
using invar::tests::TemporaryDirectory;

namespace {

const std::string k_networks = INVAR_NETWORKS;

LayerTable table_of(const std::string& name, int batch = 1, int sequence = 1024) {
  const Network network = read_network(k_networks + "/" + name, NetworkUse::workload);
  return make_layer_table(make_timed_shapes(network, batch, sequence), batch);
}

NetworkShapes shapes_of(const std::string& text, int batch = 5, int sequence = 7) {
  TemporaryDirectory directory;
  directory.write("net.toml", text);
  return make_timed_shapes(read_network(directory.path("net.toml"), NetworkUse::workload), batch,
                           sequence);
}

std::string error_of(const std::string& text) {
  try {
    shapes_of(text);
  } catch (const InputError& error) {
    const std::string message = error.what();
    return message.substr(message.find("net.toml"));
  }
  return "";
}

const std::string k_conv =
    "[[layer]]\nname = \"c\"\nkind = \"conv\"\nin = 3\nout = 8\nkernel = 3\nsize = 16\n";

}  // namespace

BOOST_AUTO_TEST_CASE(resnet50_has_its_published_sums) {
  const LayerTable table = table_of("resnet50.toml");
  // He et al. 2016; 25,557,032 parameters less 53,120 of batch normalisation.
  BOOST_TEST(table.parameters == 25503912u);
  BOOST_TEST(std::abs(table.forward_macs - 4.089e9) < 0.01e9);
  BOOST_TEST(table.preconditioned_layers == 54u);
  BOOST_TEST(table.largest_factor() == 4608u);
  BOOST_TEST(table.factors.at(4608) == 3u);  // the 3x3 convolutions of 512 channels
  BOOST_TEST(table.factors.at(147) == 1u);   // the first convolution, 7 x 7 x 3
  BOOST_TEST(table.factors.at(2049) == 1u);  // the classifier, with its bias
  BOOST_TEST(table.factors.at(1000) == 1u);
  std::uint64_t factors = 0;
  for (const auto& [n, count] : table.factors) {
    factors += count;
  }
  BOOST_TEST(factors == 2u * 54u);
}

BOOST_AUTO_TEST_CASE(vgg16_has_its_published_sums) {
  const LayerTable table = table_of("vgg16.toml", 2);
  BOOST_TEST(table.parameters == 138357544u);
  BOOST_TEST(std::abs(table.forward_macs - 2 * 15.47e9) < 2 * 0.02e9);
  BOOST_TEST(table.preconditioned_layers == 16u);
  BOOST_TEST(table.largest_factor() == 25089u);
}

BOOST_AUTO_TEST_CASE(the_transformer_has_the_sums_of_its_shapes) {
  const int tokens = 128;
  const LayerTable table = table_of("transformer12.toml", 1, tokens);
  // 12 (3 + 1 + 4 + 4) 768^2 weights and their biases; the head shares the embedding.
  const std::uint64_t blocks = 12ull * (12ull * 768 * 768 + 2304 + 768 + 3072 + 768);
  BOOST_TEST(table.parameters == blocks + 768ull * 50257);
  const double attention = 12.0 * 2.0 * tokens * tokens * 768.0;
  BOOST_TEST(std::abs(table.forward_macs -
                      (static_cast<double>(table.parameters) * tokens + attention)) < 1.0);
  BOOST_TEST(table.factors.at(769) == 3 * 12u);  // inputs of qkv, projection, mlp_up
  BOOST_TEST(table.factors.at(3073) == 12u);
  BOOST_TEST(table.factors.count(50257) == 0u);
}

BOOST_AUTO_TEST_CASE(a_layer_tells_its_input_or_takes_what_arrives) {
  const NetworkShapes network =
      shapes_of(k_conv + "stride = 2\nbias = true\nrelu = true\n" +
                "[[layer]]\nname = \"p\"\nkind = \"pool\"\n" +
                "[[layer]]\nkind = \"conv\"\nin = 8\nsize = 8\nout = 4\nkernel = 1\nrepeat = 2\n" +
                "[[layer]]\nkind = \"dense\"\nout = 10\nfactors = false\n" +
                "[[layer]]\nkind = \"softmax\"\nelements = 10\n");
  BOOST_REQUIRE(network.layers.size() == 5u);
  const invar_layer_shape& conv = network.layers[0];
  BOOST_TEST(conv.kind == std::uint32_t{INVAR_LAYER_PRODUCT});
  BOOST_TEST(conv.flags == (INVAR_LAYER_RELU | INVAR_LAYER_BIAS));
  BOOST_TEST(conv.height == 16u);
  BOOST_TEST(inputs_of(conv) == 28u);
  BOOST_TEST(output_width(conv) == 8u);
  BOOST_TEST(network.layers[1].height == 8u);
  // A branch of its own, beside the pooling.
  BOOST_TEST(network.layers[2].height == 8u);
  BOOST_TEST(network.layers[4].channels == 4u * 8 * 8);
  BOOST_TEST(network.layers[4].flags == (INVAR_LAYER_PLAIN | INVAR_LAYER_BIAS));
  BOOST_TEST(network.classes == 10u);
  BOOST_TEST((network.factors() == std::vector<std::uint32_t>{28, 8, 8, 4, 8, 4}));
}

BOOST_AUTO_TEST_CASE(layers_of_tokens_are_maps_with_a_row_a_token) {
  const NetworkShapes network = shapes_of(
      "[[layer]]\nkind = \"elementwise\"\nelements = 12\nper_token = true\npasses = 3\n"
      "[[layer]]\nkind = \"dense\"\nout = 36\nper_token = true\n"
      "[[layer]]\nkind = \"attention\"\nheads = 3\nwidth = 4\n"
      "[[layer]]\nkind = \"dense\"\nout = 5\nper_token = true\n");
  BOOST_REQUIRE(network.layers.size() == 4u);
  for (const invar_layer_shape& layer : network.layers) {
    BOOST_TEST(layer.height == 7u);
    BOOST_TEST(layer.width == 1u);
  }
  BOOST_TEST(network.layers[0].passes == 3u);
  BOOST_TEST(network.layers[2].channels == 36u);
  BOOST_TEST(network.layers[2].outputs == 12u);
  BOOST_TEST(network.layers[2].heads == 3u);
  BOOST_TEST((network.factors() == std::vector<std::uint32_t>{13, 36, 13, 5}));
}

BOOST_AUTO_TEST_CASE(tiles_are_counted_as_the_accelerator_counts_them) {
  NetworkShapes network = shapes_of(k_conv + "bias = true\nrepeat = 3\n");
  invar::solver::StoredMatrixParameters parameters;
  parameters.tile.rows = 16;
  // 28 rows in two leaves, 8 in one.
  for (const auto& [path, tiles] : {std::pair{invar::solver::BlockProductPath::analog, 4u},
                                    std::pair{invar::solver::BlockProductPath::digital, 2u}}) {
    parameters.refinement.block_product = path;
    BOOST_TEST(network.place_on_tiles({parameters}) == 3 * (tiles + 1u));
    BOOST_TEST(network.layers[0].tiles_a == tiles);
    BOOST_TEST(network.layers[0].tiles_gamma == 1u);
  }
  // More than a 32-bit number of tiles is as many as it can say.
  network.layers.resize(1);
  network.layers[0].outputs = 65535;
  parameters.tile.rows = 1;
  parameters.refinement.block_product = invar::solver::BlockProductPath::analog;
  BOOST_TEST(network.place_on_tiles({parameters}) == 28ull * 28 + 65535ull * 65535);
  BOOST_TEST(network.layers[0].tiles_gamma == 65535u * 65535u);
  // What is too large is not to be on tiles.
  BOOST_TEST(network.place_on_tiles({parameters, {}, false, 100}) == 28ull * 28);
  BOOST_TEST(network.layers[0].tiles_gamma == 0xFFFFFFFFu);
}

BOOST_AUTO_TEST_CASE(bad_networks_are_named_with_line_layer_and_reason) {
  const struct {
    std::string text;
    const char* message;
  } k_cases[] = {
      {"", "no layers"},
      {"[[layer]]\nkind = " + std::string(10000, '['), "net.toml:2: nested deeper than 64 levels"},
      {"[[layer]]\nname = \"x\"\n", "net.toml:1: layer 1 (x): key kind is missing"},
      {"[[layer]]\nkind = \"cnov\"\n", "did you mean conv?"},
      {k_conv + "strid = 2\n", "unknown key strid; did you mean stride?"},
      {"[[layer]]\nkind = \"dense\"\nin = 4\n", "key out is missing"},
      {"[[layer]]\nkind = \"dense\"\nin = 0\nout = 4\n", "in = 0: must be a whole number from 1"},
      {"[[layer]]\nkind = \"dense\"\nin = 4.5\nout = 4\n", "in = 4.5: must be a whole number"},
      {"[[layer]]\nkind = \"dense\"\nin = 70000\nout = 4\n", "write factors = false"},
      {"[[layer]]\nkind = \"dense\"\nin = 4\nout = 4\nbias = 1\n", "bias: must be true or false"},
      {k_conv + "\n" +
           "[[layer]]\nname = \"d\"\nkind = \"conv\"\nin = 1\nout = 1\nkernel = 9\n"
           "size = 4\npadding = 1\n",
       "layer 2 (d): kernel 9 is larger than the padded input, 6"},
      {"[[layer]]\nkind = \"conv\"\nin = 1\nout = 1\nkernel = 3\nsize = 255\n",
       "padded input 257: must be from 1 to 255"},
      {"[[layer]]\nkind = \"conv\"\nin = 3\nout = 8\nkernel = 3\n",
       "net.toml:1: layer 1: in, size: must be told of the first layer"},
      {"[[layer]]\nkind = \"dense\"\nout = 4\n", "in: must be told of the first layer"},
      {k_conv + "[[layer]]\nkind = \"softmax\"\nelements = 9\n",
       "layer 2: elements = 9: must be 8, what arrives"},
      {k_conv + "[[layer]]\nkind = \"softmax\"\nelements = 8\n[[layer]]\nkind = \"pool\"\n",
       "layer 2: softmax must be the last layer"},
      {k_conv + "[[layer]]\nkind = \"elementwise\"\nelements = 8\n",
       "layer 2: the last layer before softmax: must be dense or conv"},
      {"[[layer]]\nkind = \"softmax\"\nelements = 8\n", "no layer before softmax"},
      {k_conv + "repeat = 100000\n", "repeat = 100000: must be a whole number from 1 to 4096"},
      {k_conv + k_conv, "layer 2 (c): layer 1 has this name already"},
  };
  for (const auto& bad : k_cases) {
    const std::string error = error_of(bad.text);
    BOOST_TEST(error.find(bad.message) != std::string::npos, error + " / " + bad.message);
  }
}

BOOST_AUTO_TEST_CASE(a_batch_too_large_for_a_job_is_refused) {
  const std::string layer =
      "[[layer]]\nname = \"c\"\nkind = \"dense\"\nin = 4\nout = 40\nper_token = true\n";
  BOOST_CHECK_NO_THROW(shapes_of(layer, 4096, 26214));
  BOOST_CHECK_THROW(shapes_of(layer, 4096, 26215), InputError);
}

BOOST_AUTO_TEST_CASE(network_files_hold_parameters_too) {
  RunConfiguration configuration;
  configuration.command = Command::workload;
  read_toml_file(k_networks + "/transformer12.toml", configuration, {"layer"});
  BOOST_TEST(configuration.workload.batch == 8);
  BOOST_TEST(configuration.accelerator.tiles == 4096);
  complete_workload_machine(configuration);
  complete_parameters(configuration);
  BOOST_TEST((configuration.accelerator.tile.fidelity == invar::tile::Fidelity::timing));
  BOOST_TEST(configuration.engine.timing_only);
  // As many lanes beside the tiles as the engine has.
  BOOST_TEST(configuration.accelerator.sequencer.mac_lanes * 4096 ==
             configuration.engine.mac_rows * configuration.engine.mac_columns);
  configuration.run.inverter = Inverter::exact;
  BOOST_CHECK_THROW(complete_workload_machine(configuration), InputError);
}

BOOST_AUTO_TEST_CASE(timing_is_for_workload_only) {
  RunConfiguration configuration;
  configuration.command = Command::solve;
  configuration.accelerator.tile.fidelity = invar::tile::Fidelity::timing;
  BOOST_CHECK_THROW(complete_parameters(configuration), InputError);
}

BOOST_AUTO_TEST_CASE(factors_know_what_lies_before_their_layers) {
  const std::string text = k_conv +
                           "bias = true\nrelu = true\n[[layer]]\nname = \"p\"\nkind = \"pool\"\n" +
                           "[[layer]]\nname = \"d\"\nkind = \"dense\"\nout = 6\n" +
                           "[[layer]]\nname = \"e\"\nkind = \"dense\"\nout = 4\nbias = false\n";
  const std::vector<FactorPlace> places = factor_places(shapes_of(text));
  BOOST_REQUIRE(places.size() == 6u);
  const int rows[] = {28, 8, 8 * 8 * 8 + 1, 6, 6, 4};
  for (std::size_t i = 0; i < places.size(); ++i) {
    BOOST_TEST(places[i].number == i);
    BOOST_TEST(places[i].n == rows[i]);
    BOOST_TEST(places[i].is_rectified == (i == 2));  // pooling lets it through
    BOOST_TEST(places[i].has_bias == (i == 0 || i == 2));
  }
}

BOOST_AUTO_TEST_CASE(samples_measure_what_the_estimate_says) {
  RunConfiguration configuration;
  configuration.command = Command::workload;
  complete_workload_machine(configuration);
  complete_parameters(configuration);
  configuration.workload.damping = 0.3;
  configuration.workload.sample_limit = 32;
  LayerTable table;
  table.factors = {{16, 3}, {32, 1}, {600, 1}};
  const Sampling sampling = sample_factors(configuration, table);
  BOOST_TEST(sampling.estimate.source == "sampled");
  BOOST_TEST(sampling.sizes.size() == 2u);
  BOOST_TEST((sampling.extrapolated == std::vector<std::uint32_t>{600}));
  for (const SampledSize& size : sampling.sizes) {
    BOOST_TEST(size.matrices == 2);
    BOOST_TEST(size.solved <= size.right_hand_sides);
    BOOST_TEST(size.solved > 0u);
    BOOST_TEST(size.iterations_mean >= 1.0);
    BOOST_TEST(size.iterations_mean <= size.iterations_max);
    BOOST_TEST(size.timing.settling_time_s > 10e-9);
    const auto& device = configuration.accelerator.tile.device;
    BOOST_TEST(size.timing.mean_conductance_s > device.minimum_conductance_s);
    BOOST_TEST(size.timing.mean_conductance_s < device.maximum_conductance_s);
    BOOST_TEST(size.each.size() == 2u);
    BOOST_TEST(size.each[0].iterations + size.each[1].iterations == 2 * size.iterations_mean,
               boost::test_tools::tolerance(1e-12));
    // Each size is expected at the slices that it was sampled with.
    BOOST_TEST(sampling.estimate.at(size.n).slices == size.slices);
  }
  // One sample for each size of the table, of its own where there are some.
  BOOST_TEST(sampling.fastest.samples.size() == 3u);
  for (const int n : {16, 32, 600}) {
    BOOST_TEST(sampling.fastest.at(n).n == n);
    BOOST_TEST(sampling.slowest.at(n).n == n);
  }
  // Where all factors are too large, what stands for them is as large as it may be.
  table.factors = {{600, 1}};
  const Sampling limited = sample_factors(configuration, table);
  BOOST_REQUIRE(limited.sizes.size() == 1u);
  BOOST_TEST(limited.sizes[0].n == 32);
  // What the engine inverts, for want of tiles, is not sampled.
  configuration.accelerator.solver.block_product = invar::solver::BlockProductPath::analog;
  table.factors = {{16, 1}, {65000, 1}};
  const Sampling small = sample_factors(configuration, table);
  BOOST_REQUIRE(small.sizes.size() == 1u);
  BOOST_TEST(small.sizes[0].n == 16);
  BOOST_TEST(small.extrapolated.empty());
  configuration.workload.samples = 0;
  BOOST_TEST(sample_factors(configuration, table).estimate.source == "assumption");
}

BOOST_AUTO_TEST_CASE(a_matrix_that_is_stored_again_with_more_damping_counts_each_time) {
  RunConfiguration configuration;
  configuration.command = Command::workload;
  // 8 levels and hardly any damping: the first seeds would diverge.
  configuration.accelerator.tile.device.levels = 8;
  configuration.accelerator.tile.rows = 256;
  configuration.given.insert("tile.rows");
  complete_workload_machine(configuration);
  complete_parameters(configuration);
  configuration.workload.samples = 1;
  configuration.workload.damping = 1e-7;
  LayerTable table;
  table.factors = {{200, 1}};
  const Sampling sampling = sample_factors(configuration, table);
  const invar::solver::TimingSample& sample = sampling.estimate.at(200);
  BOOST_TEST(sample.writings > 1.0);
  BOOST_TEST(sample.written_share > 0.0);
  BOOST_TEST(sample.written_share <= 1.0);
  BOOST_CHECK_NO_THROW(sampling.estimate.check());
}

BOOST_AUTO_TEST_SUITE_END()
