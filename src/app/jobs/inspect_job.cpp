#include "app/jobs/jobs.hpp"

#include <optional>
#include <utility>

#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "tessera/base/error.hpp"
#include "tessera/model/model.hpp"
#include "tessera/model/small_groups.hpp"
#include "tessera/pipeline/verify.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

class InspectJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "inspect"; }
  [[nodiscard]] std::string summary() const override { return "say what is in a table or a model"; }
  [[nodiscard]] bool only_looks() const override { return true; }
  [[nodiscard]] std::string positional() const override { return "input"; }

  void list_options(Options& options) override {
    options.group("Data")
        .add(input_, {.name = "input", .value = "FILE", .help = "a model or a table"})
        .add(trust_input_, table::ReadOptions::kTrustInput)
        .add(digest_, {.name = "digest",
                       .help = "print the SHA-256 of what a model means, and nothing else"})
        .add(verify_,
             {.name = "verify", .help = "read all of the file, and compare it with its checksums"})
        .add(privacy_,
             {.name = "privacy", .help = "say what a model reveals of small groups of customers"})
        .add(min_group_, model::kShownGroupField);
  }

  void check() const override {
    require("input", input_);
    if (digest_ && verify_) {
      fail(ExitCode::kUsage, "--digest and --verify exclude each other");
    }
    if (digest_ && privacy_) {
      fail(ExitCode::kUsage, "--digest and --privacy exclude each other");
    }
  }

  report::Document run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    if (model::is_model(comm, input_)) {
      std::optional<std::uint64_t> compared;
      if (verify_) {
        compared = pipeline::verify_checksums(comm, input_);
      }
      const model::Model model = model::load(comm, input_);
      if (digest_) {
        context.console.answer(model.digest() + "\n");
        return report::Document().set("digest", model.digest());
      }
      report::Document document = privacy_ ? report::privacy(model, input_, min_group_)
                                           : report::describe(model, input_, min_group_);
      return verify_ ? report::add_verified(std::move(document), compared) : std::move(document);
    }
    if (digest_) {
      fail(ExitCode::kBadData, "{}: no model, and only a model has a digest", input_);
    }
    if (privacy_) {
      fail_about(
          "privacy", ExitCode::kBadData,
          "{}: no model; a table holds every customer's values, and only a model can hide some",
          input_);
    }
    return look_at_table(context);
  }

 private:
  report::Document look_at_table(Context& context) const {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    const auto table =
        table::open_source(comm, input_, {.trust_input = trust_input_}, observer).table;
    report::Document document = report::describe(*table);
    if (verify_) {
      const bool is_h5 = table::is_h5(input_);
      const auto compared =
          is_h5 ? pipeline::verify_checksums(comm, table::split_path(input_).file) : std::nullopt;
      pipeline::read_all_values(comm, *table, observer);
      document = report::add_verified(std::move(document), compared);
    }
    comm.together([&] { table->check_unchanged(); });
    return document;
  }

  std::string input_;
  bool trust_input_ = false;
  bool digest_ = false;
  bool verify_ = false;
  bool privacy_ = false;
  std::uint64_t min_group_ = model::kMinGroup;
};

}  // namespace

std::unique_ptr<Job> make_inspect_job() { return std::make_unique<InspectJob>(); }

}  // namespace tessera::app
