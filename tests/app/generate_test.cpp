#include "app/jobs/jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

using test::content;
using test::SharedFolder;
using test::world;

// Three blocks: some of five ranks have nothing to do.
constexpr const char* kRows = "40000";

int generate(const comm::Communicator& comm, std::vector<std::string> arguments,
             std::string* out = nullptr) {
  arguments.insert(arguments.begin(), {"generate", "-q"});
  const test::Outcome outcome = test::run_program(comm, arguments);
  if (out != nullptr) {
    *out = outcome.out;
  }
  return outcome.code;
}

TEST(Generate, TheFileDoesNotDependOnTheRanks) {
  const SharedFolder folder;
  for (const std::string extension : {".csv", ".h5"}) {
    const std::string together = folder / ("together" + extension);
    const std::string alone = folder / ("alone" + extension);
    for (const std::string transactions : {"0", kRows}) {
      const std::vector<std::string> words = {"--rows",         kRows,        "--seed",  "5",
                                              "--transactions", transactions, "--output"};
      const auto to = [&](const std::string& output) {
        std::vector<std::string> arguments = words;
        arguments.push_back(output);
        return arguments;
      };
      EXPECT_EQ(generate(world(), to(together)), 0);
      if (world().is_root()) {
        const comm::LocalCommunicator local;
        EXPECT_EQ(generate(local, to(alone)), 0);
        EXPECT_GT(std::filesystem::file_size(alone), 1000000U);
        EXPECT_TRUE(content(alone) == content(together)) << extension;
      }
    }
  }
}

TEST(Generate, BothFormatsHoldTheSame) {
  const SharedFolder folder;
  EXPECT_EQ(generate(world(), {"--rows", "3000", "--output", folder / "a.csv"}), 0);
  EXPECT_EQ(generate(world(), {"--rows", "3000", "--output", folder / "a.h5"}), 0);
  const auto table = table::open_table(world(), folder / "a.h5");
  ASSERT_EQ(table->rows(), 3000U);
  std::ifstream csv(folder / "a.csv");
  std::string line;
  std::getline(csv, line);
  std::string header;
  std::vector<std::vector<std::string>> text;
  std::vector<std::vector<double>> numbers(table->columns().size());
  for (std::size_t c = 0; c < table->columns().size(); ++c) {
    header += (c == 0 ? "" : ",") + table->columns()[c].name;
    text.push_back(table->read_text(c, 0, 3000));
    if (table->columns()[c].is_number()) {
      numbers[c].resize(3000);
      table->read_numbers(c, 0, numbers[c]);
    }
  }
  EXPECT_EQ(line, header);
  for (std::size_t row = 0; row < 3000; ++row) {
    ASSERT_TRUE(std::getline(csv, line));
    std::istringstream fields(line);
    for (std::size_t c = 0; c < text.size(); ++c) {
      std::string field;
      std::getline(fields, field, ',');
      if (numbers[c].empty()) {
        EXPECT_EQ(field, text[c][row]);
      } else if (field.empty()) {
        EXPECT_TRUE(std::isnan(numbers[c][row]));
      } else {
        double value = 0;
        std::from_chars(field.data(), field.data() + field.size(), value);
        EXPECT_EQ(value, numbers[c][row]) << "row " << row << ", column " << c;
      }
    }
  }
  EXPECT_FALSE(std::getline(csv, line));
}

TEST(Generate, JsonTellsTheTrueSizes) {
  const SharedFolder folder;
  std::string out;
  EXPECT_EQ(
      generate(world(),
               {"--rows", "1000", "--segments", "3", "--output", folder / "a.csv", "--json"}, &out),
      0);
  if (world().is_root()) {
    const auto json = nlohmann::json::parse(out);
    EXPECT_EQ(json["rows"], 1000);
    std::istringstream csv(content(folder / "a.csv"));
    std::vector<std::uint64_t> sizes(3);
    std::string line;
    std::getline(csv, line);
    while (std::getline(csv, line)) {
      ++sizes[static_cast<std::size_t>(std::stoi(line.substr(line.rfind(',') + 1))) - 1];
    }
    EXPECT_EQ(json["sizes"].get<std::vector<std::uint64_t>>(), sizes);
    EXPECT_EQ(json["bytes"], std::filesystem::file_size(folder / "a.csv"));
  }
}

TEST(Generate, DryRunWritesNothing) {
  const SharedFolder folder;
  EXPECT_EQ(generate(world(), {"--output", folder / "a.h5", "--dry-run"}), 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder / ""));
}

TEST(Generate, RefusesWhatItCannotDo) {
  const SharedFolder folder;
  const auto expect = [&](const std::vector<std::string>& arguments, ExitCode code,
                          const std::string& message) {
    std::vector<std::string> command = arguments;
    command.insert(command.begin(), {"generate", "-q"});
    const test::Outcome outcome = test::run_program(command);
    EXPECT_EQ(outcome.code, static_cast<int>(code));
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, ::testing::HasSubstr(message));
    }
  };
  const std::string csv = folder / "a.csv";
  expect({}, ExitCode::kUsage, "--output customers.csv");
  expect({"--output", "a.xlsx"}, ExitCode::kUsage, "--output a.xlsx: the name must end in");
  expect({"--output", csv, "--rows", "0"}, ExitCode::kUsage, "--rows 0");
  expect({"--output", csv, "--segments", "0"}, ExitCode::kUsage,
         "--segments 0: expected a whole number from 1 to 1000");
  expect({"--output", csv, "--segments", "1001"}, ExitCode::kUsage, "--segments 1001");
  expect({"--output", folder / "no/a.csv"}, ExitCode::kCannotCreate, folder / "no/a.csv");
  expect({"--output", folder / "no/a.h5"}, ExitCode::kCannotCreate, folder / "no/a.h5");
  EXPECT_TRUE(std::filesystem::is_empty(folder / ""));
}

}  // namespace
}  // namespace tessera::app
