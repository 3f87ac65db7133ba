#include "distinct.hpp"

#include <algorithm>
#include <cstring>

#include "tessera/table/table.hpp"

namespace tessera::table {
namespace {

constexpr std::int32_t kFree = -1;

// Eight bytes at a time, each step a multiplication by an odd constant (2^64 / golden ratio) whose
// high half is folded back; only the spread over a small table matters.
std::uint64_t hash_of(std::string_view text) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15U;
  std::uint64_t hash = text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t bytes = std::min<std::size_t>(8, text.size());
    std::memcpy(&word, text.data(), bytes);
    hash = (hash ^ word) * kFactor;
    hash ^= hash >> 32U;
    text.remove_prefix(bytes);
  }
  return hash;
}

}  // namespace

std::size_t DistinctSet::slot_of(std::string_view text, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != kFree) {
    const auto entry = static_cast<std::size_t>(slots_[slot]);
    if (entries_[entry].hash == hash && at(entry) == text) {
      break;
    }
    slot = (slot + 1) & mask;
  }
  return slot;
}

std::int32_t DistinctSet::find(std::string_view text) const {
  return slots_.empty() ? kFree : slots_[slot_of(text, hash_of(text))];
}

std::int32_t DistinctSet::add(std::string_view text) {
  if (overflowed_) {
    return kFree;
  }
  if (entries_.size() == kMaxLevels || bytes_.size() + text.size() > kMaxBytes) {
    overflow();
    return kFree;
  }
  if (2 * (entries_.size() + 1) > slots_.size()) {
    grow();
  }
  const std::uint64_t hash = hash_of(text);
  const auto number = static_cast<std::int32_t>(entries_.size());
  slots_[slot_of(text, hash)] = number;
  entries_.push_back({hash, bytes_.size(), text.size()});
  bytes_.append(text);
  return number;
}

void DistinctSet::grow() {
  slots_.assign(std::max<std::size_t>(16, 2 * slots_.size()), kFree);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    slots_[slot_of(at(i), entries_[i].hash)] = static_cast<std::int32_t>(i);
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
