/// \file
/// Who follows a use case. The pipeline itself prints nothing and measures no time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tessera/base/progress.hpp"
#include "tessera/cluster/training.hpp"

namespace tessera::pipeline {

/// Called on every rank; what it is not interested in, it leaves as it is here. Except for step(),
/// all ranks are called alike and in the same order.
class Observer : public Progress {
 public:
  /// A part of the work called `name` begins; end_section() ends it. Parts do not nest.
  virtual void begin_section(std::string_view name) { (void)name; }
  virtual void end_section() {}

  /// A line for people: what was found on the way.
  virtual void info(const std::string& text) { (void)text; }
  /// The same, of what is likely not meant. `about`: the field that would change it, or empty.
  virtual void warn(const std::string& text, std::string_view about) {
    (void)text;
    (void)about;
  }

  /// A run of the training (numbered from 0; several advance together) has made an iteration.
  virtual void on_iteration(std::size_t run, const cluster::IterationReport& report) {
    (void)run;
    (void)report;
  }
  /// A run has ended.
  virtual void on_run(std::size_t run, const cluster::RunReport& outcome) {
    (void)run;
    (void)outcome;
  }
  /// How many runs there will be, before the first.
  virtual void on_runs(std::size_t count) { (void)count; }
};

/// A part of the work, from its creation to its end.
class Section {
 public:
  Section(Observer& observer, std::string_view name) : observer_(observer) {
    observer_.begin_section(name);
  }
  ~Section() { observer_.end_section(); }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

 private:
  Observer& observer_;
};

}  // namespace tessera::pipeline
