// Documents of MongoDB, with options from the first bytes.
#include "fuzz/support/read_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;  // NOLINT(google-build-using-namespace)
  fuzz::Choices choices({data, size});
  table::IngestOptions options;
  options.format = "bson";
  fuzz::choose_options(choices, options);
  fuzz::read_in_all_ways(choices, options);
  return 0;
}
