#include <algorithm>
#include <array>
#include <utility>

#include "io/bytes/packings.hpp"
#include "io/remote/connection.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/scratch_file.hpp"

namespace tessera::io {
namespace {

constexpr std::uint64_t kBlockBytes = std::uint64_t{4} << 20U;  // of a request
constexpr std::size_t kKept = 4;

/// What was fetched as a whole.
class WholeFile final : public Bytes {
 public:
  WholeFile(std::string name, const std::string& folder)
      : name_(std::move(name)), scratch_(folder) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t size() const override { return scratch_.size() - begin_; }
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> out) const override {
    out = out.first(std::min<std::uint64_t>(out.size(), size() - std::min(offset, size())));
    scratch_.read(begin_ + offset, std::as_writable_bytes(out));
    return out.size();
  }

  /// What came before does not count.
  void begin() { begin_ = scratch_.size(); }
  void append(std::span<const char> bytes) { scratch_.append(std::as_bytes(bytes)); }

 private:
  std::string name_;
  ScratchFile scratch_;
  std::uint64_t begin_ = 0;
};

void require_same_version(const std::string& name, const RemoteState& version,
                          const RemoteAnswer& answer) {
  if (answer.tag != version.tag || answer.modified != version.modified ||
      answer.total != version.size) {
    fail(ExitCode::kIo,
         "{} changed while it was read; run the same command again when nothing writes to it",
         name);
  }
}

}  // namespace

RemoteFile::RemoteFile(const std::string& url)
    : name_(without_query(url)), connection_(std::make_unique<Connection>(RemoteAddress::of(url))) {
  const RemoteAnswer answer =
      connection_->get(0, 1, nullptr, ExitCode::kNoInput,
                       {.begin = [] {},
                        .bytes =
                            [](const RemoteAnswer& coming, auto) {
                              return coming.first.has_value();  // else all of it would come
                            }});
  // a server that knows no ranges sends all; of an empty file some do, too
  state_ = {.size = answer.total.value_or(answer.length.value_or(0)),
            .tag = answer.tag,
            .modified = answer.modified,
            .in_parts = answer.total.has_value()};
}

RemoteFile::RemoteFile(const std::string& url, RemoteState state)
    : name_(without_query(url)),
      connection_(std::make_unique<Connection>(RemoteAddress::of(url))),
      state_(std::move(state)) {}

RemoteFile::~RemoteFile() = default;

const RemoteFile::Block& RemoteFile::block(std::uint64_t number) const {
  const auto known = std::ranges::find(blocks_, number, &Block::number);
  if (known != blocks_.end()) {
    std::rotate(blocks_.begin(), known, known + 1);
    return blocks_.front();
  }
  const std::uint64_t first = number * kBlockBytes;
  const std::uint64_t count = std::min(kBlockBytes, state_.size - first);
  Block fetched{.number = number, .bytes = {}};
  fetched.bytes.reserve(count);
  const RemoteAnswer answer = connection_->get(
      first, count, &state_, ExitCode::kIo,
      {.begin = [&] { fetched.bytes.clear(); },
       .bytes =
           [&](const RemoteAnswer& coming, std::span<const char> bytes) {
             if (coming.first != first || fetched.bytes.size() + bytes.size() > count) {
               return false;  // and that is told below
             }
             fetched.bytes.insert(fetched.bytes.end(), bytes.begin(), bytes.end());
             return true;
           }});
  require_same_version(name_, state_, answer);
  if (answer.first != first || fetched.bytes.size() != count) {
    fail(ExitCode::kIo, "{}: the server sends other bytes than were asked for ({} to {})", name_,
         grouped(first), grouped(first + count - 1));
  }
  if (blocks_.size() == kKept) {
    blocks_.pop_back();
  }
  return *blocks_.insert(blocks_.begin(), std::move(fetched));
}

std::size_t RemoteFile::read_at(std::uint64_t offset, std::span<char> out) const {
  const std::lock_guard lock(mutex_);
  std::size_t done = 0;
  while (done < out.size() && offset + done < state_.size) {
    const std::uint64_t at = offset + done;
    const Block& from = block(at / kBlockBytes);
    const std::size_t begin = at % kBlockBytes;
    const std::size_t count = std::min(out.size() - done, from.bytes.size() - begin);
    std::copy_n(from.bytes.begin() + static_cast<std::ptrdiff_t>(begin), count,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    done += count;
  }
  return done;
}

void RemoteFile::check_unchanged() const {
  if (state_.size == 0) {
    return;
  }
  const std::lock_guard lock(mutex_);
  require_same_version(
      name_, state_,
      connection_->get(state_.size - 1, 1, &state_, ExitCode::kIo,
                       {.begin = [] {}, .bytes = [](const auto&, auto) { return true; }}));
}

std::unique_ptr<Bytes> RemoteFile::fetch_whole() const {
  auto whole = std::make_unique<WholeFile>(name_, usual_scratch_folder());
  connection_->get_whole(ExitCode::kIo, {.begin = [&] { whole->begin(); },
                                         .bytes =
                                             [&](const auto&, std::span<const char> bytes) {
                                               whole->append(bytes);
                                               return true;
                                             }});
  return whole;
}

bool is_packed(const Bytes& bytes) {
  std::array<char, kSignatureBytes> first{};
  const std::size_t got = bytes.read_at(0, first);
  return packing_of({first.data(), got}) != nullptr;
}

std::unique_ptr<RemoteFile> open_on_all(const comm::Communicator& comm, const std::string& url,
                                        std::unique_ptr<RemoteFile> roots) {
  RemoteState state = roots ? roots->state() : RemoteState{};
  comm.broadcast(std::span(&state.size, 1), 0);
  state.tag = comm.broadcast(std::move(state.tag), 0);
  state.modified = comm.broadcast(std::move(state.modified), 0);
  comm.together([&] {
    if (!roots) {
      roots = std::make_unique<RemoteFile>(url, std::move(state));
    }
  });
  return roots;
}

}  // namespace tessera::io
