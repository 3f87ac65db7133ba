#include "pipeline/check/distinct.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::pipeline {

void Distinct::shrink() {
  std::ranges::sort(values_, {}, &Value::hash);
  values_.erase(std::unique(values_.begin(), values_.end(),
                            [](const Value& a, const Value& b) { return a.hash == b.hash; }),
                values_.end());
  if (values_.size() >= kKept) {
    values_.resize(kKept);
    limit_ = values_.back().hash;
  }
}

void Distinct::merge(const comm::Communicator& comm) {
  shrink();
  values_ = comm.all_gather(values_);
  shrink();
}

std::uint64_t Distinct::count() const {
  if (is_exact()) {
    return values_.size();
  }
  const double share = std::ldexp(static_cast<double>(values_.back().hash), -64);
  return static_cast<std::uint64_t>(static_cast<double>(kKept - 1) / share);
}

std::vector<double> Distinct::values() const {
  std::vector<double> values;
  for (const Value& one : values_) {
    values.push_back(one.value);
  }
  std::ranges::sort(values);
  return values;
}

}  // namespace tessera::pipeline
