#include "io/remote/connection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "tessera/base/text.hpp"

namespace tessera::io {
namespace {

constexpr int kAttempts = 3;
constexpr long kUsualTimeout = 60;       // seconds
constexpr std::string_view kNoContent =  // the SHA-256 of nothing
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr long kUnauthorised = 401;
constexpr long kForbidden = 403;
constexpr long kNotFound = 404;
constexpr long kChanged = 412;
constexpr long kBehindTheEnd = 416;  // as of an empty file any range is
constexpr long kTooMany = 429;
constexpr long kServersFault = 500;
constexpr long kPartial = 206;
constexpr long kWhole = 200;

long timeout() {
  const std::string text = environment("TESSERA_HTTP_TIMEOUT");
  long seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds > 0 ? seconds : kUsualTimeout;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

// "name: value", of headers that matter.
void note_header(RemoteAnswer& answer, std::string_view line) {
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) {
    line.remove_suffix(1);
  }
  if (line.starts_with("HTTP/")) {  // of the last answer, behind those that lead elsewhere
    answer = {};
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return;
  }
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  if (name == "etag") {
    answer.tag = value;
  } else if (name == "last-modified") {
    answer.modified = value;
  } else if (name == "content-length") {
    answer.length = number(value);
  } else if (name == "content-range" && value.starts_with("bytes ")) {  // bytes 0-99/1234
    value.remove_prefix(std::string_view("bytes ").size());
    answer.first = number(value.substr(0, value.find('-')));
    answer.total = number(value.substr(value.find('/') + 1));
  }
}

}  // namespace

struct RemoteFile::Connection::Transfer {
  RemoteAnswer answer;
  CURL* handle;
  const Take& take;
  std::exception_ptr failure;
  bool enough = false;

  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    note_header(static_cast<Transfer*>(self)->answer, {bytes, size * count});
    return size * count;
  }
  // Nothing may be thrown through libcurl.
  static std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    curl().curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &transfer.answer.status);
    try {
      if (transfer.answer.status >= 300 ||
          transfer.take.bytes(transfer.answer, {bytes, size * count})) {
        return size * count;
      }
      transfer.enough = true;
    } catch (...) {
      transfer.failure = std::current_exception();
    }
    return 0;
  }
};

RemoteFile::Connection::Connection(RemoteAddress address)
    : address_(std::move(address)), handle_(curl().curl_easy_init()) {
  if (handle_ == nullptr) {
    fail(ExitCode::kUnfit, "libcurl does not start");
  }
  const auto set = [&](CURLoption option, auto value) {
    curl().curl_easy_setopt(handle_, option, value);
  };
  const bool is_plain = address_.url.starts_with("http://");  // an endpoint of one's own
  set(CURLOPT_URL, address_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, is_plain ? "http,https" : "https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, is_plain ? "http,https" : "https");
  set(CURLOPT_FOLLOWLOCATION, address_.key.empty() ? 1L : 0L);  // what is signed stays here
  set(CURLOPT_MAXREDIRS, 5L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, timeout());
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, timeout());
  set(CURLOPT_USERAGENT, "tessera");
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
  for (const char* const name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CA_BUNDLE"}) {
    if (const std::string file = environment(name); !file.empty()) {
      set(CURLOPT_CAINFO, file.c_str());
      break;
    }
  }
  if (!address_.key.empty()) {
    set(CURLOPT_AWS_SIGV4, address_.signing.c_str());
    set(CURLOPT_USERPWD, address_.key.c_str());
  }
}

RemoteFile::Connection::~Connection() { curl().curl_easy_cleanup(handle_); }

void RemoteFile::Connection::fail_for(const RemoteAnswer& answer, ExitCode code) const {
  switch (answer.status) {
    case kNotFound:
      fail(code, "{} does not exist (404)", shown());
    case kUnauthorised:
    case kForbidden:
      fail(code, "no permission to read {} ({}){}", shown(), answer.status,
           address_.url == address_.shown ? ""
           : address_.key.empty() ? "; no AWS_ACCESS_KEY_ID is set, so that nothing was signed"
                                  : "; look at the key and the region");
    case kChanged:
      fail(ExitCode::kIo,
           "{} changed while it was read (412); run the same command again when nothing writes "
           "to it",
           shown());
    default:
      fail(code, "{}: the server answers {}", shown(), answer.status);
  }
}

RemoteAnswer RemoteFile::Connection::perform(const std::string& range, const RemoteState* version,
                                             ExitCode code, const Take& take) {
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& header) {
    list = curl().curl_slist_append(list, header.c_str());
  };
  if (!range.empty()) {
    add("Range: bytes=" + range);
  }
  if (version != nullptr && version->tag.starts_with('"')) {  // a weak one matches nothing
    add("If-Match: " + version->tag);
  } else if (version != nullptr && !version->modified.empty()) {
    add("If-Unmodified-Since: " + version->modified);
  }
  if (!address_.key.empty()) {  // which libcurl signs, but not all versions of it add
    add(fmt::format("x-amz-content-sha256: {}", kNoContent));
  }
  if (!address_.token.empty()) {
    add("x-amz-security-token: " + address_.token);
  }
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list,
                                                                   curl().curl_slist_free_all);
  curl().curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers.get());
  auto pause = std::chrono::milliseconds(200);
  for (int i = 1;; ++i, pause *= 4) {
    if (const auto answer = attempt(code, take, i == kAttempts)) {
      return *answer;
    }
    std::this_thread::sleep_for(pause);
  }
}

std::optional<RemoteAnswer> RemoteFile::Connection::attempt(ExitCode code, const Take& take,
                                                            bool is_last) {
  Transfer transfer{.answer = {}, .handle = handle_, .take = take, .failure = {}};
  take.begin();
  curl().curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &transfer);
  curl().curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &transfer);
  const CURLcode result = curl().curl_easy_perform(handle_);
  if (transfer.failure) {
    std::rethrow_exception(transfer.failure);
  }
  curl().curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &transfer.answer.status);
  const long status = transfer.answer.status;
  if (result == CURLE_OPERATION_TIMEDOUT) {
    fail(code, "{}: the server sends nothing for {}", shown(),
         counted(static_cast<std::uint64_t>(timeout()), "second"));
  }
  if (result != CURLE_OK && !transfer.enough) {
    if (!is_last && result != CURLE_PEER_FAILED_VERIFICATION) {
      return std::nullopt;
    }
    fail(code, "{}: {}", shown(), curl().curl_easy_strerror(result));
  }
  if (!is_last && (status == kTooMany || status >= kServersFault)) {
    return std::nullopt;
  }
  if (status != kPartial && status != kWhole && status != kBehindTheEnd) {
    fail_for(transfer.answer, code);
  }
  return transfer.answer;
}

RemoteAnswer RemoteFile::Connection::get(std::uint64_t first, std::uint64_t count,
                                         const RemoteState* version, ExitCode code,
                                         const Take& take) {
  return perform(fmt::format("{}-{}", first, first + count - 1), version, code, take);
}

RemoteAnswer RemoteFile::Connection::get_whole(ExitCode code, const Take& take) {
  return perform("", nullptr, code, take);
}

}  // namespace tessera::io
