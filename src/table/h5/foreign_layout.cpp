#include "table/h5/foreign_layout.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "table/h5/layout.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

std::string child_of(const std::string& group, const std::string& name) {
  return (group.ends_with('/') ? group : group + "/") + name;
}

/// MATLAB, whose matrices stand in a file transposed, names its class.
std::optional<std::string> matlab_class(const io::H5File& file, const std::string& dataset) {
  return file.text_attribute(dataset, "MATLAB_class");
}

/// What an attribute of a matrix calls its columns.
std::vector<std::string> names_at(const io::H5File& file, const std::string& dataset,
                                  std::uint64_t columns) {
  for (const char* const attribute :
       {"column_names", "columns", "colnames", "feature_names", "names", "fields"}) {
    auto names = file.texts_attribute(dataset, attribute);
    if (names && names->size() == columns) {
      return *std::move(names);
    }
  }
  return {};
}

}  // namespace

bool is_vector(const io::H5Dataset& dataset) {
  return dataset.shape.size() == 1 ||
         (dataset.shape.size() == 2 && (dataset.shape[0] == 1 || dataset.shape[1] == 1));
}

bool is_matrix(const io::H5Dataset& dataset) {
  return dataset.shape.size() == 2 &&
         (dataset.kind == io::H5Kind::kInteger || dataset.kind == io::H5Kind::kReal);
}

std::string shape_of(const io::H5Dataset& dataset) {
  return dataset.shape.empty() ? "no rows (a single value)"
                               : fmt::format("shape {}", fmt::join(dataset.shape, " x "));
}

ForeignKind foreign_kind(const io::H5File& file, const std::string& group) {
  if (file.has_attribute(group, "pandas_type")) {
    return ForeignKind::kPandas;
  }
  const std::string type = file.text_attribute(group, "encoding-type").value_or("");
  return type == "anndata"                              ? ForeignKind::kAnnData
         : type == "dataframe"                          ? ForeignKind::kDataFrame
         : type == "csr_matrix" || type == "csc_matrix" ? ForeignKind::kSparse
                                                        : ForeignKind::kNone;
}

void ForeignLayout::count(const io::H5Dataset& dataset, std::uint64_t rows) {
  if (rows_ && *rows_ != rows) {
    fail(ExitCode::kBadData, "{}: the columns differ in length: '{}' has {} rows, '{}' has {}",
         name_, first_, *rows_, dataset.name, rows);
  }
  if (!rows_) {
    rows_ = rows;
    first_ = dataset.name;
  }
}

ForeignColumn& ForeignLayout::add(const std::string& name, const io::H5Field& field,
                                  const io::H5Place& place) {
  const io::H5Dataset dataset = file_.dataset(place.dataset);
  count(dataset, dataset.shape.at(place.across ? 1 : 0));
  bytes_[place.dataset] = {dataset.bytes(), dataset.stored_bytes};
  columns_.push_back(ForeignColumn::of(name_, name, field, place));
  if (columns_.back().column.type == ColumnType::kInteger &&
      file_.has_attribute(place.dataset, "rhdf5-NA.OK")) {  // R's NA
    columns_.back().missing_integer = layout::missing_integer(field.element_bytes);
  }
  return columns_.back();
}

ForeignColumn& ForeignLayout::add_vector(const std::string& name, const std::string& dataset) {
  const io::H5Dataset stored = file_.dataset(dataset);
  if (stored.kind == io::H5Kind::kRecord) {
    fail(ExitCode::kBadData,
         "{}: dataset '{}' is a table of its own, of records; name it, or save each column as a "
         "dataset of its own",
         name_, stored.name);
  }
  if (!is_vector(stored)) {
    fail(ExitCode::kBadData,
         "{}: dataset '{}' has {}, but the columns of a table have one dimension; move it out of "
         "the group",
         name_, stored.name, shape_of(stored));
  }
  if (matlab_class(file_, dataset) == "char") {
    fail(ExitCode::kBadData,
         "{}: dataset '{}' holds characters of MATLAB, one by one; write the table as text "
         "(writetable)",
         name_, stored.name);
  }
  const bool across = stored.shape.size() == 2 && stored.shape[1] != 1;
  return add(name, file_.fields(dataset).at(0),
             {.dataset = dataset, .field = 0, .element = 0, .across = across});
}

void ForeignLayout::add_group(const std::string& group) {
  std::vector<std::string> children;
  for (const io::H5Dataset& dataset : file_.datasets(group)) {
    children.push_back(dataset.name);
  }
  const bool is_frame = foreign_kind(file_, group) == ForeignKind::kDataFrame;
  std::string index;
  if (is_frame) {
    index = file_.text_attribute(group, "_index").value_or("");
    const auto order = file_.texts_attribute(group, "column-order");
    if (order) {
      children = *order;
      if (!index.empty()) {
        children.insert(children.begin(), index);
      }
    }
  }
  if (children.empty()) {
    fail(ExitCode::kBadData,
         "{} holds no datasets; a table is a group of equally long 1-D datasets or a 2-D matrix",
         name_);
  }
  for (const std::string& child : children) {
    const std::string path = child_of(group, child);
    const std::string name = child == index && child == "_index" ? "index" : child;
    if (!is_frame || file_.has_dataset(path)) {
      add_vector(name, path);
    } else if (file_.text_attribute(path, "encoding-type") == "categorical") {
      add_categorical(name, path);
    } else {
      add_nullable(name, path);
    }
  }
}

void ForeignLayout::add_categorical(const std::string& name, const std::string& group) {
  add_vector(name, group + "/codes").take_codes(texts_of(group + "/categories"));
}

void ForeignLayout::add_nullable(const std::string& name, const std::string& group) {
  if (!file_.has_dataset(group + "/values") || !file_.has_dataset(group + "/mask")) {
    fail(ExitCode::kBadData, "{}: column '{}' is a group of an unknown kind ({})", name_, name,
         file_.text_attribute(group, "encoding-type").value_or("no encoding-type"));
  }
  const io::H5Dataset mask = file_.dataset(group + "/mask");
  ForeignColumn& column = add_vector(name, group + "/values");
  if (mask.shape != std::vector<std::uint64_t>{rows()} ||
      (mask.kind != io::H5Kind::kInteger && mask.kind != io::H5Kind::kReal)) {
    fail(ExitCode::kBadData, "{}: column '{}' has a mask of {}, but {}", name_, name,
         shape_of(mask), counted(rows(), "row"));
  }
  column.mask = group + "/mask";
}

std::map<std::int64_t, std::string> ForeignLayout::texts_in(const std::string& column) const {
  check_content();
  std::map<std::int64_t, std::string> texts;
  for (const ForeignColumn& candidate : columns_) {
    if (texts.empty() && candidate.column.name == column) {
      for (std::string& text : candidate.read_text(file_, 0, rows())) {
        texts.emplace(texts.size(), std::move(text));
      }
    }
  }
  return texts;
}

std::map<std::int64_t, std::string> ForeignLayout::texts_of(const std::string& dataset) const {
  ForeignLayout words(file_, name_);
  words.add_vector("words", dataset);
  return words.texts_in("words");
}

std::vector<std::string> ForeignLayout::names_of(const std::string& dataset) const {
  std::vector<std::string> names;
  for (auto& [place, text] : texts_of(dataset)) {
    names.push_back(std::move(text));
  }
  return names;
}

void ForeignLayout::add_records(const std::string& dataset) {
  const io::H5Dataset records = file_.dataset(dataset);
  if (records.shape.size() != 1) {
    fail(ExitCode::kBadData, "{} is not a table: records have one dimension, these have {}", name_,
         shape_of(records));
  }
  const std::vector<io::H5Field> fields = file_.fields(dataset);
  std::uint64_t columns = 0;
  for (const io::H5Field& field : fields) {
    columns += std::min<std::uint64_t>(field.count, kMaxColumns + 1);
  }
  check_columns(name_, columns);
  for (std::size_t f = 0; f < fields.size(); ++f) {
    for (std::uint64_t i = 0; i < fields[f].count; ++i) {
      add(fields[f].count == 1 ? fields[f].name : fmt::format("{}_{}", fields[f].name, i),
          fields[f], {.dataset = dataset, .field = f, .element = i, .across = false});
    }
  }
}

void ForeignLayout::add_matrix(const std::string& dataset) {
  const io::H5Dataset matrix = file_.dataset(dataset);
  const bool across = matlab_class(file_, dataset).has_value();
  add_matrix(dataset, matrix.shape.size() == 2
                          ? names_at(file_, dataset, matrix.shape[across ? 0 : 1])
                          : std::vector<std::string>());
}

void ForeignLayout::add_matrix(const std::string& dataset, const std::vector<std::string>& names) {
  const io::H5Dataset matrix = file_.dataset(dataset);
  if (!is_matrix(matrix)) {
    fail(ExitCode::kBadData,
         "{} is not a table: a single dataset must be a 2-D matrix of numbers, this one has {}{}",
         name_, shape_of(matrix),
         matrix.kind == io::H5Kind::kText     ? " and holds strings"
         : matrix.kind == io::H5Kind::kRecord ? " and holds records"
         : matrix.kind == io::H5Kind::kOther  ? " and is neither numbers nor strings"
                                              : "");
  }
  const bool across = matlab_class(file_, dataset).has_value();
  const std::uint64_t columns = matrix.shape[across ? 0 : 1];
  if (columns == 0) {
    fail(ExitCode::kBadData, "{} has no columns", name_);
  }
  check_columns(name_, columns);
  const io::H5Field field = file_.fields(dataset).at(0);
  for (std::uint64_t c = 0; c < columns; ++c) {
    add(names.size() == columns ? names[c] : fmt::format("c{}", c), field,
        {.dataset = dataset, .field = 0, .element = c, .across = across});
  }
}

void ForeignLayout::add_anndata() {
  if (file_.has_group("/obs")) {
    add_group("/obs");
  }
  if (file_.has_group("/X")) {
    fail(ExitCode::kBadData,
         "{}: X is a sparse matrix ({}); save it dense (adata.X = adata.X.toarray()), or name obs "
         "alone as the table ({}:/obs)",
         name_, file_.text_attribute("/X", "encoding-type").value_or("a group"), file_.path());
  }
  if (!file_.has_dataset("/X")) {
    return;
  }
  std::vector<std::string> names;
  const std::string index = "/var/" + file_.text_attribute("/var", "_index").value_or("_index");
  if (file_.has_dataset(index)) {
    names = names_of(index);
  }
  add_matrix("/X", names);
}

void ForeignLayout::check_content() const {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  constexpr std::uint64_t kSmall = std::uint64_t{16} << 20U;
  constexpr std::uint64_t kMostTimes = 500;  // gzip makes up to 1,032 times as much of zeros
  std::uint64_t declared = 0;
  std::uint64_t stored = 0;
  for (const auto& [dataset, bytes] : bytes_) {
    declared = bytes.first > kMost - declared ? kMost : declared + bytes.first;
    stored += bytes.second;
  }
  if (!file_.is_trusted() && declared > kSmall && declared / kMostTimes > stored) {
    fail_about(
        "trust_input", ExitCode::kBadData,
        "{} declares {}, which would be {}, but holds only {} of them: hardly anything but zeros "
        "and rows that were never written; trust the input if that is meant",
        name_, counted(rows(), "row"), bytes_text(declared), bytes_text(stored));
  }
}

}  // namespace tessera::table
