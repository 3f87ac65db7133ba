#include "table/h5/foreign_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "table/h5/same_shape.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

constexpr std::uint64_t kRound = 65536;  // values between two all-reduces

}  // namespace

ForeignTable::ForeignTable(const comm::Communicator& comm, io::H5File file, ForeignLayout layout)
    : file_(std::move(file)), name_(layout.name()), rows_(layout.rows()) {
  comm.together([&] {
    stored_ = std::move(layout).take();
    std::set<std::string> datasets;
    for (const ForeignColumn& column : stored_) {
      shares_records_ = !datasets.insert(column.place.dataset).second || shares_records_;
    }
    name_columns();
    levels_.resize(columns_.size());
  });
  require_same_shape(comm, name_, rows_, columns_);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].type == ColumnType::kText) {
      find_levels(comm, c);
    } else if (columns_[c].is_date()) {
      find_times(comm, c);
    }
  }
}

void ForeignTable::name_columns() {
  std::set<std::string> taken;
  for (std::size_t c = 0; c < stored_.size(); ++c) {
    std::string& name = stored_[c].column.name;
    if (name.empty()) {
      name = fmt::format("column_{}", c + 1);
    }
    const std::string wanted = name;
    for (int again = 2; !taken.insert(name).second; ++again) {
      name = fmt::format("{}_{}", wanted, again);
    }
    columns_.push_back(stored_[c].column);
  }
}

// Every rank reads its share in rounds, and all stop in the round in which one has seen too many.
void ForeignTable::find_levels(const comm::Communicator& comm, std::size_t column) {
  const comm::Share mine = comm::share_of(rows_, comm.rank(), comm.size());
  const std::uint64_t longest = comm::share_of(rows_, 0, comm.size()).count;
  DistinctSet found;
  for (std::uint64_t done = 0; done < longest; done += kRound) {
    comm.together([&] {
      if (done < mine.count) {
        stored_[column].for_each_text(file_, mine.first + done, std::min(kRound, mine.count - done),
                                      [&](std::span<const std::string_view> texts) {
                                        for (const std::string_view text : texts) {
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
    levels_[column].add(level);
  }
  columns_[column].type = ColumnType::kCategory;
}

void ForeignTable::find_times(const comm::Communicator& comm, std::size_t column) {
  const comm::Share mine = comm::share_of(rows_, comm.rank(), comm.size());
  std::uint64_t times = 0;
  comm.together([&] {
    for (std::uint64_t done = 0; done < mine.count; done += kRound) {
      const auto seconds =
          stored_[column].read_dates(file_, mine.first + done, std::min(kRound, mine.count - done));
      times = std::max<std::uint64_t>(times, std::ranges::any_of(seconds, [](const auto& value) {
                                        return value && *value % kSecondsPerDay != 0;
                                      }));
    }
  });
  const bool has_time = comm.all_max(times) > 0;
  columns_[column].has_time = has_time;
  stored_[column].column.has_time = has_time;
}

void ForeignTable::read_numbers(std::size_t column, std::uint64_t first,
                                std::span<double> out) const {
  stored_[column].read_numbers(file_, first, out);
}

void ForeignTable::read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                                       std::span<const std::span<double>> out) const {
  for (std::size_t begin = 0; begin < columns.size();) {
    std::vector<io::H5Place> places;
    std::size_t end = begin;
    for (; end < columns.size() && stored_[columns[end]].is_plain() &&
           stored_[columns[end]].place.dataset == stored_[columns[begin]].place.dataset &&
           stored_[columns[end]].place.across == false;
         ++end) {
      places.push_back(stored_[columns[end]].place);
    }
    if (places.empty()) {
      read_numbers(columns[begin], first, out[begin]);
      end = begin + 1;
    } else {
      file_.read_places<double>(places, first, out.subspan(begin, end - begin));
    }
    begin = end;
  }
}

void ForeignTable::read_codes(std::size_t column, std::uint64_t first,
                              std::span<std::int32_t> out) const {
  if (columns_[column].type != ColumnType::kCategory) {
    fail(ExitCode::kInternal, "{}: column '{}' is not a category", name_, columns_[column].name);
  }
  auto to = out.begin();
  stored_[column].for_each_text(
      file_, first, out.size(), [&](std::span<const std::string_view> texts) {
        to = std::ranges::transform(texts, to, [&](std::string_view text) {
               return levels_[column].find(text);
             }).out;
      });
}

std::vector<std::string> ForeignTable::read_text(std::size_t column, std::uint64_t first,
                                                 std::uint64_t count) const {
  return stored_[column].read_text(file_, first, count);
}

}  // namespace tessera::table
