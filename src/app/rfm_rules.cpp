#include "app/rfm_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tessera/app/ini.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/base/text.hpp"

namespace tessera::app {
namespace {

constexpr std::string_view kSegment = "segment ";

std::optional<rfm::Cuts> cuts_of(const std::string& text) {
  const std::vector<std::string> numbers = split_names(text);
  rfm::Cuts cuts{};
  bool fits = numbers.size() == cuts.size();
  for (std::size_t i = 0; fits && i < cuts.size(); ++i) {
    fits = read_field(cuts[i], numbers[i]) && (i == 0 || cuts[i] > cuts[i - 1]);
  }
  return fits ? std::optional(cuts) : std::nullopt;
}

// "4" or "4-5".
std::optional<rfm::ScoreRange> range_of(std::string_view text) {
  const auto score = [](std::string_view digit) {
    return digit.size() == 1 && digit[0] >= '1' && digit[0] <= '5' ? digit[0] - '0' : 0;
  };
  const std::size_t dash = std::min(text.find('-'), text.size());
  const int least = score(text.substr(0, dash));
  const int most = dash == text.size() ? least : score(text.substr(dash + 1));
  return least > 0 && most >= least ? std::optional(rfm::ScoreRange{least, most}) : std::nullopt;
}

class RulesReader {
 public:
  explicit RulesReader(const std::string& path) : path_(path) {}

  void take(const IniEntry& entry) {
    const std::string where = fmt::format("{}: line {}", path_, entry.line);
    if (!seen_.emplace(entry.section, entry.key).second) {
      fail(ExitCode::kConfig, "{}: '{}' is given more than once in [{}]", where, entry.key,
           entry.section);
    }
    if (entry.section == "scores") {
      take_cuts(entry, where);
    } else if (entry.section.starts_with(kSegment)) {
      take_range(entry, where);
    } else {
      fail(ExitCode::kConfig,
           "{}: '{}': expected a section, [scores] or [segment NAME], not '[{}]'", where, entry.key,
           entry.section);
    }
  }

  [[nodiscard]] rfm::ScoreOptions done() {
    if (!rules_.empty()) {
      options_.rules = std::move(rules_);
    }
    return std::move(options_);
  }

 private:
  void take_cuts(const IniEntry& entry, const std::string& where) {
    const std::array<std::pair<std::string_view, std::optional<rfm::Cuts>*>, 3> known = {
        {{"recency", &options_.recency},
         {"frequency", &options_.frequency},
         {"monetary", &options_.monetary}}};
    for (const auto& [name, cuts] : known) {
      if (entry.key == name) {
        *cuts = cuts_of(entry.value);
        if (!*cuts) {
          fail(ExitCode::kConfig,
               "{}: {} = {}: expected four numbers, ascending, such as 30, 90, 180, 365", where,
               name, entry.value);
        }
        return;
      }
    }
    fail(ExitCode::kConfig, "{}: '{}': [scores] has recency, frequency and monetary{}", where,
         entry.key, did_you_mean(entry.key, {"recency", "frequency", "monetary"}));
  }

  void take_range(const IniEntry& entry, const std::string& where) {
    const std::string name = entry.section.substr(kSegment.size());
    if (rules_.empty() || rules_.back().segment != name) {
      rules_.push_back({.segment = name});
    }
    rfm::Rule& rule = rules_.back();
    const std::array<std::pair<std::string_view, rfm::ScoreRange*>, 4> known = {
        {{"r", &rule.r}, {"f", &rule.f}, {"m", &rule.m}, {"fm", &rule.fm}}};
    for (const auto& [key, range] : known) {
      if (entry.key == key) {
        const std::optional<rfm::ScoreRange> stated = range_of(entry.value);
        if (!stated) {
          fail(ExitCode::kConfig, "{}: {} = {}: expected a score from 1 to 5, or two as 4-5", where,
               key, entry.value);
        }
        *range = *stated;
        return;
      }
    }
    fail(ExitCode::kConfig, "{}: '{}': [{}] has r, f, m and fm (the mean of f and m)", where,
         entry.key, entry.section);
  }

  const std::string& path_;
  rfm::ScoreOptions options_;
  std::vector<rfm::Rule> rules_;
  std::set<std::pair<std::string, std::string>> seen_;
};

}  // namespace

rfm::ScoreOptions parse_rules(std::string_view text, const std::string& path) {
  RulesReader reader(path);
  for (const IniEntry& entry : parse_ini(text, path)) {
    reader.take(entry);
  }
  return reader.done();
}

}  // namespace tessera::app
