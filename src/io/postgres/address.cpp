// Addresses of databases.
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "io/postgres/libpq.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/postgres.hpp"

namespace tessera::io {
namespace {

// What is not libpq's.
struct Own {
  std::string_view name;
  std::string DatabaseAddress::*member;
};
constexpr std::array kOwn = {Own{"table=", &DatabaseAddress::table},
                             Own{"query=", &DatabaseAddress::query},
                             Own{"merge=", &DatabaseAddress::merge}};

constexpr std::string_view kSchemes[] = {"postgresql://", "postgres://"};

// %20 and + as in addresses of the web.
std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16).ptr ==
            text.data() + at + 3) {
      plain += static_cast<char>(value);
      at += 2;
    } else {
      plain += text[at] == '+' ? ' ' : text[at];
    }
  }
  return plain;
}

[[noreturn]] void fail_address(std::string_view field, const std::string& shown,
                               const std::string& problem) {
  fail_about(field, ExitCode::kUsage, "{} {}: {}", field, shown, problem);
}

// What libpq makes of it.
void check_connection(std::string_view field, const std::string& connection,
                      const std::string& shown) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> options(
      pq().PQconninfoParse(connection.c_str(), &error), pq().PQconninfoFree);
  if (!options) {
    std::string reason = error == nullptr ? "it is no address of a database" : error;
    pq().PQfreemem(error);
    reason.erase(reason.find_last_not_of(" \n") + 1);
    fail_address(field, shown, reason);
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == "password" && option->val != nullptr) {
      fail_address(field, shown,
                   "a password in it would come to stand in logs and models; put it into ~/.pgpass "
                   "or the environment (PGPASSWORD)");
    }
  }
}

}  // namespace

bool is_database(std::string_view input) {
  return std::ranges::any_of(kSchemes,
                             [&](std::string_view scheme) { return input.starts_with(scheme); });
}

DatabaseAddress DatabaseAddress::of(const std::string& text, std::string_view field) {
  DatabaseAddress address;
  const std::size_t mark = std::min(text.find('?'), text.size());
  address.connection = text.substr(0, mark);
  // a password ends before the host
  const std::size_t at = address.connection.rfind('@');
  const std::size_t scheme = address.connection.find("://") + 3;
  const std::size_t colon = address.connection.find(':', scheme);
  address.shown = at != std::string::npos && colon < at
                      ? address.connection.substr(0, colon) + address.connection.substr(at)
                      : address.connection;
  char joint = '?';
  for (std::size_t begin = mark + 1; begin < text.size();) {
    const std::size_t end = std::min(text.find('&', begin), text.size());
    const std::string parameter = text.substr(begin, end - begin);
    const auto* const own =
        std::ranges::find_if(kOwn, [&](const Own& one) { return parameter.starts_with(one.name); });
    if (own != kOwn.end()) {
      address.*own->member = decoded(parameter.substr(own->name.size()));
    } else {
      address.connection += joint + parameter;
      joint = '&';
    }
    begin = end + 1;
  }
  address.query.erase(address.query.find_last_not_of("; \n") + 1);
  if (address.table.empty() == address.query.empty()) {
    fail_address(field, address.shown, "which rows? add ?table=NAME or ?query=SELECT ...");
  }
  check_connection(field, address.connection, address.shown);
  address.shown += address.table.empty() ? "?query=" + address.query : "?table=" + address.table;
  return address;
}

}  // namespace tessera::io
