#include "tessera/comm/communicator.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

#include "tessera/base/error.hpp"

namespace tessera::comm {

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "?";
}

void Communicator::all_reduce(std::span<double> values, Op op) const {
  if (op == Op::kSum) {
    throw std::logic_error("a sum of doubles over ranks would depend on the ranks");
  }
  all_reduce_raw(values.data(), values.size(), Type::kDouble, op);
}

std::vector<std::string> Communicator::all_gather_strings(const std::string& mine) const {
  const std::vector<std::uint64_t> lengths =
      all_gather(std::vector<std::uint64_t>{static_cast<std::uint64_t>(mine.size())});
  const std::vector<char> text = all_gather(std::span<const char>(mine.data(), mine.size()));
  std::vector<std::string> all;
  all.reserve(lengths.size());
  auto at = text.begin();
  for (const std::uint64_t length : lengths) {
    all.emplace_back(at, at + static_cast<std::ptrdiff_t>(length));
    at += static_cast<std::ptrdiff_t>(length);
  }
  return all;
}

std::string Communicator::broadcast(std::string text, int root) const {
  std::uint64_t length = text.size();
  broadcast(std::span<std::uint64_t>(&length, 1), root);
  text.resize(length);
  broadcast(std::span<char>(text.data(), text.size()), root);
  return text;
}

void Communicator::together(const std::function<void()>& phase) const {
  std::int64_t failed = size();  // no rank
  std::int64_t code = 0;
  std::string message;
  std::string about;
  const bool outer = std::exchange(in_phase_, true);
  try {
    phase();
  } catch (const Error& error) {
    failed = rank();
    code = static_cast<std::int64_t>(error.code());
    message = error.what();
    about = error.about();
  } catch (const std::bad_alloc&) {
    failed = rank();
    code = static_cast<std::int64_t>(ExitCode::kUnfit);
    message = fmt::format(
        "rank {} of {} ran out of memory: use more ranks or nodes, or fewer ranks per node", rank(),
        size());
  } catch (const std::exception& error) {
    failed = rank();
    code = static_cast<std::int64_t>(ExitCode::kInternal);
    message = fmt::format("internal error on rank {}: {}", rank(), error.what());
  }
  in_phase_ = outer;
  const std::int64_t first_failed = all_min(failed);
  if (first_failed == size()) {
    return;
  }
  const int root = static_cast<int>(first_failed);
  broadcast(std::span<std::int64_t>(&code, 1), root);
  message = broadcast(std::move(message), root);
  about = broadcast(std::move(about), root);
  throw Error(static_cast<ExitCode>(code), message, about);
}

}  // namespace tessera::comm
