#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include "io/parquet/libduckdb.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/parquet.hpp"

namespace tessera::io {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr std::array<std::string_view, 2> kEndings = {".parquet", ".pq"};
constexpr std::uint64_t kRowsAtOnce = 65536;

std::string_view view(const DuckdbText& text) {
  constexpr std::uint32_t kInside = 12;
  return {text.size <= kInside ? text.first : text.all, text.size};
}

ParquetReader::Holds holds(std::string_view type) {
  using Holds = ParquetReader::Holds;
  if (type.ends_with(']') || type.starts_with("STRUCT") || type.starts_with("MAP") ||
      type.starts_with("UNION") || type.starts_with("VARIANT")) {
    return Holds::kNested;
  }
  constexpr std::array<std::string_view, 12> kNumbers = {
      "TINYINT",   "SMALLINT", "INTEGER", "BIGINT",   "HUGEINT", "UTINYINT",
      "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT",   "DOUBLE"};
  const bool is_number = std::ranges::find(kNumbers, type) != kNumbers.end() ||
                         type.starts_with("DECIMAL") || type == "BOOLEAN" || type == "DATE" ||
                         type.starts_with("TIMESTAMP");
  return is_number ? Holds::kNumbers : Holds::kWords;
}

/// A column as text. Numbers of single precision are what they are in double precision.
std::string cell_of(const ParquetReader::Column& column) {
  const std::string name = in_double_quotes(column.name);
  if (column.type == "FLOAT" || column.type == "DOUBLE") {
    return fmt::format("CASE WHEN isnan({0}) THEN NULL ELSE {0}::DOUBLE::VARCHAR END", name);
  }
  if (column.type == "TIMESTAMP WITH TIME ZONE") {
    return fmt::format("make_timestamp(epoch_us({}))::VARCHAR", name);
  }
  return name + "::VARCHAR";
}

}  // namespace

bool is_parquet(const std::string& path) {
  if (std::ranges::any_of(kEndings, [&](auto ending) { return path.ends_with(ending); })) {
    return true;
  }
  std::error_code ignored;
  std::array<char, kMagic.size()> first{};
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return false;
  }
  const InputFile file(path);
  return file.read_at(0, first) == first.size() &&
         std::string_view(first.data(), first.size()) == kMagic;
}

/// A database in memory, which knows no file but what is asked of it.
class ParquetReader::Session {
 public:
  explicit Session(const InputFile& file)
      : duckdb_(duckdb(file.path())),
        path_(file.path()),
        opened_(fmt::format("/proc/self/fd/{}", file.descriptor())) {
    if (duckdb_.duckdb_open(nullptr, &database_) != 0 ||
        duckdb_.duckdb_connect(database_, &connection_) != 0) {
      duckdb_.duckdb_close(&database_);
      fail(ExitCode::kUnfit, "{}: DuckDB's library does not start", path_);
    }
    run("SET threads = 1", [](auto) {});  // ranks are side by side already
    for (const char* const setting :
         {"autoinstall_known_extensions", "autoload_known_extensions"}) {
      run(fmt::format("SET {} = false", setting), [](auto) {});  // nothing out of the network
    }
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    duckdb_.duckdb_disconnect(&connection_);
    duckdb_.duckdb_close(&database_);
  }

  /// The file as it was opened, whatever its name is now.
  [[nodiscard]] std::string source() const {
    return fmt::format("read_parquet('{}', file_row_number = true)", opened_);
  }
  [[nodiscard]] const std::string& opened() const { return opened_; }

  /// All cells of the result are texts.
  void run(const std::string& query, const TakeRow& take) {
    DuckdbResult result{};
    const auto destroy = [this](DuckdbResult* one) { duckdb_.duckdb_destroy_result(one); };
    const std::unique_ptr<DuckdbResult, decltype(destroy)> kept(&result, destroy);
    if (duckdb_.duckdb_query(connection_, query.c_str(), &result) != 0) {
      const char* const error = duckdb_.duckdb_result_error(&result);
      fail_saying(error == nullptr ? "unknown reason" : error);
    }
    std::vector<std::string_view> cells(duckdb_.duckdb_column_count(&result));
    while (void* chunk = duckdb_.duckdb_fetch_chunk(result)) {
      const auto destroy_chunk = [this](void* one) { duckdb_.duckdb_destroy_data_chunk(&one); };
      const std::unique_ptr<void, decltype(destroy_chunk)> kept_chunk(chunk, destroy_chunk);
      take_rows(chunk, cells, take);
    }
  }

 private:
  void take_rows(void* chunk, std::vector<std::string_view>& cells, const TakeRow& take) const {
    constexpr std::uint64_t kBits = 64;
    const std::uint64_t rows = duckdb_.duckdb_data_chunk_get_size(chunk);
    std::vector<std::pair<const DuckdbText*, const std::uint64_t*>> columns;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      void* const vector = duckdb_.duckdb_data_chunk_get_vector(chunk, c);
      columns.emplace_back(static_cast<const DuckdbText*>(duckdb_.duckdb_vector_get_data(vector)),
                           duckdb_.duckdb_vector_get_validity(vector));
    }
    for (std::uint64_t row = 0; row < rows; ++row) {
      for (std::size_t c = 0; c < cells.size(); ++c) {
        const auto& [texts, valid] = columns[c];
        const bool is_there = valid == nullptr || (valid[row / kBits] >> (row % kBits) & 1U) != 0;
        cells[c] = is_there ? view(texts[row]) : std::string_view();
      }
      take(cells);
    }
  }

  // DuckDB's first line, with the file's own name.
  [[noreturn]] void fail_saying(std::string_view reason) const {
    std::string first(reason.substr(0, reason.find('\n')));
    for (std::size_t at = first.find(opened_); at != std::string::npos;
         at = first.find(opened_, at + path_.size())) {
      first.replace(at, opened_.size(), path_);
    }
    fail(ExitCode::kBadData, "{} cannot be read as Parquet: {}", path_, first);
  }

  const Duckdb& duckdb_;
  std::string path_;
  std::string opened_;
  void* database_ = nullptr;
  void* connection_ = nullptr;
};

ParquetReader::ParquetReader(const InputFile& file) : session_(std::make_unique<Session>(file)) {
  session_->run(
      fmt::format("SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet('{}'))",
                  session_->opened()),
      [&](std::span<const std::string_view> cells) {
        const Holds its = holds(cells[1]);
        columns_.push_back({std::string(cells[0]), std::string(cells[1]), its});
      });
  session_->run(
      fmt::format("SELECT num_rows::VARCHAR FROM parquet_file_metadata('{}')", session_->opened()),
      [&](std::span<const std::string_view> cells) {
        std::from_chars(cells[0].data(), cells[0].data() + cells[0].size(), rows_);
      });
  std::vector<std::string> cells;
  for (const Column& column : columns_) {
    if (column.holds != Holds::kNested) {
      cells.push_back(cell_of(column));
    }
  }
  select_ = fmt::format("SELECT {} FROM {}", fmt::join(cells, ", "), session_->source());
}

ParquetReader::~ParquetReader() = default;

void ParquetReader::read(std::uint64_t first, std::uint64_t count, const TakeRow& take) {
  std::uint64_t rows = 0;
  for (std::uint64_t done = 0; done < count; done += kRowsAtOnce) {
    const std::uint64_t begin = first + done;
    session_->run(fmt::format("{} WHERE file_row_number >= {} AND file_row_number < {}", select_,
                              begin, begin + std::min(kRowsAtOnce, count - done)),
                  [&](std::span<const std::string_view> cells) {
                    ++rows;
                    take(cells);
                  });
  }
  if (rows != count) {
    fail(ExitCode::kInternal, "DuckDB gave {} rows instead of {}", rows, count);
  }
}

}  // namespace tessera::io
