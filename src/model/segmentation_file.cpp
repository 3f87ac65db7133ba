// What a method's segmentation lists, in a model file and in the digest.
#include <cmath>
#include <stdexcept>

#include "model/file_parts.hpp"
#include "tessera/base/error.hpp"
#include "tessera/cluster/method.hpp"

namespace tessera::model {
namespace {

const std::string kGroup = "/segmentation";

/// Where "tree/gain" is: its group, and its own name.
std::pair<std::string, std::string> place_of(std::string_view name) {
  const std::string path = fmt::format("{}/{}", kGroup, name);
  const std::size_t slash = path.rfind('/');
  return {path.substr(0, slash), path.substr(slash + 1)};
}

class ToFile final : public cluster::ValueVisitor {
 public:
  explicit ToFile(io::H5Creator& file) : file_(file) {}

  void number(std::string_view name, std::uint64_t value) override {
    const auto [group, own] = group_of(name);
    file_.attribute(group, own, static_cast<std::int64_t>(value));
  }
  void number(std::string_view name, double value) override {
    const auto [group, own] = group_of(name);
    file_.attribute(group, own, value);
  }
  void array(std::string_view name, std::span<const float> values, std::size_t width) override {
    write_array(name, std::vector(values.begin(), values.end()), width);
  }
  void array(std::string_view name, std::span<const double> values, std::size_t width) override {
    write_array(name, std::vector(values.begin(), values.end()), width);
  }
  void array(std::string_view name, std::span<const std::uint64_t> values,
             std::size_t width) override {
    write_array(name, std::vector<std::int64_t>(values.begin(), values.end()), width);
  }

 private:
  /// Creates the group of a value before its first.
  std::pair<std::string, std::string> group_of(std::string_view name) {
    auto place = place_of(name);
    if (place.first != kGroup && place.first != last_group_) {
      file_.group(place.first);
      last_group_ = place.first;
    }
    return place;
  }
  template <typename T>
  void write_array(std::string_view name, const std::vector<T>& values, std::size_t width) {
    const auto [group, own] = group_of(name);
    write(file_, group + "/" + own, values,
          width == 1 ? std::vector<std::uint64_t>{}
                     : std::vector<std::uint64_t>{values.size() / width, width});
  }

  io::H5Creator& file_;
  std::string last_group_;
};

class FromFile : public cluster::ValueSource {
 public:
  explicit FromFile(const io::H5File& file) : file_(file) {}

  void number(std::string_view name, std::uint64_t& value) const override {
    const auto [group, own] = place_of(name);
    value = static_cast<std::uint64_t>(present(file_.integer_attribute(group, own)));
  }
  void number(std::string_view name, double& value) const override {
    const auto [group, own] = place_of(name);
    value = present(file_.real_attribute(group, own));
  }
  void array(std::string_view name, std::vector<float>& values, std::size_t) const override {
    values = file_.read_all<float>(path_of(name));
  }
  void array(std::string_view name, std::vector<double>& values, std::size_t) const override {
    values = file_.read_all<double>(path_of(name));
  }
  void array(std::string_view name, std::vector<std::uint64_t>& values,
             std::size_t) const override {
    values = as_unsigned(file_.read_all<std::int64_t>(path_of(name)));
  }
  [[nodiscard]] bool has(std::string_view name) const override {
    return file_.has_dataset(path_of(name));
  }

 protected:
  [[nodiscard]] const io::H5File& file() const { return file_; }
  template <typename T>
  static T present(const std::optional<T>& value) {
    if (!value) {
      throw std::out_of_range("a value of the segmentation is missing");
    }
    return *value;
  }
  [[nodiscard]] virtual std::string path_of(std::string_view name) const {
    return fmt::format("{}/{}", kGroup, name);
  }

 private:
  const io::H5File& file_;
};

/// Format 1 knew k-means alone, and had its values in other places.
class FromFormat1 final : public FromFile {
 public:
  using FromFile::FromFile;

  void number(std::string_view, std::uint64_t& segments) const override {
    segments = file().dataset("/centroids").shape.at(0);
  }
  void number(std::string_view, double& inertia) const override {
    inertia = file().real_attribute("/training", "inertia").value_or(0);
  }

 protected:
  [[nodiscard]] std::string path_of(std::string_view name) const override {
    return fmt::format("/{}", name);
  }
};

/// Values follow each other without their lengths, which other values tell.
class ToDigest final : public cluster::ValueVisitor {
 public:
  explicit ToDigest(io::Sha256& digest) : digest_(digest) {}

  void number(std::string_view, std::uint64_t value) override { digest_.add(value); }
  void number(std::string_view, double value) override { digest_.add(value); }
  void array(std::string_view, std::span<const float> values, std::size_t) override {
    digest_.add(values);
  }
  void array(std::string_view, std::span<const double> values, std::size_t) override {
    for (const double value : values) {
      digest_.add(value);
    }
  }
  void array(std::string_view, std::span<const std::uint64_t> values, std::size_t) override {
    for (const std::uint64_t value : values) {
      digest_.add(value);
    }
  }
  /// Rows that weigh 2 are as two rows: what they weigh, whole numbers as numbers of rows.
  void counts(std::string_view rows_name, std::span<const std::uint64_t> rows, std::string_view,
              std::span<const double> weights) override {
    if (weights.empty()) {
      array(rows_name, rows, 1);
    }
    for (const double weight : weights) {
      if (weight < 0x1.0p63 && weight == std::trunc(weight)) {
        digest_.add(static_cast<std::uint64_t>(weight));
      } else {
        digest_.add(weight);
      }
    }
  }

 private:
  io::Sha256& digest_;
};

}  // namespace

void write_segmentation(io::H5Creator& file, const cluster::Segmentation& segmentation) {
  file.group(kGroup);
  file.attribute(kGroup, "method", std::string(segmentation.method()));
  ToFile to_file(file);
  segmentation.visit(to_file);
}

std::shared_ptr<const cluster::Segmentation> read_segmentation(const io::H5File& file,
                                                               std::int64_t version,
                                                               const features::Space& space) {
  if (version == 1) {
    return cluster::make_method("k-means")->read(space, FromFormat1(file));
  }
  const std::string name = file.text_attribute(kGroup, "method").value_or("");
  for (const std::unique_ptr<cluster::Method>& method : cluster::all_methods()) {
    if (method->name() == name) {
      return method->read(space, FromFile(file));
    }
  }
  fail(ExitCode::kBadData, "{}: made by the method \"{}\", which this version does not know",
       file.path(), name);
}

void add_segmentation(io::Sha256& digest, const cluster::Segmentation& segmentation) {
  ToDigest to_digest(digest);
  segmentation.visit(to_digest);
}

}  // namespace tessera::model
