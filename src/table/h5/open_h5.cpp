#include "table/h5/open_h5.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "table/h5/foreign_table.hpp"
#include "table/h5/layout.hpp"
#include "table/h5/same_shape.hpp"
#include "table/h5/tessera_table.hpp"
#include "table/pseudonyms/key.hpp"
#include "table/pseudonyms/pseudonymous_table.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/io/same_file.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {
namespace {

bool is_matrix(const io::H5Dataset& dataset) {
  return dataset.shape.size() == 2 &&
         (dataset.kind == io::H5Kind::kInteger || dataset.kind == io::H5Kind::kReal);
}

// Everything that could be a table. A group that is linked to several times, perhaps from within
// itself, is looked at once.
std::vector<std::string> find_tables(const io::H5File& file) {
  constexpr std::ptrdiff_t kDeepest = 100;
  std::vector<std::string> found;
  std::set<std::uint64_t> seen;
  std::vector<std::string> groups = {"/"};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string group = groups[i];
    if (!seen.insert(file.address(group)).second) {
      continue;
    }
    const std::string prefix = group == "/" ? group : group + "/";
    if (std::ranges::count(prefix, '/') > kDeepest) {
      fail(ExitCode::kBadData, "{} has groups in groups, more than {} deep", file.path(), kDeepest);
    }
    bool columns = false;
    for (const io::H5Dataset& dataset : file.datasets(group)) {
      columns = columns || dataset.shape.size() == 1;
      if (is_matrix(dataset)) {
        found.push_back(prefix + dataset.name);
      }
    }
    if (columns) {
      found.push_back(group);
    }
    for (const std::string& child : file.groups(group)) {
      groups.push_back(prefix + child);
    }
  }
  return found;
}

std::string only_table(const io::H5File& file) {
  for (const std::string& group : file.groups("/")) {
    if (file.text_attribute("/" + group, "pandas_type")) {
      fail(ExitCode::kBadData,
           "{} was written by pandas' to_hdf, whose layout is its own; write the columns with h5py "
           "instead, or export delimited text and ingest that",
           file.path());
    }
  }
  const std::vector<std::string> found = find_tables(file);
  if (found.empty()) {
    fail(ExitCode::kBadData,
         "{} holds no table: neither a group of 1-D datasets nor a 2-D matrix of numbers",
         file.path());
  }
  if (found.size() > 1) {
    std::string list;
    for (const std::string& object : found) {
      list += (list.empty() ? "" : ", ") + file.path() + ":" + object;
    }
    fail(ExitCode::kBadData, "{} holds several tables; say which: {}", file.path(), list);
  }
  return found[0];
}

/// What Tessera calls the file, if it is its own.
std::string format_of(const io::H5File& file) {
  const auto format = file.text_attribute("/", layout::kFormatAttribute);
  if (!format && (file.is_sealed() || file.has_attribute("/", layout::kFormatAttribute))) {
    fail(ExitCode::kBadData, "{} is damaged: /@{} does not say what the file is; create it again",
         file.path(), layout::kFormatAttribute);
  }
  return format.value_or("");
}

/// Whether the path of an object is one of the group that has a Tessera table's columns.
bool leads_to_columns(const io::H5File& file, const std::string& object) {
  return file.has_group(object) && file.has_group(layout::kTable) &&
         file.address(object) == file.address(layout::kTable);
}

}  // namespace

TablePath split_path(const std::string& path) {
  std::error_code ignored;
  const std::size_t colon = path.rfind(":/");
  if (colon == std::string::npos || std::filesystem::exists(path, ignored)) {
    return {path, ""};
  }
  std::string object = path.substr(colon + 1);
  while (object.size() > 1 && object.ends_with('/')) {
    object.pop_back();
  }
  return {path.substr(0, colon), object};
}

bool has_h5_name(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return extension == ".h5" || extension == ".hdf5" || extension == ".hdf";
}

bool is_h5(const std::string& input) {
  const TablePath location = split_path(input);
  if (!location.object.empty() || has_h5_name(location.file)) {
    return true;
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(input, ignored)) {
    return false;
  }
  return io::is_h5(io::InputFile(input));
}

OpenedTable open_h5(const comm::Communicator& comm, const std::string& path,
                    const ReadOptions& options, Progress&) {
  refuse_options(options, {}, path + " is HDF5, which is not read as text");
  const TablePath location = split_path(path);
  comm.together([&] {
    std::error_code ignored;
    if (!std::filesystem::exists(location.file, ignored) && list_inputs(path).size() > 1) {
      fail_about("input", ExitCode::kUsage,
                 "input {}: several HDF5 files are not read as one table; join them into one, or "
                 "give text",
                 path);
    }
  });
  std::optional<io::H5File> file;
  std::unique_ptr<Table> table;
  std::string object = location.object;
  io::InputFile opened = io::open_on_all(comm, location.file);
  comm.together([&] {
    file.emplace(std::move(opened), options.trust_input);
    const std::string format = format_of(*file);
    if (format == "model") {
      fail_about("model", ExitCode::kBadData,
                 "{} is a Tessera model, not a table of customers; name it as the model",
                 location.file);
    }
    if (!format.empty() && format != layout::kFormat) {
      fail(ExitCode::kBadData, "{} is a Tessera {}, not a table of customers", location.file,
           format);
    }
    if (format == layout::kFormat && (object.empty() || leads_to_columns(*file, object))) {
      table = std::make_unique<TesseraTable>(std::move(*file));
      return;
    }
    if (object.empty()) {
      object = only_table(*file);
    }
    if (file->has_dataset(object)) {
      table = std::make_unique<MatrixTable>(std::move(*file), object, path);
    } else if (!file->has_group(object)) {
      fail(ExitCode::kBadData, "{} has no group or dataset {}", location.file, object);
    }
  });
  require_same_shape(comm, path, table ? table->rows() : 0,
                     table ? std::span(table->columns()) : std::span<const Column>());
  if (!table) {  // and so on all ranks
    table = std::make_unique<GroupTable>(comm, std::move(*file), object, path);
  }
  if (table->rows() == 0) {
    fail(ExitCode::kBadData, "{} has no rows", path);
  }
  if (!options.pseudonymise.empty()) {
    Pseudonyms pseudonyms = read_key(comm, options);
    comm.together([&] {
      table =
          std::make_unique<PseudonymousTable>(std::move(table), std::move(pseudonyms), options.ids);
    });
  }
  return {std::move(table), std::nullopt};
}

}  // namespace tessera::table
