#include "app/log_file.hpp"

#include <fcntl.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/process.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"

namespace tessera::app {
namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

// Appending would damage a file that is no text: a table, a model, an archive.
bool is_binary(const std::string& path) {
  constexpr std::size_t kLooked = 4096;
  std::array<char, kLooked> begin{};
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), begin.size());
  return std::string_view(begin.data(), static_cast<std::size_t>(file.gcount())).find('\0') !=
         std::string_view::npos;
}

void check_kind(const std::string& path) {
  static_cast<void>(io::follow_links(path));  // refuses those of others
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return;  // opening it tells why, or creates it
  }
  if (S_ISREG(status.st_mode) && is_binary(path)) {
    fail(ExitCode::kCannotCreate,
         "{}: cannot be the log file: it exists and is not text; give the log another name", path);
  }
  if (S_ISBLK(status.st_mode)) {
    fail(ExitCode::kCannotCreate, "{}: cannot be the log file: it is a disk", path);
  }
}

io::Descriptor open_for_lines(const std::string& path) {
  // under another name, /dev/stderr, it shares its place in a file with the stream
  if (const std::optional<int> stream = standard_stream(path)) {
    return io::Descriptor(fcntl(*stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  }
  constexpr mode_t kOwnerOnly = 0600;
  // O_NONBLOCK: opening a pipe that nobody reads would wait for ever
  io::Descriptor file(::open(
      path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, kOwnerOnly));
  if (file.get() < 0) {
    const int error = errno;
    fail(ExitCode::kCannotCreate, "{}: cannot open the log file: {}", path,
         error == ENXIO ? "nobody reads this pipe" : reason_of(error));
  }
  fcntl(file.get(), F_SETFL, O_APPEND);
  return file;
}

class LogFile final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  LogFile(io::Descriptor file, std::function<void(const std::string&)> on_loss)
      : file_(std::move(file)), on_loss_(std::move(on_loss)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::size_t done = 0;
    while (done < line.size()) {
      const ssize_t put = ::write(file_.get(), line.data() + done, line.size() - done);
      if (put < 0 && errno != EINTR) {
        if (!std::exchange(lossy_, true)) {
          on_loss_(reason_of(errno));
        }
        return;
      }
      done += put < 0 ? 0 : static_cast<std::size_t>(put);
    }
  }
  void flush_() override {}

 private:
  io::Descriptor file_;
  std::function<void(const std::string&)> on_loss_;
  bool lossy_ = false;
};

}  // namespace

spdlog::sink_ptr open_log_file(const std::string& path,
                               const std::function<void(const std::string& reason)>& on_loss) {
  check_kind(path);
  auto sink = std::make_shared<LogFile>(open_for_lines(path), on_loss);
  sink->set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l %v");
  sink->set_level(spdlog::level::debug);
  return sink;
}

}  // namespace tessera::app
