// Trains a model on a table, alone or under mpirun: train TABLE ID-COLUMN SEGMENTS MODEL.h5
#include <cstdio>
#include <memory>
#include <string>

#include "tessera/base/error.hpp"
#include "tessera/comm/mpi_session.hpp"
#include "tessera/io/h5_output.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/train.hpp"
#include "tessera/table/table.hpp"

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s TABLE ID-COLUMN SEGMENTS MODEL.h5\n", argv[0]);
    return 64;
  }
  const tessera::comm::MpiSession session;
  const tessera::comm::Communicator& comm = session.world();
  try {
    const std::unique_ptr<tessera::table::Table> table = tessera::table::open_table(comm, argv[1]);
    tessera::pipeline::TrainOptions options;
    options.fit.id = argv[2];
    options.task.segments = std::stoul(argv[3]);
    tessera::pipeline::Observer nobody;
    const tessera::pipeline::TrainResult result =
        tessera::pipeline::train(comm, *table, options, nobody);
    tessera::io::H5Output output(comm, argv[4]);
    tessera::model::save(result.model, output);
    if (comm.is_root()) {
      for (const std::uint64_t size : result.model.sizes()) {
        std::printf("%llu customers\n", static_cast<unsigned long long>(size));
      }
      std::printf("digest %s\n", result.model.digest().c_str());
    }
  } catch (const tessera::Error& error) {  // thrown on all ranks alike
    if (comm.is_root()) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    return static_cast<int>(error.code());
  }
  return 0;
}
