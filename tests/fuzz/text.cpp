// Delimited text, with options from the first bytes.
#include "fuzz/support/read_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;  // NOLINT(google-build-using-namespace)
  fuzz::Choices choices({data, size});
  table::IngestOptions options;
  options.format = "delimited";
  constexpr std::string_view kDelimiters = ",;\t| ";
  const std::size_t delimiter = choices.below(kDelimiters.size() + 3);
  if (delimiter < kDelimiters.size()) {
    const char one = kDelimiters[delimiter];
    options.delimiter = one == ' ' ? "whitespace" : std::string(1, one);
  } else if (delimiter == kDelimiters.size()) {
    const char any = static_cast<char>(choices.byte());
    if (any != '"' && any != '\r' && any != '\n' && any != ' ') {
      options.delimiter = std::string(1, any);
    }
  }
  options.header = static_cast<table::Header>(choices.below(3));
  const std::size_t forms = choices.below(32);
  options.escape = (forms & 1U) != 0 ? "\\" : "auto";
  options.comment = (forms & 2U) != 0 ? "#" : "auto";
  options.drop_totals = (forms & 4U) != 0;
  options.skip_lines = (forms & 8U) != 0 ? "1" : "auto";
  options.encoding = (forms & 24U) == 24U ? "UTF-16LE" : "auto";
  fuzz::choose_options(choices, options);
  fuzz::read_in_all_ways(choices, options);
  return 0;
}
