// Profiles in a model file.
#include <algorithm>
#include <limits>

#include "model/file_parts.hpp"

namespace tessera::model {

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
    profile.categories.push_back({file.text_attribute(group, "column").value_or(""),
                                  file.read_all_text(group + "/levels"),
                                  as_unsigned(file.read_all<std::int64_t>(group + "/counts")),
                                  as_unsigned(file.read_all<std::int64_t>(group + "/missing"))});
  }
  return profile;
}

bool is_sound(const Profile& profile, std::size_t segments) {
  return std::ranges::all_of(profile.numeric,
                             [&](const NumericProfile& entry) {
                               return entry.means.size() == segments &&
                                      entry.missing.size() == segments;
                             }) &&
         std::ranges::all_of(profile.categories, [&](const CategoryProfile& entry) {
           return entry.counts.size() == segments * entry.levels.size() &&
                  entry.missing.size() == segments;
         });
}

}  // namespace tessera::model
