#include "cluster/methods.hpp"

#include <algorithm>
#include <string>

namespace tessera::cluster {

// All methods: a new one needs a line here, and one in methods.hpp.
std::vector<std::unique_ptr<Method>> all_methods() {
  std::vector<std::unique_ptr<Method>> all;
  all.push_back(make_kmeans());
  all.push_back(make_bisecting());
  return all;
}

std::unique_ptr<Method> make_method(std::string_view name) {
  std::string known;
  for (std::unique_ptr<Method>& method : all_methods()) {
    if (method->name() == name) {
      return std::move(method);
    }
    known += (known.empty() ? "" : ", ") + std::string(method->name());
  }
  fail_about("method", ExitCode::kUsage, "method {}: expected one of {}", name, known);
}

std::uint64_t Method::fixed_bytes(const TrainTask& task, const TableSize& size, int ranks) const {
  const std::uint64_t sample = std::min(task.silhouette_sample, size.rows);
  return sizeof(std::int64_t) * sample * sample / static_cast<std::uint64_t>(ranks) +
         centroid_bytes(task, size);
}

std::uint64_t Method::centroid_bytes(const TrainTask& task, const TableSize& size) {
  // measured: centroids, their sums of this rank and of all, means, and what kernels read
  constexpr std::uint64_t kBytes = 56;
  return kBytes * task.segments * size.space.dimensions();
}

void check_enough_rows(std::string_view table, std::uint64_t rows, std::uint64_t segments) {
  if (segments > rows) {
    fail_about("segments", ExitCode::kBadData,
               "{}: {} segments cannot be made of {} row{}; ask for fewer", table, segments, rows,
               rows == 1 ? "" : "s");
  }
}

}  // namespace tessera::cluster
