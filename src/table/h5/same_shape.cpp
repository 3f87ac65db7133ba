#include "table/h5/same_shape.hpp"

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/same_file.hpp"

namespace tessera::table {

void require_same_shape(const comm::Communicator& comm, const std::string& name, std::uint64_t rows,
                        std::span<const Column> columns) {
  std::string summary;
  std::string all;
  if (comm.size() > 1) {
    comm.together([&] {
      summary = counted(rows, "row") + " and " + counted(columns.size(), "column");
      all = summary;
      for (const Column& column : columns) {
        all.append(1, '\0').append(column.name).append(1, '\0').append(to_string(column.type));
        for (const std::string& level : column.levels) {
          all.append(1, '\0').append(level);
        }
      }
    });
  }
  io::require_same(comm, name, summary, all);
}

}  // namespace tessera::table
