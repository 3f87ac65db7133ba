#include "rfm/groups.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace tessera::rfm {
namespace {

constexpr std::size_t kLeastSlots = 1024;
// As many memory accesses are under way at a time as a core can wait for, and some more.
constexpr std::size_t kTogether = 64;
constexpr unsigned kTagBits = 16;
constexpr std::uint64_t kPlaces = (std::uint64_t{1} << (64 - kTagBits)) - 1;

// Neither the bits that choose a slot of a table of up to 2^32, nor those that choose the owner.
std::uint64_t tag_of(std::uint64_t hash) { return hash << kTagBits & ~kPlaces; }

}  // namespace

void Match::take(const Match& other) {
  if (other.when == kNever) {
    return;
  }
  several |= other.several;
  if (when != kNever && key != other.key) {
    several = 1;
  }
  if (std::pair(other.when, other.key) > std::pair(when, key)) {
    when = other.when;
    key = other.key;
  }
}

std::size_t BillSet::place_of(const Bill& bill) const {
  return numeric::mix(bill.invoice + bill.group * 0x9E3779B97F4A7C15U) & (slots_.size() - 1);
}

void BillSet::prefetch(const Bill& bill) const {
  if (!slots_.empty()) {
    __builtin_prefetch(&slots_[place_of(bill)]);
  }
}

bool BillSet::insert(const Bill& bill) {
  if (2 * (size_ + 1) > slots_.size()) {
    grow();
  }
  for (std::size_t at = place_of(bill);; at = (at + 1) & (slots_.size() - 1)) {
    Bill& slot = slots_[at];
    if (slot.group == 0) {
      slot = {bill.group + 1, bill.invoice};
      ++size_;
      return true;
    }
    if (slot.group == bill.group + 1 && slot.invoice == bill.invoice) {
      return false;
    }
  }
}

void BillSet::grow() {
  std::vector<Bill> old(std::max(kLeastSlots, 2 * slots_.size()));
  old.swap(slots_);
  for (const Bill& slot : old) {
    if (slot.group != 0) {
      std::size_t at = place_of({slot.group - 1, slot.invoice});
      while (slots_[at].group != 0) {
        at = (at + 1) & (slots_.size() - 1);
      }
      slots_[at] = slot;
    }
  }
}

void Groups::make_room(std::size_t more) {
  const std::size_t needed = 2 * (groups_.size() + more);
  if (needed <= slots_.size()) {
    return;
  }
  slots_.assign(std::max(kLeastSlots, std::bit_ceil(needed)), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const std::uint64_t hash = hash_of(groups_[group].id);
    std::size_t at = hash & mask;
    while (slots_[at] != 0) {
      at = (at + 1) & mask;
    }
    slots_[at] = tag_of(hash) | (group + 1);
  }
}

std::uint64_t Groups::bytes() const {
  return groups_.capacity() * sizeof(Group) + matches_.capacity() * sizeof(Match) +
         slots_.capacity() * sizeof(std::uint64_t) + texts_.capacity() +
         text_ends_.capacity() * sizeof(std::uint64_t) + bills_.bytes();
}

std::optional<std::size_t> Groups::find(std::uint64_t id, std::string_view text) const {
  const std::uint64_t hash = hash_of(id);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; !slots_.empty() && slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t group = (slots_[at] & kPlaces) - 1;
    if ((slots_[at] & ~kPlaces) == tag_of(hash) && groups_[group].id == id &&
        this->text(group) == text) {
      return group;
    }
  }
  return std::nullopt;
}

std::size_t Groups::find_or_add(std::uint64_t id, std::uint64_t hash, std::string_view text) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const std::uint64_t slot = slots_[at];
    if (slot == 0) {
      groups_.push_back({.id = id});
      if (held_.matches) {
        matches_.emplace_back();
      }
      if (held_.texts) {
        texts_.insert(texts_.end(), text.begin(), text.end());
        text_ends_.push_back(texts_.size());
      }
      slots_[at] = tag_of(hash) | groups_.size();
      return groups_.size() - 1;
    }
    const std::size_t group = (slot & kPlaces) - 1;
    if ((slot & ~kPlaces) == tag_of(hash) && groups_[group].id == id &&
        (!held_.texts || this->text(group) == text)) {
      return group;
    }
  }
}

// In passes over a few ids, so that what one of them waits for is on its way for the others.
template <typename IdAt, typename TextAt, typename Use>
void Groups::place(std::size_t count, const IdAt& id_at, const TextAt& text_at, const Use& use) {
  std::array<std::uint64_t, kTogether> hashes;
  for (std::size_t first = 0; first < count; first += kTogether) {
    const std::size_t here = std::min(kTogether, count - first);
    make_room(here);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < here; ++i) {
      hashes[i] = hash_of(id_at(first + i));
      __builtin_prefetch(&slots_[hashes[i] & mask]);
    }
    for (std::size_t i = 0; i < here; ++i) {
      if (const std::uint64_t slot = slots_[hashes[i] & mask]; slot != 0) {
        __builtin_prefetch(&groups_[(slot & kPlaces) - 1]);
        if (held_.texts) {
          __builtin_prefetch(&text_ends_[(slot & kPlaces) - 1]);
        }
      }
    }
    for (std::size_t i = 0; held_.texts && i < here; ++i) {
      if (const std::uint64_t slot = slots_[hashes[i] & mask]; slot != 0) {
        __builtin_prefetch(text((slot & kPlaces) - 1).data());
      }
    }
    for (std::size_t i = 0; i < here; ++i) {
      use(first + i, find_or_add(id_at(first + i), hashes[i], text_at(first + i)));
    }
  }
}

void Groups::add(const Batch& batch) {
  std::vector<Bill> bills;
  place(
      batch.ids.size(), [&](std::size_t row) { return batch.ids[row]; },
      [&](std::size_t row) { return held_.texts ? batch.texts[row] : std::string_view(); },
      [&](std::size_t row, std::size_t at) {
        Group& group = groups_[at];
        group.first = std::min(group.first, batch.dates[row]);
        group.last = std::max(group.last, batch.dates[row]);
        if (!batch.amounts.empty()) {
          group.spent += batch.amounts[row];
        }
        if (!batch.keys.empty() && batch.keys[row] != kNoKey) {
          matches_[at].take({.when = batch.dates[row], .key = batch.keys[row]});
        }
        if (held_.bills) {
          const Bill bill = {at, batch.invoices[row]};
          if (bills.empty() || bills.back() != bill) {  // lines of one bill follow one another
            bills.push_back(bill);
          }
        } else {
          ++group.bought;
        }
      });
  add_bills(bills);
}

void Groups::add(const Parts& parts) {
  std::vector<std::size_t> places(held_.bills ? parts.groups.size() : 0);
  std::uint64_t begin = 0;  // of the next text
  place(
      parts.groups.size(), [&](std::size_t part) { return parts.groups[part].id; },
      [&](std::size_t part) {
        if (!held_.texts) {
          return std::string_view();
        }
        const std::string_view text(parts.texts.data() + begin, parts.text_bytes[part]);
        begin += text.size();
        return text;
      },
      [&](std::size_t part, std::size_t at) {
        const Group& other = parts.groups[part];
        Group& group = groups_[at];
        group.first = std::min(group.first, other.first);
        group.last = std::max(group.last, other.last);
        group.bought += held_.bills ? 0 : other.bought;
        group.spent += other.spent;
        if (held_.matches) {
          matches_[at].take(parts.matches[part]);
        }
        if (held_.bills) {
          places[part] = at;
        }
      });
  std::vector<Bill> bills;
  for (const Bill& bill : parts.bills) {
    bills.push_back({places[bill.group], bill.invoice});
  }
  add_bills(bills);
}

void Groups::add_bills(std::span<const Bill> bills) {
  for (std::size_t first = 0; first < bills.size(); first += kTogether) {
    const auto here = bills.subspan(first, std::min(kTogether, bills.size() - first));
    for (const Bill& bill : here) {
      bills_.prefetch(bill);
    }
    for (const Bill& bill : here) {
      groups_[bill.group].bought += bills_.insert(bill) ? 1U : 0U;
    }
  }
}

}  // namespace tessera::rfm
