// How a model was trained, in its file.
#include <type_traits>

#include "model/file_parts.hpp"
#include "tessera/base/fields.hpp"

namespace tessera::model {
namespace {

const std::string kGroup = "/training";
const std::string kOptions = "/training/options";

}  // namespace

void write_training(io::H5Creator& file, const Training& training) {
  file.group(kGroup);
  visit_fields(training, [&](const auto& member, const Field& field) {
    const std::string name(field.name);
    if constexpr (std::is_integral_v<std::decay_t<decltype(member)>>) {
      file.attribute(kGroup, name, static_cast<std::int64_t>(member));
    } else {
      file.attribute(kGroup, name, member);
    }
  });
  file.group(kOptions);
  for (const auto& [name, value] : training.options) {
    file.attribute(kOptions, name, value);
  }
}

Training read_training(const io::H5File& file, std::int64_t version,
                       std::span<const std::string> options) {
  Training training;
  visit_fields(training, [&](auto& member, const Field& field) {
    using Member = std::decay_t<decltype(member)>;
    const std::string name(field.name);
    if constexpr (std::is_integral_v<Member>) {
      member = static_cast<Member>(file.integer_attribute(kGroup, name).value_or(0));
    } else {
      member = file.real_attribute(kGroup, name).value_or(0);
    }
  });
  for (const std::string& name : options) {
    if (auto value = file.text_attribute(version == 1 ? kGroup : kOptions, name)) {
      training.options[name] = *value;
    }
  }
  return training;
}

}  // namespace tessera::model
