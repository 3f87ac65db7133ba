/// \file
/// Files that every rank opens: that they are one and the same. Folders that nodes do not share, a
/// stale copy or another working directory can put different files under one name.
#pragma once

#include <string>
#include <string_view>

#include "tessera/comm/communicator.hpp"
#include "tessera/io/file.hpp"

namespace tessera::io {

/// Collective: every rank opens `path`. Throws on all ranks as InputFile does where no rank can;
/// else kNoInput, naming a rank, its host and what it sees, unless the files have the same size,
/// second of modification, and bytes at the beginning, the end and some places between. That takes
/// a few reads of each rank and one all-reduce.
[[nodiscard]] InputFile open_on_all(const comm::Communicator& comm, const std::string& path);

/// Collective, of what each rank has made out in its file: throws kNoInput on all ranks, naming a
/// rank, its host and its `summary` ("3,201 rows and 5 columns"), unless `all` is the same text on
/// all ranks.
void require_same(const comm::Communicator& comm, const std::string& path,
                  const std::string& summary, std::string_view all);

}  // namespace tessera::io
