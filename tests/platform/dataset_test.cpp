#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/dataset/idx_file.h>
#include <invar/platform/dataset/input_error.h>
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(dataset)

using namespace invar::platform;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;

namespace {

std::string idx(const std::vector<std::uint32_t>& sizes, const std::string& payload) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(size >> shift));
    }
  }
  return bytes + payload;
}

void write_gzip(const std::string& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

/// Two training and one test image of 2 x 3.
void write_mnist(const TemporaryDirectory& directory, const std::string& labels = {"\3\11", 2}) {
  directory.write("train-images-idx3-ubyte", idx({2, 2, 3}, "abcdefghijkl"));
  directory.write("train-labels-idx1-ubyte", idx({2}, labels));
  directory.write("t10k-images.idx3-ubyte", "ignored: another spelling");
  directory.write("t10k-images-idx3-ubyte", idx({1, 2, 3}, "uvwxyz"));
  directory.write("t10k-labels-idx1-ubyte", idx({1}, std::string(1, '\0')));
}

/// Three training images and one test image of one pixel, under names of their own.
void write_shapes(const TemporaryDirectory& directory, const std::string& train_labels,
                  const std::string& test_label) {
  directory.write("shapes-train.idx3", idx({3, 1, 1}, "abc"));
  directory.write("shapes-train.idx1", idx({3}, train_labels));
  directory.write("shapes-test.idx3", idx({1, 1, 1}, "d"));
  directory.write("shapes-test.idx1", idx({1}, test_label));
}

std::string load_error(const std::string& path) {
  return message_of<InputError>([&] { load_dataset(path); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(mnist_files_are_read_as_they_are_stored) {
  TemporaryDirectory directory;
  write_mnist(directory);
  const Dataset dataset = load_dataset(directory.path());
  BOOST_TEST(dataset.classes == 10);
  BOOST_TEST(dataset.height == 2);
  BOOST_TEST(dataset.width == 3);
  BOOST_TEST(dataset.train.count == 2u);
  BOOST_TEST(std::string(dataset.train.images.begin(), dataset.train.images.end()) ==
             "abcdefghijkl");
  BOOST_TEST(int{dataset.train.labels[1]} == 9);
  BOOST_TEST(dataset.test.count == 1u);
}

BOOST_AUTO_TEST_CASE(emnist_letters_are_turned_upright_and_their_labels_start_at_zero) {
  TemporaryDirectory directory;
  // Stored column by column: the picture is 3 high, 2 wide: [a d; b e; c f].
  write_gzip(directory.path("emnist-letters-train-images-idx3-ubyte.gz"),
             idx({2, 2, 3}, "abcdefuvwxyz"));
  write_gzip(directory.path("emnist-letters-train-labels-idx1-ubyte.gz"), idx({2}, "\1\2"));
  directory.write("emnist-letters-test-images-idx3-ubyte", idx({1, 2, 3}, "abcdef"));
  directory.write("emnist-letters-test-labels-idx1-ubyte", idx({1}, "\32"));
  const Dataset dataset = load_dataset(directory.path());
  BOOST_TEST(dataset.name == "emnist-letters");
  BOOST_TEST(dataset.height == 3);
  BOOST_TEST(dataset.width == 2);
  BOOST_TEST(std::string(dataset.train.images.begin(), dataset.train.images.end()) ==
             "adbecfuxvywz");
  BOOST_TEST(int{dataset.train.labels[0]} == 0);
  BOOST_TEST(int{dataset.test.labels[0]} == 25);
  BOOST_TEST(dataset.classes == 26);
}

BOOST_AUTO_TEST_CASE(any_one_set_of_idx_files_is_accepted_and_its_classes_counted) {
  TemporaryDirectory directory;
  write_shapes(directory, "\1\4\2", "\3");
  const Dataset dataset = load_dataset(directory.path());
  BOOST_TEST(dataset.classes == 4);
  BOOST_TEST(int{dataset.train.labels[1]} == 3);
  directory.write("others-train.idx3", idx({3, 1, 1}, "abc"));
  BOOST_TEST(contains(load_error(directory.path()),
                      "several data sets (others-train.idx3, "
                      "shapes-train.idx3)"));
}

BOOST_AUTO_TEST_CASE(a_wrong_magic_number_is_named_with_its_value) {
  TemporaryDirectory directory;
  write_mnist(directory);
  directory.write("train-images-idx3-ubyte", idx({2}, "\1\2"));
  BOOST_TEST(contains(load_error(directory.path()),
                      "train-images-idx3-ubyte: magic number 0x00000801, must be 0x00000803"));
}

BOOST_AUTO_TEST_CASE(a_truncated_file_is_named_with_both_sizes_plain_and_gzip) {
  TemporaryDirectory directory;
  write_mnist(directory);
  directory.write("train-images-idx3-ubyte", idx({2, 2, 3}, "abcdefghij"));
  BOOST_TEST(contains(load_error(directory.path()),
                      "train-images-idx3-ubyte: truncated: 28 bytes expected, 26 found"));
  std::filesystem::remove(directory.path("train-images-idx3-ubyte"));
  std::string noise(5000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) {
    noise[i] = static_cast<char>(i * i * 31 >> 3);
  }
  write_gzip(directory.path("train-images-idx3-ubyte.gz"), idx({50, 10, 10}, noise));
  std::filesystem::resize_file(directory.path("train-images-idx3-ubyte.gz"), 600);
  BOOST_TEST(contains(load_error(directory.path()), ": truncated: 5016 bytes expected, "));
}

BOOST_AUTO_TEST_CASE(a_header_that_promises_terabytes_does_not_take_the_memory) {
  TemporaryDirectory directory;
  const std::string path =
      directory.write("images", idx({0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu}, "abc"));
  BOOST_TEST(contains(message_of<InputError>([&] { IdxFile::read(path, 3); }), "2^30"));
  const std::string large = directory.write("large", idx({1u << 20, 32, 32}, "abc"));
  BOOST_TEST(contains(message_of<InputError>([&] { IdxFile::read(large, 3); }),
                      "truncated: 1073741840 bytes expected, 19 found"));
}

BOOST_AUTO_TEST_CASE(gzip_data_that_promise_far_more_than_pictures_are_refused_unread) {
  TemporaryDirectory directory;
  // A bomb would hold what it announces; this one's header is enough to know it.
  write_gzip(directory.path("bomb.gz"), idx({60000, 128, 128}, std::string(100000, '\0')));
  BOOST_TEST(contains(message_of<InputError>([&] { IdxFile::read(directory.path("bomb.gz"), 3); }),
                      "983040000 bytes announced by "));
  // Small sets may be blank.
  write_gzip(directory.path("blank.gz"), idx({100, 100, 100}, std::string(1000000, '\0')));
  BOOST_TEST(IdxFile::read(directory.path("blank.gz"), 3).bytes.size() == 1000000u);
}

BOOST_AUTO_TEST_CASE(damaged_gzip_data_are_told_from_truncated_ones) {
  TemporaryDirectory directory;
  std::string noise(5000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) {
    noise[i] = static_cast<char>(i * i * 31 >> 3);
  }
  const std::string path = directory.path("images.gz");
  write_gzip(path, idx({50, 10, 10}, noise));
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-8, std::ios::end);  // the checksum
  file.write("\1\2\3\4", 4);
  file.close();
  BOOST_TEST(contains(message_of<InputError>([&] { IdxFile::read(path, 3); }), "damaged gzip"));
}

BOOST_AUTO_TEST_CASE(counts_labels_and_sizes_must_agree) {
  TemporaryDirectory directory;
  write_mnist(directory);
  directory.write("train-labels-idx1-ubyte", idx({3}, "\1\2\3"));
  BOOST_TEST(contains(load_error(directory.path()), "2 images, but 3 labels in "));
  write_mnist(directory, "\1\12");
  BOOST_TEST(contains(load_error(directory.path()),
                      "train-labels-idx1-ubyte: label 10 of image 1: must be from 0 to 9"));
  write_mnist(directory);
  directory.write("t10k-images-idx3-ubyte", idx({1, 3, 3}, "123456789"));
  BOOST_TEST(contains(load_error(directory.path()), "images of 3 x 3, but the training"));
  directory.write("t10k-images-idx3-ubyte", idx({0, 2, 3}, ""));
  BOOST_TEST(contains(load_error(directory.path()), "t10k-images-idx3-ubyte: empty"));
  directory.write("t10k-images-idx3-ubyte", "");
  BOOST_TEST(contains(load_error(directory.path()), "t10k-images-idx3-ubyte: empty file"));
  directory.write("t10k-images-idx3-ubyte", idx({1, 2, 3}, "1234567"));
  BOOST_TEST(contains(load_error(directory.path()), "longer than the 22 bytes"));
}

BOOST_AUTO_TEST_CASE(a_test_part_of_another_name_makes_mnist_s_files_one_of_any_set) {
  TemporaryDirectory directory;
  write_mnist(directory);
  for (const char* part : {"images-idx3-ubyte", "labels-idx1-ubyte"}) {
    std::filesystem::rename(directory.path(std::string("t10k-") + part),
                            directory.path(std::string("test-") + part));
  }
  BOOST_TEST(load_dataset(directory.path()).test.count == 1u);
}

BOOST_AUTO_TEST_CASE(labels_of_one_class_are_refused_by_name) {
  TemporaryDirectory directory;
  write_shapes(directory, "\4\4\4", "\3");
  BOOST_TEST(contains(load_error(directory.path()),
                      "shapes-train.idx1: all 3 labels are 4: must be of two classes or more"));
  write_mnist(directory, "\3\3");
  BOOST_TEST(contains(load_error(directory.path()),
                      "train-labels-idx1-ubyte: all 2 labels are 3: must be of two classes"));
}

BOOST_AUTO_TEST_CASE(a_test_label_that_training_does_not_know_names_both_files) {
  TemporaryDirectory directory;
  write_shapes(directory, "\1\4\2", "\5");
  const std::string message = load_error(directory.path());
  BOOST_TEST(
      contains(message, "shapes-test.idx1: label 5 of image 0: must be from 1 to 4, as in "));
  BOOST_TEST(contains(message, "shapes-train.idx1"));
  // A class 0 that only the test has tells where labels count from.
  write_shapes(directory, "\1\4\2", std::string(1, '\0'));
  BOOST_TEST(load_dataset(directory.path()).classes == 5);
}

BOOST_AUTO_TEST_CASE(a_directory_names_its_data_and_mnist_s_file_names_do_not) {
  TemporaryDirectory directory;
  write_mnist(directory);
  std::filesystem::create_directory_symlink(directory.path(), directory.path("fashion-mnist"));
  BOOST_TEST(load_dataset(directory.path("fashion-mnist")).name == "fashion-mnist");
  BOOST_TEST(load_dataset(directory.path("fashion-mnist/")).name == "fashion-mnist");
  BOOST_TEST(load_dataset(directory.path("fashion-mnist/.")).name == "fashion-mnist");
  std::filesystem::current_path(directory.path());
  BOOST_TEST(load_dataset("fashion-mnist").name == "fashion-mnist");
  BOOST_TEST(load_dataset("./fashion-mnist").name == "fashion-mnist");
}

BOOST_AUTO_TEST_CASE(folders_with_the_files_names_are_passed_over_and_looked_into_last) {
  TemporaryDirectory directory;
  write_mnist(directory);
  for (const char* part : {"train-images", "t10k-images"}) {
    const std::string name = std::string(part) + "-idx3-ubyte";
    const std::string dotted = std::string(part) + ".idx3-ubyte";
    std::filesystem::rename(directory.path(name), directory.path(dotted));
    std::filesystem::create_directory(directory.path(name));
  }
  BOOST_TEST(load_dataset(directory.path()).train.count == 2u);
  std::filesystem::rename(directory.path("train-images.idx3-ubyte"),
                          directory.path("train-images-idx3-ubyte/train-images-idx3-ubyte"));
  BOOST_TEST(load_dataset(directory.path()).train.count == 2u);
}

BOOST_AUTO_TEST_CASE(hidden_and_foreign_files_beside_a_set_are_no_data) {
  TemporaryDirectory directory;
  const std::string images = idx({3, 1, 1}, "abc");
  const std::string labels = idx({3}, "\1\4\2");
  directory.write("v1.shapes-train.idx3-ubyte", images);
  directory.write("v1.shapes-train.idx1-ubyte", labels);
  write_gzip(directory.path("shapes-test-idx3-ubyte.gz"), images);
  write_gzip(directory.path("shapes-test-idx1-ubyte.gz"), labels);
  for (const char* stem : {"v1.shapes-train.idx3-ubyte", "shapes-test-idx1-ubyte.gz"}) {
    for (const char* end : {".md5", ".txt", ".sha256", ".part", "~", ".bak", ".zip"}) {
      directory.write(std::string(stem) + end, images);
    }
    directory.write(std::string("._") + stem, "\0\5\26\7");
    // No foreign name, but no data either.
    directory.write(std::string("Copy of ") + stem, "12ab  checksum\n");
  }
  std::filesystem::create_directory(directory.path("train-idx3"));
  const Dataset dataset = load_dataset(directory.path());
  BOOST_TEST(dataset.train.count == 3u);
  BOOST_TEST(dataset.test.count == 3u);
}

BOOST_AUTO_TEST_CASE(a_missing_file_directory_or_name_is_told_with_what_to_do) {
  TemporaryDirectory directory;
  write_mnist(directory);
  std::filesystem::remove(directory.path("t10k-labels-idx1-ubyte"));
  BOOST_TEST(contains(load_error(directory.path()), "t10k-labels-idx1-ubyte: no such file"));
  BOOST_TEST(contains(load_error(directory.path("nowhere")), "nowhere: no such directory"));
  BOOST_TEST(contains(load_error(directory.path("train-images-idx3-ubyte")), "not a directory"));
  std::filesystem::create_directory(directory.path("empty"));
  BOOST_TEST(contains(load_error(directory.path("empty")), "no data set: expected IDX files"));
  setenv("INVAR_DATA", directory.path("empty").c_str(), 1);
  std::filesystem::current_path(directory.path());
  BOOST_TEST(contains(load_error("mnist"), "run scripts/fetch_mnist.sh"));
  BOOST_TEST(contains(load_error("emnist-letters"), "--dataset DIR"));
  BOOST_TEST(contains(load_error("kmnist"), "dataset kmnist: not found in "));
}

BOOST_AUTO_TEST_CASE(names_are_looked_up_in_invar_data_first) {
  TemporaryDirectory directory;
  write_mnist(directory);
  std::filesystem::create_directory(directory.path("root"));
  std::filesystem::create_directory_symlink(directory.path(), directory.path("root/mnist"));
  setenv("INVAR_DATA", directory.path("root").c_str(), 1);
  BOOST_TEST(load_dataset("mnist").train.count == 2u);
  BOOST_TEST(load_dataset("mnist").name == "mnist");
  std::filesystem::create_directory_symlink(directory.path(), directory.path("root/kmnist"));
  BOOST_TEST(load_dataset("kmnist").name == "kmnist");
}

BOOST_AUTO_TEST_CASE(the_content_hash_is_fnv_1a_and_sees_every_byte) {
  // Published test vectors of FNV-1a 64.
  BOOST_TEST(ContentHash().text() == "cbf29ce484222325");
  BOOST_TEST(ContentHash().add(std::string("foobar")).text() == "85944171f73967e8");
  TemporaryDirectory directory;
  write_mnist(directory);
  Dataset dataset = load_dataset(directory.path());
  const std::string hash = dataset.content_hash();
  BOOST_TEST(hash == load_dataset(directory.path()).content_hash());
  dataset.test.images.back() ^= 1;
  BOOST_TEST(hash != dataset.content_hash());
  dataset.truncate(1, 0);
  BOOST_TEST(dataset.train.images.size() == 6u);
  BOOST_TEST(dataset.train.labels.size() == 1u);
  BOOST_TEST(dataset.test.count == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
