#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "table/bson/bson_lines.hpp"
#include "table/json/json_lines.hpp"
#include "table/records/format.hpp"
#include "table/text/delimited_format.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

constexpr std::array kKinds = {
    kJsonLines,
    kBson,
    kDelimitedText,
};

}  // namespace

std::span<const RecordKind> record_kinds() { return kKinds; }

const RecordKind& kind_of(const std::string& format, const std::string& path,
                          std::string_view head) {
  const std::string name = io::without_packing(path);
  const auto is_meant = [&](const RecordKind& kind) {
    return format == "auto"
               ? std::ranges::any_of(
                     kind.endings, [&](std::string_view ending) { return name.ends_with(ending); })
               : kind.name == format;
  };
  const auto kinds = record_kinds();
  const auto meant = std::ranges::find_if(kinds, is_meant);
  if (meant != kinds.end()) {
    return *meant;
  }
  if (format != "auto") {
    std::vector<std::string_view> names = {"auto"};
    std::ranges::transform(kinds, std::back_inserter(names), &RecordKind::name);
    fail_about("format", ExitCode::kUsage, "format {}: expected one of {}", format,
               fmt::join(names, ", "));
  }
  return *std::ranges::find_if(kinds, [&](const RecordKind& kind) { return kind.begins(head); });
}

}  // namespace tessera::table
