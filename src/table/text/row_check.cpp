#include "table/text/row_check.hpp"

#include <fmt/format.h>

#include <utility>

#include "table/values/utf8.hpp"

namespace tessera::table {

RowCheck::RowCheck(const TextFormat& format, const MissingMarkers& missing,
                   std::vector<std::optional<ColumnType>> types)
    : format_(format), missing_(missing), types_(std::move(types)) {
  for (std::size_t c = 0; c < types_.size(); ++c) {
    if (types_[c] == ColumnType::kInteger || types_[c] == ColumnType::kReal) {
      numeric_.push_back(c);
    }
  }
}

std::optional<std::string> RowCheck::problem_of_form(const Record& record) const {
  const std::size_t expected = format_.names.size();
  if (record.cells.size() != expected) {
    return fmt::format("found {} field{}, expected {} (delimiter {})", record.cells.size(),
                       record.cells.size() == 1 ? "" : "s", expected,
                       delimiter_name(format_.delimiter));
  }
  if (record.garbled_cell != 0) {
    return fmt::format("column '{}': text follows the closing quote",
                       format_.names[record.garbled_cell - 1].text);
  }
  return std::nullopt;
}

std::optional<std::string> RowCheck::problem_of_values(const std::string_view* cells,
                                                       std::size_t stride) const {
  for (const std::size_t c : numeric_) {
    const std::string_view cell = cells[c * stride];
    if (missing_.match(cell)) {
      continue;
    }
    const NumberKind kind = parse_number(cell).kind;
    const bool integer = types_[c] == ColumnType::kInteger;
    const char* wrong = kind == NumberKind::kNone                    ? "is not a number"
                        : kind == NumberKind::kNotFinite             ? "is not finite"
                        : integer && kind == NumberKind::kBigInteger ? "exceeds 64 bits"
                        : integer && kind == NumberKind::kReal       ? "is not an integer"
                                                                     : nullptr;
    if (wrong != nullptr) {
      return fmt::format("column '{}': '{}' {}", format_.names[c].text, shown(cell), wrong);
    }
  }
  return std::nullopt;
}

void Rejections::add(std::uint64_t line, std::string reason) {
  ++count;
  if (first.size() < IngestReport::kListedRejections) {
    first.push_back({line, std::move(reason)});
  }
}

Rejections Rejections::over_all(const comm::Communicator& comm) const {
  Rejections all;
  std::vector<std::uint64_t> lines;
  std::vector<std::uint64_t> sizes;
  std::string reasons;
  for (const IngestReport::Rejection& rejection : first) {
    lines.push_back(rejection.line);
    sizes.push_back(rejection.reason.size());
    reasons += rejection.reason;
  }
  lines = comm.all_gather(lines);
  sizes = comm.all_gather(sizes);
  const std::vector<char> text =
      comm.all_gather(std::span<const char>(reasons.data(), reasons.size()));
  std::size_t at = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    all.add(lines[i], std::string(text.data() + at, sizes[i]));
    at += sizes[i];
  }
  all.count = comm.all_sum(count);
  return all;
}

}  // namespace tessera::table
