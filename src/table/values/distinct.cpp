#include "table/values/distinct.hpp"

#include <algorithm>
#include <cstring>

#include "tessera/table/table.hpp"

namespace tessera::table {
namespace {

constexpr std::int32_t kFree = -1;

template <typename Word>
std::uint64_t load(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// The first eight bytes, zero-padded: without a call to memcpy of unknown length, for almost all
// cells are short.
std::uint64_t prefix_of(std::string_view text) {
  const std::size_t size = text.size();
  const char* const at = text.data();
  if (size >= 8) {
    return load<std::uint64_t>(at);
  }
  if (size >= 4) {
    return load<std::uint32_t>(at) | load<std::uint32_t>(at + size - 4) << (8 * (size - 4));
  }
  if (size == 0) {
    return 0;
  }
  const std::size_t middle = size / 2;
  return load<std::uint8_t>(at) | load<std::uint8_t>(at + middle) << (8 * middle) |
         load<std::uint8_t>(at + size - 1) << (8 * (size - 1));
}

}  // namespace

std::uint64_t DistinctSet::hash_of(std::string_view text, std::uint64_t prefix) {
  std::uint64_t hash = short_hash(prefix, text.size());
  while (text.size() > 8) {
    text.remove_prefix(8);
    hash = mix(hash ^ prefix_of(text));
  }
  return hash;
}

std::int32_t DistinctSet::find(std::string_view text) const {
  if (slots_.empty()) {
    return kFree;
  }
  const std::uint64_t prefix = prefix_of(text);
  return slots_[slot_of(text, prefix, hash_of(text, prefix))].number;
}

std::int32_t DistinctSet::add(std::string_view text) {
  if (overflowed_) {
    return kFree;
  }
  if (entries_.size() == kMaxLevels || bytes_.size() + text.size() > kMaxBytes) {
    overflow();
    return kFree;
  }
  // Sparse: a mispredicted step to the next slot costs more than the table's few KiB.
  if (8 * (entries_.size() + 1) > slots_.size()) {
    grow();
  }
  const std::uint64_t prefix = prefix_of(text);
  const auto number = static_cast<std::int32_t>(entries_.size());
  slots_[slot_of(text, prefix, hash_of(text, prefix))] = {
      prefix, static_cast<std::uint32_t>(text.size()), number};
  entries_.push_back({bytes_.size(), text.size()});
  bytes_.append(text);
  return number;
}

void DistinctSet::grow() {
  slots_.assign(std::max<std::size_t>(64, 2 * slots_.size()), Slot{});
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::uint64_t prefix = prefix_of(at(i));
    slots_[slot_of(at(i), prefix, hash_of(at(i), prefix))] = {
        prefix, static_cast<std::uint32_t>(entries_[i].size), static_cast<std::int32_t>(i)};
  }
}

std::string DistinctSet::pack() const {
  std::string packed;
  packed.reserve(bytes_.size() + entries_.size());
  for (std::size_t i = 0; i < size(); ++i) {
    packed.append(at(i)).push_back('\0');
  }
  return packed;
}

void DistinctSet::merge(std::string_view packed) {
  while (!packed.empty() && !overflowed_) {
    const std::size_t end = packed.find('\0');
    const std::string_view text = packed.substr(0, end);
    if (find(text) == kFree) {
      add(text);
    }
    packed.remove_prefix(end + 1);
  }
}

// The strings stay readable: they are kept until someone has looked at them.
void DistinctSet::overflow() { overflowed_ = true; }

}  // namespace tessera::table
