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
#include "tessera/io/remote.hpp"
#include "tessera/io/same_file.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {
namespace {

// What could be a table in a group: its vectors together, and each of its matrices and records.
void add_tables(const io::H5File& file, const std::string& group, std::vector<std::string>& found) {
  const std::vector<io::H5Dataset> datasets = file.datasets(group);
  const auto is_column = [](const io::H5Dataset& dataset) {
    return is_vector(dataset) && dataset.kind != io::H5Kind::kRecord;
  };
  const auto vectors = std::ranges::count_if(datasets, is_column);
  bool columns = false;
  for (const io::H5Dataset& dataset : datasets) {
    if (is_column(dataset) && (vectors > 1 || dataset.shape.size() == 1)) {
      columns = true;
    } else if (is_matrix(dataset) ||
               (dataset.kind == io::H5Kind::kRecord && dataset.shape.size() == 1)) {
      found.push_back((group == "/" ? group : group + "/") + dataset.name);
    }
  }
  if (columns) {
    found.push_back(group);
  }
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
    if (const ForeignKind kind = foreign_kind(file, group); kind != ForeignKind::kNone) {
      found.push_back(group);
      continue;
    }
    add_tables(file, group, found);
    for (const std::string& child : file.groups(group)) {
      if (!child.starts_with('#')) {  // what MATLAB keeps for itself
        groups.push_back(prefix + child);
      }
    }
  }
  return found;
}

std::string only_table(const io::H5File& file) {
  const std::vector<std::string> found = find_tables(file);
  if (found.empty()) {
    fail(ExitCode::kBadData,
         "{} holds no table: neither a group of 1-D datasets nor a 2-D matrix of numbers, records, "
         "or what pandas or "
         "AnnData write",
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

/// The columns of the object of a file that somebody else wrote.
ForeignLayout foreign_layout(const io::H5File& file, const std::string& object,
                             const std::string& name) {
  ForeignLayout layout(file, name);
  if (file.has_dataset(object)) {
    if (file.dataset(object).kind == io::H5Kind::kRecord) {
      layout.add_records(object);
    } else {
      layout.add_matrix(object);
    }
  } else if (!file.has_group(object)) {
    fail(ExitCode::kBadData, "{} has no group or dataset {}", file.path(), object);
  } else if (foreign_kind(file, object) == ForeignKind::kPandas) {
    layout.add_pandas(object);
  } else if (foreign_kind(file, object) == ForeignKind::kAnnData) {
    layout.add_anndata();
  } else if (foreign_kind(file, object) == ForeignKind::kSparse) {
    fail(ExitCode::kBadData, "{} is a sparse matrix, which is not read; save it dense", name);
  } else {
    layout.add_group(object);
  }
  layout.check_content();
  return layout;
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
  if (io::is_remote(input)) {
    return false;
  }
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
  std::optional<ForeignLayout> foreign;
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
    foreign.emplace(foreign_layout(*file, object, path));
  });
  if (table) {  // and so on all ranks
    require_same_shape(comm, path, table->rows(), table->columns());
  } else {
    table = std::make_unique<ForeignTable>(comm, std::move(*file), std::move(*foreign));
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
