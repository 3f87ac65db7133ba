#include "table/h5/layout.hpp"

#include <fmt/format.h>

#include <array>

namespace tessera::table::layout {

std::string escape(std::string_view name) {
  std::string escaped;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x20 || byte == 0x7F || byte == '/' || byte == '%' || (byte == '.' && i == 0)) {
      escaped += fmt::format("%{:02X}", byte);
    } else {
      escaped += name[i];
    }
  }
  return escaped;
}

std::string dataset_of(std::string_view column) {
  return std::string(kTable) + "/" + escape(column);
}

std::string levels_of(std::string_view column) {
  return std::string(kLevels) + "/" + escape(column);
}

std::string text_of(std::string_view column) { return std::string(kText) + "/" + escape(column); }

std::int64_t missing_integer(std::size_t bytes) {
  return INT64_MIN >> (64 - 8 * static_cast<int>(bytes));
}

bool parse_type(std::string_view text, ColumnType& type) {
  for (const ColumnType known :
       std::array{ColumnType::kInteger, ColumnType::kReal, ColumnType::kCategory, ColumnType::kText,
                  ColumnType::kDate}) {
    if (text == to_string(known)) {
      type = known;
      return true;
    }
  }
  return false;
}

}  // namespace tessera::table::layout
