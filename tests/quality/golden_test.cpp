// All indices against scikit-learn (tests/golden/make_golden.py), and the same bits on all ranks
// together as on one alone.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "quality/tables.hpp"
#include "support/world.hpp"
#include "tessera/quality/agreement.hpp"
#include "tessera/quality/indices.hpp"
#include "tessera/quality/silhouette.hpp"

namespace tessera {
namespace {

using nlohmann::json;

const json& golden() {
  static const json document = json::parse(std::ifstream(TESSERA_GOLDEN_DIR "/quality.json"));
  return document.at("cases");
}

test::SmallTable table_of(const json& c) {
  return {{c.at("numeric"), c.at("levels")},
          c.at("values"),
          c.at("codes"),
          c.at("labels"),
          c.at("segments")};
}

void expect_near_or_undefined(const std::optional<double>& value, const json& expected) {
  ASSERT_EQ(value.has_value(), !expected.is_null());
  if (value) {
    EXPECT_NEAR(*value, expected.get<double>(), 1e-9 * (1 + std::fabs(*value)));
  }
}

class Golden : public ::testing::TestWithParam<std::size_t> {
 protected:
  const json& expected_ = golden().at(GetParam());
  const test::SmallTable table_ = table_of(expected_);
  const test::Shard mine_{table_, test::world()};
  const comm::LocalCommunicator alone_;
  const test::Shard all_{table_, alone_};
};

TEST_P(Golden, Inertia) {
  const std::vector<float> centroids = expected_.at("centroids");
  const double value = quality::inertia(test::world(), mine_.labelled(), centroids);
  expect_near_or_undefined(value, expected_.at("inertia"));
  EXPECT_EQ(value, quality::inertia(alone_, all_.labelled(), centroids));
}

TEST_P(Golden, SpreadIndices) {
  const quality::SpreadIndices value = quality::spread_indices(test::world(), mine_.labelled());
  expect_near_or_undefined(value.calinski_harabasz, expected_.at("calinski_harabasz"));
  expect_near_or_undefined(value.davies_bouldin, expected_.at("davies_bouldin"));
  const quality::SpreadIndices one = quality::spread_indices(alone_, all_.labelled());
  EXPECT_EQ(value.calinski_harabasz, one.calinski_harabasz);
  EXPECT_EQ(value.davies_bouldin, one.davies_bouldin);
}

TEST_P(Golden, ExactSilhouette) {
  const auto result = quality::silhouette(test::world(), mine_.labelled());
  ASSERT_EQ(result.has_value(), !expected_.at("silhouette").is_null());
  if (!result) {
    return;
  }
  expect_near_or_undefined(result->value, expected_.at("silhouette"));
  EXPECT_TRUE(result->exact);
  EXPECT_EQ(result->standard_error, 0);
  EXPECT_EQ(result->rows, table_.labels.size());
  for (std::size_t s = 0; s < result->segments.size(); ++s) {
    expect_near_or_undefined(result->segments[s], expected_.at("silhouette_of_segments").at(s));
  }
  const auto one = quality::silhouette(alone_, all_.labelled());
  EXPECT_EQ(result->value, one->value);
  EXPECT_EQ(result->segments, one->segments);
}

TEST_P(Golden, Agreement) {
  const std::vector<std::string> known = expected_.at("known");
  quality::Contingency table("known", table_.segments);
  for (std::uint64_t row = 0; row < mine_.share().count; ++row) {
    table.add(known[mine_.share().first + row], mine_.labelled().labels[row]);
  }
  table.merge(test::world());
  const auto value = quality::agreement(table);
  ASSERT_TRUE(value.has_value());
  EXPECT_NEAR(value->ari, expected_.at("ari").get<double>(), 1e-12);
  EXPECT_NEAR(value->nmi, expected_.at("nmi").get<double>(), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, ::testing::Range(std::size_t{0}, golden().size()),
                         [](const auto& parameter) {
                           std::string name = golden().at(parameter.param).at("name");
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

}  // namespace
}  // namespace tessera
