#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tessera/base/dates.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::report {
namespace {

using pipeline::RfmResult;
using pipeline::RfmScore;

std::string number_text(double value) { return fmt::format("{:.10g}", value); }

Lines dropped_lines(const RfmResult& result) {
  Lines lines(0, "  ");
  for (const rfm::Dropped& dropped : result.dropped) {
    if (dropped.rows > 0) {
      lines.line(dropped.reason, grouped(dropped.rows));
    }
  }
  return lines;
}

// One line per score: where it changes, and how many customers have each.
Table scores_table(const RfmResult& result) {
  Table table({{.title = "", .left = true},
               {.title = "cut at", .left = true},
               {.title = "1"},
               {.title = "2"},
               {.title = "3"},
               {.title = "4"},
               {.title = "5"}},
              "  ");
  for (const RfmScore& score : result.scores) {
    std::vector<std::string> cuts;
    for (const double cut : score.cuts) {
      cuts.push_back(number_text(cut));
    }
    std::vector<Value> row = {{score.name}, {fmt::format("{}", fmt::join(cuts, ", "))}};
    for (const std::uint64_t customers : score.customers) {
      row.push_back({grouped(customers)});
    }
    table.row(std::move(row));
  }
  return table;
}

// Where ties leave a quintile without customers, or stated cuts do.
std::string empty_scores(const RfmResult& result) {
  std::string text;
  for (const RfmScore& score : result.scores) {
    std::vector<std::size_t> empty;
    for (std::size_t i = 0; i < score.customers.size(); ++i) {
      if (score.customers[i] == 0) {
        empty.push_back(i + 1);
      }
    }
    if (!empty.empty()) {
      text += fmt::format("note: no customer has a {} score of {}: {}\n", score.name,
                          fmt::join(empty, " or "),
                          score.is_stated ? "none lies between these cut-offs"
                                          : "too many have equal values, which share one score");
    }
  }
  return text;
}

std::string names_of(const RfmResult& result, const std::vector<std::size_t>& rules) {
  std::string text;
  for (const std::size_t rule : rules) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", result.rules[rule].segment);
  }
  return text;
}

Table segments_table(const RfmResult& result) {
  Table table({{.title = "segment", .left = true},
               {.title = "customers"},
               {.title = "share", .width = 7},
               {.title = "rule", .left = true}},
              "  ");
  for (std::size_t i = 0; i < result.rules.size(); ++i) {
    table.row({{result.rules[i].segment},
               {grouped(result.audit[i].customers)},
               {share_text(static_cast<double>(result.audit[i].customers),
                           static_cast<double>(result.customers))},
               {result.rules[i].text()}});
  }
  return table;
}

// What is odd about the rules.
std::string audit_text(const RfmResult& result) {
  std::string text;
  for (std::size_t i = 0; i < result.rules.size(); ++i) {
    const rfm::RuleTable::Audit& audit = result.audit[i];
    if (!audit.can_match) {
      text += visible_format("note: the rule of {} can never match: {} {} all that it would\n",
                             result.rules[i].segment, names_of(result, audit.earlier),
                             audit.earlier.size() == 1 ? "takes" : "take");
    } else if (audit.taken > 0) {
      text += visible_format("note: the rule of {} also matches {} of {}, which {} before it\n",
                             result.rules[i].segment, counted(audit.taken, "customer"),
                             names_of(result, audit.earlier),
                             audit.earlier.size() == 1 ? "stands" : "stand");
    }
  }
  return text;
}

// What was joined, and what is odd about it.
std::string joined_text(const pipeline::RfmJoin& joined, std::uint64_t customers) {
  std::string text =
      visible_format("{} of {} have a row of {}, by {}\n", grouped(joined.counts.matched),
                     counted(customers, "customer"), joined.table, joined.key.own);
  if (joined.counts.without_key > 0) {
    text += visible_format("note: {} of it have no key that can be equal to one\n",
                           counted(joined.counts.without_key, "row"));
  }
  if (joined.counts.several > 0) {
    text += visible_format("note: {} have more than one {}: that of the last purchase counts\n",
                           counted(joined.counts.several, "customer"), joined.key.own);
  }
  for (const auto& [name, changed] : joined.renamed) {
    text += visible_format("note: its column {} is written as {}, as the name is taken\n", name,
                           changed);
  }
  return text + "\n";
}

nlohmann::json json_of(const pipeline::RfmJoin& joined, std::uint64_t customers) {
  nlohmann::json renamed = nlohmann::json::object();
  for (const auto& [name, changed] : joined.renamed) {
    renamed[name] = changed;
  }
  return {{"table", joined.table},
          {"key", joined.key.own},
          {"rows", joined.counts.rows},
          {"rows_without_key", joined.counts.without_key},
          {"matched", joined.counts.matched},
          {"unmatched", customers - joined.counts.matched},
          {"several_keys", joined.counts.several},
          {"columns", joined.columns},
          {"renamed", renamed}};
}

nlohmann::json json_of(const RfmResult& result) {
  nlohmann::json dropped = nlohmann::json::object();
  for (const rfm::Dropped& one : result.dropped) {
    dropped[one.reason] = dropped.value(one.reason, std::uint64_t{0}) + one.rows;
  }
  nlohmann::json thresholds = nlohmann::json::object();
  nlohmann::json scores = nlohmann::json::object();
  for (const RfmScore& score : result.scores) {
    thresholds[score.name] = score.cuts;
    scores[score.name] = score.customers;
  }
  nlohmann::json segments = nlohmann::json::array();
  for (std::size_t i = 0; i < result.rules.size(); ++i) {
    const rfm::RuleTable::Audit& audit = result.audit[i];
    nlohmann::json earlier = nlohmann::json::array();
    for (const std::size_t rule : audit.earlier) {
      earlier.push_back(result.rules[rule].segment);
    }
    segments.push_back({{"name", result.rules[i].segment},
                        {"rule", result.rules[i].text()},
                        {"customers", audit.customers},
                        {"can_match", audit.can_match},
                        {"overlaps", earlier},
                        {"taken_before", audit.taken}});
  }
  return {{"rows", result.rows},
          {"rows_kept", result.rows_kept},
          {"dropped", dropped},
          {"customers", result.customers},
          {"snapshot", date_text(result.snapshot)},
          {"monetary_total",
           result.monetary_total ? nlohmann::json(*result.monetary_total) : nlohmann::json()},
          {"thresholds", thresholds},
          {"scores", scores},
          {"spilled_bytes", result.spilled_bytes},
          {"joined", result.joined ? json_of(*result.joined, result.customers) : nlohmann::json()},
          {"segments", segments}};
}

}  // namespace

Document customers(const RfmResult& result, const std::string& output) {
  Document document;
  document.text(
      fmt::format("{} of {} kept", grouped(result.rows_kept), counted(result.rows, "row")));
  const bool any = result.rows_kept < result.rows;
  document.text(any ? "; left out:\n" : "\n");
  if (any) {
    document.add(dropped_lines(result));
  }
  document.text(fmt::format(
      "\n{} up to {}{}\n\n", counted(result.customers, "customer"), date_text(result.snapshot),
      result.monetary_total ? fmt::format(", {:.2f} in all", *result.monetary_total) : ""));
  if (result.joined) {
    document.text(joined_text(*result.joined, result.customers));
  }
  if (result.spilled_bytes > 0) {
    document.text(fmt::format("{} waited in scratch files\n\n", bytes_text(result.spilled_bytes)));
  }
  document.text("customers by score; a value at a cut belongs below it:\n")
      .add(scores_table(result))
      .text(empty_scores(result))
      .text("\n")
      .add(segments_table(result))
      .text(audit_text(result))
      .text("\n")
      .add(Lines().line("customers", "output", {output, output}));
  return document.set(json_of(result));
}

}  // namespace tessera::report
