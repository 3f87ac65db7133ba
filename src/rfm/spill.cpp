#include "rfm/spill.hpp"

#include <xxhash.h>

#include <cstring>
#include <utility>

#include "rfm/exchange.hpp"
#include "tessera/base/error.hpp"

namespace tessera::rfm {
namespace {

template <typename Value>
void add_bytes(std::vector<std::byte>& bytes, std::span<const Value> values) {
  const auto more = std::as_bytes(values);
  bytes.insert(bytes.end(), more.begin(), more.end());
}

template <typename Value>
void take_bytes(std::span<const std::byte>& bytes, std::vector<Value>& values,
                std::uint64_t count) {
  values.resize(count);
  if (count > 0) {
    std::memcpy(values.data(), bytes.data(), count * sizeof(Value));
  }
  bytes = bytes.subspan(count * sizeof(Value));
}

template <typename Value>
std::span<const Value> next(std::span<const Value>& values, std::uint64_t count) {
  const auto these = values.first(count);
  values = values.subspan(count);
  return these;
}

}  // namespace

void Spill::put(Groups& groups) {
  if (groups.size() == 0) {
    return;
  }
  if (!file_) {
    file_.emplace(folder_);
  }
  const Sent sent = dealt(groups, kParts, [&](std::uint64_t hash) {
    const std::uint64_t within = hash * ranks_;  // what is left of it behind the rank that owns it
    return owner_of(within, kParts);
  });
  groups.clear();
  std::span<const Group> all = sent.parts.groups;
  std::span<const Match> matches = sent.parts.matches;
  std::span<const std::uint64_t> sizes = sent.parts.text_bytes;
  std::span<const char> texts = sent.parts.texts;
  std::span<const Bill> bills = sent.parts.bills;
  const std::vector<std::uint64_t> text_bytes =
      held_.texts ? sums_of(sizes, sent.to) : std::vector<std::uint64_t>(kParts);
  std::vector<std::byte> bytes;
  for (std::size_t part = 0; part < kParts; ++part) {
    Block block{
        .groups = sent.to[part], .text_bytes = text_bytes[part], .bills = sent.bills_to[part]};
    if (block.groups == 0) {
      continue;
    }
    bytes.clear();
    add_bytes(bytes, next(all, block.groups));
    add_bytes(bytes, next(matches, held_.matches ? block.groups : 0));
    add_bytes(bytes, next(sizes, held_.texts ? block.groups : 0));
    add_bytes(bytes, next(texts, block.text_bytes));
    add_bytes(bytes, next(bills, block.bills));
    block.hash = XXH3_64bits(bytes.data(), bytes.size());
    block.offset = file_->append(bytes);
    blocks_[part].push_back(block);
  }
}

Parts Spill::read(const Block& block) const {
  const std::uint64_t of_group = sizeof(Group) + (held_.matches ? sizeof(Match) : 0) +
                                 (held_.texts ? sizeof(std::uint64_t) : 0);
  std::vector<std::byte> bytes(block.groups * of_group + block.text_bytes +
                               block.bills * sizeof(Bill));
  file_->read(block.offset, bytes);
  if (XXH3_64bits(bytes.data(), bytes.size()) != block.hash) {
    fail(ExitCode::kIo, "{} does not hold what was written to it: its disk may be damaged",
         file_->name());
  }
  std::span<const std::byte> rest = bytes;
  Parts parts;
  take_bytes(rest, parts.groups, block.groups);
  take_bytes(rest, parts.matches, held_.matches ? block.groups : 0);
  take_bytes(rest, parts.text_bytes, held_.texts ? block.groups : 0);
  take_bytes(rest, parts.texts, block.text_bytes);
  take_bytes(rest, parts.bills, block.bills);
  return parts;
}

Groups Spill::part(std::size_t part) const {
  Groups groups(held_);
  for (const Block& block : blocks_[part]) {
    groups.add(read(block));
  }
  return groups;
}

}  // namespace tessera::rfm
