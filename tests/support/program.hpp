// Running the program within a test, and what it prints.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "support/world.hpp"
#include "tessera/app/job.hpp"
#include "tessera/app/run.hpp"

namespace tessera::test {

/// How a run of the program ended, on this rank.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs `action`, which returns an exit code, and catches what this process prints meanwhile.
template <typename Action>
Outcome captured(const Action& action) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = action();
  outcome.err = ::testing::internal::GetCapturedStderr();
  outcome.out = ::testing::internal::GetCapturedStdout();
  return outcome;
}

/// Collective: `tessera arguments...`.
inline Outcome run_program(const comm::Communicator& comm,
                           const std::vector<std::string>& arguments,
                           const std::vector<std::unique_ptr<app::Job>>& jobs = app::all_jobs()) {
  return captured([&] { return app::run(comm, arguments, jobs); });
}

/// Collective: the same on the ranks of the test, of which only the root may speak.
inline Outcome run_program(const std::vector<std::string>& arguments) {
  Outcome outcome = run_program(world(), arguments);
  if (!world().is_root()) {
    EXPECT_EQ(outcome.out + outcome.err, "") << "only the root rank speaks";
  }
  return outcome;
}

/// All bytes of a file; nothing if there is none.
inline std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// Collective: the root rank writes a file, which all ranks may read then.
inline void write_file(const std::string& path, const std::string& text) {
  if (world().is_root()) {
    std::ofstream(path, std::ios::binary) << text;
  }
  world().barrier();
}

}  // namespace tessera::test
