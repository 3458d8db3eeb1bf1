#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/dataset/idx_file.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace invar::platform {
namespace {

namespace fs = std::filesystem;

/// The files of one data set and how to read them.
struct Files {
  std::string name;
  std::string train_images, train_labels, test_images, test_labels;
  bool transposed = false;
  /// 0 or 1; nullopt: as the training labels say.
  std::optional<int> first_label;
  /// 0: as the training labels say.
  int classes = 0;
};

/// `directory`/`stem` plain or .gz; empty if neither is there.
std::string find_file(const fs::path& directory, const std::string& stem) {
  for (const char* suffix : {"", ".gz"}) {
    const fs::path path = directory / (stem + suffix);
    std::error_code ignored;
    if (fs::exists(path, ignored)) {
      return path.string();
    }
  }
  return {};
}

/// A set whose names are known: found as soon as one of its files is there, so that a missing
/// one is named.
std::optional<Files> find_known(const fs::path& directory, const std::string& train,
                                const std::string& test, const std::string& separator) {
  const std::string stems[] = {
      train + "-images" + separator + "idx3-ubyte", train + "-labels" + separator + "idx1-ubyte",
      test + "-images" + separator + "idx3-ubyte", test + "-labels" + separator + "idx1-ubyte"};
  Files files;
  std::string* const paths[] = {&files.train_images, &files.train_labels, &files.test_images,
                                &files.test_labels};
  bool any = false;
  for (int i = 0; i < 4; ++i) {
    *paths[i] = find_file(directory, stems[i]);
    any = any || !paths[i]->empty();
  }
  if (!any) {
    return std::nullopt;
  }
  for (int i = 0; i < 4; ++i) {
    if (paths[i]->empty()) {
      throw InputError((directory / stems[i]).string() + ": no such file, nor with .gz");
    }
  }
  return files;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

Files find_any(const fs::path& directory) {
  Files files;
  files.name = "idx";
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const bool train = contains(name, "train");
    const bool test = contains(name, "test") || contains(name, "t10k");
    const bool images = contains(name, "idx3");
    const bool labels = contains(name, "idx1");
    if (train == test || images == labels) {
      continue;
    }
    std::string& slot = train ? (images ? files.train_images : files.train_labels)
                              : (images ? files.test_images : files.test_labels);
    const std::string path = (directory / name).string();
    if (slot.empty()) {
      slot = path;
    } else if (path != slot + ".gz") {  // sorted: the plain file comes before its .gz
      throw InputError(directory.string() + ": several data sets (" +
                       fs::path(slot).filename().string() + ", " + name +
                       "); give a directory that holds one");
    }
  }
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

Files find_files(const fs::path& directory) {
  if (auto files = find_known(directory, "emnist-letters-train", "emnist-letters-test", "-")) {
    files->name = "emnist-letters";
    files->transposed = true;
    files->first_label = 1;
    files->classes = 26;
    return *files;
  }
  for (const char* separator : {"-", "."}) {
    if (auto files = find_known(directory, "train", "t10k", separator)) {
      files->name = "mnist";
      files->first_label = 0;
      files->classes = 10;
      return *files;
    }
  }
  return find_any(directory);
}

void transpose(std::vector<std::uint8_t>& images, std::size_t height, std::size_t width) {
  std::vector<std::uint8_t> upright(images.size());
  const std::size_t pixels = height * width;
  for (std::size_t start = 0; start < images.size(); start += pixels) {
    for (std::size_t row = 0; row < height; ++row) {
      for (std::size_t column = 0; column < width; ++column) {
        // Stored column by column: the file's "rows" are `width` long columns of `height` bytes.
        upright[start + row * width + column] = images[start + column * height + row];
      }
    }
  }
  images = std::move(upright);
}

ImageSet read_part(const std::string& images_path, const std::string& labels_path,
                   const Files& files, int& height, int& width) {
  IdxFile images = IdxFile::read(images_path, 3);
  IdxFile labels = IdxFile::read(labels_path, 1);
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

void shift_labels(ImageSet& set, const std::string& path, int first, int classes) {
  for (std::size_t i = 0; i < set.count; ++i) {
    const int label = set.labels[i];
    if (label < first || label >= first + classes) {
      throw InputError(path + ": label " + std::to_string(label) + " of image " +
                       std::to_string(i) + ": must be from " + std::to_string(first) + " to " +
                       std::to_string(first + classes - 1));
    }
    set.labels[i] = static_cast<std::uint8_t>(label - first);
  }
}

Dataset load_directory(const fs::path& directory) {
  const Files files = find_files(directory);
  Dataset dataset;
  dataset.name = files.name;
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
  const auto [low, high] =
      std::minmax_element(dataset.train.labels.begin(), dataset.train.labels.end());
  const int first = files.first_label.value_or(*low >= 1 ? 1 : 0);
  dataset.classes = files.classes != 0 ? files.classes : *high - first + 1;
  shift_labels(dataset.train, files.train_labels, first, dataset.classes);
  shift_labels(dataset.test, files.test_labels, first, dataset.classes);
  return dataset;
}

/// What to do about a data set that is known by name but not there.
const char* where_to_get(const std::string& name) {
  if (name == "mnist") {
    return "run scripts/fetch_mnist.sh, or point INVAR_DATA at a directory that holds mnist/";
  }
  return "get the official files (NIST, \"The EMNIST Dataset\", "
         "https://www.nist.gov/itl/products-and-services/emnist-dataset, gzip.zip) and put "
         "emnist-letters-{train,test}-{images-idx3,labels-idx1}-ubyte.gz there, or give their "
         "directory with --dataset DIR";
}

bool is_known_name(const std::string& name) {
  return name == "mnist" || name == "emnist-letters";
}

/// Where a data set that is known by name may be.
std::vector<fs::path> places_of(const std::string& name) {
  std::vector<fs::path> places;
  if (const char* root = std::getenv("INVAR_DATA"); root != nullptr && *root != '\0') {
    places.push_back(fs::path(root) / name);
  }
  places.push_back(fs::path("data") / name);
  return places;
}

}  // namespace

Dataset load_dataset(const std::string& directory_or_name) {
  std::error_code ignored;
  if (is_known_name(directory_or_name)) {
    std::string tried;
    for (const fs::path& place : places_of(directory_or_name)) {
      if (fs::is_directory(place, ignored)) {
        return load_directory(place);
      }
      tried += (tried.empty() ? "" : ", ") + place.string();
    }
    throw InputError("dataset " + directory_or_name + ": not found in " + tried + ": " +
                     where_to_get(directory_or_name));
  }
  if (!fs::exists(directory_or_name, ignored)) {
    throw InputError("dataset " + directory_or_name +
                     ": no such directory, and no known name (mnist, emnist-letters)");
  }
  if (!fs::is_directory(directory_or_name, ignored)) {
    throw InputError("dataset " + directory_or_name + ": not a directory");
  }
  return load_directory(directory_or_name);
}

std::vector<std::string> dataset_files(const std::string& directory_or_name) {
  std::vector<std::string> files;
  const std::vector<fs::path> places = is_known_name(directory_or_name)
                                           ? places_of(directory_or_name)
                                           : std::vector<fs::path>{directory_or_name};
  for (const fs::path& place : places) {
    std::error_code error;
    for (fs::directory_iterator entry(place, error), end; !error && entry != end;
         entry.increment(error)) {
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
