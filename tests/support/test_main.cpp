// main() of every test: runs alone, or as one rank of several. Each rank runs all tests, in the
// same order; a failure on any rank fails the run.
#include <gtest/gtest.h>

#include <memory>

#include "support/world.hpp"
#include "tessera/comm/mpi_session.hpp"

namespace {
const tessera::comm::Communicator* g_world = nullptr;
}

const tessera::comm::Communicator& tessera::test::world() { return *g_world; }

int main(int argc, char** argv) {
  const tessera::comm::MpiSession session;
  g_world = &session.world();
  ::testing::InitGoogleTest(&argc, argv);
  if (!g_world->is_root()) {
    // one rank's report is enough, unless something fails on another
    auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
    const std::unique_ptr<::testing::TestEventListener> printer(
        listeners.Release(listeners.default_result_printer()));
    class OnlyFailures final : public ::testing::EmptyTestEventListener {
      void OnTestPartResult(const ::testing::TestPartResult& result) override {
        if (result.failed()) {
          fprintf(stderr, "[rank %d] %s:%d: %s\n", g_world->rank(),
                  result.file_name() != nullptr ? result.file_name() : "", result.line_number(),
                  result.message());
        }
      }
    };
    listeners.Append(new OnlyFailures);  // NOLINT: gtest takes ownership
  }
  const std::int64_t failed = RUN_ALL_TESTS() == 0 ? 0 : 1;
  return g_world->all_max(failed) == 0 ? 0 : 1;
}
