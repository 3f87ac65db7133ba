// Finds the segment of one customer, as a server would: score_one MODEL.h5 [COLUMN=VALUE ...]
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/cluster/segmentation.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/model/model.hpp"

namespace {

/// What is said of a column; empty if nothing is.
std::string_view value_of(const std::vector<std::string_view>& arguments, std::string_view column) {
  for (const std::string_view argument : arguments) {
    if (argument.starts_with(column) && argument.substr(column.size()).starts_with('=')) {
      return argument.substr(column.size() + 1);
    }
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s MODEL.h5 [COLUMN=VALUE ...]\n", argv[0]);
    return 64;
  }
  const std::vector<std::string_view> arguments(argv + 2, argv + argc);
  try {
    // once, when the server starts
    const tessera::model::Model model =
        tessera::model::load(tessera::comm::LocalCommunicator(), argv[1]);
    tessera::features::FeatureRows rows(model.recipe.space(), 1, 0);
    const auto scorer = model.segmentation->scorer(rows.categories());

    // for each customer
    std::vector<double> numbers;
    for (const auto& feature : model.recipe.numeric) {
      const std::string text(value_of(arguments, feature.column));
      numbers.push_back(text.empty() ? std::nan("") : std::strtod(text.c_str(), nullptr));
    }
    std::vector<std::string_view> categories;
    for (const auto& feature : model.recipe.categories) {
      categories.push_back(value_of(arguments, feature.column));
    }
    tessera::features::PreparedCounts counts;
    model.recipe.prepare({numbers, categories}, 0, rows, counts);
    std::vector<std::int32_t> segment(1);
    std::vector<float> scores(scorer->columns().size());
    scorer->score(rows, 0, {segment, scores});

    std::printf("segment %d\n", segment[0] + 1);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      std::printf("%s %g\n", scorer->columns()[i].c_str(), static_cast<double>(scores[i]));
    }
  } catch (const tessera::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}
