#include "table/memory/deal.hpp"

#include <algorithm>

namespace tessera::table {
namespace {

std::uint64_t common(const RowPlaces::Run& run, const comm::Share& share) {
  const std::uint64_t begin = std::max(run.first, share.first);
  const std::uint64_t end = std::min(run.first + run.rows, share.first + share.count);
  return end > begin ? end - begin : 0;
}

}  // namespace

Deal::Deal(const comm::Communicator& comm, const RowPlaces& places)
    : comm_(comm),
      to_(static_cast<std::size_t>(comm.size())),
      from_(static_cast<std::size_t>(comm.size())) {
  const auto me = static_cast<std::uint64_t>(comm.rank());
  const comm::Share share = comm::share_of(places.rows(), comm.rank(), comm.size());
  int receiver = 0;
  for (const RowPlaces::Run& run : places.runs()) {
    if (const std::uint64_t count = common(run, share); count > 0) {
      sorted_ = sorted_ && (pieces_.empty() || pieces_.back().rank <= run.rank);
      pieces_.push_back({run.rank, count});
      from_[run.rank] += count;
    }
    if (run.rank != me) {
      continue;
    }
    // both runs and shares are in the order of the table
    for (std::uint64_t left = run.rows; left > 0;) {
      const comm::Share theirs = comm::share_of(places.rows(), receiver, comm.size());
      const std::uint64_t count = common(run, theirs);
      to_[static_cast<std::size_t>(receiver)] += count;
      left -= count;
      if (left > 0) {
        ++receiver;
      }
    }
  }
}

void Deal::texts(std::vector<std::uint64_t>& sizes, std::vector<char>& bytes) const {
  const auto sums = [](std::span<const std::uint64_t> values,
                       std::span<const std::uint64_t> counts) {
    std::vector<std::uint64_t> result;
    for (const std::uint64_t count : counts) {
      result.push_back(std::accumulate(
          values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count), std::uint64_t{0}));
      values = values.subspan(count);
    }
    return result;
  };
  const std::vector<std::uint64_t> bytes_to = sums(sizes, to_);
  exchange(sizes, to_, from_);
  exchange(bytes, bytes_to, sums(sizes, from_));
  in_order(sizes, pieces_);
  if (sorted_) {
    return;
  }
  std::vector<Piece> pieces_of_bytes;
  std::span<const std::uint64_t> rest(sizes);
  for (const Piece& piece : pieces_) {
    const std::vector<std::uint64_t> one = {piece.count};
    pieces_of_bytes.push_back({piece.rank, sums(rest, one)[0]});
    rest = rest.subspan(piece.count);
  }
  in_order(bytes, pieces_of_bytes);
}

}  // namespace tessera::table
