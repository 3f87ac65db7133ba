// Delimited text, with options from the first bytes.
#include "fuzz/support/read_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;  // NOLINT(google-build-using-namespace)
  fuzz::Choices choices({data, size});
  table::IngestOptions options;
  options.format = "delimited";
  constexpr std::string_view kDelimiters = ",;\t|";
  const std::size_t delimiter = choices.below(kDelimiters.size() + 3);
  if (delimiter < kDelimiters.size()) {
    options.delimiter = std::string(1, kDelimiters[delimiter]);
  } else if (delimiter == kDelimiters.size()) {
    const char any = static_cast<char>(choices.byte());
    if (any != '"' && any != '\r' && any != '\n' && any != ' ') {
      options.delimiter = std::string(1, any);
    }
  }
  options.header = static_cast<table::Header>(choices.below(3));
  fuzz::choose_options(choices, options);
  fuzz::read_in_all_ways(choices, options);
  return 0;
}
