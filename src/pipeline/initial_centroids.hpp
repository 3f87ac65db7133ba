/// \file
/// Centroids to start from that the user brings: the warm start.
#pragma once

#include <string>

#include "tessera/cluster/centroids.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/recipe.hpp"

namespace tessera::pipeline {

/// Collective. Reads `segments` centroids into the feature space of `recipe`, from a model (its
/// centroids, turned back into raw units by its own recipe) or from a table with the recipe's
/// columns in raw units. Throws kBadData if their number or columns do not fit.
[[nodiscard]] cluster::Centroids read_initial_centroids(const comm::Communicator& comm,
                                                        const std::string& path,
                                                        const features::Recipe& recipe,
                                                        std::size_t segments);

}  // namespace tessera::pipeline
