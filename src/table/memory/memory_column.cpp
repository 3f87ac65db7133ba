#include "table/memory/memory_column.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "table/values/column_sink.hpp"
#include "tessera/base/error.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::table {
namespace {

template <typename To>
bool holds(double minimum, double maximum) {
  // the smallest stands for a missing value
  return minimum > static_cast<double>(std::numeric_limits<To>::min()) &&
         maximum <= static_cast<double>(std::numeric_limits<To>::max());
}

template <typename To, typename From>
To narrowed(From value, From missing, To as) {
  return value == missing ? as : static_cast<To>(value);
}

// Calls use(values) with the integers that are stored, whatever their width.
template <typename Stored, typename Use>
void with_integers(Stored& stored, const Use& use) {
  std::visit(
      [&](auto& values) {
        using Held = std::remove_cvref_t<decltype(values)>;
        if constexpr (requires { typename Held::value_type; }) {
          if constexpr (std::is_integral_v<typename Held::value_type>) {
            use(values);
            return;
          }
        }
        fail(ExitCode::kInternal, "a column in memory does not hold integers");
      },
      stored);
}

}  // namespace

MemoryColumn::MemoryColumn(const Column& column, const ColumnSummary& summary) {
  double minimum = -1;
  auto maximum = static_cast<double>(column.levels.size());
  switch (column.type) {
    case ColumnType::kText:
      stored_ = Texts();
      return;
    case ColumnType::kReal:
      stored_ = Values<double>();
      return;
    case ColumnType::kInteger:
    case ColumnType::kDate:
      minimum = summary.minimum.value_or(0);
      maximum = summary.maximum.value_or(0);
      break;
    case ColumnType::kCategory:
      break;
  }
  if (holds<std::int8_t>(minimum, maximum)) {
    stored_ = Values<std::int8_t>();
  } else if (holds<std::int16_t>(minimum, maximum)) {
    stored_ = Values<std::int16_t>();
  } else if (holds<std::int32_t>(minimum, maximum)) {
    stored_ = Values<std::int32_t>();
  } else {
    stored_ = Values<std::int64_t>();
  }
}

void MemoryColumn::reserve(std::size_t rows, std::size_t text_bytes) {
  std::visit(
      [&](auto& values) {
        if constexpr (requires { values.ends; }) {
          values.ends.reserve(rows);
          values.bytes.reserve(text_bytes);
        } else {
          values.reserve(rows);
        }
      },
      stored_);
}

void MemoryColumn::add_integers(std::span<const std::int64_t> added) {
  with_integers(stored_, [&](auto& values) {
    using To = typename std::remove_cvref_t<decltype(values)>::value_type;
    const std::size_t before = values.size();
    values.resize(before + added.size());
    std::ranges::transform(
        added, values.begin() + static_cast<std::ptrdiff_t>(before), [](std::int64_t value) {
          return narrowed<To>(value, kMissingInteger, std::numeric_limits<To>::min());
        });
  });
}

void MemoryColumn::add_reals(std::span<const double> added) {
  auto& values = std::get<Values<double>>(stored_);
  values.insert(values.end(), added.begin(), added.end());
}

void MemoryColumn::add_codes(std::span<const std::int32_t> added) {
  with_integers(stored_, [&](auto& values) {
    using To = typename std::remove_cvref_t<decltype(values)>::value_type;
    const std::size_t before = values.size();
    values.resize(before + added.size());
    std::ranges::transform(added, values.begin() + static_cast<std::ptrdiff_t>(before),
                           [](std::int32_t code) { return static_cast<To>(code); });
  });
}

void MemoryColumn::add_texts(std::span<const std::string_view> added) {
  auto& texts = std::get<Texts>(stored_);
  for (const std::string_view text : added) {
    texts.bytes.insert(texts.bytes.end(), text.begin(), text.end());
    texts.ends.push_back(texts.bytes.size());
  }
}

void MemoryColumn::numbers(std::size_t at, std::span<double> out) const {
  if (const auto* reals = std::get_if<Values<double>>(&stored_)) {
    std::copy_n(reals->begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
    return;
  }
  with_integers(stored_, [&](const auto& values) {
    using From = typename std::remove_cvref_t<decltype(values)>::value_type;
    simd::vectorise([from = values.data() + at, to = out.data(), count = out.size()]()
                        TESSERA_INLINE {
                          for (std::size_t i = 0; i < count; ++i) {
                            to[i] = from[i] == std::numeric_limits<From>::min()
                                        ? std::numeric_limits<double>::quiet_NaN()
                                        : static_cast<double>(from[i]);
                          }
                        });
  });
}

void MemoryColumn::codes(std::size_t at, std::span<std::int32_t> out) const {
  with_integers(stored_, [&](const auto& values) {
    std::transform(values.begin() + static_cast<std::ptrdiff_t>(at),
                   values.begin() + static_cast<std::ptrdiff_t>(at + out.size()), out.begin(),
                   [](auto code) { return static_cast<std::int32_t>(code); });
  });
}

std::int64_t MemoryColumn::integer(std::size_t row) const {
  std::int64_t result = 0;
  with_integers(stored_, [&](const auto& values) {
    using From = typename std::remove_cvref_t<decltype(values)>::value_type;
    result = narrowed<std::int64_t>(values[row], std::numeric_limits<From>::min(), kMissingInteger);
  });
  return result;
}

std::string_view MemoryColumn::text(std::size_t row) const {
  const auto& texts = std::get<Texts>(stored_);
  const std::uint64_t begin = row == 0 ? 0 : texts.ends[row - 1];
  return {texts.bytes.data() + begin, texts.ends[row] - begin};
}

std::uint64_t MemoryColumn::bytes() const {
  const auto held = [](const auto& values) {
    return values.capacity() * sizeof(typename std::remove_cvref_t<decltype(values)>::value_type);
  };
  return std::visit(
      [&](const auto& values) -> std::uint64_t {
        if constexpr (requires { values.ends; }) {
          return held(values.bytes) + held(values.ends);
        } else {
          return held(values);
        }
      },
      stored_);
}

void MemoryColumn::deal(const Deal& deal) {
  if (auto* texts = std::get_if<Texts>(&stored_)) {
    std::vector<std::uint64_t>& sizes = texts->ends;  // for as long as they are dealt
    std::adjacent_difference(sizes.begin(), sizes.end(), sizes.begin());
    deal.texts(sizes, texts->bytes);
    std::partial_sum(sizes.begin(), sizes.end(), sizes.begin());
    return;
  }
  std::visit(
      [&](auto& values) {
        if constexpr (!requires { values.ends; }) {
          deal.values(values);
        }
      },
      stored_);
}

}  // namespace tessera::table
