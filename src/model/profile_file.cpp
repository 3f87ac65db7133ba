// Profiles in a model file.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "model/file_parts.hpp"
#include "tessera/model/small_groups.hpp"

namespace tessera::model {
namespace {

bool is_finite_or_absent(double value) { return !std::isinf(value); }

bool is_sound(const NumericProfile& entry, std::span<const std::uint64_t> sizes) {
  return is_finite_or_absent(entry.mean) && is_finite_or_absent(entry.deviation) &&
         entry.means.size() == sizes.size() &&
         std::ranges::all_of(entry.means, is_finite_or_absent) &&
         entry.missing.size() == sizes.size() &&
         std::ranges::equal(entry.missing, sizes, [](std::uint64_t missing, std::uint64_t size) {
           return missing == kHidden || missing <= size;
         });
}

/// Whether the counts of each segment, and what is missing, are not more than its customers, as far
/// as they are told.
bool is_sound(const CategoryProfile& entry, std::span<const std::uint64_t> sizes) {
  const std::size_t levels = entry.levels.size();
  const auto can_be = [](double weight) { return std::isnan(weight) || weight >= 0; };
  if (entry.counts.size() != sizes.size() * levels || entry.missing.size() != sizes.size() ||
      !(entry.weights.empty() || entry.weights.size() == entry.counts.size()) ||
      !std::ranges::all_of(entry.weights, can_be)) {
    return false;
  }
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    std::uint64_t rest = sizes[s];
    const auto takes = [&](std::uint64_t count) {
      if (count == kHidden) {
        return true;
      }
      const bool fits = count <= rest;
      rest -= fits ? count : 0;
      return fits;
    };
    if (!takes(entry.missing[s]) ||
        !std::ranges::all_of(std::span(entry.counts).subspan(s * levels, levels), takes)) {
      return false;
    }
  }
  return true;
}

}  // namespace

void write_profile(io::H5Creator& file, const Profile& profile) {
  file.group("/profile");
  file.group("/profile/numeric");
  for (std::size_t j = 0; j < profile.numeric.size(); ++j) {
    const NumericProfile& entry = profile.numeric[j];
    const std::string group = numbered("/profile/numeric", j);
    file.group(group);
    file.attribute(group, "column", entry.column);
    file.attribute(group, "mean", entry.mean);
    file.attribute(group, "deviation", entry.deviation);
    write(file, group + "/means", entry.means);
    write(file, group + "/missing", as_signed(entry.missing));
  }
  file.group("/profile/category");
  for (std::size_t c = 0; c < profile.categories.size(); ++c) {
    const CategoryProfile& entry = profile.categories[c];
    const std::string group = numbered("/profile/category", c);
    file.group(group);
    file.attribute(group, "column", entry.column);
    file.write_text(group + "/levels", entry.levels);
    write(file, group + "/counts", as_signed(entry.counts),
          {entry.missing.size(), entry.levels.size()});
    write(file, group + "/missing", as_signed(entry.missing));
    if (!entry.weights.empty()) {
      write(file, group + "/weights", entry.weights, {entry.missing.size(), entry.levels.size()});
    }
  }
}

Profile read_profile(const io::H5File& file, const features::Recipe& recipe) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  Profile profile;
  for (std::size_t j = 0; j < recipe.numeric.size(); ++j) {
    const std::string group = numbered("/profile/numeric", j);
    profile.numeric.push_back({file.text_attribute(group, "column").value_or(""),
                               file.real_attribute(group, "mean").value_or(kNaN),
                               file.real_attribute(group, "deviation").value_or(kNaN),
                               file.read_all<double>(group + "/means"),
                               as_unsigned(file.read_all<std::int64_t>(group + "/missing"))});
  }
  for (std::size_t c = 0; c < recipe.categories.size(); ++c) {
    const std::string group = numbered("/profile/category", c);
    profile.categories.push_back(
        {file.text_attribute(group, "column").value_or(""), file.read_all_text(group + "/levels"),
         as_unsigned(file.read_all<std::int64_t>(group + "/counts")),
         as_unsigned(file.read_all<std::int64_t>(group + "/missing")),
         !recipe.weight_column.empty() ? file.read_all<double>(group + "/weights")
                                       : std::vector<double>()});
  }
  return profile;
}

bool is_sound(const Profile& profile, const features::Recipe& recipe,
              std::span<const std::uint64_t> sizes) {
  return std::ranges::equal(profile.numeric, recipe.numeric,
                            [&](const NumericProfile& entry, const auto& feature) {
                              return entry.column == feature.column && is_sound(entry, sizes);
                            }) &&
         std::ranges::equal(profile.categories, recipe.categories,
                            [&](const CategoryProfile& entry, const auto& feature) {
                              return entry.column == feature.column &&
                                     entry.levels == feature.levels && is_sound(entry, sizes) &&
                                     entry.weights.empty() == recipe.weight_column.empty();
                            });
}

}  // namespace tessera::model
