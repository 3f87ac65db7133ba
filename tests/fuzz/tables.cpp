// HDF5 tables, Tessera's own and foreign ones, changed in a few places: each column is read in two
// ways, or the file is refused.
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>

#include "fuzz/support/h5_edit.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/table.hpp"

namespace {

using namespace tessera;  // NOLINT(google-build-using-namespace)

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  fuzz::expect(file.good(), path + " is missing");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// One column of each type, with missing cells.
std::string own_table() {
  const std::string path = fuzz::scratch_folder() + "/own.h5";
  const auto planned = [](const char* name, table::ColumnType type) {
    table::PlannedColumn column;
    column.column = {.name = name, .type = type, .levels = {}};
    column.summary.minimum = -300;
    column.summary.maximum = 300;
    column.text_width = 6;
    return column;
  };
  std::vector<table::PlannedColumn> columns = {
      planned("whole", table::ColumnType::kInteger), planned("real", table::ColumnType::kReal),
      planned("level", table::ColumnType::kCategory), planned("text", table::ColumnType::kText)};
  columns[2].column.levels = {"a", "b", "c"};
  const comm::LocalCommunicator alone;
  table::TableWriter writer(alone, path, 5, columns, {{"source", "fuzz"}});
  const double none = std::nan("");
  writer.write_numbers(0, 0, std::array{1.0, -300.0, none, 300.0, 0.0});
  writer.write_numbers(1, 0, std::array{0.5, 1e300, none, -0.0, 7.0});
  writer.write_codes(2, 0, std::array{0, 2, -1, 1, 1});
  writer.write_text(3, 0, std::vector<std::string>{"x", "", "yy", "zzzzzz", "w"});
  writer.commit();
  return content(path);
}

const std::string& seed(std::size_t which) {
  static const std::vector<std::string> kSeeds = [] {
    std::vector<std::string> all = {own_table()};
    for (const char* name : {"columns", "matrix", "both", "flags_matrix", "pandas", "unequal"}) {
      all.push_back(content(std::string(TESSERA_GOLDEN_TABLES) + "/" + name + ".h5"));
    }
    return all;
  }();
  return kSeeds[which % kSeeds.size()];
}

void read_all(const table::Table& table) {
  const std::uint64_t rows = std::min<std::uint64_t>(table.rows(), 1000);
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    const table::Column& column = table.columns()[c];
    (void)fuzz::error_of([&] {
      const std::vector<std::string> text = table.read_text(c, 0, rows);
      fuzz::expect(text.size() == rows, "as many texts as rows");
      if (column.is_number()) {
        std::vector<double> numbers(rows);
        table.read_numbers(c, 0, numbers);
        for (std::uint64_t row = 0; row < rows; ++row) {
          fuzz::expect(text[row].empty() == std::isnan(numbers[row]), "missing in one way only");
        }
      } else if (column.type == table::ColumnType::kCategory) {
        std::vector<std::int32_t> codes(rows);
        table.read_codes(c, 0, codes);
        for (const std::int32_t code : codes) {
          fuzz::expect(code < static_cast<std::int32_t>(column.levels.size()), "a code beyond");
        }
      }
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices({data, size});
  const fuzz::ScratchFile file(seed(choices.byte()));
  constexpr std::array kObjects = {"", "", "", ":/table", ":/X", ":/shop/customers", ":/df"};
  const char* const object = kObjects[choices.below(kObjects.size())];
  fuzz::edit_h5(file.path(), choices);
  (void)fuzz::error_of(
      [&] { read_all(*table::open_table(comm::LocalCommunicator(), file.path() + object)); });
  return 0;
}
