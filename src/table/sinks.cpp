// The kinds of outputs that a table goes to. A new one is a file of its own and a line in the list.
#include <algorithm>
#include <array>
#include <utility>

#include "table/sink/sinks.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/postgres.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

struct Kind {
  std::string_view ending;  // for messages
  bool (*takes)(const std::string& path);
  bool is_laid_out;
  std::unique_ptr<Sink> (*create)(const comm::Communicator& comm, const std::string& path,
                                  SinkPlan plan);
};

constexpr std::array kKinds = {
    Kind{"", [](const std::string& path) { return io::is_database(path); }, false,
         create_postgres_sink},
    Kind{".csv", [](const std::string& path) { return path.ends_with(".csv"); }, false,
         create_csv_sink},
    Kind{".h5", has_h5_name, true, create_h5_sink},
};

const Kind* find_kind(const std::string& path) {
  const auto* const found =
      std::ranges::find_if(kKinds, [&](const Kind& kind) { return kind.takes(path); });
  return found == kKinds.end() ? nullptr : found;
}

const Kind& kind_of(const std::string& path) {
  const Kind* const kind = find_kind(path);
  if (kind == nullptr) {
    fail(ExitCode::kInternal, "{}: no kind of output ends like this", path);
  }
  return *kind;
}

}  // namespace

void check_sink_name(std::string_view field, const std::string& path) {
  if (io::is_database(path)) {
    if (io::DatabaseAddress::of(path, field).table.empty()) {
      fail_about(field, ExitCode::kUsage, "{} {}: a query cannot be written to; add ?table=NAME",
                 field, path);
    }
    return;
  }
  if (find_kind(path) != nullptr) {
    return;
  }
  std::string endings;
  for (const Kind& kind : kKinds) {
    endings += fmt::format("{}{}", endings.empty() ? "" : " or ", kind.ending);
  }
  fail_about(field, ExitCode::kUsage, "{} {}: the name must end in {}", field, path, endings);
}

bool is_laid_out(const std::string& path) { return kind_of(path).is_laid_out; }

std::unique_ptr<Sink> create_sink(const comm::Communicator& comm, const std::string& path,
                                  SinkPlan plan) {
  return kind_of(path).create(comm, path, std::move(plan));
}

}  // namespace tessera::table
