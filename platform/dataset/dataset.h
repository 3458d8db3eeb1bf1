#ifndef INVAR_PLATFORM_DATASET_DATASET_H
#define INVAR_PLATFORM_DATASET_DATASET_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace invar::platform {

/// Labelled grey images of one size.
struct ImageSet {
  std::size_t count = 0;
  /// count x height x width bytes, row by row, 0 = background, upright.
  std::vector<std::uint8_t> images;
  /// One a picture, from 0.
  std::vector<std::uint8_t> labels;
};

struct Dataset {
  /// As it was asked for; of a directory, "emnist-letters" for those files and its own name for
  /// others: MNIST's file names are those of many sets.
  std::string name;
  std::string directory;
  int height = 0;
  int width = 0;
  int classes = 0;
  ImageSet train;
  ImageSet test;

  /// FNV-1a over sizes, images and labels of both parts, as they are used.
  std::string content_hash() const;
  /// Keeps the first so many pictures of each part; 0 keeps all.
  void truncate(std::size_t train_images, std::size_t test_images);
};

/// Loads a data set from a directory or by name.
///
/// A directory is searched for, in this order,
/// - emnist-letters-{train,test}-{images-idx3,labels-idx1}-ubyte: EMNIST (Cohen et al. 2017),
///   26 classes. Its pictures are stored transposed and its labels count from 1;
/// - {train,t10k}-{images-idx3,labels-idx1}-ubyte: MNIST and what stands in for it, 10 classes;
/// - any one set of files whose names hold train or test (or t10k) and idx3 or idx1: upright
///   unless the name begins with emnist-, labels from 0 or from 1, two classes or more. Hidden
///   files and those with an extension of another format are none of them;
/// each plain or with .gz, of the first two with a dot before idx or in a folder of its own name
/// too.
///
/// Names, `mnist` first of all, are looked up in $INVAR_DATA/NAME and ./data/NAME.
///
/// \throws InputError naming the file or directory and what is wrong with it.
Dataset load_dataset(const std::string& directory_or_name);

/// The files that the data set may be read from, for those who must not overwrite them: all in its
/// directory that are named like IDX files. Empty when there is no such directory.
std::vector<std::string> dataset_files(const std::string& directory_or_name);

}  // namespace invar::platform

#endif
