#include "cluster/kmeans/shard_sums.hpp"

#include <bit>
#include <span>

namespace tessera::cluster {

using features::CategoryTables;

ShardSums::ShardSums(const features::FeatureRows& rows, std::size_t segments,
                     const DataFacts& facts)
    : sums_(rows.space(), segments, facts),
      categories_(rows.categories()),
      at_entries_(facts.weighted ? 0 : segments * categories_.entries(), 0),
      nowhere_(sums_.view().stride, 0),
      scratch_(16 * quantised_stride(rows.space().numeric)) {
  for (const numeric::FixedPoint& format : facts.formats) {
    factors_.push_back(static_cast<float>(format.factor()));
  }
}

void ShardSums::add(std::size_t segment, const features::FeatureRows& rows, std::uint64_t row,
                    std::int64_t sign) {
  sums_.add(segment, rows, row, sign);
  std::int64_t* const at_entries = at_entries_.data() + segment * categories_.entries();
  for (std::size_t t = 0; t < categories_.tables().size(); ++t) {
    at_entries[categories_.tables()[t].offset + rows.position(row, t)] += sign;
  }
}

void ShardSums::move(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                     const std::int32_t* to) {
  SumsView view = sums_.view();
  view.factors = factors_.data();
  view.nowhere = nowhere_.data();
  view.scratch = scratch_.data();
  kernels().move_sums(rows, moved, labels, to, view);
  if (!at_entries_.empty()) {
    move_positions(rows, moved, labels, to);
  }
}

void ShardSums::move(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                     const std::int32_t* to, const numeric::Mass* masses) {
  for (std::uint64_t left = moved; left != 0; left &= left - 1) {
    const auto row = static_cast<std::size_t>(std::countr_zero(left));
    if (masses[row] == 0) {
      continue;
    }
    sums_.add_mass(static_cast<std::size_t>(to[row]), rows, row, categories_, masses[row], +1);
    if (labels[row] != kNoLabel) {
      sums_.add_mass(labels[row], rows, row, categories_, -numeric::Int128{masses[row]}, -1);
    }
  }
}

void ShardSums::move_positions(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                               const std::int32_t* to) {
  const std::span<const CategoryTables::Table> tables = categories_.tables();
  const std::size_t entries = categories_.entries();
  const std::size_t bytes = rows.position_bytes;
  for (std::uint64_t left = moved; left != 0; left &= left - 1) {
    const auto row = static_cast<std::size_t>(std::countr_zero(left));
    const auto add = [&](std::size_t segment, std::int64_t sign) {
      std::int64_t* const counts = at_entries_.data() + segment * entries;
      const std::uint8_t* at = rows.positions + row;
      for (const CategoryTables::Table& table : tables) {
        counts[table.offset + features::read_position(at, rows.stride, bytes)] += sign;
        at += bytes * rows.stride;
      }
    };
    add(static_cast<std::size_t>(to[row]), +1);
    if (labels[row] != kNoLabel) {
      add(labels[row], -1);
    }
  }
}

void ShardSums::finish_update(const CentroidSums::Riders& riders) {
  const std::size_t entries = categories_.entries();
  for (std::size_t segment = 0; segment < sums_.segments() && !at_entries_.empty(); ++segment) {
    categories_.count_levels(std::span(at_entries_).subspan(segment * entries, entries),
                             sums_.levels(segment));
  }
  sums_.set_riders(riders);
}

}  // namespace tessera::cluster
