/// \file
/// What a job (`tessera train`, `tessera ingest`, ...) is, and what it is given to run with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tessera/app/console.hpp"
#include "tessera/app/options.hpp"
#include "tessera/app/timings.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/report/document.hpp"

namespace tessera::app {

/// The options that every job takes.
struct CommonOptions {
  std::string config;
  std::string log_file;
  std::uint64_t seed = 0;
  bool dump_config = false;
  bool dry_run = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.config,
          Field{.name = "config",
                .value = "FILE",
                .help = "take options from FILE, lines of 'name = value'; the command line wins"});
    visit(self.dump_config, Field{.name = "dump_config",
                                  .help = "print the options in effect, as --config reads them"});
    visit(self.dry_run,
          Field{.name = "dry_run",
                .help = "check everything and say what would be done; write nothing"});
    visit(self.seed,
          Field{.name = "seed", .value = "N", .help = "where all random choices start from"});
    visit(self.json,
          Field{.name = "json", .help = "print one JSON object on stdout, and nothing else there"});
    visit(self.quiet, Field{.name = "quiet", .help = "warnings and errors only"});
    visit(self.verbose, Field{.name = "verbose", .help = "more details"});
    visit(self.log_file, Field{.name = "log_file",
                               .value = "FILE",
                               .help = "append the log, with all details, to FILE"});
  }
};

/// What a running job is given.
struct Context {
  const comm::Communicator& comm;
  const CommonOptions& options;
  Console& console;
  Timings& timings;
};

/// One job. Its members are its options: list_options() lists them.
class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  [[nodiscard]] virtual std::string name() const = 0;
  /// One line for `tessera --help`.
  [[nodiscard]] virtual std::string summary() const = 0;

  /// Lists the job's options, in groups.
  virtual void list_options(Options& options) = 0;

  /// The option that a bare argument sets (`tessera inspect FILE`), if any.
  [[nodiscard]] virtual std::string positional() const { return {}; }

  /// A job that only looks something up: without --verbose its log has no header and no timings.
  [[nodiscard]] virtual bool only_looks() const { return false; }

  /// Checks what can be known from the options alone; throws kUsage.
  virtual void check() const = 0;

  /// Collective. Returns what was found, for people and for --json; the root rank's counts. The
  /// caller adds `options`, `timings` and `peak_memory_bytes`. Under --dry-run it checks its
  /// inputs, says what it would do and what that needs, and writes nothing.
  virtual report::Document run(Context& context) = 0;
};

/// All jobs, in the order of `tessera --help`.
[[nodiscard]] std::vector<std::unique_ptr<Job>> all_jobs();

}  // namespace tessera::app
