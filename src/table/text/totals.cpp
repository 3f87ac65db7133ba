#include "table/text/totals.hpp"

#include <algorithm>
#include <array>

namespace tessera::table {
namespace {

constexpr std::array<std::string_view, 14> kWords = {
    "total",  "totals",      "grand total", "subtotal",      "sum",    "sums",  "summe",
    "gesamt", "gesamtsumme", "insgesamt",   "zwischensumme", "totale", "somme", "totaal"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(std::string_view cell, std::string_view word) {
  return std::ranges::equal(cell, word, {}, lower);
}

}  // namespace

bool is_row_of_totals(const std::string_view* cells, std::size_t columns, std::size_t stride) {
  std::size_t c = 0;
  while (c < columns && cells[c * stride].empty()) {
    ++c;
  }
  if (c == columns) {
    return false;
  }
  std::string_view cell = cells[c * stride];
  if (cell.ends_with(':')) {
    cell.remove_suffix(1);
  }
  return std::ranges::any_of(kWords, [&](std::string_view word) { return is_word(cell, word); });
}

}  // namespace tessera::table
