// Customers in the order of their ids, over all ranks.
#pragma once

#include "rfm/groups.hpp"
#include "rfm/id_column.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/rfm/transactions.hpp"

namespace tessera::rfm {

/// Places of groups in the order of their ids: numbers by value, texts by bytes.
[[nodiscard]] std::vector<std::uint64_t> sorted_places(const Groups& groups);

/// Collective. The groups of all ranks, of which each id is on one, dealt out so that those of a
/// rank follow those of the ranks below: about equally many to each, by ids that are drawn from all
/// ranks evenly (sample sort). `groups` is empty then. The name of the ids stays empty.
[[nodiscard]] Customers in_order(const comm::Communicator& comm, Groups& groups,
                                 IdColumn::Kind kind);

}  // namespace tessera::rfm
