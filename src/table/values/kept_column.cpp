#include "table/values/kept_column.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "table/values/number.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

/// Calls take(values) with `count` values that fill(first, values) gives, some at once.
template <typename Value, typename Fill, typename Take>
void in_batches(std::size_t count, const Fill& fill, const Take& take) {
  std::vector<Value> values;
  for (std::size_t first = 0; first < count; first += values.size()) {
    values.resize(std::min(KeptColumn::kPieceRows, count - first));
    fill(first, values);
    take(std::span<const Value>(values));
  }
}

}  // namespace

void KeptColumn::add_text(std::string_view text) {
  const std::size_t needed = text.size() + 1;
  Texts* piece = pieces_.empty() ? nullptr : std::get_if<Texts>(&pieces_.back());
  if (piece == nullptr || piece->bytes.capacity() - piece->bytes.size() < needed) {
    piece = &std::get<Texts>(pieces_.emplace_back(Texts()));
    piece->bytes.reserve(next_piece(needed));
  }
  ++piece->rows;
  if (!text.empty() &&
      text == std::string_view(piece->bytes.data() + piece->last, piece->last_size)) {
    piece->bytes.push_back(kSame);
    ++bytes_;
    folded_bytes_ += needed - 1;
    return;
  }
  piece->last = piece->bytes.size();
  piece->last_size = text.size();
  piece->bytes.insert(piece->bytes.end(), text.begin(), text.end());
  piece->bytes.push_back('\0');
  bytes_ += needed;
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

template <typename Value, typename Take>
void KeptColumn::hand_on(const Piece& piece, const std::vector<Value>& decoder, const Take& take) {
  if (const auto* codes = std::get_if<Codes>(&piece)) {
    in_batches<Value>(
        codes->size(),
        [&](std::size_t first, std::vector<Value>& values) {
          const auto from = codes->begin() + static_cast<std::ptrdiff_t>(first);
          std::transform(from, from + static_cast<std::ptrdiff_t>(values.size()), values.begin(),
                         [&](Code code) { return decoder[code]; });
        },
        take);
    return;
  }
  if constexpr (std::is_same_v<Value, std::string_view>) {
    const auto& texts = std::get<Texts>(piece);
    std::string_view rest(texts.bytes.data(), texts.bytes.size());
    std::string_view last;
    in_batches<Value>(
        texts.rows,
        [&](std::size_t, std::vector<std::string_view>& values) {
          for (std::string_view& text : values) {
            if (rest.front() == kSame) {
              rest.remove_prefix(1);
            } else {
              last = rest.substr(0, rest.find('\0'));
              rest.remove_prefix(last.size() + 1);
            }
            text = last;
          }
        },
        take);
    return;
  }
  if constexpr (std::is_same_v<Value, double>) {
    if (const auto* integers = std::get_if<Integers>(&piece)) {
      in_batches<Value>(
          integers->size(),
          [&](std::size_t first, std::vector<double>& values) {
            for (std::size_t i = 0; i < values.size(); ++i) {
              const std::int64_t value = (*integers)[first + i];
              values[i] = value == kMissingInteger ? std::numeric_limits<double>::quiet_NaN()
                                                   : static_cast<double>(value);
            }
          },
          take);
      return;
    }
  }
  if constexpr (std::is_same_v<Value, double> || std::is_same_v<Value, std::int64_t>) {
    const std::span<const Value> values(std::get<std::vector<Value>>(piece));
    for (std::size_t first = 0; first < values.size(); first += kPieceRows) {
      take(values.subspan(first, std::min(kPieceRows, values.size() - first)));
    }
    return;
  }
  fail(ExitCode::kInternal, "a category was not kept as one");
}

template <typename Value, typename ValueOf, typename Take>
void KeptColumn::hand_on_all(Value missing, const ValueOf& value_of, const Take& take) const {
  std::vector<Value> decoder = {missing};
  for (std::size_t i = 0; i < dictionary_.size(); ++i) {
    decoder.push_back(value_of(dictionary_.at(i)));
  }
  for (const Piece& piece : pieces_) {
    hand_on(piece, decoder, take);
  }
}

void KeptColumn::for_each_text(
    const std::function<void(std::span<const std::string_view>)>& take) const {
  hand_on_all(
      std::string_view(), [](std::string_view cell) { return cell; }, take);
}

void KeptColumn::write(ColumnSink& sink, std::size_t column, const Column& wanted,
                       const ColumnForm& form) const {
  std::uint64_t first = 0;
  switch (wanted.type) {
    case ColumnType::kInteger:
    case ColumnType::kDate:
      hand_on_all(
          kMissingInteger,
          [&](std::string_view cell) {
            const Number number = form.parse(cell);
            return number.kind == NumberKind::kNone ? kMissingInteger : number.integer;
          },
          [&](std::span<const std::int64_t> values) {
            sink.integers(column, first, values);
            first += values.size();
          });
      break;
    case ColumnType::kReal:
      hand_on_all(
          std::numeric_limits<double>::quiet_NaN(),
          [&](std::string_view cell) {
            const Number number = form.parse(cell);
            return number.kind == NumberKind::kNone ? std::numeric_limits<double>::quiet_NaN()
                                                    : number.real;
          },
          [&](std::span<const double> values) {
            sink.reals(column, first, values);
            first += values.size();
          });
      break;
    case ColumnType::kCategory: {
      const std::vector<std::string>& levels = wanted.levels;
      hand_on_all(
          std::int32_t{-1},
          [&](std::string_view cell) {
            return static_cast<std::int32_t>(std::ranges::lower_bound(levels, cell) -
                                             levels.begin());
          },
          [&](std::span<const std::int32_t> values) {
            sink.codes(column, first, values);
            first += values.size();
          });
      break;
    }
    case ColumnType::kText:
      for_each_text([&](std::span<const std::string_view> texts) {
        sink.texts(column, first, texts);
        first += texts.size();
      });
      break;
  }
}

}  // namespace tessera::table
