#include "app/jobs/jobs.hpp"

#include "app/files.hpp"
#include "tessera/base/error.hpp"
#include "tessera/model/model.hpp"
#include "tessera/report/documents.hpp"
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
        .add(digest_, {.name = "digest",
                       .help = "print the SHA-256 of what a model means, and nothing else"});
  }

  void check() const override { require("input", input_); }

  report::Document run(Context& context) override {
    if (model::is_model(context.comm, input_)) {
      const model::Model model = model::load(context.comm, input_);
      if (digest_) {
        context.console.answer(model.digest() + "\n");
        return report::Document().set("digest", model.digest());
      }
      return report::describe(model, input_);
    }
    const auto table = table::open_table(context.comm, input_);
    if (digest_) {
      fail(ExitCode::kBadData, "{}: a table; only a model has a digest", input_);
    }
    report::Document document = report::describe(*table);
    context.comm.together([&] { table->check_unchanged(); });
    return document;
  }

 private:
  std::string input_;
  bool digest_ = false;
};

}  // namespace

std::unique_ptr<Job> make_inspect_job() { return std::make_unique<InspectJob>(); }

}  // namespace tessera::app
