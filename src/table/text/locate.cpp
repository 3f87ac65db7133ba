#include "table/text/locate.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/simd/separators.hpp"

namespace tessera::table {
namespace {

constexpr std::uint64_t kNowhere = std::numeric_limits<std::uint64_t>::max();

using Visit = std::function<void(std::uint64_t offset, std::string_view chunk)>;

void for_each_chunk(const io::Bytes& file, const comm::Share& share, std::size_t chunk_bytes,
                    const Visit& visit) {
  std::vector<char> buffer(std::min<std::uint64_t>(chunk_bytes, share.count));
  for (std::uint64_t done = 0; done < share.count;) {
    const std::span<char> wanted(buffer.data(),
                                 std::min<std::uint64_t>(buffer.size(), share.count - done));
    const std::size_t got = file.read_at(share.first + done, wanted);
    if (got == 0) {
      fail(ExitCode::kIo, "{} became shorter while it was read", file.name());
    }
    visit(share.first + done, std::string_view(buffer.data(), got));
    done += got;
  }
}

// Line of the last quote that opens a field: where no quote closes it, the one to name.
[[noreturn]] void fail_unclosed(const comm::Communicator& comm, const io::Bytes& file,
                                const QuoteRules& rules, const comm::Share& share,
                                const TextRange& range, std::size_t chunk_bytes) {
  std::uint64_t last_line = 0;
  comm.together([&] {
    QuoteState state = range.state;
    std::uint64_t line = range.line;
    for_each_chunk(file, share, chunk_bytes, [&](std::uint64_t, std::string_view chunk) {
      for (const char c : chunk) {
        const QuoteState next = rules.next(state, c);
        if (!QuoteRules::is_within_quotes(state) && state != QuoteState::kClosing &&
            next == QuoteState::kQuoted) {
          last_line = line;
        }
        line += c == '\n' ? 1U : 0U;
        state = next;
      }
    });
  });
  fail(ExitCode::kBadData, "{}, line {}: a quote opened here is never closed", file.name(),
       comm.all_max(last_line));
}

}  // namespace

TextRange locate(const comm::Communicator& comm, const io::Bytes& file, const TextFormat& format,
                 const QuoteRules& rules, std::size_t chunk_bytes,
                 const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  comm::Share share = comm::share_of(file.size() - format.data.at, comm.rank(), comm.size());
  share.first += format.data.at;

  QuoteMap map;
  std::uint64_t newlines = 0;
  std::uint64_t zero_byte = kNowhere;
  char before = '\n';  // the byte before the range
  comm.together([&] {
    for_each_chunk(file, share, chunk_bytes, [&](std::uint64_t offset, std::string_view chunk) {
      const simd::TextCensus census = simd::take_census(chunk);
      map = map.then(census.any_quote ? rules.map_of(chunk) : rules.map_without_quotes(chunk));
      newlines += census.newlines;
      if (census.any_zero) {
        zero_byte = std::min(zero_byte, offset + chunk.find('\0'));
      }
      progress(offset + chunk.size() - share.first, share.count);
    });
    if (share.first > format.data.at) {
      (void)file.read_at(share.first - 1, std::span(&before, 1));
    }
  });

  TextRange range{.begin = share.first,
                  .end = share.first + share.count,
                  .line = format.data.line + comm.sum_of_lower_ranks(newlines),
                  .state = rules.start(),
                  .at_record = true};
  QuoteState at_end = rules.start();
  const std::vector<std::uint32_t> maps = comm.all_gather(std::vector<std::uint32_t>{map.bits()});
  for (std::size_t rank = 0; rank < maps.size(); ++rank) {
    if (rank == static_cast<std::size_t>(comm.rank())) {
      range.state = at_end;
    }
    at_end = QuoteMap(maps[rank])(at_end);
  }
  range.at_record = before == '\n' && range.state == rules.start();

  zero_byte = comm.all_min(zero_byte);
  if (zero_byte != kNowhere) {
    fail(ExitCode::kBadData, "{} is not plain text: byte {} is zero", file.name(), zero_byte + 1);
  }
  if (QuoteRules::is_within_quotes(at_end)) {
    fail_unclosed(comm, file, rules, share, range, chunk_bytes);
  }
  return range;
}

}  // namespace tessera::table
