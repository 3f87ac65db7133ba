#include "io/remote/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "tessera/base/error.hpp"
#include "tessera/io/remote.hpp"

namespace tessera::io {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kS3 = "s3://";

std::string first_of(std::initializer_list<const char*> names, const std::string& otherwise) {
  for (const char* const name : names) {
    if (std::string value = environment(name); !value.empty()) {
      return value;
    }
  }
  return otherwise;
}

// As Signature Version 4 wants a key: all but RFC 3986's unreserved characters, and '/'.
std::string escaped(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
        std::string_view("-_.~/").find(c) != std::string_view::npos) {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
std::string url_of_object(std::string_view bucket, std::string_view key,
                          const std::string& region) {
  std::string endpoint = first_of({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}, "");
  while (endpoint.ends_with('/')) {
    endpoint.pop_back();
  }
  if (!endpoint.empty()) {
    return fmt::format("{}/{}/{}", endpoint, bucket, escaped(key));
  }
  // a dot in a bucket's name would be one in the host's, for which there is no certificate
  return bucket.find('.') == std::string_view::npos
             ? fmt::format("https://{}.s3.{}.amazonaws.com/{}", bucket, region, escaped(key))
             : fmt::format("https://s3.{}.amazonaws.com/{}/{}", region, bucket, escaped(key));
}

}  // namespace

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool is_remote(std::string_view input) {
  return input.starts_with(kHttps) || input.starts_with(kS3);
}

std::string without_query(const std::string& url) {
  return url.starts_with(kHttps) ? url.substr(0, url.find_first_of("?#")) : url;
}

RemoteAddress RemoteAddress::of(const std::string& url) {
  RemoteAddress address;
  address.shown = without_query(url);
  if (url.starts_with(kHttps)) {
    const std::string_view host = std::string_view(url).substr(
        kHttps.size(), url.find_first_of("/?#", kHttps.size()) - kHttps.size());
    if (host.empty() || host.find('@') != std::string_view::npos) {
      fail_about("input", ExitCode::kUsage, "input: {}",
                 host.empty() ? "https:// without the name of a server"
                              : "a password has no place in an address, which is shown and kept");
    }
    address.url = url.substr(0, url.find('#'));
    return address;
  }
  const std::string_view rest = std::string_view(url).substr(kS3.size());
  const std::size_t slash = rest.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == rest.size()) {
    fail_about("input", ExitCode::kUsage, "input {}: expected s3://bucket/key", url);
  }
  const std::string region = first_of({"AWS_REGION", "AWS_DEFAULT_REGION"}, "us-east-1");
  address.url = url_of_object(rest.substr(0, slash), rest.substr(slash + 1), region);
  const std::string id = environment("AWS_ACCESS_KEY_ID");
  const std::string secret = environment("AWS_SECRET_ACCESS_KEY");
  if (id.empty() != secret.empty()) {
    fail(ExitCode::kNoInput, "{}: only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set",
         address.shown);
  }
  if (!id.empty()) {
    address.signing = fmt::format("aws:amz:{}:s3", region);
    address.key = fmt::format("{}:{}", id, secret);
    address.token = environment("AWS_SESSION_TOKEN");
  }
  return address;
}

}  // namespace tessera::io
