// Configuration files: what is read can be written, and reads as the same again.
#include "tessera/app/ini.hpp"
#include "fuzz/support/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tessera::app::IniEntry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)tessera::fuzz::error_of([&] {
    for (const IniEntry& entry : tessera::app::parse_ini(text, "fuzz.ini")) {
      const std::string line = "key = " + tessera::app::ini_value(entry.value) + "\n";
      const std::vector<IniEntry> again = tessera::app::parse_ini(line, "again.ini");
      tessera::fuzz::expect(again.size() == 1 && again[0].key == "key", line);
      tessera::fuzz::expect(again[0].value == entry.value, line);
    }
  });
  return 0;
}
