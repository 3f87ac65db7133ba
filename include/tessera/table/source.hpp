/// \file
/// Opening a table by any of its doors.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/base/progress.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/read_report.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

struct OpenedTable {
  std::unique_ptr<Table> table;
  std::optional<ReadReport> report;  ///< of tables that were read from text
};

/// Collective: opens the table `input`, which is
///  - a table written by Tessera (`customers.h5`); a group of equally long 1-D datasets
///    (`file.h5:/group`), a 2-D numeric dataset (`file.h5:/matrix`, whose columns are called c0,
///    c1,
///    ..., unless an attribute names them), compounds, what pandas or AnnData write; or an HDF5
///    file that holds one of these;
///  - text: a file, `-` for standard input, several files (`a.csv,b.csv`) or a pattern
///    (`part-*.csv`), which are one table then. It is read as by ingest(), into the memory of the
///    ranks: each holds the rows of its share (comm::share_of), in the order of the text and, of
///    several files, that of their names as given or sorted.
///
/// Every rank throws the same Error if it cannot be used: kNoInput, kUsage, or kBadData, which says
/// what to do.
[[nodiscard]] OpenedTable open_source(const comm::Communicator& comm, const std::string& input,
                                      const ReadOptions& options = {},
                                      Progress& progress = no_progress());

/// The same of text in memory, which is called `name` in messages. The same bytes on all ranks.
[[nodiscard]] OpenedTable open_text(const comm::Communicator& comm, const std::string& name,
                                    std::string_view bytes, const ReadOptions& options = {});

/// True if a file's name ends as those of HDF5 files do: .h5, .hdf5, .hdf.
[[nodiscard]] bool has_h5_name(const std::string& path);
/// True if the name of an input, or its first bytes, say that it is HDF5.
[[nodiscard]] bool is_h5(const std::string& input);

/// The files that `input` names: itself, or what stands between its commas, patterns replaced by
/// the names of the files that match, sorted by their bytes. A file whose own name has a comma or
/// looks like a pattern wins. Throws kNoInput if nothing matches a pattern. Not collective.
[[nodiscard]] std::vector<std::string> list_inputs(const std::string& input);
/// Collective: the same, as the root rank finds them.
[[nodiscard]] std::vector<std::string> expand_inputs(const comm::Communicator& comm,
                                                     const std::string& input);

/// True if both name one file, by links of any kind, whether it exists yet or not; an object behind
/// the file's name
/// (`file.h5:/group`) does not count.
[[nodiscard]] bool is_same_file(const std::string& one, const std::string& other);

/// True if `file` is one of those that `input` names (list_inputs).
[[nodiscard]] bool is_one_of(const std::string& input, const std::string& file);

/// Throws kUsage about `field` if its value `output` is one of the files that `input`
/// names: a job never writes over its data.
void refuse_same_file(const std::string& input, const std::string& output,
                      std::string_view field = "output", std::string_view what = "input");

}  // namespace tessera::table
