#include "tessera/app/run.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/header.hpp"
#include "app/process.hpp"
#include "tessera/app/options.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/source.hpp"

namespace tessera::app {
namespace {

using Jobs = std::vector<std::unique_ptr<Job>>;

constexpr const char* kExitCodes =
    "Exit codes:\n"
    "   0  done\n"
    "  64  usage: unknown job or option, value out of range\n"
    "  65  the data cannot be used as they are\n"
    "  66  an input is missing or cannot be read\n"
    "  69  the environment cannot run the job (memory, libraries)\n"
    "  70  internal error: please report it\n"
    "  73  an output cannot be created\n"
    "  74  reading or writing failed half-way (full disk, ...)\n"
    "  75  stopped early with a checkpoint: run the same command again\n"
    "  78  the configuration file cannot be used\n";

std::string program_help(const Jobs& jobs) {
  std::string text =
      "Tessera trains one customer segmentation over all the nodes of a cluster.\n"
      "\n"
      "Usage: tessera JOB [options]\n"
      "       mpirun --quiet -n RANKS tessera JOB [options]\n"
      "\n"
      "Jobs (tessera JOB --help shows the options):\n";
  for (const auto& job : jobs) {
    text += fmt::format("  {:<10} {}\n", job->name(), job->summary());
  }
  return text + "\n" + kExitCodes;
}

// A result that did not reach its reader (a full disk behind a redirection) is a failure.
void write_stdout(const comm::Communicator& comm, std::string_view text) {
  comm.together([&] {
    if (comm.is_root()) {
      check_output(write_output(text));
    }
  });
}

// Better known before hours of work than after them.
void check_stdout(const comm::Communicator& comm, const CommonOptions& options) {
  comm.together([&] {
    if (comm.is_root() && (options.json || !options.quiet)) {
      check_output(output_trouble());
    }
  });
}

bool is_verbose(const std::vector<std::string>& arguments) {
  return std::ranges::any_of(arguments, [](const std::string& argument) {
    return argument == "-v" || argument == "--verbose";
  });
}

Job& find_job(const Jobs& jobs, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& job : jobs) {
    if (job->name() == name) {
      return *job;
    }
    names.push_back(job->name());
  }
  fail(ExitCode::kUsage, "there is no job '{}'{} (tessera --help lists them all)", name,
       did_you_mean(name, names));
}

void run_job(const comm::Communicator& comm, const std::vector<std::string>& arguments, Job& job,
             const CommonOptions& options, const Request& request, Console& console) {
  Timings timings;
  const auto note = [&](const std::string& text) {
    if (job.only_looks()) {
      console.debug_lines(text);
    } else {
      console.info_lines(text);
    }
  };
  note(run_header(comm, arguments, options.seed));
  Context context{comm, options, console, timings};
  const report::Document document = job.run(context);
  if (const std::string text = document.to_text(); !text.empty()) {
    console.print(text);
  }
  comm.together([&] { check_output(console.output_error()); });
  note(fmt::format("\n{}", timings.table(comm)));
  nlohmann::json seconds = timings.to_json(comm);
  const std::uint64_t peak = peak_memory_bytes(comm);
  if (options.json) {
    nlohmann::json result = document.to_json();
    result["options"] = request.values;
    result["timings"] = std::move(seconds);
    result["peak_memory_bytes"] = peak;
    using Handler = nlohmann::json::error_handler_t;
    write_stdout(comm, result.dump(2, ' ', false, Handler::replace) + "\n");
  }
}

// A script that makes the words on each node may make others. What ranks do together would then not
// fit: they would wait for each other without end, or mix two results.
void require_same_words(const comm::Communicator& comm, const std::vector<std::string>& arguments) {
  const std::string mine = fmt::format("tessera {}", fmt::join(arguments, " "));
  const std::string first = comm.broadcast(mine, 0);
  const std::string version = comm.broadcast(version_text(), 0);
  comm.together([&] {
    if (mine != first) {
      fail(ExitCode::kUsage,
           "rank {} on {} was started as '{}', rank 0 as '{}'; give all ranks the same words",
           comm.rank(), comm::host_name(), mine, first);
    }
    if (version != version_text()) {
      fail(ExitCode::kUnfit, "rank {} on {} runs version {}, rank 0 version {}; install one",
           comm.rank(), comm::host_name(), version_text(), version);
    }
  });
}

// A log is appended to whatever stands under its name: that must not be a file of the job's own.
void check_log_file(const comm::Communicator& comm, const Request& request,
                    const std::string& log_file) {
  comm.together([&] {
    if (!comm.is_root() || log_file.empty()) {
      return;
    }
    for (const auto& [option, path] : request.files) {
      if (option != "--log-file" && table::is_one_of(path, log_file)) {
        fail(ExitCode::kUsage, "--log-file {} is the file of {} too; give the log another name",
             log_file, option);
      }
    }
  });
}

// Shells make the file of a redirection first: the output would take its place, and what is printed
// would go to a file without a name.
void check_outputs(const comm::Communicator& comm, const Request& request) {
  comm.together([&] {
    std::error_code ignored;
    for (const auto& [option, path] : request.files) {
      if (comm.is_root() && (option == "--output" || option == "--scores") &&
          standard_stream(path).has_value() && std::filesystem::is_regular_file(path, ignored)) {
        fail(ExitCode::kUsage,
             "{} {} is where the standard output or error goes; give another name", option, path);
      }
    }
  });
}

void run_command(const comm::Communicator& comm, const std::vector<std::string>& arguments,
                 const Jobs& jobs, std::string& program, std::optional<Console>& console) {
  require_same_words(comm, arguments);
  if (arguments.empty()) {
    fail(ExitCode::kUsage, "which job? Usage: tessera JOB [options] (tessera --help)");
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    write_stdout(comm, program_help(jobs));
    return;
  }
  if (first == "--version") {
    write_stdout(comm, fmt::format("tessera {}\n{}", version_text(),
                                   is_verbose(arguments) ? build_text() : ""));
    return;
  }
  Job& job = find_job(jobs, first);
  program = "tessera " + job.name();
  CommonOptions options;
  const Request request =
      parse_options(comm, {arguments.begin() + 1, arguments.end()}, job, options);
  if (request.help) {
    write_stdout(comm, job_help(job));
    return;
  }
  if (options.quiet && options.verbose) {
    fail(ExitCode::kUsage, "--quiet and --verbose exclude each other");
  }
  if (options.dump_config) {
    write_stdout(comm, request.effective_config);
    return;
  }
  try {
    comm.together([&] { job.check(); });
    check_log_file(comm, request, options.log_file);
    check_outputs(comm, request);
    check_stdout(comm, options);
    console.emplace(comm, Console::Settings{.quiet = options.quiet,
                                            .verbose = options.verbose,
                                            .json = options.json,
                                            .log_file = options.log_file,
                                            .program = program});
    run_job(comm, arguments, job, options, request, *console);
  } catch (const Error& error) {
    throw placed(error, request);
  }
}

}  // namespace

int run(const comm::Communicator& comm, const std::vector<std::string>& arguments,
        const Jobs& jobs) {
  std::string program = "tessera";
  std::optional<Console> console;
  try {
    run_command(comm, arguments, jobs, program, console);
    return static_cast<int>(ExitCode::kOk);
  } catch (const Error& error) {
    if (console.has_value()) {
      console->error(message_of(error));
    } else if (comm.is_root()) {
      say_on_stderr(visible_format("{}: error: {}", program, message_of(error)) + "\n");
    }
    return static_cast<int>(error.code());
  }
}

}  // namespace tessera::app
