// What makes each method; the list of them is in methods.cpp.
#pragma once

#include <memory>

#include "tessera/cluster/method.hpp"

namespace tessera::cluster {

[[nodiscard]] std::unique_ptr<Method> make_kmeans();
[[nodiscard]] std::unique_ptr<Method> make_bisecting();

}  // namespace tessera::cluster
