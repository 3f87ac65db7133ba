// Chains of steps, from text and back.
#include <algorithm>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/features/steps/step.hpp"

namespace tessera::features {
namespace {

bool fits(const StepKind& kind, bool is_category) {
  return is_category ? kind.is_for_categories() : kind.is_for_numbers();
}

std::string usages(bool is_category) {
  std::string text;
  for (const StepKind* kind : step_kinds()) {
    if (fits(*kind, is_category)) {
      text += (text.empty() ? "" : ", ") + std::string(kind->usage());
    }
  }
  return text;
}

StepSpec parse_step(std::string_view text, bool is_category) {
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view name = text.substr(0, end);
  const StepKind* const kind = find_step_kind(name);
  if (kind == nullptr) {
    fail(ExitCode::kUsage, "\"{}\" is not a step; expected one of {}", name, usages(is_category));
  }
  if (!fits(*kind, is_category)) {
    fail(ExitCode::kUsage, "step \"{}\" is not for {}; expected one of {}", name,
         is_category ? "categories" : "numbers", usages(is_category));
  }
  StepSpec spec{kind, std::string(trimmed(text.substr(end)))};
  if (const std::string expected = kind->refuses_argument(spec.argument, is_category);
      !expected.empty()) {
    fail(ExitCode::kUsage, "step \"{}\": expected {}", text, expected);
  }
  return spec;
}

/// Where the first step of the text ends: at a comma outside of double quotes.
std::size_t end_of_step(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
    } else if (quoted && text[i] == '\\') {
      ++i;
    } else if (!quoted && text[i] == ',') {
      return i;
    }
  }
  return text.size();
}

void check_order(const Chain& chain) {
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const StepKind& before = *chain[i - 1].kind;
    const StepKind& step = *chain[i].kind;
    const bool several = step.place() == Place::kChange;
    if (before.place() > step.place() || (before.place() == step.place() && !several)) {
      fail(ExitCode::kUsage,
           "step \"{}\" cannot follow \"{}\"; the order is to encode, to impute, to change, to "
           "scale (of a category: one-hot), to weigh",
           step.name(), before.name());
    }
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (chain[earlier].kind == &step) {
        fail(ExitCode::kUsage, "step \"{}\" stands twice", step.name());
      }
    }
  }
}

}  // namespace

std::string StepSpec::text() const {
  return argument.empty() ? std::string(kind->name()) : std::string(kind->name()) + " " + argument;
}

std::string StepKind::refuses_argument(std::string_view argument, bool /*is_category*/) const {
  return argument.empty() ? "" : fmt::format("\"{}\" alone", usage());
}

std::string StepKind::describe(std::span<const double> /*fitted*/) const {
  return std::string(name());
}

std::string StepKind::describe_fitted(const FittedStep& step) const {
  return describe(step.numbers);
}

FittedStep StepKind::encode(std::string_view argument, const LevelFacts& /*facts*/,
                            std::uint64_t /*min_group*/) const {
  return {this, std::string(argument), {}};
}

Encoding StepKind::encoding(const FittedStep& /*step*/) const { return {}; }

std::string names_of_steps(Place place) {
  std::string text;
  for (const StepKind* kind : step_kinds()) {
    if (kind->place() == place) {
      text += (text.empty() ? "" : ", ") + std::string(kind->name());
    }
  }
  return text;
}

Chain parse_chain(std::string_view text, bool is_category) {
  Chain chain;
  while (!trimmed(text).empty()) {
    const auto comma = end_of_step(text);
    const std::string_view step = trimmed(text.substr(0, comma));
    if (step.empty()) {
      fail(ExitCode::kUsage, "a step is missing between two commas");
    }
    chain.push_back(parse_step(step, is_category));
    is_category = is_category && !encodes(chain);  // what follows is for numbers
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  const auto first = chain.begin() + (encodes(chain) ? 1 : 0);
  if (first == chain.end() || first->kind->place() != Place::kImpute) {
    chain.insert(first,
                 parse_step(is_category ? "impute most_frequent" : "impute median", is_category));
  }
  const auto last = std::ranges::find_if(
      chain, [](const StepSpec& step) { return step.kind->place() >= Place::kScale; });
  if (last == chain.end() || last->kind->place() == Place::kWeight) {
    chain.insert(last, parse_step(is_category ? "one-hot" : "none", is_category));
  }
  check_order(chain);
  return chain;
}

std::uint32_t buckets_of(const Chain& chain) {
  for (const StepSpec& step : chain) {
    if (const std::uint32_t buckets = step.kind->buckets(step.argument); buckets != 0) {
      return buckets;
    }
  }
  return 0;
}

bool indicates(const Chain& chain) {
  return std::ranges::any_of(
      chain, [](const StepSpec& step) { return step.kind->indicates(step.argument); });
}

std::string to_text(const Chain& chain) {
  std::string text;
  for (const StepSpec& step : chain) {
    text += (text.empty() ? "" : ", ") + step.text();
  }
  return text;
}

}  // namespace tessera::features
