// hash: one of N buckets in place of a level, for columns of more levels than can be told apart.
#include <charconv>

#include "features/steps/list.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/recipe.hpp"

namespace tessera::features {
namespace {

constexpr std::uint32_t kMostBuckets = 4096;

/// N; 0 if the argument is none.
std::uint32_t parse(std::string_view argument) {
  std::uint32_t buckets = 0;
  const char* const end = argument.data() + argument.size();
  const auto read = std::from_chars(argument.data(), end, buckets);
  return read.ec == std::errc{} && read.ptr == end && buckets >= 2 && buckets <= kMostBuckets
             ? buckets
             : 0;
}

class Hash final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "hash"; }
  [[nodiscard]] std::string_view usage() const override { return "hash N"; }
  [[nodiscard]] Place place() const override { return Place::kChange; }
  [[nodiscard]] bool is_for_numbers() const override { return false; }
  [[nodiscard]] bool is_for_categories() const override { return true; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool /*is_category*/) const override {
    return parse(argument) != 0
               ? ""
               : fmt::format("\"hash N\", a number of buckets from 2 to {}", kMostBuckets);
  }
  [[nodiscard]] std::uint32_t buckets(std::string_view argument) const override {
    return parse(argument);
  }
  [[nodiscard]] std::string fit_levels(std::string_view argument, const LevelFacts& /*facts*/,
                                       CategoryFeature& feature) const override {
    feature.buckets = parse(argument);
    return {};
  }
};

}  // namespace

const StepKind& hash_step() {
  static const Hash kind;
  return kind;
}

}  // namespace tessera::features
