#include <limits>

#include "digital_engine/scratchpad_bench.h"

BOOST_AUTO_TEST_SUITE(layer_jobs)

using namespace invar;
using namespace invar::test;

namespace {

struct Patches {
  std::uint32_t images, channels, height, width, kernel, stride;
};

struct Maps {
  std::uint32_t maps, height, width, channels;
  bool bias;
  std::size_t size() const { return std::size_t{height} * width * channels; }
  std::size_t windows() const { return std::size_t{height / 2} * (width / 2) * channels; }
  invar_engine_job job(std::uint32_t opcode) const {
    invar_engine_job result = make_job(opcode, maps, channels);
    result.geometry = INVAR_ENGINE_GEOMETRY(height, width, 2, 2);
    result.flags = bias ? INVAR_ENGINE_FLAG_BIAS : 0;
    return result;
  }
};

const Maps k_maps[] = {{1, 2, 2, 1, false},  {1, 2, 2, 1, true}, {3, 4, 6, 2, false},
                       {2, 5, 7, 3, true},   {1, 3, 2, 5, true}, {2, 24, 24, 8, true},
                       {1, 255, 3, 1, false}};

}  // namespace

BOOST_AUTO_TEST_CASE(patches_hold_every_window_and_a_one) {
  const Patches cases[] = {{1, 1, 1, 1, 1, 1},   {1, 1, 5, 5, 5, 1},  {2, 1, 7, 6, 3, 1},
                           {3, 2, 9, 8, 3, 2},   {1, 3, 6, 11, 2, 3}, {1, 1, 5, 4, 2, 255},
                           {2, 1, 28, 28, 5, 1}, {1, 2, 255, 2, 1, 7}};
  for (const Patches& p : cases) {
    BOOST_TEST_CONTEXT(p.height << " x " << p.width << ", kernel " << p.kernel) {
      ScratchpadBench bench(p.height);
      Values images = bench.uniform(p.images * p.channels * p.height * p.width);
      Values expected;
      invar_engine_job job = make_job(INVAR_ENGINE_IM2COL, p.images, p.channels);
      job.geometry = INVAR_ENGINE_GEOMETRY(p.height, p.width, p.kernel, p.stride);
      job.a = bench.put(images);
      for (std::size_t image = 0; image < p.images; ++image) {
        for (std::size_t top = 0; top + p.kernel <= p.height; top += p.stride) {
          for (std::size_t left = 0; left + p.kernel <= p.width; left += p.stride) {
            for (std::size_t channel = 0; channel < p.channels; ++channel) {
              for (std::size_t i = 0; i < p.kernel; ++i) {
                for (std::size_t j = 0; j < p.kernel; ++j) {
                  const std::size_t row = (image * p.channels + channel) * p.height + top + i;
                  expected.push_back(images[row * p.width + left + j]);
                }
              }
            }
            expected.push_back(1.0);
          }
        }
      }
      job.c = bench.reserve(expected.size());
      bench.run_well(job);
      BOOST_CHECK(bench.get(job.c, expected.size()) == expected);
    }
  }
}

namespace {

struct PaddedPatches {
  std::uint32_t images, channels, height, width, kernel, stride, padding;
  bool last, bias;  // the channel is the fastest index; rows end with a 1

  invar_engine_job job(std::uint32_t opcode) const {
    invar_engine_job result = make_job(opcode, images, channels);
    result.geometry = INVAR_ENGINE_GEOMETRY(height, width, kernel, stride);
    result.flags = INVAR_ENGINE_FLAG_PADDING(padding) |
                   (last ? INVAR_ENGINE_FLAG_CHANNELS_LAST : 0) |
                   (bias ? 0 : INVAR_ENGINE_FLAG_NO_BIAS);
    return result;
  }
  std::size_t pixels() const { return std::size_t{images} * channels * height * width; }
  /// For each element of the patches the pixel that it shows: -1 padding, -2 the bias.
  std::vector<long> sources() const {
    std::vector<long> list;
    const long h = height, w = width, s = stride, p = padding, k = kernel, c = channels;
    for (long image = 0; image < long{images}; ++image) {
      for (long top = -p; top + k <= h + p; top += s) {
        for (long left = -p; left + k <= w + p; left += s) {
          for (long place = 0; place < c * k * k; ++place) {
            const long channel = place / (k * k), y = top + place / k % k, x = left + place % k;
            const long planar = ((image * c + channel) * h + y) * w + x;
            const long fastest = ((image * h + y) * w + x) * c + channel;
            const bool inside = y >= 0 && y < h && x >= 0 && x < w;
            list.push_back(!inside ? -1 : last ? fastest : planar);
          }
          if (bias) {
            list.push_back(-2);
          }
        }
      }
    }
    return list;
  }
};

const PaddedPatches k_padded[] = {
    {2, 1, 5, 4, 3, 1, 1, false, true}, {2, 3, 5, 4, 3, 1, 1, true, true},
    {1, 2, 6, 6, 5, 2, 2, true, false}, {3, 2, 4, 7, 2, 3, 1, false, false},
    {4, 7, 1, 1, 1, 1, 0, true, true},  {1, 1, 1, 2, 3, 1, 2, true, true},
    {2, 3, 8, 8, 3, 2, 0, true, true}};

}  // namespace

BOOST_AUTO_TEST_CASE(patches_may_reach_over_the_edge_and_channels_may_lie_last) {
  for (const PaddedPatches& shape : k_padded) {
    ScratchpadBench bench(shape.kernel);
    Values images = bench.uniform(shape.pixels());
    invar_engine_job job = shape.job(INVAR_ENGINE_IM2COL);
    job.a = bench.put(images);
    Values expected;
    for (const long source : shape.sources()) {
      expected.push_back(source >= 0    ? images[static_cast<std::size_t>(source)]
                         : source == -2 ? 1.0
                                        : 0.0);
    }
    Values dirt(expected.size(), 5.0);
    job.c = bench.put(dirt);
    bench.run_well(job);
    BOOST_CHECK(bench.get(job.c, expected.size()) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_pixel_gets_the_sum_of_all_patches_that_show_it) {
  for (const PaddedPatches& shape : k_padded) {
    ScratchpadBench bench(shape.kernel);
    const std::vector<long> sources = shape.sources();
    Values patches = bench.uniform(sources.size());
    for (double& value : patches) {
      value = std::round(64.0 * value);  // sums without rounding
    }
    invar_engine_job job = shape.job(INVAR_ENGINE_COL2IM);
    job.a = bench.put(patches);
    Values expected(shape.pixels(), 0.0);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources[i] >= 0) {
        expected[static_cast<std::size_t>(sources[i])] += patches[i];
      }
    }
    Values dirt(expected.size(), 5.0);
    job.c = bench.put(dirt);
    bench.run_well(job);
    BOOST_CHECK(bench.get(job.c, expected.size()) == expected);
  }
}

BOOST_AUTO_TEST_CASE(pooling_takes_the_largest_of_each_window_and_sends_the_gradient_back_to_it) {
  for (const Maps& shape : k_maps) {
    BOOST_TEST_CONTEXT(shape.height << " x " << shape.width << " x " << shape.channels) {
      ScratchpadBench bench(shape.width);
      Values in = bench.uniform(shape.maps * shape.size());
      const std::size_t row = shape.windows() + (shape.bias ? 1 : 0);
      Values pooled;
      Values gradient = bench.uniform(shape.maps * row);
      Values sent_back(in.size(), 0.0);
      std::vector<std::uint32_t> winners;
      invar_engine_job job = shape.job(INVAR_ENGINE_MAXPOOL);
      job.a = bench.put(in);
      const std::uint32_t gradient_place = bench.put(gradient);
      for (std::size_t map = 0; map < shape.maps; ++map) {
        std::size_t window = 0;
        for (std::size_t y = 0; y + 2 <= shape.height; y += 2) {
          for (std::size_t x = 0; x + 2 <= shape.width; x += 2) {
            for (std::size_t channel = 0; channel < shape.channels; ++channel, ++window) {
              double best = -2.0;
              std::size_t place = 0;
              for (std::size_t i = 0; i < 2; ++i) {
                for (std::size_t j = 0; j < 2; ++j) {
                  const std::size_t at = ((y + i) * shape.width + x + j) * shape.channels + channel;
                  if (in[map * shape.size() + at] > best) {
                    best = in[map * shape.size() + at];
                    place = at;
                  }
                }
              }
              pooled.push_back(best);
              winners.push_back(static_cast<std::uint32_t>(place));
              sent_back[map * shape.size() + place] += gradient[map * row + window];
            }
          }
        }
        if (shape.bias) {
          pooled.push_back(1.0);
        }
      }
      job.b = bench.reserve(winners.size());
      job.c = bench.reserve(pooled.size());
      bench.run_well(job);
      BOOST_CHECK(bench.get(job.c, pooled.size()) == pooled);
      BOOST_CHECK(bench.get_words(job.b, winners.size()) == winners);

      invar_engine_job back = shape.job(INVAR_ENGINE_MAXPOOL_BACKWARD);
      Values dirt(in.size(), 5.0);
      back.a = gradient_place;
      back.b = job.b;
      back.c = bench.put(dirt);
      bench.run_well(back);
      BOOST_CHECK(bench.get(back.c, in.size()) == sent_back);
    }
  }
}

BOOST_AUTO_TEST_CASE(of_equal_elements_the_first_wins_the_window) {
  ScratchpadBench bench;
  const Maps shape{1, 2, 2, 1, false};
  Values in(4, 0.5);
  invar_engine_job job = shape.job(INVAR_ENGINE_MAXPOOL);
  job.a = bench.put(in);
  job.b = bench.put_words({99});
  job.c = bench.reserve(1);
  bench.run_well(job);
  BOOST_CHECK_EQUAL(bench.get_words(job.b, 1).front(), 0u);
}

BOOST_AUTO_TEST_CASE(winners_outside_the_map_are_dropped) {
  ScratchpadBench bench;
  const Maps shape{2, 4, 2, 1, false};
  Values gradient = {1.0, 2.0, 3.0, 4.0};
  invar_engine_job job = shape.job(INVAR_ENGINE_MAXPOOL_BACKWARD);
  job.a = bench.put(gradient);
  job.b = bench.put_words({8, 7, 0xFFFFFFFFu, 7});
  Values dirt(16, 9.0);
  job.c = bench.put(dirt);
  bench.run_well(job);
  Values expected(16, 0.0);
  expected[7] = 2.0;
  expected[15] = 4.0;
  BOOST_CHECK(bench.get(job.c, 16) == expected);
}

BOOST_AUTO_TEST_CASE(softmax_rows_are_probabilities_even_of_large_inputs) {
  const std::uint32_t shapes[][2] = {{1, 1}, {1, 10}, {7, 3}, {64, 10}, {2, 1001}};
  for (const auto& shape : shapes) {
    for (const double scale : {1.0, 50.0, 1e30}) {
      for (const bool in_place : {false, true}) {
        ScratchpadBench bench(shape[1]);
        const std::size_t n = shape[1];
        Values a = bench.uniform(shape[0] * n, -scale, scale);
        invar_engine_job job = make_job(INVAR_ENGINE_SOFTMAX, shape[0], shape[1]);
        job.a = bench.put(a);
        job.c = in_place ? job.a : bench.reserve(a.size());
        Values expected;
        for (std::size_t row = 0; row < shape[0]; ++row) {
          double largest = a[row * n];
          double sum = 0.0;
          for (std::size_t i = 0; i < n; ++i) {
            largest = std::max(largest, a[row * n + i]);
          }
          for (std::size_t i = 0; i < n; ++i) {
            sum += std::exp(a[row * n + i] - largest);
          }
          for (std::size_t i = 0; i < n; ++i) {
            expected.push_back(std::exp(a[row * n + i] - largest) / sum);
          }
        }
        bench.run_well(job);
        // The exponent carries half an ulp of the difference (at most 100 where it matters).
        Values bound;
        for (const double value : expected) {
          bound.push_back(k_float_epsilon * (value * (110.0 + static_cast<double>(n))) + 1e-37);
        }
        check_close(bench.get(job.c, a.size()), expected, bound);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(cross_entropy_gives_gradient_and_loss) {
  const std::uint32_t shapes[][2] = {{1, 1}, {1, 10}, {7, 3}, {33, 10}};
  for (const auto& shape : shapes) {
    for (const bool in_place : {false, true}) {
      for (const bool with_loss : {false, true}) {
        ScratchpadBench bench(shape[0]);
        const std::size_t m = shape[0];
        const std::size_t n = shape[1];
        Values a = bench.uniform(m * n, 0.01, 1.0);
        std::vector<std::uint32_t> labels;
        for (std::uint32_t row = 0; row < m; ++row) {
          labels.push_back((5 * row + 2) % shape[1]);
        }
        invar_engine_job job = make_job(INVAR_ENGINE_CROSS_ENTROPY_BACKWARD, shape[0], shape[1]);
        job.alpha = 1.0F / static_cast<float>(m);
        job.a = bench.put(a);
        job.b = bench.put_words(labels);
        job.c = in_place ? job.a : bench.reserve(m * n);
        Values loss = {-7.0};
        const std::uint32_t loss_place = bench.put(loss);
        job.operand_d = with_loss ? loss_place : INVAR_ENGINE_OPERAND_NONE;
        Values expected;
        double sum = 0.0;
        for (std::size_t row = 0; row < m; ++row) {
          sum -= std::log(a[row * n + labels[row]]);
          for (std::size_t i = 0; i < n; ++i) {
            expected.push_back(job.alpha * (a[row * n + i] - (i == labels[row] ? 1.0 : 0.0)));
          }
        }
        bench.run_well(job);
        check_close(bench.get(job.c, m * n), expected, 2.0);
        check_close(bench.get(loss_place, 1), {with_loss ? sum : -7.0}, 1.0, 1.0);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_label_that_is_no_column_counts_as_none) {
  ScratchpadBench bench;
  Values a = {0.25, 0.75, 0.5, 0.5};
  invar_engine_job job = make_job(INVAR_ENGINE_CROSS_ENTROPY_BACKWARD, 2, 2);
  job.alpha = 1.0F;
  job.a = bench.put(a);
  job.b = bench.put_words({2, 0xFFFFFFFFu});
  job.c = bench.reserve(4);
  Values loss = {-7.0};
  job.operand_d = bench.put(loss);
  bench.run_well(job);
  BOOST_CHECK(bench.get(job.c, 4) == a);
  BOOST_CHECK_EQUAL(bench.get(job.operand_d, 1).front(), 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
