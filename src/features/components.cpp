#include "tessera/features/components.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "features/covariance.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

/// All of them, as one rank finds them.
Components decompose(const Covariance& found) {
  const auto n = static_cast<Eigen::Index>(found.means.size());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      Eigen::Map<const Eigen::MatrixXd>(found.matrix.data(), n, n));
  Components all;
  all.means = found.means;
  for (Eigen::Index k = n - 1; k >= 0; --k) {  // ascending there
    all.variances.push_back(std::max(solver.eigenvalues()(k), 0.0));
    const auto vector = solver.eigenvectors().col(k);
    Eigen::Index largest = 0;
    for (Eigen::Index j = 1; j < n; ++j) {
      // what rounding alone tells apart is equal
      largest = std::fabs(vector(j)) > std::fabs(vector(largest)) * (1 + 1e-9) ? j : largest;
    }
    const double sign = vector(largest) < 0 ? -1 : 1;
    for (Eigen::Index j = 0; j < n; ++j) {
      all.loadings.push_back(sign * vector(j));
    }
  }
  for (std::size_t j = 0; j < found.means.size(); ++j) {
    all.total += found.at(j, j);
  }
  return all;
}

/// The first ones whose shares add up to more than `share`.
std::size_t count_for(const Components& all, double share) {
  double sum = 0;
  std::size_t count = 0;
  while (count < all.count() && !(sum > share)) {
    sum += all.share(count++);
  }
  return count;
}

}  // namespace

ComponentsWanted parse_components(const std::string& text) {
  ComponentsWanted wanted;
  if (text.empty()) {
    return wanted;
  }
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool is_count = number >= 1 && number <= 1e6 && number == std::trunc(number);
  if (read.ec != std::errc{} || read.ptr != end || !(is_count || (number > 0 && number < 1))) {
    fail_about(
        "pca", ExitCode::kUsage,
        "pca {}: expected a number of components, or a share of the variance below 1: 5, 0.9",
        text);
  }
  wanted.share = is_count ? 0 : number;
  wanted.count = is_count ? static_cast<std::size_t>(number) : 0;
  return wanted;
}

std::vector<float> Components::point(std::span<const float> prepared) const {
  std::vector<float> point;
  for (std::size_t k = 0; k < count(); ++k) {
    double sum = 0;
    for (std::size_t j = 0; j < features(); ++j) {
      sum += (static_cast<double>(prepared[j]) - means[j]) * loading(k, j);
    }
    point.push_back(static_cast<float>(sum));
  }
  return point;
}

std::vector<double> Components::prepared(std::span<const float> point) const {
  std::vector<double> values = means;
  for (std::size_t k = 0; k < count(); ++k) {
    for (std::size_t j = 0; j < features(); ++j) {
      values[j] += static_cast<double>(point[k]) * loading(k, j);
    }
  }
  return values;
}

void Components::apply(const FeatureRows& from, std::uint64_t from_row, FeatureRows& to,
                       std::uint64_t to_row) const {
  std::vector<float> prepared;
  prepared.reserve(features());
  for (std::size_t j = 0; j < features(); ++j) {
    prepared.push_back(from.number(from_row, j));
  }
  const std::vector<float> values = point(prepared);
  for (std::size_t k = 0; k < values.size(); ++k) {
    to.set_number(to_row, k, values[k]);
  }
}

bool Components::is_sound(std::size_t features) const {
  const auto finite = [](double value) { return std::isfinite(value); };
  return none() ||
         (means.size() == features && count() <= features &&
          loadings.size() == count() * features && std::ranges::all_of(means, finite) &&
          std::ranges::all_of(loadings, [](double value) { return std::fabs(value) <= 1.001; }) &&
          std::ranges::all_of(variances, [](double value) { return value >= 0; }) &&
          std::ranges::all_of(variances, finite) && finite(total) && total >= 0);
}

Components fit_components(const comm::Communicator& comm, const FeatureRows& rows,
                          std::span<const std::size_t> columns, const ComponentsWanted& wanted) {
  if (columns.empty() || wanted.count > columns.size()) {
    fail_about("pca", ExitCode::kBadData,
               "{} components of {} numeric features cannot be made; ask for fewer",
               std::max(wanted.count, std::size_t{1}), columns.size());
  }
  const Covariance found = covariance(comm, rows, columns);
  const std::size_t n = columns.size();
  Components all{found.means, std::vector<double>(n * n), std::vector<double>(n), 0};
  comm.together([&] {
    if (comm.is_root()) {
      all = decompose(found);
    }
  });
  comm.broadcast(std::span(all.loadings), 0);
  comm.broadcast(std::span(all.variances), 0);
  comm.broadcast(std::span(&all.total, 1), 0);
  const std::size_t count = wanted.count > 0 ? wanted.count : count_for(all, wanted.share);
  all.variances.resize(count);
  all.loadings.resize(count * n);
  return all;
}

}  // namespace tessera::features
