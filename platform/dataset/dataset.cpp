#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/dataset/idx_file.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>

namespace invar::platform {
namespace {

namespace fs = std::filesystem;

/// The files of one data set and how to read them.
struct Files {
  /// Empty: that of the directory.
  std::string name;
  std::string train_images, train_labels, test_images, test_labels;
  bool transposed = false;
  /// 0 or 1; nullopt: as the labels say.
  std::optional<int> first_label;
  /// 0: as the training labels say.
  int classes = 0;
};

/// What can be read, or says why not when it is opened: not folders.
bool is_file(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_directory(status);
}

/// `stem`-`kind` or `stem`.`kind`, plain or .gz, in the directory or in a folder of its own name
/// there, as archives unpack them; empty if there is none.
std::string find_file(const fs::path& directory, const std::string& stem, const char* kind) {
  for (const bool own_folder : {false, true}) {
    for (const char* separator : {"-", "."}) {
      const std::string name = stem + separator + kind;
      for (const char* suffix : {"", ".gz"}) {
        const fs::path path = (own_folder ? directory / name : directory) / (name + suffix);
        if (is_file(path)) {
          return path.string();
        }
      }
    }
  }
  return {};
}

/// A set whose names are known: found as soon as one of its files is there, so that a missing
/// one is named.
std::optional<Files> find_known(const fs::path& directory, const std::string& train,
                                const std::string& test) {
  Files files;
  const struct {
    std::string* path;
    std::string stem;
    const char* kind;
  } k_parts[] = {{&files.train_images, train + "-images", "idx3-ubyte"},
                 {&files.train_labels, train + "-labels", "idx1-ubyte"},
                 {&files.test_images, test + "-images", "idx3-ubyte"},
                 {&files.test_labels, test + "-labels", "idx1-ubyte"}};
  bool any = false;
  for (const auto& part : k_parts) {
    *part.path = find_file(directory, part.stem, part.kind);
    any = any || !part.path->empty();
  }
  if (!any) {
    return std::nullopt;
  }
  for (const auto& part : k_parts) {
    if (part.path->empty()) {
      throw InputError((directory / (part.stem + "-" + part.kind)).string() +
                       ": no such file, nor with .gz");
    }
  }
  return files;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

/// Hidden files, checksums, notes and unfinished downloads stand beside data and are none: the last
/// extension of data names the format or the compression.
bool may_be_data(const std::string& name) {
  if (name.front() == '.' || name.back() == '~') {
    return false;
  }
  const std::size_t dot = name.rfind('.');
  const std::string extension = dot == std::string::npos ? "" : name.substr(dot + 1);
  return extension.empty() || extension == "gz" || extension == "bin" || extension == "dat" ||
         contains(extension, "idx") || contains(extension, "ubyte");
}

/// One part of a set of any name, from all files that its name fits.
std::string choose(const fs::path& directory, std::vector<std::string> names, int dimensions) {
  const auto is_idx = [&](const std::string& name) {
    return IdxFile::is_one((directory / name).string(), dimensions);
  };
  if (names.size() > 1 && std::any_of(names.begin(), names.end(), is_idx)) {
    names.erase(std::remove_if(names.begin(), names.end(), std::not_fn(is_idx)), names.end());
  }
  std::string first;
  for (const std::string& name : names) {
    if (first.empty()) {
      first = name;
    } else if (name != first + ".gz") {  // sorted: the plain file comes before its .gz
      throw InputError(directory.string() + ": several data sets (" + first + ", " + name +
                       "); give a directory that holds one");
    }
  }
  return first.empty() ? first : (directory / first).string();
}

Files find_any(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) {
    throw InputError(directory.string() + ": cannot be read: " + error.message());
  }
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (may_be_data(name) && is_file(entry.path())) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  const auto part = [&](bool train, bool images) {
    std::vector<std::string> fitting;
    for (const std::string& name : names) {
      const bool is_train = contains(name, "train");
      const bool is_test = contains(name, "test") || contains(name, "t10k");
      const bool is_images = contains(name, "idx3");
      const bool is_labels = contains(name, "idx1");
      if (is_train != is_test && is_images != is_labels && is_train == train &&
          is_images == images) {
        fitting.push_back(name);
      }
    }
    return choose(directory, fitting, images ? 3 : 1);
  };
  Files files;
  files.train_images = part(true, true);
  files.train_labels = part(true, false);
  files.test_images = part(false, true);
  files.test_labels = part(false, false);
  if (files.train_images.empty() || files.train_labels.empty() || files.test_images.empty() ||
      files.test_labels.empty()) {
    throw InputError(directory.string() +
                     ": no data set: expected IDX files named like train-images-idx3-ubyte, "
                     "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte or "
                     "emnist-letters-train-images-idx3-ubyte.gz ...");
  }
  files.transposed = fs::path(files.train_images).filename().string().rfind("emnist-", 0) == 0;
  return files;
}

std::optional<Files> find_by_name(const fs::path& directory) {
  if (auto files = find_known(directory, "emnist-letters-train", "emnist-letters-test")) {
    files->name = "emnist-letters";
    files->transposed = true;
    files->first_label = 1;
    files->classes = 26;
    return *files;
  }
  if (auto files = find_known(directory, "train", "t10k")) {
    files->first_label = 0;
    files->classes = 10;
    return *files;
  }
  return std::nullopt;
}

Files find_files(const fs::path& directory) {
  std::optional<InputError> missing;
  try {
    if (auto files = find_by_name(directory)) {
      return *files;
    }
  } catch (const InputError& error) {
    missing = error;
  }
  try {
    return find_any(directory);
  } catch (const InputError&) {
    if (missing) {
      throw InputError(*missing);
    }
    throw;
  }
}

void transpose(std::vector<std::uint8_t>& images, std::size_t height, std::size_t width) {
  const std::size_t pixels = height * width;
  std::vector<std::uint8_t> upright(pixels);
  for (std::size_t start = 0; start < images.size(); start += pixels) {
    for (std::size_t row = 0; row < height; ++row) {
      for (std::size_t column = 0; column < width; ++column) {
        // Stored column by column: the file's "rows" are `width` long columns of `height` bytes.
        upright[row * width + column] = images[start + column * height + row];
      }
    }
    std::copy(upright.begin(), upright.end(), images.begin() + static_cast<std::ptrdiff_t>(start));
  }
}

ImageSet read_part(const std::string& images_path, const std::string& labels_path,
                   const Files& files, int& height, int& width) {
  IdxFile labels = IdxFile::read(labels_path, 1);
  IdxFile images = IdxFile::read(images_path, 3);
  if (images.sizes[0] != labels.sizes[0]) {
    throw InputError(images_path + ": " + std::to_string(images.sizes[0]) + " images, but " +
                     std::to_string(labels.sizes[0]) + " labels in " + labels_path);
  }
  std::uint32_t rows = images.sizes[1];
  std::uint32_t columns = images.sizes[2];
  if (rows > 4096 || columns > 4096) {
    throw InputError(images_path + ": images of " + std::to_string(rows) + " x " +
                     std::to_string(columns) + ": must be from 1 to 4096 a side");
  }
  if (files.transposed) {
    std::swap(rows, columns);
    transpose(images.bytes, rows, columns);
  }
  height = static_cast<int>(rows);
  width = static_cast<int>(columns);
  ImageSet set;
  set.count = images.sizes[0];
  set.images = std::move(images.bytes);
  set.labels = std::move(labels.bytes);
  return set;
}

/// Makes labels count from 0. \param like the file that the range is taken from; empty: the format
void shift_labels(ImageSet& set, const std::string& path, int first, int classes,
                  const std::string& like) {
  for (std::size_t i = 0; i < set.count; ++i) {
    const int label = set.labels[i];
    if (label < first || label >= first + classes) {
      throw InputError(path + ": label " + std::to_string(label) + " of image " +
                       std::to_string(i) + ": must be from " + std::to_string(first) + " to " +
                       std::to_string(first + classes - 1) + (like.empty() ? "" : ", as in ") +
                       like);
    }
    set.labels[i] = static_cast<std::uint8_t>(label - first);
  }
}

void number_classes(Dataset& dataset, const Files& files) {
  const auto& train = dataset.train.labels;
  const auto& test = dataset.test.labels;
  const auto [low, high] = std::minmax_element(train.begin(), train.end());
  if (*low == *high) {
    throw InputError(files.train_labels + ": all " + std::to_string(train.size()) + " labels are " +
                     std::to_string(*low) + ": must be of two classes or more to be told apart");
  }
  const bool from_one = *low >= 1 && *std::min_element(test.begin(), test.end()) >= 1;
  const int first = files.first_label.value_or(from_one ? 1 : 0);
  dataset.classes = files.classes != 0 ? files.classes : *high - first + 1;
  shift_labels(dataset.train, files.train_labels, first, dataset.classes, "");
  shift_labels(dataset.test, files.test_labels, first, dataset.classes,
               files.classes != 0 ? "" : files.train_labels);
}

/// The last part of a path, whatever it ends with.
std::string name_of(const fs::path& directory) {
  const fs::path path = fs::absolute(directory).lexically_normal();
  const std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();
  return name.empty() ? "idx" : name;
}

/// \param name as it was asked for; empty: from the directory
Dataset load_directory(const fs::path& directory, const std::string& name) {
  const Files files = find_files(directory);
  Dataset dataset;
  dataset.name = !name.empty() ? name : !files.name.empty() ? files.name : name_of(directory);
  dataset.directory = directory.string();
  dataset.train =
      read_part(files.train_images, files.train_labels, files, dataset.height, dataset.width);
  int height = 0;
  int width = 0;
  dataset.test = read_part(files.test_images, files.test_labels, files, height, width);
  if (height != dataset.height || width != dataset.width) {
    throw InputError(files.test_images + ": images of " + std::to_string(height) + " x " +
                     std::to_string(width) + ", but the training images have " +
                     std::to_string(dataset.height) + " x " + std::to_string(dataset.width));
  }
  number_classes(dataset, files);
  return dataset;
}

/// What to do about a data set that is not there.
std::string where_to_get(const std::string& name) {
  if (name == "mnist") {
    return "run scripts/fetch_mnist.sh, or point INVAR_DATA at a directory that holds mnist/";
  }
  if (name == "emnist-letters") {
    return "get the official files (NIST, \"The EMNIST Dataset\", "
           "https://www.nist.gov/itl/products-and-services/emnist-dataset, gzip.zip) and put "
           "emnist-letters-{train,test}-{images-idx3,labels-idx1}-ubyte.gz there, or give their "
           "directory with --dataset DIR";
  }
  return "give the directory of its IDX files with --dataset DIR";
}

/// Whether it is looked up: a known name, or one that is no path of its own.
bool is_name(const std::string& directory_or_name) {
  std::error_code ignored;
  return directory_or_name == "mnist" || directory_or_name == "emnist-letters" ||
         (!contains(directory_or_name, "/") && !fs::exists(directory_or_name, ignored));
}

/// Where a data set that is asked for by name may be.
std::vector<fs::path> places_of(const std::string& name) {
  std::vector<fs::path> places;
  if (const char* root = std::getenv("INVAR_DATA"); root != nullptr && *root != '\0') {
    places.push_back(fs::path(root) / name);
  }
  places.push_back(fs::path("data") / name);
  return places;
}

/// A data set of that name in $INVAR_DATA or ./data.
Dataset load_named(const std::string& name) {
  std::string tried;
  for (const fs::path& place : places_of(name)) {
    std::error_code ignored;
    if (fs::is_directory(place, ignored)) {
      return load_directory(place, name);
    }
    tried += (tried.empty() ? "" : ", ") + place.string();
  }
  throw InputError("dataset " + name + ": not found in " + tried + ": " + where_to_get(name));
}

}  // namespace

Dataset load_dataset(const std::string& directory_or_name) {
  std::error_code ignored;
  if (is_name(directory_or_name)) {
    return load_named(directory_or_name);
  }
  if (!fs::exists(directory_or_name, ignored)) {
    throw InputError("dataset " + directory_or_name + ": no such directory");
  }
  if (!fs::is_directory(directory_or_name, ignored)) {
    throw InputError("dataset " + directory_or_name + ": not a directory");
  }
  return load_directory(directory_or_name, "");
}

std::vector<std::string> dataset_files(const std::string& directory_or_name) {
  std::vector<std::string> files;
  const std::vector<fs::path> places = is_name(directory_or_name)
                                           ? places_of(directory_or_name)
                                           : std::vector<fs::path>{directory_or_name};
  for (const fs::path& place : places) {
    std::error_code error;
    for (fs::recursive_directory_iterator entry(place, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry.depth() > 0) {
        entry.disable_recursion_pending();  // files may lie in folders of their own
      }
      const std::string name = entry->path().filename().string();
      if (contains(name, "idx1") || contains(name, "idx3")) {
        files.push_back(entry->path().string());
      }
    }
  }
  return files;
}

std::string Dataset::content_hash() const {
  ContentHash hash;
  hash.add(static_cast<std::uint64_t>(height)).add(static_cast<std::uint64_t>(width));
  for (const ImageSet* set : {&train, &test}) {
    hash.add(static_cast<std::uint64_t>(set->count));
    hash.add(set->images.data(), set->images.size());
    hash.add(set->labels.data(), set->labels.size());
  }
  return hash.text();
}

void Dataset::truncate(std::size_t train_images, std::size_t test_images) {
  const std::size_t pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  const auto keep = [pixels](ImageSet& set, std::size_t count) {
    if (count != 0 && count < set.count) {
      set.count = count;
      set.images.resize(count * pixels);
      set.labels.resize(count);
    }
  };
  keep(train, train_images);
  keep(test, test_images);
}

}  // namespace invar::platform
