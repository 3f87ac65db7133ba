// Every job on ranks that are threads: what one rank writes, 7 and 64 write too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/comm/thread_ranks.hpp"
#include "tessera/model/model.hpp"

namespace tessera::app {
namespace {

using test::content;
using Arguments = std::vector<std::string>;

/// Runs the program on threads; expects it to go well. What it printed.
std::string tessera(int ranks, const Arguments& arguments) {
  std::vector<int> codes(static_cast<std::size_t>(ranks), -1);
  const test::Outcome outcome = test::captured([&] {
    comm::run_on_threads(ranks, [&](const comm::Communicator& comm) {
      codes[static_cast<std::size_t>(comm.rank())] = run(comm, arguments, all_jobs());
    });
    return 0;
  });
  EXPECT_THAT(codes, ::testing::Each(0)) << arguments.front() << outcome.err;
  return outcome.out;
}

/// What the jobs made of the same customers.
struct Made {
  std::string csv;
  std::string table;
  std::string digest;
  std::string trained;  // the scores of train
  std::string scored;   // those of score
  std::string evaluated;
};

Made make(const test::SharedFolder& folder, int ranks, std::uint64_t rows,
          const Arguments& options) {
  const auto file = [&](const std::string& name) {
    return folder / (std::to_string(ranks) + name);
  };
  const std::string table = file("table.h5");
  const std::string model = file("model.h5");
  tessera(ranks, {"generate", "-q", "--rows", std::to_string(rows), "--segments", "3", "--seed",
                  "5", "--output", file("in.csv")});
  tessera(ranks, {"ingest", "-q", "--input", file("in.csv"), "--output", table});
  Arguments train = {
      "train",       "-q",       "--input", table,    "--output", model,      "--id",
      "customer_id", "--ignore", "segment", "--seed", "11",       "--scores", file("trained.csv")};
  train.insert(train.end(), options.begin(), options.end());
  tessera(ranks, train);
  const std::string evaluated =
      tessera(ranks, {"evaluate", "-q", "--input", table, "--model", model, "--label", "segment",
                      "--exact-rows", "500", "--silhouette-sample", "300"});
  tessera(ranks,
          {"score", "-q", "--input", table, "--model", model, "--output", file("scored.h5")});
  return {content(file("in.csv")),
          // a table says where it came from
          std::to_string(std::filesystem::file_size(table)),
          model::load(comm::LocalCommunicator(), model).digest(), content(file("trained.csv")),
          content(file("scored.h5")), evaluated.substr(0, evaluated.find("timings"))};
}

void expect_the_same(std::uint64_t rows, const Arguments& options) {
  const test::SharedFolder folder;
  const Made alone = make(folder, 1, rows, options);
  EXPECT_FALSE(alone.scored.empty());
  for (const int ranks : {7, 64}) {
    const Made found = make(folder, ranks, rows, options);
    EXPECT_TRUE(found.csv == alone.csv) << ranks;
    EXPECT_EQ(found.table, alone.table) << ranks;
    EXPECT_EQ(found.digest, alone.digest) << ranks;
    EXPECT_TRUE(found.trained == alone.trained) << ranks;
    EXPECT_EQ(std::count(found.trained.begin(), found.trained.end(), '\n'), rows + 1) << ranks;
    EXPECT_EQ(found.scored.size(), alone.scored.size()) << ranks;
    EXPECT_EQ(found.evaluated, alone.evaluated) << ranks;
  }
}

TEST(ThreadRanks, MakeOneModelOfManyCustomers) {
  expect_the_same(6'000, {"-k", "4", "--restarts", "2"});
}

TEST(ThreadRanks, MakeOneModelOfFewerCustomersThanRanks) { expect_the_same(5, {"-k", "2"}); }

/// The rows of a CSV file of plain cells as JSON Lines.
std::string as_json_lines(const std::string& csv) {
  std::istringstream lines(csv);
  const auto cells_of = [](const std::string& line) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      c == ',' ? static_cast<void>(cells.emplace_back()) : cells.back().push_back(c);
    }
    return cells;
  };
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> names = cells_of(line);
  std::string json;
  while (std::getline(lines, line)) {
    const std::vector<std::string> cells = cells_of(line);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool number = cells[i].find_first_not_of("0123456789.-") == std::string::npos;
      json += (i == 0 ? "{\"" : ", \"") + names[i] + "\": ";
      json += cells[i].empty() ? "null" : number ? cells[i] : '"' + cells[i] + '"';
    }
    json += "}\n";
  }
  return json;
}

/// The same rows in another order: every seventh, from each of the first seven on.
std::string shuffled(const std::string& csv) {
  std::istringstream lines(csv);
  std::string header;
  std::getline(lines, header);
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(line + '\n');
  }
  std::string text = header + '\n';
  for (std::size_t start = 0; start < 7; ++start) {
    for (std::size_t row = start; row < rows.size(); row += 7) {
      text += rows[row];
    }
  }
  return text;
}

TEST(ThreadRanks, MakeOneModelByAnyDoorInAnyOrder) {
  const test::SharedFolder folder;
  tessera(1, {"generate", "-q", "--rows", "700", "--segments", "4", "--seed", "6", "--output",
              folder / "plain.csv"});
  const std::string csv = content(folder / "plain.csv");
  std::ofstream(folder / "lines.jsonl") << as_json_lines(csv);
  std::ofstream(folder / "shuffled.csv") << shuffled(csv);
  ASSERT_EQ(std::system(("gzip -kf '" + (folder / "plain.csv") + "'").c_str()), 0);
  tessera(1, {"ingest", "-q", "--input", folder / "plain.csv", "--output", folder / "table.h5"});
  for (const char* method : {"k-means", "bisecting"}) {
    std::string expected;
    for (const char* input :
         {"table.h5", "plain.csv", "plain.csv.gz", "lines.jsonl", "shuffled.csv"}) {
      const bool first = expected.empty();
      for (const int ranks : first ? std::vector{1, 7, 64} : std::vector{7}) {
        tessera(ranks, {"train", "-q", "--input", folder / input, "--id", "customer_id", "--ignore",
                        "segment", "-k", "4", "--method", method, "--output", folder / "m.h5"});
        const std::string digest = model::load(comm::LocalCommunicator(), folder / "m.h5").digest();
        expected = expected.empty() ? digest : expected;
        EXPECT_EQ(digest, expected) << method << ", " << input << " on " << ranks << " ranks";
      }
    }
  }
}

TEST(ThreadRanks, SayWhatIsWrongOnce) {
  const test::SharedFolder folder;
  std::ofstream(folder / "in.csv") << "a,b\n1,2\n3\n";
  std::vector<int> codes(7, -1);
  ::testing::internal::CaptureStderr();
  comm::run_on_threads(7, [&](const comm::Communicator& comm) {
    codes[static_cast<std::size_t>(comm.rank())] =
        run(comm, {"ingest", "-q", "--input", folder / "in.csv", "--output", folder / "t.h5"},
            all_jobs());
  });
  const std::string err = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(codes, ::testing::Each(65));
  EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
  EXPECT_FALSE(std::filesystem::exists(folder / "t.h5"));
}

}  // namespace
}  // namespace tessera::app
