#include "table/h5/foreign_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "table/h5/same_shape.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

constexpr std::uint64_t kRound = 65536;  // strings between two all-reduces

std::string shape_of(const io::H5Dataset& dataset) {
  return dataset.shape.empty() ? "no rows (a single value)"
                               : fmt::format("shape {}", fmt::join(dataset.shape, " x "));
}

/// What a table's datasets declare, and what the file holds of it. A few bytes may declare any
/// number of rows, and packing makes much of little: no honest table is as large as that.
class Content {
 public:
  void add(const io::H5Dataset& dataset) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    declared_ = dataset.bytes() > kMost - declared_ ? kMost : declared_ + dataset.bytes();
    stored_ += dataset.stored_bytes;
  }
  void check(const std::string& table, std::uint64_t rows) const {
    constexpr std::uint64_t kSmall = std::uint64_t{16} << 20U;
    constexpr std::uint64_t kMostTimes = 500;  // gzip makes up to 1,032 times as much of zeros
    if (declared_ > kSmall && declared_ / kMostTimes > stored_) {
      fail_about(
          "trust_input", ExitCode::kBadData,
          "{} declares {}, which would be {}, but holds only {} of them: hardly anything but zeros "
          "and rows that were never written; trust the input if that is meant",
          table, counted(rows, "row"), bytes_text(declared_), bytes_text(stored_));
    }
  }

 private:
  std::uint64_t declared_ = 0;
  std::uint64_t stored_ = 0;
};

void check_width(const std::string& table, const io::H5Dataset& dataset) {
  if (dataset.kind == io::H5Kind::kText && dataset.element_bytes > kMaxValueBytes) {
    fail(ExitCode::kBadData,
         "{}: dataset '{}' has strings of {}, more than the {} that a value may have", table,
         dataset.name, bytes_text(dataset.element_bytes), bytes_text(kMaxValueBytes));
  }
}

void check_value(const std::string& table, const std::string& column, std::string_view text) {
  if (text.size() > kMaxValueBytes) {
    fail(ExitCode::kBadData,
         "{}: dataset '{}' has a value of {}, more than the {} that one may have", table, column,
         bytes_text(text.size()), bytes_text(kMaxValueBytes));
  }
}

std::string number_text(double value, ColumnType type, std::size_t element_bytes) {
  if (std::isnan(value)) {
    return {};
  }
  return type == ColumnType::kReal && element_bytes == 4
             ? fmt::format("{}", static_cast<float>(value))
             : fmt::format("{}", value);
}

[[noreturn]] void fail_no_codes(const std::string& name, const std::string& column) {
  fail(ExitCode::kInternal, "{}: column '{}' is not a category", name, column);
}

}  // namespace

GroupTable::GroupTable(const comm::Communicator& comm, io::H5File file, const std::string& group,
                       std::string name)
    : file_(std::move(file)), name_(std::move(name)) {
  comm.together([&] { add_columns(group); });
  require_same_shape(comm, name_, rows_, columns_);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].type == ColumnType::kText) {
      find_levels(comm, c);
    }
  }
}

void GroupTable::add_columns(const std::string& group) {
  const std::vector<io::H5Dataset> datasets = file_.datasets(group);
  if (datasets.empty()) {
    fail(ExitCode::kBadData,
         "{} holds no datasets; a table is a group of equally long 1-D datasets or a 2-D matrix",
         name_);
  }
  Content content;
  for (const io::H5Dataset& dataset : datasets) {
    if (dataset.kind == io::H5Kind::kOther) {
      fail(ExitCode::kBadData,
           "{}: dataset '{}' is neither numbers nor strings (a compound, a reference, ...); save "
           "each column as a dataset of its own",
           name_, dataset.name);
    }
    if (dataset.shape.size() != 1) {
      fail(ExitCode::kBadData,
           "{}: dataset '{}' has {}, but the columns of a table have one dimension; move it out of "
           "the group",
           name_, dataset.name, shape_of(dataset));
    }
    if (dataset.shape[0] != datasets[0].shape[0]) {
      fail(ExitCode::kBadData, "{}: the columns differ in length: '{}' has {} rows, '{}' has {}",
           name_, datasets[0].name, datasets[0].shape[0], dataset.name, dataset.shape[0]);
    }
    check_width(name_, dataset);
    content.add(dataset);
    const ColumnType type = dataset.kind == io::H5Kind::kInteger ? ColumnType::kInteger
                            : dataset.kind == io::H5Kind::kReal  ? ColumnType::kReal
                                                                 : ColumnType::kText;
    columns_.push_back({.name = dataset.name, .type = type, .levels = {}});
    stored_.push_back({.dataset = (group.ends_with('/') ? group : group + "/") + dataset.name,
                       .element_bytes = dataset.element_bytes,
                       .levels = {}});
  }
  rows_ = datasets[0].shape[0];
  if (!file_.is_trusted()) {
    content.check(name_, rows_);
  }
}

// Every rank reads its share in rounds, and all stop in the round in which one has seen too many.
void GroupTable::find_levels(const comm::Communicator& comm, std::size_t column) {
  const comm::Share mine = comm::share_of(rows_, comm.rank(), comm.size());
  const std::uint64_t longest = comm::share_of(rows_, 0, comm.size()).count;
  DistinctSet found;
  for (std::uint64_t done = 0; done < longest; done += kRound) {
    comm.together([&] {
      if (done < mine.count) {
        file_.read_text(stored_[column].dataset, mine.first + done,
                        std::min(kRound, mine.count - done),
                        [&](std::span<const std::string_view> texts) {
                          for (const std::string_view text : texts) {
                            check_value(name_, columns_[column].name, text);
                            if (!text.empty() && found.find(text) < 0) {
                              found.add(text);
                            }
                          }
                        });
      }
    });
    if (comm.all_max(std::uint64_t{found.overflowed() ? 1U : 0U}) > 0) {
      return;
    }
  }
  DistinctSet all;
  for (const std::string& part : comm.all_gather_strings(found.pack())) {
    all.merge(part);
  }
  if (all.size() == 0 || all.overflowed()) {
    return;
  }
  std::vector<std::string>& levels = columns_[column].levels;
  for (std::size_t i = 0; i < all.size(); ++i) {
    levels.emplace_back(all.at(i));
  }
  std::ranges::sort(levels);
  for (const std::string& level : levels) {
    stored_[column].levels.add(level);
  }
  columns_[column].type = ColumnType::kCategory;
}

void GroupTable::read_numbers(std::size_t column, std::uint64_t first,
                              std::span<double> out) const {
  file_.read<double>(stored_[column].dataset, first, out);
}

void GroupTable::read_codes(std::size_t column, std::uint64_t first,
                            std::span<std::int32_t> out) const {
  if (columns_[column].type != ColumnType::kCategory) {
    fail_no_codes(name_, columns_[column].name);
  }
  const Stored& stored = stored_[column];
  auto to = out.begin();
  file_.read_text(stored.dataset, first, out.size(), [&](std::span<const std::string_view> texts) {
    to = std::ranges::transform(texts, to, [&](std::string_view text) {
           return stored.levels.find(text);
         }).out;
  });
}

std::vector<std::string> GroupTable::read_text(std::size_t column, std::uint64_t first,
                                               std::uint64_t count) const {
  const Stored& stored = stored_[column];
  if (!columns_[column].is_number()) {
    std::vector<std::string> texts = file_.read_text(stored.dataset, first, count);
    for (const std::string& one : texts) {
      check_value(name_, columns_[column].name, one);
    }
    return texts;
  }
  std::vector<std::string> text(count);
  if (columns_[column].type == ColumnType::kInteger) {
    std::vector<std::int64_t> values(count);
    file_.read<std::int64_t>(stored.dataset, first, values);
    std::ranges::transform(values, text.begin(),
                           [](std::int64_t value) { return fmt::format("{}", value); });
    return text;
  }
  std::vector<double> values(count);
  file_.read<double>(stored.dataset, first, values);
  std::ranges::transform(values, text.begin(), [&](double value) {
    return number_text(value, ColumnType::kReal, stored.element_bytes);
  });
  return text;
}

MatrixTable::MatrixTable(io::H5File file, const std::string& dataset, std::string name)
    : file_(std::move(file)), dataset_(dataset), name_(std::move(name)) {
  const io::H5Dataset matrix = file_.dataset(dataset);
  if (matrix.shape.size() != 2 ||
      (matrix.kind != io::H5Kind::kInteger && matrix.kind != io::H5Kind::kReal)) {
    fail(ExitCode::kBadData,
         "{} is not a table: a single dataset must be a 2-D matrix of numbers, this one has {}{}",
         name_, shape_of(matrix),
         matrix.kind == io::H5Kind::kText    ? " and holds strings"
         : matrix.kind == io::H5Kind::kOther ? " and is neither numbers nor strings"
                                             : "");
  }
  if (matrix.shape[1] == 0) {
    fail(ExitCode::kBadData, "{} has no columns", name_);
  }
  check_columns(name_, matrix.shape[1]);
  Content content;
  content.add(matrix);
  if (!file_.is_trusted()) {
    content.check(name_, matrix.shape[0]);
  }
  rows_ = matrix.shape[0];
  element_bytes_ = matrix.element_bytes;
  for (std::uint64_t c = 0; c < matrix.shape[1]; ++c) {
    columns_.push_back(
        {.name = fmt::format("c{}", c),
         .type = matrix.kind == io::H5Kind::kInteger ? ColumnType::kInteger : ColumnType::kReal,
         .levels = {}});
  }
}

void MatrixTable::read_numbers(std::size_t column, std::uint64_t first,
                               std::span<double> out) const {
  file_.read_matrix_columns(dataset_, std::span(&column, 1), first, std::span(&out, 1));
}

void MatrixTable::read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                                      std::span<const std::span<double>> out) const {
  file_.read_matrix_columns(dataset_, columns, first, out);
}

void MatrixTable::read_codes(std::size_t column, std::uint64_t, std::span<std::int32_t>) const {
  fail_no_codes(name_, columns_[column].name);
}

std::vector<std::string> MatrixTable::read_text(std::size_t column, std::uint64_t first,
                                                std::uint64_t count) const {
  std::vector<double> values(count);
  read_numbers(column, first, values);
  std::vector<std::string> text(count);
  constexpr double kExact = 9007199254740992;  // 2^53: a matrix is read as doubles
  std::ranges::transform(values, text.begin(), [&](double value) {
    if (columns_[column].type == ColumnType::kInteger && std::abs(value) >= kExact) {
      fail(ExitCode::kBadData,
           "{}: column '{}' has whole numbers beyond 2^53, too large for an id in a matrix; save "
           "them as a dataset of their own, in a group with the other columns",
           name_, columns_[column].name);
    }
    return number_text(value, columns_[column].type, element_bytes_);
  });
  return text;
}

}  // namespace tessera::table
