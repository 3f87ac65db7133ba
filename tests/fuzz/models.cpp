// Models, changed in a few places: they are refused, or mean what they meant.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/support/h5_edit.hpp"
#include "tessera/app/job.hpp"
#include "tessera/app/run.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/model/model.hpp"

namespace {

using namespace tessera;  // NOLINT(google-build-using-namespace)

void run(const std::vector<std::string>& arguments) {
  fuzz::expect(app::run(comm::LocalCommunicator(), arguments, app::all_jobs()) == 0,
               arguments.front() + " went wrong");
}

struct Seed {
  std::string bytes;
  std::string digest;
};

/// A model of two segments, of numbers and categories.
const Seed& seed() {
  static const Seed kMade = [] {
    const std::string& folder = fuzz::scratch_folder();
    const std::string model = folder + "/model.h5";
    std::ofstream(folder + "/in.csv") << "id,age,plan\nx,20,a\ny,41,b\nz,,a\nv,60,\nw,33,b\n";
    run({"ingest", "-q", "--input", folder + "/in.csv", "--output", folder + "/in.h5"});
    run({"train", "-q", "--input", folder + "/in.h5", "--id", "id", "-k", "2", "--output", model});
    std::ifstream file(model, std::ios::binary);
    Seed result{{std::istreambuf_iterator<char>(file), {}},
                model::load(comm::LocalCommunicator(), model).digest()};
    std::filesystem::remove(model);
    return result;
  }();
  return kMade;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices({data, size});
  const fuzz::ScratchFile file(seed().bytes);
  fuzz::edit_h5(file.path(), choices);
  (void)fuzz::error_of([&] {
    const model::Model model = model::load(comm::LocalCommunicator(), file.path());
    fuzz::expect(model.digest() == seed().digest, "another model passes for this one");
  });
  return 0;
}
