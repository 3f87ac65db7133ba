// What pandas' DataFrame.to_hdf and Series.to_hdf write, through PyTables.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "table/h5/foreign_layout.hpp"
#include "table/h5/pickled_words.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

using Words = std::vector<std::string>;

Words words_at(const io::H5File& file, const std::string& object, const std::string& attribute) {
  const auto pickle = file.text_attribute(object, attribute);
  auto words = pickle ? pickled_words(*pickle) : std::nullopt;
  if (!words) {
    fail(ExitCode::kBadData, "{}: {}@{} is no list of names as pandas writes it", file.path(),
         object, attribute);
  }
  return *std::move(words);
}

/// The name of an index; pandas pickles None.
std::string index_name(const std::optional<std::string>& text) {
  return !text || text->empty() || *text == "N." ? std::string("index") : *text;
}

/// Of dates: pandas has nanoseconds, and from version 2 on others ("datetime64[s]").
std::string unit_of(const std::string& type) {
  const std::size_t begin = type.find('[');
  return begin == std::string::npos
             ? std::string("ns")
             : type.substr(begin + 1, type.find_first_of(",]", begin) - begin - 1);
}

void take_kind(ForeignColumn& column, const std::string& table, const std::string& type) {
  if (type.starts_with("datetime")) {
    column.take_dates(table, unit_of(type));
  }
}

/// Puts columns in the order of their names in `order`; others stay before them.
void sort_as(std::vector<ForeignColumn>& columns, const Words& order) {
  const auto place = [&](const ForeignColumn& column) {
    const auto found = std::ranges::find(order, column.column.name);
    return found == order.end() ? std::ptrdiff_t{-1} : found - order.begin();
  };
  std::vector<std::pair<std::ptrdiff_t, std::size_t>> places;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    places.emplace_back(i == 0 ? -1 : place(columns[i]), i);
  }
  std::ranges::sort(places);
  std::vector<ForeignColumn> sorted;
  sorted.reserve(columns.size());
  for (const auto& [at, i] : places) {
    sorted.push_back(std::move(columns[i]));
  }
  columns = std::move(sorted);
}

}  // namespace

void ForeignLayout::add_pandas(const std::string& group) {
  const std::string type = file_.text_attribute(group, "pandas_type").value_or("");
  if (type.ends_with("_table")) {
    add_pandas_table(group);
  } else if (type == "frame" || type == "series") {
    add_pandas_fixed(group);
  } else {
    fail(ExitCode::kBadData, "{}: {} is what pandas calls '{}', which is no table", name_, group,
         type);
  }
}

// One dataset of records. Columns of one type share a member, an array (`values_block_0`), whose
// attribute `_kind` names them; data columns and levels of the index have members of their own.
void ForeignLayout::add_pandas_table(const std::string& group) {
  const std::string table = group + "/table";
  const std::string nothing = file_.text_attribute(group, "nan_rep").value_or("nan");
  const std::vector<io::H5Field> fields = file_.fields(table);
  for (std::size_t f = 0; f < fields.size(); ++f) {
    const io::H5Field& field = fields[f];
    const auto said = [&](const char* what) {
      return file_.text_attribute(table, field.name + what).value_or("");
    };
    const bool is_index = field.name == "index";
    Words names = {field.name};
    if (is_index) {
      const Words info = words_at(file_, group, "info");
      const auto named = std::ranges::find(info, "index_name");
      names = {info.end() - named > 1 ? *(named + 1) : std::string("index")};
    } else if (file_.has_attribute(table, field.name + "_kind")) {
      names = words_at(file_, table, field.name + "_kind");
    }
    if (names.size() != field.count) {
      fail(ExitCode::kBadData, "{}: {} of {} has {}, but {}", name_, field.name, table,
           counted(field.count, "column"), counted(names.size(), "name"));
    }
    for (std::uint64_t i = 0; i < field.count; ++i) {
      ForeignColumn& column =
          add(names[i], field, {.dataset = table, .field = f, .element = i, .across = false});
      column.missing_text = nothing;
      if (said("_meta") == "category") {
        const std::string words = fmt::format("{}/meta/{}/meta/table", group, field.name);
        ForeignLayout categories(file_, name_);
        categories.add_records(words);
        column.take_codes(categories.texts_in("values"));
      } else {
        take_kind(column, name_, is_index ? said("_kind") : said("_dtype"));
      }
    }
  }
  if (file_.has_attribute(group, "non_index_axes")) {
    Words order = words_at(file_, group, "non_index_axes");
    order.erase(order.begin(), order.begin() + (order.empty() ? 0 : 1));  // which axis it is
    sort_as(columns_, order);
  }
}

// The index (`axis1`), and for the columns of one type a matrix with a list of their names.
void ForeignLayout::add_pandas_fixed(const std::string& group) {
  const bool is_series = !file_.has_dataset(group + "/axis1");
  const std::string index = group + (is_series ? "/index" : "/axis1");
  if (!file_.has_dataset(index)) {
    fail(ExitCode::kBadData,
         "{}: {} has an index of several levels; reset it (reset_index()), or save it with "
         "to_hdf(format=\"table\")",
         name_, group);
  }
  const auto add_values = [&](const std::string& dataset, const Words& names) {
    const io::H5Dataset values = file_.dataset(dataset);
    const bool is_series_of_one = values.shape.size() == 1 && names.size() == 1;
    if (values.kind == io::H5Kind::kOther ||
        (!is_series_of_one && (values.shape.size() != 2 || values.shape[1] != names.size()))) {
      fail(ExitCode::kBadData,
           "{}: {} ('{}') holds objects of Python (texts, ...), which only Python reads; save it "
           "with to_hdf(format=\"table\")",
           name_, dataset, fmt::join(names, "', '"));
    }
    const io::H5Field field = file_.fields(dataset).at(0);
    for (std::size_t i = 0; i < names.size(); ++i) {
      ForeignColumn& column =
          add(names[i], field, {.dataset = dataset, .field = 0, .element = i, .across = false});
      take_kind(column, name_, file_.text_attribute(dataset, "value_type").value_or(""));
    }
  };
  ForeignColumn& first = add_vector(index_name(file_.text_attribute(index, "name")), index);
  take_kind(first, name_, file_.text_attribute(index, "kind").value_or(""));
  if (is_series) {
    const std::string name = index_name(file_.text_attribute(group, "name"));
    add_values(group + "/values", {name == "index" ? std::string("values") : name});
    return;
  }
  const std::int64_t blocks = file_.integer_attribute(group, "nblocks").value_or(0);
  for (std::int64_t b = 0; b < blocks; ++b) {
    add_values(fmt::format("{}/block{}_values", group, b),
               names_of(fmt::format("{}/block{}_items", group, b)));
  }
  sort_as(columns_, names_of(group + "/axis0"));
}

}  // namespace tessera::table
