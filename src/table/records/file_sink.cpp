#include "table/records/file_sink.hpp"

#include <utility>

#include "tessera/base/error.hpp"

namespace tessera::table {

FileSink::FileSink(TableWriter& writer, const Reading& reading)
    : writer_(writer), reading_(reading), places_(reading.places()) {
  for (std::size_t column = 0; column < reading.columns().size(); ++column) {
    if (writer.has_own_lengths(column)) {
      own_lengths_[column].runs = reading.text_places(column);
    }
  }
}

void FileSink::integers(std::size_t column, std::uint64_t first,
                        std::span<const std::int64_t> values) {
  put(first, values,
      [&](std::uint64_t row, auto part) { writer_.write_integers(column, row, part); });
}

void FileSink::reals(std::size_t column, std::uint64_t first, std::span<const double> values) {
  put(first, values,
      [&](std::uint64_t row, auto part) { writer_.write_numbers(column, row, part); });
}

void FileSink::codes(std::size_t column, std::uint64_t first,
                     std::span<const std::int32_t> values) {
  put(first, values, [&](std::uint64_t row, auto part) { writer_.write_codes(column, row, part); });
}

void FileSink::texts(std::size_t column, std::uint64_t first,
                     std::span<const std::string_view> values) {
  const auto own = own_lengths_.find(column);
  put(first, values, [&](std::uint64_t row, auto part) {
    writer_.write_text(column, row, part, own == own_lengths_.end() ? 0 : pass(own->second, part));
  });
}

std::uint64_t FileSink::pass(Texts& texts, std::span<const std::string_view> next) const {
  const TextPlace& place = texts.runs.at(texts.run);
  const std::uint64_t before = place.begin + texts.bytes;
  for (const std::string_view text : next) {
    texts.bytes += text.size();
  }
  texts.rows += next.size();
  const bool ends = texts.rows == places_.own().at(texts.run).rows;
  const std::uint64_t planned = place.end - place.begin;
  if (ends ? texts.bytes != planned : texts.bytes > planned) {
    reading_.fail_changed(texts.run);
  }
  if (ends) {
    texts = {std::move(texts.runs), texts.run + 1};
  }
  return before;
}

}  // namespace tessera::table
