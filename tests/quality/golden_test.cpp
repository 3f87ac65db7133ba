// All indices against scikit-learn (tests/golden/make_golden.py), and the same bits on all ranks
// together as on one alone.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "quality/tables.hpp"
#include "support/world.hpp"
#include "tessera/quality/agreement.hpp"
#include "tessera/quality/index.hpp"
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
void expect_near_or_undefined(const std::optional<quality::IndexValue>& value,
                              const json& expected) {
  expect_near_or_undefined(value ? std::optional(value->value) : std::nullopt, expected);
}

class Golden : public ::testing::TestWithParam<std::size_t> {
 protected:
  const json& expected_ = golden().at(GetParam());
  const test::SmallTable table_ = table_of(expected_);
  const test::Shard mine_{table_, test::world()};
  const comm::LocalCommunicator alone_;
  const test::Shard all_{table_, alone_};
};

TEST_P(Golden, EveryIndex) {
  const std::vector<float> centroids = expected_.at("centroids");
  const quality::SilhouetteOptions sampling;
  const quality::Labelled mine = mine_.labelled();
  const quality::Labelled all = all_.labelled();
  quality::IndexTask together(test::world(), mine, centroids, sampling, no_progress());
  quality::IndexTask one(alone_, all, centroids, sampling, no_progress());
  for (const quality::Index& index : quality::all_indices()) {
    SCOPED_TRACE(index.name);
    const auto value = quality::measure(index, together);
    expect_near_or_undefined(value, expected_.at(std::string(index.name)));
    const auto alone = quality::measure(index, one);
    ASSERT_EQ(value.has_value(), alone.has_value());
    if (value) {
      EXPECT_EQ(value->value, alone->value);
      EXPECT_EQ(value->standard_error, 0);
      EXPECT_EQ(value->rows, table_.labels.size());
      EXPECT_EQ(value->variant, quality::Variant::kExact);
    }
  }
}

TEST_P(Golden, SilhouetteOfSegments) {
  const auto result = quality::silhouette(test::world(), mine_.labelled());
  ASSERT_EQ(result.has_value(), !expected_.at("silhouette").is_null());
  if (!result) {
    return;
  }
  for (std::size_t s = 0; s < result->segments.size(); ++s) {
    expect_near_or_undefined(result->segments[s], expected_.at("silhouette_of_segments").at(s));
  }
  const auto one = quality::silhouette(alone_, all_.labelled());
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
