#include "tessera/app/console.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "app/log_file.hpp"
#include "app/process.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"

namespace tessera::app {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBarInterval{100};
constexpr std::chrono::seconds kLineInterval{10};
constexpr std::uint64_t kBarWidth = 30;

// What a line begins with for a person: nothing, unless something is wrong.
class Prefix final : public spdlog::custom_flag_formatter {
 public:
  explicit Prefix(std::string program) : program_(std::move(program)) {}

  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    if (message.level == spdlog::level::warn) {
      fmt::format_to(std::back_inserter(out), "{}: warning: ", program_);
    } else if (message.level >= spdlog::level::err) {
      fmt::format_to(std::back_inserter(out), "{}: error: ", program_);
    }
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<Prefix>(program_);
  }

 private:
  std::string program_;
};

spdlog::sink_ptr screen_sink(const Console::Settings& settings) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<Prefix>('*', settings.program).set_pattern("%*%v");
  sink->set_formatter(std::move(formatter));
  sink->set_level(settings.quiet     ? spdlog::level::warn
                  : settings.verbose ? spdlog::level::debug
                                     : spdlog::level::info);
  return sink;
}

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

Console::Console(const comm::Communicator& comm, const Settings& settings)
    : root_(comm.is_root()), settings_(settings) {
  comm.together([&] {
    if (!root_) {
      return;
    }
    terminal_ = !settings.quiet && ::isatty(STDERR_FILENO) == 1;
    std::vector<spdlog::sink_ptr> sinks = {screen_sink(settings)};
    if (!settings.log_file.empty()) {
      sinks.push_back(open_log_file(settings.log_file, [this](const std::string& reason) {
        clear_bar();
        say_on_stderr(
            fmt::format("{}: warning: {}: cannot be written any more: {}; the log is "
                        "incomplete\n",
                        settings_.program, settings_.log_file, reason));
      }));
    }
    logger_ = std::make_shared<spdlog::logger>("tessera", sinks.begin(), sinks.end());
    logger_->set_level(spdlog::level::debug);
    logger_->flush_on(spdlog::level::info);
  });
}

Console::~Console() { clear_bar(); }

void Console::log_info(const std::string& text) {
  if (root_) {
    clear_bar();
    logger_->info(visible_lines(text));
  }
}

void Console::log_debug(const std::string& text) {
  if (root_) {
    clear_bar();
    logger_->debug(visible_lines(text));
  }
}

void Console::log_warning(const std::string& text) {
  if (root_) {
    clear_bar();
    logger_->warn(visible_lines(text));
  }
}

void Console::error(const std::string& message) {
  if (root_) {
    clear_bar();
    logger_->error(visible(message));
  }
}

void Console::print(std::string_view text) {
  if (!settings_.quiet) {
    answer(text);
  }
}

void Console::answer(std::string_view text) {
  if (!root_ || settings_.json) {
    return;
  }
  clear_bar();
  // at once, so that results and log lines stand in their order where both go to one place
  const int error = write_output(text.ends_with('\n') ? text : std::string(text) + '\n');
  output_error_ = output_error_ == 0 ? error : output_error_;
}

void Console::progress(std::string_view step, std::uint64_t done, std::uint64_t total) {
  if (!root_ || settings_.quiet || total == 0) {
    return;
  }
  const Clock::time_point now = Clock::now();
  if (step != step_) {
    clear_bar();
    step_ = step;
    step_start_ = now;
    last_progress_ = now;
    return;
  }
  if (done >= total) {
    clear_bar();
    step_.clear();
    return;
  }
  if (now - last_progress_ < (terminal_ ? Clock::duration(kBarInterval) : kLineInterval)) {
    return;
  }
  last_progress_ = now;
  if (terminal_) {
    draw_bar(done, total, seconds_between(step_start_, now));
  } else {
    logger_->info("{}: {} of {} ({:.0f} %)", step, grouped(done), grouped(total),
                  100 * static_cast<double>(done) / static_cast<double>(total));
  }
}

void Console::draw_bar(std::uint64_t done, std::uint64_t total, double seconds) {
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const auto filled =
      std::min(kBarWidth, static_cast<std::uint64_t>(share * static_cast<double>(kBarWidth)));
  const std::string left =
      done > 0 ? fmt::format("{:.0f} s left", seconds * (1 - share) / share) : "";
  say_on_stderr(fmt::format("\r\033[K{} [{:=<{}}{:<{}}] {:3.0f} %  {}", step_, "", filled, "",
                            kBarWidth - filled, 100 * share, left));
  bar_shown_ = true;
}

void Console::clear_bar() {
  if (bar_shown_) {
    say_on_stderr("\r\033[K");
    bar_shown_ = false;
  }
}

}  // namespace tessera::app
