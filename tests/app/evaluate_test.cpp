// evaluate from the command line to its JSON: complete, plausible, and the same at any rank count.
#include "app/jobs/jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

using nlohmann::json;
using test::Outcome;
using test::SharedFolder;
using test::world;
using ::testing::HasSubstr;

Outcome tessera(const comm::Communicator& comm, const std::vector<std::string>& arguments) {
  return test::run_program(comm, arguments);
}

/// 1,500 generated customers and a model of them.
class Evaluate : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(tessera(world(), {"generate", "-q", "--rows", "1500", "--segments", "4", "--output",
                                customers_})
                  .code,
              0);
    const Outcome trained =
        tessera(world(), {"train", "-q", "--json", "--input", customers_, "--ignore", "segment",
                          "-k", "4", "--output", model_});
    ASSERT_EQ(trained.code, 0) << trained.err;
    if (world().is_root()) {
      training_ = json::parse(trained.out);
    }
  }

  Outcome evaluate(const comm::Communicator& comm, std::vector<std::string> options) const {
    options.insert(options.begin(),
                   {"evaluate", "-q", "--input", customers_, "--model", model_, "--json"});
    return tessera(comm, options);
  }

  const SharedFolder folder_;
  const std::string customers_ = folder_ / "customers.h5";
  const std::string model_ = folder_ / "model.h5";
  json training_;
};

TEST_F(Evaluate, ExactIndicesAreTheSameOnOneRank) {
  const std::vector<std::string> options = {"--label", "segment"};
  const Outcome together = evaluate(world(), options);
  ASSERT_EQ(together.code, 0) << together.err;
  if (!world().is_root()) {
    return;
  }
  const comm::LocalCommunicator alone;
  json result = json::parse(together.out);
  json single = json::parse(evaluate(alone, options).out);
  for (json* each : {&result, &single}) {
    each->erase("timings");
    each->erase("peak_memory_bytes");
  }
  EXPECT_EQ(result, single);

  EXPECT_EQ(result.at("rows"), 1500);
  EXPECT_EQ(result.at("sizes"), training_.at("sizes"));
  EXPECT_EQ(result.at("digest"), training_.at("digest"));
  EXPECT_NEAR(result.at("inertia").get<double>() / training_.at("inertia").get<double>(), 1, 1e-6);
  EXPECT_EQ(result.at("silhouette").at("variant"), "exact");
  EXPECT_EQ(result.at("silhouette").at("rows"), 1500);
  EXPECT_EQ(result.at("silhouette").at("segments").size(), 4U);
  EXPECT_GT(result.at("silhouette").at("value").get<double>(), 0);
  EXPECT_GT(result.at("calinski_harabasz").get<double>(), 1);
  EXPECT_GT(result.at("davies_bouldin").get<double>(), 0);
  EXPECT_GT(result.at("agreement").at("segment").at("ari").get<double>(), 0.3);
  EXPECT_GT(result.at("agreement").at("segment").at("nmi").get<double>(), 0.3);
}

TEST_F(Evaluate, SamplesTheSilhouetteOfManyRows) {
  const Outcome sampled = evaluate(world(), {"--exact-rows", "1499", "--silhouette-sample", "300"});
  const Outcome exact = evaluate(world(), {});
  if (world().is_root()) {
    const json silhouette = json::parse(sampled.out).at("silhouette");
    const double error = silhouette.at("standard_error");
    EXPECT_EQ(silhouette.at("variant"), "sampled");
    EXPECT_GT(error, 0);
    EXPECT_NEAR(silhouette.at("value").get<double>(),
                json::parse(exact.out).at("silhouette").at("value").get<double>(), 4 * error);
  }
}

TEST_F(Evaluate, SaysWhatOneSegmentLeavesUndefined) {
  const std::string one = folder_ / "one.h5";
  ASSERT_EQ(
      tessera(world(), {"train", "-q", "--input", customers_, "-k", "1", "--output", one}).code, 0);
  const std::vector<std::string> command = {"evaluate", "--input", customers_, "--model", one};
  const Outcome text = tessera(world(), command);
  std::vector<std::string> with_json = command;
  with_json.emplace_back("--json");
  const Outcome as_json = tessera(world(), with_json);
  EXPECT_EQ(text.code, 0);
  if (world().is_root()) {
    EXPECT_THAT(text.out, HasSubstr("not defined"));
    const json result = json::parse(as_json.out);
    EXPECT_TRUE(result.at("silhouette").at("value").is_null());
    EXPECT_TRUE(result.at("calinski_harabasz").is_null());
    EXPECT_TRUE(result.at("davies_bouldin").is_null());
  }
}

TEST_F(Evaluate, RefusesWhatItCannotUse) {
  const auto expect = [&](const std::vector<std::string>& options, ExitCode code,
                          const std::string& message) {
    const Outcome outcome = evaluate(world(), options);
    EXPECT_EQ(outcome.code, static_cast<int>(code));
    EXPECT_EQ(outcome.out, "");
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, HasSubstr(message));
    } else {
      EXPECT_EQ(outcome.err, "");
    }
  };
  expect({"--label", "segmnt"}, ExitCode::kBadData, "segment");
  expect({"--label", "customer_id"}, ExitCode::kBadData, "more than 1000 distinct values");
  expect({"--silhouette-sample", "0"}, ExitCode::kUsage, "--silhouette-sample");

  const Outcome no_model = tessera(world(), {"evaluate", "--input", customers_, "-q"});
  EXPECT_EQ(no_model.code, static_cast<int>(ExitCode::kUsage));
  const Outcome wrong_kind =
      tessera(world(), {"evaluate", "--input", customers_, "--model", customers_, "-q"});
  EXPECT_EQ(wrong_kind.code, static_cast<int>(ExitCode::kBadData));
}

}  // namespace
}  // namespace tessera::app
