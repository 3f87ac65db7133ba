#include "tessera/features/fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "features/columns.hpp"
#include "features/covariance.hpp"
#include "features/derivations.hpp"
#include "features/fit_column.hpp"
#include "features/most_frequent.hpp"
#include "features/number_levels.hpp"
#include "features/prepare_column.hpp"
#include "features/raw_columns.hpp"
#include "features/select.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/id_like.hpp"
#include "tessera/features/preparer.hpp"
#include "tessera/features/retyped_table.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

using table::Column;

constexpr std::uint64_t kRowsForTwoValues = 10;  // fewer may have two by chance

/// Of the customers that have a level.
double largest_share(std::span<const double> weights) {
  const double known = std::accumulate(weights.begin(), weights.end(), 0.0);
  return known == 0 ? 0 : *std::ranges::max_element(weights) / known;
}

std::string nearly_constant(double share) {
  return fmt::format("{:.4g} % of its rows have one value", 100 * share);
}

/// For a message: ": \"a\" (its values are text), ..."; of many columns the first ones.
std::string reasons_of(const std::vector<LeftOut>& left_out) {
  constexpr std::size_t kEnough = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(left_out.size(), kEnough); ++i) {
    text +=
        fmt::format("{} \"{}\" ({})", i == 0 ? ":" : ",", left_out[i].column, left_out[i].reason);
  }
  return left_out.size() <= kEnough
             ? text
             : fmt::format("{} and {} more", text, left_out.size() - kEnough);
}

constexpr std::string_view kPreparing = "preparing columns";

class Fitter {
 public:
  Fitter(const comm::Communicator& comm, const table::Table& table, const FitOptions& options,
         Progress& progress)
      : comm_(comm),
        typed_(type(comm, table, options)),
        table_(*typed_),
        options_(options),
        progress_(progress),
        share_(comm::share_of(table.rows(), comm.rank(), comm.size())) {}

  Fitted run() {
    find_references(comm_, table_);
    comm_.together([&] { selection_ = select_columns(table_, options_); });
    left_out_ = std::move(selection_.left_out);
    if (!options_.weight.empty()) {
      masses_ = read_masses(comm_, table_, options_.weight);
    }
    encode_categories();
    recipe_.id_column = options_.id;
    recipe_.weight_column = options_.weight;
    comm_.together([&] {
      rows_.emplace(Space{.numeric = selection_.numeric.size(), .levels = {}}, share_.count,
                    share_.first);
      if (!masses_.none()) {
        rows_->set_masses(masses_.mine, masses_.exponent);
      }
    });
    fit_numeric_columns();
    drop_correlated();
    sort(selection_.categories);
    for (const std::size_t column : selection_.categories) {
      fit_category(column);
    }
    if (recipe_.numeric.empty() && recipe_.categories.empty()) {
      fail_about("features", ExitCode::kBadData,
                 "{}: no column is left that could tell customers apart{}; name some",
                 table_.name(), reasons_of(left_out_));
    }
    if (!options_.pca.empty()) {
      make_components();
    }
    PreparedCounts of_categories;
    comm_.together([&] {
      // a row that does not count may have a level that no other has
      const bool all_count = masses_.none() || masses_.rows == table_.rows();
      rows_->reshape(kept_, recipe_.space(), all_count ? Unseen::kAbsent : Unseen::kPossible);
      Preparer(recipe_, table_).prepare_categories(share_.first, *rows_, of_categories);
    });
    counts_.imputed += comm_.all_sum(of_categories.imputed);
    counts_.unseen += comm_.all_sum(of_categories.unseen);
    progress_.step(kPreparing, done_, done_);
    keep_derived();
    return {.recipe = std::move(recipe_),
            .weight = masses_.none() ? static_cast<double>(table_.rows()) : masses_.weight(),
            .rows_counted = masses_.none() ? table_.rows() : masses_.rows,
            .raw = std::move(raw_),
            .rows = std::move(*rows_),
            .counts = counts_,
            .left_out = std::move(left_out_),
            .two_valued = std::move(two_valued_)};
  }

 private:
  static std::unique_ptr<RetypedTable> type(const comm::Communicator& comm,
                                            const table::Table& table, const FitOptions& options) {
    std::unique_ptr<RetypedTable> typed;
    comm.together([&] { typed = as_typed(table, options); });
    return typed;
  }

  /// Makes numbers of the categories whose steps begin with one that encodes.
  void encode_categories() {
    std::vector<std::size_t> categories;
    for (const std::size_t i : selection_.categories) {
      const std::string name = table_.columns()[i].name;
      const Chain chain = chain_of(options_, name, true);
      if (!encodes(chain)) {
        categories.push_back(i);
        continue;
      }
      const FittedStep step = encode(chain.front(), level_counts(comm_, table_, i, masses_),
                                     table_.name(), name, options_.min_group);
      table_.take_as_number(i, step.kind->encoding(step));
      encoders_.emplace(i, step);
      selection_.numeric.push_back(i);
    }
    selection_.categories = std::move(categories);
    sort(selection_.numeric);
  }

  // Numbers are prepared while they are at hand; that some cannot be features shows on the way, and
  // only then are the rows brought to their final shape.
  void fit_numeric_columns() {
    std::optional<RawColumns> columns;
    comm_.together([&] { columns.emplace(table_, selection_.numeric, *rows_); });
    for (std::size_t j = 0; j < selection_.numeric.size(); ++j) {
      fit_numeric(*columns, j);
    }
  }

  void fit_numeric(RawColumns& columns, std::size_t j) {
    const std::size_t i = selection_.numeric[j];
    const Column& column = table_.columns()[i];
    report();
    numeric::Extremes range;
    std::span<double> values;
    comm_.together([&] {
      values = columns.next(
          [&](std::span<const double> piece) { range.add(numeric::extremes_of(piece)); });
      if (!std::isfinite(range.magnitude())) {
        fail_at_refused(table_, i, {.column = column.name, .steps = {}}, share_.first,
                        share_.count);
      }
    });
    range.all_reduce(comm_);
    const std::uint64_t missing = range.missing;
    if (!masses_.none()) {
      range = extremes_of_counted(values, masses_.mine);
      range.all_reduce(comm_);
    }
    const DerivedColumn* const derived = table_.derivation(i);
    if (!encoders_.contains(i) && derived == nullptr && range.least < range.greatest &&
        is_for_someone_else(i, values, range)) {
      return;
    }
    if (drops_constant(i, values, range)) {
      return;
    }
    FittingColumn fitting(comm_, values, range, rows_counted(), masses_);
    const auto encoder = encoders_.find(i);
    const bool is_encoded = encoder != encoders_.end();
    Chain chain = chain_of(options_, column.name, is_encoded, clips(derived));
    chain.erase(chain.begin(), chain.begin() + (is_encoded ? 1 : 0));
    FittedColumn fitted = fit_numbers(comm_, table_, i, share_.first, chain, range, fitting);
    if (!fitted.reason.empty()) {
      leave_out(left_out_, table_, options_, column.name, fitted.reason);  // the same on every rank
      return;
    }
    const std::span<const FittedStep> rest =
        std::span(fitted.feature.steps).subspan(fitted.applied);
    comm_.together([&] {
      if (!prepare_column(values, fitting.filler(), rest, j, *rows_)) {
        fail_at_refused(table_, i, fitted.feature, share_.first, share_.count);
      }
    });
    counts_.imputed += missing;
    missing_.push_back(missing);
    if (is_encoded) {
      fitted.feature.steps.insert(fitted.feature.steps.begin(), encoder->second);
    }
    kept_.push_back(j);
    raw_.push_back(fitted.raw);
    recipe_.numeric.push_back(std::move(fitted.feature));
  }

  /// Whether a column of numbers is left out because nearly all of them are the same.
  bool drops_constant(std::size_t i, std::span<const double> values,
                      const numeric::Extremes& range) {
    const std::uint64_t known = rows_counted() - range.missing;
    if (options_.drop_constant == 0 || known == 0) {
      return false;
    }
    const double share = share_of_most_frequent(comm_, values, known, masses_);
    if (share < options_.drop_constant) {
      return false;
    }
    left_out_.push_back({table_.columns()[i].name, nearly_constant(share)});
    return true;
  }

  /// Of two features that go together the first stays.
  void drop_correlated() {
    if (options_.drop_correlated == 0 || kept_.size() < 2) {
      return;
    }
    const Covariance found = covariance(comm_, *rows_, kept_);
    std::vector<std::size_t> stay;
    for (std::size_t j = 0; j < kept_.size(); ++j) {
      const auto same = std::ranges::find_if(stay, [&](std::size_t k) {
        return std::fabs(found.correlation(j, k)) > options_.drop_correlated;
      });
      if (same == stay.end()) {
        stay.push_back(j);
        continue;
      }
      left_out_.push_back(
          {recipe_.numeric[j].column,
           fmt::format("its correlation with \"{}\" is {:.4f}", recipe_.numeric[*same].column,
                       found.correlation(j, *same))});
      counts_.imputed -= missing_[j];
    }
    for (std::size_t to = 0; to < stay.size(); ++to) {  // none moves up
      kept_[to] = kept_[stay[to]];
      raw_[to] = raw_[stay[to]];
      std::swap(recipe_.numeric[to], recipe_.numeric[stay[to]]);
    }
    kept_.resize(stay.size());
    raw_.resize(stay.size());
    recipe_.numeric.resize(stay.size());
  }

  /// Replaces the features by components of them.
  void make_components() {
    recipe_.components = fit_components(comm_, *rows_, kept_, parse_components(options_.pca));
    rows_->reshape(kept_, {.numeric = kept_.size(), .levels = {}}, Unseen::kAbsent);
    for (std::uint64_t row = 0; row < rows_->rows(); ++row) {
      recipe_.components.apply(*rows_, row, *rows_, row);
    }
    kept_.resize(recipe_.components.count());
    std::iota(kept_.begin(), kept_.end(), std::size_t{0});
  }

  /// Whether a numeric column turns out to be an id, or a category, by its values.
  bool is_for_someone_else(std::size_t i, std::span<const double> values,
                           const numeric::Extremes& range) {
    const std::string& name = table_.columns()[i].name;
    const std::uint64_t known = rows_counted() - range.missing;
    if (!is_said(options_, name)) {
      if (const std::string reason = why_id(comm_, name, values, range, known); !reason.empty()) {
        leave_out(left_out_, table_, options_, name, reason, name + "=number");
        return true;
      }
    }
    if (known >= kRowsForTwoValues && !is_said_number(options_, name) &&
        !whole_number_text(range.least).empty() && !whole_number_text(range.greatest).empty() &&
        has_two_values(comm_, values, range, masses_)) {
      two_valued_.push_back(name);
      selection_.categories.push_back(i);
      return true;
    }
    return false;
  }

  /// Those columns that features are of.
  void keep_derived() {
    for (DerivedColumn& derived : table_.derived()) {
      if (std::ranges::find(recipe_.numeric, derived.name, &NumericFeature::column) !=
          recipe_.numeric.end()) {
        recipe_.derived.push_back(std::move(derived));
      }
    }
  }

  /// Into the order of the columns, or of their names where these are given.
  void sort(std::vector<std::size_t>& columns) {
    const auto place = [&](std::size_t column) {
      const auto& names = options_.features;
      return std::pair(
          names.empty() ? std::ptrdiff_t{0}
                        : std::ranges::find(names, table_.columns()[column].name) - names.begin(),
          column);
    };
    std::ranges::sort(columns, {}, place);
  }

  void fit_category(std::size_t i) {
    const Column& column = table_.columns()[i];
    report();
    const Chain chain = chain_of(options_, column.name, true);
    const std::uint32_t buckets = buckets_of(chain);
    const NumberLevels found = buckets == 0 ? level_counts(comm_, table_, i, masses_)
                                            : bucket_counts(comm_, table_, i, buckets, masses_);
    CategoryFeature feature;
    feature.column = column.name;
    std::string take_in;
    std::string reason = found.reason;
    if (!reason.empty() && said_type(options_, column.name) == SaidType::kCategory) {
      fail_about("columns_as", ExitCode::kBadData,
                 "{}: column \"{}\" cannot be taken as category: {}", table_.name(), column.name,
                 reason);
    }
    if (reason.empty() && !is_said(options_, column.name)) {
      const auto known = std::accumulate(found.counts.begin(), found.counts.end(), std::int64_t{0});
      const auto levels = std::ranges::count_if(found.counts, [](auto count) { return count > 0; });
      reason =
          why_id(column.name, static_cast<std::size_t>(levels), static_cast<std::uint64_t>(known));
      take_in = column.name + "=category";
    }
    if (const double share = largest_share(found.weights);
        reason.empty() && options_.drop_constant > 0 && share >= options_.drop_constant) {
      left_out_.push_back({column.name, nearly_constant(share)});
      return;
    }
    if (reason.empty()) {
      reason = fit_levels(chain, {found.levels, found.counts, found.weights}, options_.min_group,
                          feature);
    }
    if (reason.empty()) {
      recipe_.categories.push_back(std::move(feature));
    } else {
      leave_out(left_out_, table_, options_, column.name, reason, take_in);
    }
  }

  /// Rows of the table that weigh something.
  [[nodiscard]] std::uint64_t rows_counted() const {
    return masses_.none() ? table_.rows() : masses_.rows;
  }

  /// Another column begins.
  void report() {
    progress_.step(kPreparing, done_++, selection_.numeric.size() + selection_.categories.size());
  }

  const comm::Communicator& comm_;
  std::unique_ptr<RetypedTable> typed_;
  RetypedTable& table_;  // with the categories that are encoded as numbers
  const FitOptions& options_;
  Progress& progress_;
  comm::Share share_;
  std::size_t done_ = 0;

  Selection selection_;
  RowMasses masses_;
  std::map<std::size_t, FittedStep> encoders_;  // of columns
  std::vector<LeftOut> left_out_;
  std::vector<std::string> two_valued_;
  Recipe recipe_;
  std::vector<RawValues> raw_;
  std::vector<std::uint64_t> missing_;  // of each numeric feature, also in rows that do not count
  std::vector<std::size_t> kept_;       // of the selected numeric columns
  std::optional<FeatureRows> rows_;
  PreparedCounts counts_;
};

}  // namespace

Fitted fit(const comm::Communicator& comm, const table::Table& table, const FitOptions& options,
           Progress& progress) {
  return Fitter(comm, table, options, progress).run();
}

}  // namespace tessera::features
