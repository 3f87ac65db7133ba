#include "table/values/kept_column.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "table/values/number.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

std::vector<double> reals_of(std::span<const std::int64_t> integers) {
  std::vector<double> reals(integers.size());
  std::ranges::transform(integers, reals.begin(), [](std::int64_t value) {
    return value == kMissingInteger ? std::numeric_limits<double>::quiet_NaN()
                                    : static_cast<double>(value);
  });
  return reals;
}

std::vector<std::string_view> unpack(std::string_view packed, std::size_t count) {
  std::vector<std::string_view> texts;
  texts.reserve(count);
  while (!packed.empty()) {
    const std::size_t end = packed.find('\0');
    texts.push_back(packed.substr(0, end));
    packed.remove_prefix(end + 1);
  }
  return texts;
}

}  // namespace

void KeptColumn::add_text(std::string_view text) {
  Texts* piece = pieces_.empty() ? nullptr : std::get_if<Texts>(&pieces_.back());
  if (piece == nullptr || piece->rows == kPieceRows) {
    piece = &std::get<Texts>(pieces_.emplace_back(Texts()));
  }
  piece->bytes.append(text).push_back('\0');
  ++piece->rows;
  bytes_ += text.size() + 1;
}

bool KeptColumn::serves(ColumnType type) const {
  return std::ranges::all_of(pieces_, [type](const Piece& piece) {
    return std::holds_alternative<Codes>(piece) ||
           (type == ColumnType::kReal && !std::holds_alternative<Texts>(piece)) ||
           ((type == ColumnType::kInteger || type == ColumnType::kDate) &&
            std::holds_alternative<Integers>(piece)) ||
           (type == ColumnType::kText && std::holds_alternative<Texts>(piece));
  });
}

template <typename Value>
std::vector<Value> KeptColumn::values_of(const Piece& piece, const std::vector<Value>& decoder) {
  if (const auto* codes = std::get_if<Codes>(&piece)) {
    std::vector<Value> values(codes->size());
    std::ranges::transform(*codes, values.begin(), [&](Code code) { return decoder[code]; });
    return values;
  }
  if constexpr (std::is_same_v<Value, std::int64_t>) {
    return std::get<Integers>(piece);
  } else if constexpr (std::is_same_v<Value, double>) {
    const auto* integers = std::get_if<Integers>(&piece);
    return integers != nullptr ? reals_of(*integers) : std::get<Reals>(piece);
  } else if constexpr (std::is_same_v<Value, std::string_view>) {
    const auto& texts = std::get<Texts>(piece);
    return unpack(texts.bytes, texts.rows);
  } else {
    fail(ExitCode::kInternal, "a category was not kept as one");
  }
}

template <typename Value, typename ValueOf, typename Put>
void KeptColumn::write_values(Value missing, const ValueOf& value_of, const Put& put) const {
  std::vector<Value> decoder = {missing};
  for (std::size_t i = 0; i < dictionary_.size(); ++i) {
    decoder.push_back(value_of(dictionary_.at(i)));
  }
  for (const Piece& piece : pieces_) {
    put(values_of(piece, decoder));
  }
}

void KeptColumn::write(ColumnSink& sink, std::size_t column, const Column& wanted,
                       const ColumnForm& form) const {
  std::uint64_t first = 0;
  switch (wanted.type) {
    case ColumnType::kInteger:
    case ColumnType::kDate:
      write_values(
          kMissingInteger,
          [&](std::string_view cell) {
            const Number number = form.parse(cell);
            return number.kind == NumberKind::kNone ? kMissingInteger : number.integer;
          },
          [&](const std::vector<std::int64_t>& values) {
            sink.integers(column, first, values);
            first += values.size();
          });
      break;
    case ColumnType::kReal:
      write_values(
          std::numeric_limits<double>::quiet_NaN(),
          [&](std::string_view cell) {
            const Number number = form.parse(cell);
            return number.kind == NumberKind::kNone ? std::numeric_limits<double>::quiet_NaN()
                                                    : number.real;
          },
          [&](const std::vector<double>& values) {
            sink.reals(column, first, values);
            first += values.size();
          });
      break;
    case ColumnType::kCategory: {
      const std::vector<std::string>& levels = wanted.levels;
      write_values(
          std::int32_t{-1},
          [&](std::string_view cell) {
            return static_cast<std::int32_t>(std::ranges::lower_bound(levels, cell) -
                                             levels.begin());
          },
          [&](const std::vector<std::int32_t>& values) {
            sink.codes(column, first, values);
            first += values.size();
          });
      break;
    }
    case ColumnType::kText:
      write_values(
          std::string_view(), [](std::string_view cell) { return cell; },
          [&](const std::vector<std::string_view>& values) {
            sink.texts(column, first, values);
            first += values.size();
          });
      break;
  }
}

}  // namespace tessera::table
