#include "tessera/pipeline/input.hpp"

#include "tessera/base/text.hpp"
#include "tessera/table/read_report.hpp"
#include "tessera/table/source.hpp"

namespace tessera::pipeline {
namespace {

// How many rows were left out, and why the first ones.
void warn_of_rejected(const table::ReadReport& report, Observer& observer) {
  observer.warn(fmt::format("{} of {} left out", grouped(report.rejected),
                            counted(report.rows + report.rejected, "row")),
                {});
  for (const table::ReadReport::Rejection& rejection : report.rejections) {
    observer.warn(fmt::format("{}line {}: {}", rejection.file.empty() ? "" : rejection.file + ", ",
                              rejection.line, rejection.reason),
                  {});
  }
  if (report.rejected > report.rejections.size()) {
    observer.warn(fmt::format("and {} more", grouped(report.rejected - report.rejections.size())),
                  {});
  }
}

}  // namespace

std::unique_ptr<table::Table> open_input(const comm::Communicator& comm, const std::string& input,
                                         const table::ReadOptions& options, Observer& observer) {
  table::OpenedTable opened = table::open_source(comm, input, options, observer);
  if (opened.report) {
    const table::ReadReport& report = *opened.report;
    observer.info(fmt::format("{}: {} and {} read from {} of text", opened.table->name(),
                              counted(report.rows, "row"), counted(report.columns.size(), "column"),
                              bytes_text(report.bytes)));
    if (report.by_one_rank && comm.size() > 1) {
      observer.info("one rank read it and dealt it out: it cannot be read in parts");
    }
    if (report.rejected > 0) {
      warn_of_rejected(report, observer);
    }
    for (const std::string& note : report.notes) {
      observer.info("note: " + note);
    }
  }
  return std::move(opened.table);
}

}  // namespace tessera::pipeline
