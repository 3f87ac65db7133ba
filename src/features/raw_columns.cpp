#include "features/raw_columns.hpp"

#include <cstring>
#include <utility>

namespace tessera::features {
namespace {

constexpr std::size_t kBlock = FeatureRows::kBlock;
constexpr std::size_t kFloatsPerDouble = sizeof(double) / sizeof(float);

}  // namespace

RawColumns::RawColumns(const table::Table& table, std::vector<std::size_t> columns,
                       FeatureRows& rows)
    : table_(table),
      columns_(std::move(columns)),
      rows_(rows),
      by_rows_(table.columns_per_read() > 1 && columns_.size() > 1),
      buffers_(by_rows_ ? 2 : 1, std::vector<double>(columns_.empty() ? 0 : rows.rows())) {}

float* RawColumns::kept_in(std::size_t block, std::size_t i) const {
  // Later columns lie further behind, so that none is written over before its turn.
  const std::size_t from_end = (group_size_ - i) * kFloatsPerDouble;
  return rows_.numeric_block(block) + (columns_.size() - from_end) * kBlock;
}

void RawColumns::read_group() {
  group_first_ = done_;
  const std::size_t left = columns_.size() - done_;
  const std::size_t in_buffers = std::min(left, buffers_.size());
  group_size_ = in_buffers + (left - in_buffers) / kFloatsPerDouble;
  const std::size_t kept = group_size_ - in_buffers;
  const std::size_t at_once =
      std::max(table::kPieceValues / group_size_ / kBlock, std::size_t{1}) * kBlock;
  std::vector<double> pieces(kept * at_once);
  std::vector<std::span<double>> out(group_size_);
  for (std::uint64_t at = 0; at < rows_.rows(); at += at_once) {
    const std::size_t count = std::min<std::uint64_t>(at_once, rows_.rows() - at);
    for (std::size_t i = 0; i < group_size_; ++i) {
      out[i] = i < buffers_.size()
                   ? std::span(buffers_[i]).subspan(at, count)
                   : std::span(pieces).subspan((i - buffers_.size()) * at_once, count);
    }
    table_.read_number_columns(std::span(columns_).subspan(group_first_, group_size_),
                               rows_.first_row() + at, out);
    for (std::size_t i = buffers_.size(); i < group_size_; ++i) {
      for (std::size_t begin = 0; begin < count; begin += kBlock) {
        std::memcpy(kept_in((at + begin) / kBlock, i), out[i].data() + begin,
                    std::min(kBlock, count - begin) * sizeof(double));
      }
    }
  }
}

std::span<double> RawColumns::next_by_rows() {
  if (done_ == group_first_ + group_size_) {
    read_group();
  }
  const std::size_t i = done_++ - group_first_;
  if (i < buffers_.size()) {
    return buffers_[i];
  }
  const std::span<double> values = buffers_[0];
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    std::memcpy(values.data() + b * kBlock, kept_in(b, i), rows_.rows_in_block(b) * sizeof(double));
  }
  return values;
}

}  // namespace tessera::features
