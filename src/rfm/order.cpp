#include "rfm/order.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "rfm/exchange.hpp"

namespace tessera::rfm {
namespace {

// Each stands for 1/64 of a rank's customers: shares are then even to a few percent, and a thousand
// ranks have few enough in all.
constexpr std::size_t kSamples = 64;

/// An id as it is compared: numbers by their words, texts by their bytes.
struct Id {
  std::uint64_t word = 0;
  std::string_view text{};

  [[nodiscard]] auto key() const { return std::pair(text, word); }
};

Id id_of(std::uint64_t word, std::string_view text, bool is_text) {
  return is_text ? Id{0, text} : Id{word, {}};
}

// Eight bytes of a text as a number in their order; zeros stand for what is not there.
std::uint64_t word_at(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  if (at < text.size()) {
    std::memcpy(&word, text.data() + at, std::min(sizeof(word), text.size() - at));
  }
  return __builtin_bswap64(word);  // the first byte counts most
}

// How many bytes all texts begin with alike.
std::size_t common_bytes(const Groups& groups) {
  std::string_view common = groups.size() > 0 ? groups.text(0) : std::string_view();
  for (std::size_t i = 1; i < groups.size() && !common.empty(); ++i) {
    const std::string_view text = groups.text(i);
    if (!text.starts_with(common)) {
      const auto end = std::ranges::mismatch(common, text).in1;
      common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
  }
  return common.size();
}

/// Ids that hold their texts.
struct Samples {
  std::vector<std::uint64_t> words;
  std::vector<std::uint64_t> text_bytes;
  std::vector<char> texts;

  /// Collective.
  [[nodiscard]] Samples of_all(const comm::Communicator& comm) const {
    return {comm.all_gather(words), comm.all_gather(text_bytes), comm.all_gather(texts)};
  }
  /// Views of this, sorted.
  [[nodiscard]] std::vector<Id> sorted(bool is_text) const {
    std::vector<Id> ids;
    std::uint64_t begin = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      ids.push_back(id_of(words[i], {texts.data() + begin, text_bytes[i]}, is_text));
      begin += text_bytes[i];
    }
    std::ranges::sort(ids, {}, &Id::key);
    return ids;
  }
};

Samples samples_of(const Groups& groups, std::span<const std::uint64_t> order) {
  Samples samples;
  const std::size_t count = std::min(kSamples, order.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t group = order[(2 * i + 1) * order.size() / (2 * count)];
    const std::string_view text = groups.text(group);
    samples.words.push_back(groups.groups()[group].id);
    samples.text_bytes.push_back(text.size());
    samples.texts.insert(samples.texts.end(), text.begin(), text.end());
  }
  return samples;
}

// How many of the sorted groups go to each rank.
std::vector<std::uint64_t> shares_of(const Groups& groups, std::span<const std::uint64_t> order,
                                     const std::vector<Id>& samples, std::size_t ranks) {
  std::vector<std::uint64_t> shares;
  auto begin = order.begin();
  for (std::size_t rank = 1; rank <= ranks; ++rank) {
    auto end = order.end();
    if (rank < ranks && !samples.empty()) {
      const Id& splitter = samples[rank * samples.size() / ranks];
      end = std::lower_bound(begin, order.end(), splitter, [&](std::uint64_t i, const Id& other) {
        return id_of(groups.groups()[i].id, groups.text(i), groups.held().texts).key() <
               other.key();
      });
    }
    shares.push_back(static_cast<std::uint64_t>(end - begin));
    begin = end;
  }
  return shares;
}

template <typename Value, typename Of>
std::vector<Value> values_of(std::span<const std::uint64_t> order, const Of& of) {
  std::vector<Value> values;
  values.reserve(order.size());
  for (const std::uint64_t place : order) {
    values.push_back(of(place));
  }
  return values;
}

Customers customers_of(const Groups& groups, std::span<const std::uint64_t> order,
                       IdColumn::Kind kind) {
  const auto group = [&](std::uint64_t place) -> const Group& { return groups.groups()[place]; };
  Customers customers;
  switch (kind) {
    case IdColumn::Kind::kInteger:
      customers.ids = values_of<std::int64_t>(
          order, [&](std::uint64_t i) { return IdColumn::integer_of(group(i).id); });
      break;
    case IdColumn::Kind::kReal:
      customers.ids =
          values_of<double>(order, [&](std::uint64_t i) { return IdColumn::real_of(group(i).id); });
      break;
    case IdColumn::Kind::kText:
      customers.ids = values_of<std::string>(
          order, [&](std::uint64_t i) { return std::string(groups.text(i)); });
      break;
  }
  customers.first = values_of<std::int64_t>(order, [&](std::uint64_t i) { return group(i).first; });
  customers.last = values_of<std::int64_t>(order, [&](std::uint64_t i) { return group(i).last; });
  customers.bought =
      values_of<std::uint64_t>(order, [&](std::uint64_t i) { return group(i).bought; });
  customers.spent =
      values_of<numeric::Decimal>(order, [&](std::uint64_t i) { return group(i).spent; });
  if (groups.held().matches) {
    customers.joined =
        values_of<std::uint64_t>(order, [&](std::uint64_t i) { return groups.matches()[i].key; });
  }
  return customers;
}

}  // namespace

// Most are told apart by one word each, which stands
// beside the place: ids are numbers, or texts that differ soon behind what they share.
std::vector<std::uint64_t> sorted_places(const Groups& groups) {
  struct Place {
    std::uint64_t word;
    std::uint64_t group;
  };
  const std::size_t shared = groups.held().texts ? common_bytes(groups) : 0;
  std::vector<Place> places(groups.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = {groups.held().texts ? word_at(groups.text(i), shared) : groups.groups()[i].id, i};
  }
  std::ranges::sort(places, [&](const Place& one, const Place& other) {
    return one.word != other.word || !groups.held().texts
               ? one.word < other.word
               : groups.text(one.group) < groups.text(other.group);
  });
  std::vector<std::uint64_t> order(places.size());
  std::ranges::transform(places, order.begin(), &Place::group);
  return order;
}

Customers in_order(const comm::Communicator& comm, Groups& groups, IdColumn::Kind kind) {
  const bool is_text = kind == IdColumn::Kind::kText;
  const Held held = {.texts = is_text, .bills = false, .matches = groups.held().matches};
  Samples mine;
  std::vector<std::uint64_t> order;
  comm.together([&] {
    order = sorted_places(groups);
    mine = samples_of(groups, order);
  });
  if (comm.size() > 1) {
    const Samples all = mine.of_all(comm);
    std::vector<std::uint64_t> to;
    Parts parts;
    comm.together([&] {
      to = shares_of(groups, order, all.sorted(is_text), static_cast<std::size_t>(comm.size()));
      parts = parts_of(groups, order);
      groups.clear();
    });
    const Parts received = exchange(comm, std::move(parts), std::move(to), held, {});
    comm.together([&] {
      groups = Groups(held);
      groups.add(received);
      order = sorted_places(groups);
    });
  }
  Customers customers;
  comm.together([&] {
    customers = customers_of(groups, order, kind);
    groups.clear();
  });
  return customers;
}

}  // namespace tessera::rfm
