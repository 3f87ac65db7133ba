#include "tessera/table/synthetic/customers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "table/synthetic/draws.hpp"

namespace tessera::table {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// A segment stands on one of kLevels levels of each measure and count, a step (a factor or an
// addend) apart. With steps of one to two standard deviations k-means can find the segments, though
// not without error.
constexpr std::uint64_t kLevels = 4;

enum class Shape { kNormal, kLogNormal };

struct Measure {
  const char* name;
  Shape shape;
  double lowest;  // location on the lowest level: a mean, or the median of a log-normal
  double step;    // between levels: an addend, or a factor for a log-normal
  double spread;  // standard deviation, of the logarithm for a log-normal
  double minimum;
  double maximum;
  int decimals;
  double missing;  // share of rows
};

struct Count {
  const char* name;
  double lowest;
  double step;  // a factor
};

struct Choice {
  const char* name;
  std::vector<std::string> levels;  // sorted by bytes
  double missing;
};

constexpr std::array kMeasures = {
    Measure{"age", Shape::kNormal, 28, 12, 6, 18, 95, 0, 0.02},
    Measure{"income", Shape::kLogNormal, 19000, 1.6, 0.40, 0, 5e6, 2, 0.04},
    Measure{"tenure_months", Shape::kLogNormal, 7, 2.4, 0.50, 0, 480, 0, 0},
    Measure{"recency_days", Shape::kLogNormal, 6, 2.8, 0.60, 0, 1500, 0, 0},
    Measure{"spend", Shape::kLogNormal, 120, 2.5, 0.60, 0, 1e6, 2, 0},
    Measure{"average_basket", Shape::kLogNormal, 14, 1.8, 0.40, 0.5, 1e5, 2, 0},
    Measure{"discount_share", Shape::kNormal, 0.10, 0.20, 0.08, 0, 1, 3, 0.03},
    Measure{"satisfaction", Shape::kNormal, 3.5, 1.8, 0.9, 1, 10, 0, 0.08},
};

constexpr std::array kCounts = {
    Count{"orders", 2, 2.2},
    Count{"visits", 4, 2.1},
    Count{"returns", 0.4, 2.4},
    Count{"support_calls", 0.3, 2.2},
};

const std::vector<Choice>& choices() {
  static const std::vector<Choice> kChoices = {
      {"gender", {"female", "male", "other"}, 0.01},
      {"region",
       {"alpine", "capital", "coast", "east", "islands", "lakes", "midlands", "north", "plains",
        "south", "valley", "west"},
       0},
      {"channel", {"app", "partner", "phone", "store", "web"}, 0.02},
      {"plan", {"basic", "family", "plus", "premium"}, 0},
      {"newsletter", {"no", "yes"}, 0},
  };
  return kChoices;
}

// Draws of one row. Sixteen per column are more than any column needs.
constexpr std::uint32_t kSegmentDraw = 0;
constexpr std::uint32_t kSharedDraw = 1;
constexpr std::uint32_t kFirstColumnDraw = 16;
constexpr std::uint32_t kDrawsPerColumn = 16;
constexpr std::uint32_t kMissingDraw = 4;

double measured(const Measure& measure, double location, double deviate) {
  const double value = measure.shape == Shape::kNormal
                           ? location + measure.spread * deviate
                           : location * exponential(measure.spread * deviate);
  return std::clamp(rounded(value, measure.decimals), measure.minimum, measure.maximum);
}

}  // namespace

SyntheticCustomers::SyntheticCustomers(std::uint64_t seed, std::size_t segments)
    : random_(seed, numeric::kSynthetic) {
  if (segments < 1 || segments > kMaxSegments) {
    throw std::logic_error("segments out of range");
  }
  add_column("customer_id", ColumnType::kText);
  for (const Measure& measure : kMeasures) {
    add_column(measure.name, measure.decimals == 0 ? ColumnType::kInteger : ColumnType::kReal,
               measure.decimals);
  }
  for (const Count& count : kCounts) {
    add_column(count.name, ColumnType::kInteger);
  }
  for (const Choice& choice : choices()) {
    add_column(choice.name, ColumnType::kCategory).levels = choice.levels;
  }
  add_column("segment", ColumnType::kInteger);

  const numeric::Random shapes(seed, numeric::kSyntheticShape);
  std::vector<double> weights;
  for (std::size_t segment = 0; segment < segments; ++segment) {
    weights.push_back(0.5 + shapes.uniform(segment, 0));
    profiles_.push_back(make_profile(shapes, segment));
  }
  weights_ = cumulated(std::move(weights));
}

SyntheticCustomers::Profile SyntheticCustomers::make_profile(const numeric::Random& shapes,
                                                             std::size_t segment) {
  Profile profile;
  std::uint32_t draw = 1;
  for (const Measure& measure : kMeasures) {
    double location = measure.lowest;
    for (std::uint64_t level = shapes.below(kLevels, segment, draw++); level > 0; --level) {
      location =
          measure.shape == Shape::kNormal ? location + measure.step : location * measure.step;
    }
    profile.locations.push_back(location);
  }
  for (const Count& count : kCounts) {
    double mean = count.lowest;
    for (std::uint64_t level = shapes.below(kLevels, segment, draw++); level > 0; --level) {
      mean *= count.step;
    }
    profile.counts.push_back(poisson(mean));
  }
  for (const Choice& choice : choices()) {
    std::vector<double> weights;
    for (std::size_t level = 0; level < choice.levels.size(); ++level) {
      const double uniform = shapes.uniform(segment, draw++);
      weights.push_back(0.1 + uniform * uniform);
    }
    profile.choices.push_back(cumulated(std::move(weights)));
  }
  return profile;
}

std::string SyntheticCustomers::id_of(std::uint64_t row) { return fmt::format("C{:09}", row + 1); }

std::size_t SyntheticCustomers::segment_of(std::uint64_t row) const {
  return pick(weights_, random_.uniform(row, kSegmentDraw));
}

void SyntheticCustomers::draw(std::uint64_t first, std::size_t count, SyntheticRows& rows) const {
  rows.resize(columns(), first, count);
  // customers who earn more also spend more: the measures of a row share a part of their deviation
  constexpr double kShared = 0.6;
  constexpr double kOwn = 0.8;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t row = first + i;
    const std::size_t segment = segment_of(row);
    const Profile& profile = profiles_[segment];
    const double shared = kShared * normal(random_, row, kSharedDraw);
    std::size_t column = 0;
    std::uint32_t draw = kFirstColumnDraw;
    const auto is_missing = [&](double share) {
      return share > 0 && random_.uniform(row, draw + kMissingDraw) < share;
    };
    const auto next = [&] {
      ++column;
      draw += kDrawsPerColumn;
    };
    rows.texts[0][i] = id_of(row);
    for (std::size_t m = 0; m < kMeasures.size(); ++m) {
      next();
      rows.numbers[column][i] = is_missing(kMeasures[m].missing)
                                    ? kMissing
                                    : measured(kMeasures[m], profile.locations[m],
                                               shared + kOwn * normal(random_, row, draw));
    }
    for (const Cumulative& table : profile.counts) {
      next();
      rows.numbers[column][i] = static_cast<double>(pick(table, random_.uniform(row, draw)));
    }
    for (std::size_t c = 0; c < profile.choices.size(); ++c) {
      next();
      rows.codes[column][i] =
          is_missing(choices()[c].missing)
              ? -1
              : static_cast<std::int32_t>(pick(profile.choices[c], random_.uniform(row, draw)));
    }
    next();
    rows.numbers[column][i] = static_cast<double>(segment + 1);
  }
}

}  // namespace tessera::table
