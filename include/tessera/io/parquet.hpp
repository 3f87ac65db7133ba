/// \file
/// Parquet files, as DuckDB's C library reads them, which is found at run time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/io/file.hpp"

namespace tessera::io {

/// Whether a file's name, or its first bytes, say that it is Parquet.
[[nodiscard]] bool is_parquet(const std::string& path);

class ParquetReader {
 public:
  /// What a column holds.
  enum class Holds {
    kNumbers,  ///< of any kind; booleans, dates and times, too
    kWords,    ///< texts, and what is shown as such
    kNested,   ///< lists, structures, maps: not read
  };
  struct Column {
    std::string name;
    std::string type;  ///< in DuckDB's words
    Holds holds = Holds::kNumbers;
  };

  /// Not collective. `file` is open as long as the reader. Throws kUnfit if DuckDB's library is not
  /// there, kBadData if the file is not Parquet or damaged.
  explicit ParquetReader(const InputFile& file);
  ParquetReader(const ParquetReader&) = delete;
  ParquetReader& operator=(const ParquetReader&) = delete;
  ~ParquetReader();

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

  /// Rows [first, first + count), in their order, those of some tens of thousands at a time in
  /// memory: the cells of the columns that are not nested, as text; empty where missing or NaN.
  /// Numbers read back as they are, dates are ISO in UTC. Throws kBadData.
  using TakeRow = std::function<void(std::span<const std::string_view> cells)>;
  void read(std::uint64_t first, std::uint64_t count, const TakeRow& take);

 private:
  class Session;
  std::unique_ptr<Session> session_;
  std::string from_;    // the file, in SQL
  std::string select_;  // the cells
  std::vector<Column> columns_;
  std::uint64_t rows_ = 0;
};

}  // namespace tessera::io
