// Runs ingest on a text: on all ranks together, and on one alone, and compares the files.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "support/world.hpp"
#include "tessera/table/table.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::table {

inline std::string file_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline bool operator==(const ReadReport::Rejection& a, const ReadReport::Rejection& b) {
  return a.line == b.line && a.reason == b.reason;
}

class IngestedText {
 public:
  /// Collective. Throws what ingest throws.
  explicit IngestedText(const std::string& text, IngestOptions options = {}) {
    options.input = folder_ / "in.csv";
    options.output = folder_ / "out.h5";
    if (test::world().is_root()) {
      std::ofstream(options.input, std::ios::binary) << text;
    }
    test::world().barrier();
    run(options);
  }

  [[nodiscard]] const ReadReport& report() const { return report_; }
  [[nodiscard]] const Table& table() const { return *table_; }

  [[nodiscard]] std::string types() const {
    std::string types;
    for (const Column& column : table().columns()) {
      types += (types.empty() ? "" : " ") + column.name + ":" + to_string(column.type);
    }
    return types;
  }
  [[nodiscard]] std::vector<std::string> column(std::size_t c) const {
    return table().read_text(c, 0, table().rows());
  }
  [[nodiscard]] std::vector<std::string> column(const std::string& name) const {
    return column(table().find(name));
  }

 private:
  void run(IngestOptions options) {
    report_ = ingest(test::world(), options);
    table_ = open_table(test::world(), options.output);
    if (!test::world().is_root()) {
      return;
    }
    const std::string together = file_bytes(options.output);
    options.output = folder_ / "alone.h5";
    options.chunk_bytes = IngestOptions().chunk_bytes;
    options.kept_bytes = 0;
    const ReadReport alone = ingest(comm::LocalCommunicator(), options);
    EXPECT_TRUE(file_bytes(options.output) == together)
        << "the file depends on the ranks, or on what they keep";
    EXPECT_TRUE(alone.rejections == report_.rejections);
    EXPECT_EQ(alone.rejected, report_.rejected);
    EXPECT_EQ(alone.notes, report_.notes);
  }

  const test::SharedFolder folder_;
  ReadReport report_;
  std::unique_ptr<Table> table_;
};

}  // namespace tessera::table
