#include "rfm/exchange.hpp"

#include <utility>

#include "tessera/numeric/int128.hpp"

namespace tessera::rfm {
namespace {

std::vector<std::uint64_t> begins_of(const std::vector<std::uint64_t>& counts) {
  std::vector<std::uint64_t> begins(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), begins.begin(), std::uint64_t{0});
  return begins;
}

}  // namespace

std::size_t owner_of(std::uint64_t hash, std::size_t ranks) {
  return static_cast<std::size_t>((numeric::Uint128{hash} * ranks) >> 64U);
}

Sent dealt(const Groups& groups, std::size_t count,
           const std::function<std::size_t(std::uint64_t)>& owner) {
  Sent sent{.parts = {},
            .to = std::vector<std::uint64_t>(count),
            .bills_to = std::vector<std::uint64_t>(count)};
  std::vector<std::uint32_t> owners(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    owners[i] = static_cast<std::uint32_t>(owner(groups.hash_of(groups.groups()[i].id)));
    ++sent.to[owners[i]];
  }
  const std::vector<std::uint64_t> begins = begins_of(sent.to);
  std::vector<std::uint64_t> next = begins;
  std::vector<std::uint64_t> order(groups.size());
  std::vector<std::uint64_t> places(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    places[i] = next[owners[i]]++;
    order[places[i]] = i;
  }
  sent.parts = parts_of(groups, order);
  groups.bills().for_each([&](const Bill& bill) { ++sent.bills_to[owners[bill.group]]; });
  next = begins_of(sent.bills_to);
  sent.parts.bills.resize(groups.bills().size());
  groups.bills().for_each([&](const Bill& bill) {
    const std::uint32_t part = owners[bill.group];
    sent.parts.bills[next[part]++] = {places[bill.group] - begins[part], bill.invoice};
  });
  return sent;
}

std::vector<std::uint64_t> sums_of(std::span<const std::uint64_t> values,
                                   std::span<const std::uint64_t> counts) {
  std::vector<std::uint64_t> sums;
  for (const std::uint64_t count : counts) {
    const auto these = values.first(count);
    sums.push_back(std::accumulate(these.begin(), these.end(), std::uint64_t{0}));
    values = values.subspan(count);
  }
  return sums;
}

Dealing::Dealing(const comm::Communicator& comm, std::vector<std::uint64_t> to)
    : comm_(comm), to_(std::move(to)), from_(to_.size()) {
  const std::vector<std::uint64_t> one_each(to_.size(), 1);
  comm.all_to_all(std::span<const std::uint64_t>(to_), one_each, std::span<std::uint64_t>(from_),
                  one_each);
}

Parts parts_of(const Groups& groups, std::span<const std::uint64_t> order) {
  Parts parts;
  parts.groups.reserve(order.size());
  for (const std::uint64_t group : order) {
    parts.groups.push_back(groups.groups()[group]);
  }
  for (const std::uint64_t group :
       groups.held().matches ? order : std::span<const std::uint64_t>()) {
    parts.matches.push_back(groups.matches()[group]);
  }
  if (groups.held().texts) {
    parts.text_bytes.reserve(order.size());
    parts.texts.reserve(groups.text_bytes());
    for (const std::uint64_t group : order) {
      const std::string_view text = groups.text(group);
      parts.text_bytes.push_back(text.size());
      parts.texts.insert(parts.texts.end(), text.begin(), text.end());
    }
  }
  return parts;
}

Parts exchange(const comm::Communicator& comm, Parts mine, std::vector<std::uint64_t> to,
               const Held& held, std::vector<std::uint64_t> bills_to) {
  Parts received;
  const Dealing groups(comm, std::move(to));
  received.groups = groups(std::span<const Group>(mine.groups));
  mine.groups = {};
  if (held.matches) {
    received.matches = groups(std::span<const Match>(mine.matches));
    mine.matches = {};
  }
  if (held.texts) {
    const Dealing texts(comm, sums_of(mine.text_bytes, groups.to()));
    received.text_bytes = groups(std::span<const std::uint64_t>(mine.text_bytes));
    received.texts = texts(std::span<const char>(mine.texts));
  }
  if (bills_to.empty()) {
    return received;
  }
  const Dealing bills(comm, std::move(bills_to));
  received.bills = bills(std::span<const Bill>(mine.bills));
  std::size_t next = 0;
  std::uint64_t begin = 0;
  for (std::size_t rank = 0; rank < groups.from().size(); ++rank) {
    for (std::uint64_t i = 0; i < bills.from()[rank]; ++i) {
      received.bills[next++].group += begin;
    }
    begin += groups.from()[rank];
  }
  return received;
}

void send_to_owners(const comm::Communicator& comm, Groups& local, Groups& owned) {
  Sent sent;
  comm.together([&] {
    const auto ranks = static_cast<std::size_t>(comm.size());
    sent = dealt(local, ranks, [&](std::uint64_t hash) { return owner_of(hash, ranks); });
    local.clear();
  });
  const Parts received = exchange(comm, std::move(sent.parts), std::move(sent.to), owned.held(),
                                  std::move(sent.bills_to));
  comm.together([&] { owned.add(received); });
}

}  // namespace tessera::rfm
