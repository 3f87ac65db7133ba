// Order statistics of values that stand as often as their masses say.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "numeric/ordered_key.hpp"
#include "tessera/numeric/order_statistic.hpp"

namespace tessera::numeric {
namespace {

constexpr double kExactIntegers = 0x1.0p53;  // below, a double holds every integer

/// Where a quantile lies: between two positions that follow each other.
struct Place {
  Int128 lower;
  double beyond;  // of the way to the next one
};

/// The share `q` of `last`.
Place place_of(Int128 last, double q) {
  if (static_cast<double>(last) < kExactIntegers) {
    const double place = static_cast<double>(last) * q;
    const auto lower = std::min(static_cast<Int128>(place), last);
    return {lower, place - static_cast<double>(lower)};
  }
  // last * share / 2^53 in two parts, whose products fit
  constexpr unsigned kShareBits = 53;
  constexpr unsigned kPartBits = 48;
  const auto share = static_cast<Int128>(q * kExactIntegers);
  const Int128 product = (last >> kPartBits) * share +
                         (((last & ((Int128{1} << kPartBits) - 1)) * share) >> kPartBits);
  constexpr unsigned kRest = kShareBits - kPartBits;
  const Int128 lower = std::min(product >> kRest, last);
  const Int128 rest = product - (lower << kRest);
  return {lower, std::ldexp(static_cast<double>(rest), -static_cast<int>(kRest))};
}

/// Values of all ranks in order, each as often as its mass says.
class Ordered {
 public:
  Ordered(const comm::Communicator& comm, std::span<const double> values,
          std::span<const Mass> masses)
      : comm_(comm), values_(values), masses_(masses) {}

  /// A value, and what mass lies up to its last position.
  struct Found {
    double value;
    Int128 end;
  };

  /// Collective: the one at a position below the mass of all.
  [[nodiscard]] Found at(Int128 position) const {
    std::vector<Int128> digits(kDigitMask + 1);
    std::uint64_t prefix = 0;
    Int128 before = 0;
    for (unsigned shift = kKeyBits; shift > 0;) {
      const unsigned known = shift;  // the bits from there on are `prefix`'s
      shift -= std::min(kDigitBits, shift);
      std::ranges::fill(digits, 0);
      for (std::size_t i = 0; i < values_.size(); ++i) {
        const std::uint64_t key = to_key(values_[i]);
        if (!std::isnan(values_[i]) && (known == kKeyBits || key >> known == prefix >> known)) {
          digits[(key >> shift) & kDigitMask & mask_of(known - shift)] += masses_[i];
        }
      }
      all_sum(comm_, digits);
      std::uint64_t digit = 0;
      while (position - before >= digits[digit]) {
        before += digits[digit++];
      }
      prefix |= digit << shift;
      if (shift == 0) {
        return {from_key(prefix), before + digits[digit]};
      }
    }
    return {};
  }

  /// Collective: the least value of some mass that is greater than `value`.
  [[nodiscard]] double above(double value) const {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < values_.size(); ++i) {
      least = values_[i] > value && values_[i] < least && masses_[i] > 0 ? values_[i] : least;
    }
    return comm_.all_min(least);
  }

  /// Collective: what mass lies below `value`.
  [[nodiscard]] Int128 below(double value) const {
    Int128 mass = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      mass += values_[i] < value ? masses_[i] : 0;
    }
    return all_sum(comm_, mass);
  }

 private:
  static std::uint64_t mask_of(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

  const comm::Communicator& comm_;
  std::span<const double> values_;
  std::span<const Mass> masses_;
};

}  // namespace

double quantile(const comm::Communicator& comm, std::span<const double> values,
                std::span<const Mass> masses, Int128 known, double q, const Massive& others) {
  const Int128 total = known + others.mass;
  if (total == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const Place place = place_of(total - 1, q);
  const bool with_next = place.beyond > 0 && place.lower + 1 < total;
  const Ordered ordered(comm, values, masses);
  double value = 0;
  double next = 0;
  if (others.mass == 0) {
    const Ordered::Found found = ordered.at(place.lower);
    value = found.value;
    next = !with_next || place.lower + 1 < found.end ? value : ordered.above(value);
  } else {
    const Int128 before = ordered.below(others.value);
    const auto at = [&](Int128 position) {
      return position < before                 ? ordered.at(position).value
             : position < before + others.mass ? others.value
                                               : ordered.at(position - others.mass).value;
    };
    value = at(place.lower);
    next = with_next ? at(place.lower + 1) : value;
  }
  return between(value, next, with_next ? place.beyond : 0);
}

}  // namespace tessera::numeric
