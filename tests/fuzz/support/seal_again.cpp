#include "fuzz/support/seal_again.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "io/sealed/block_sums.hpp"
#include "io/sealed/seal.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::fuzz {

void seal_again(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> file{std::istreambuf_iterator<char>(in), {}};
  constexpr std::string_view kMagic = "Tessera sealed";
  if (file.size() < io::kSealHeaderBytes ||
      !std::equal(kMagic.begin(), kMagic.end(), file.begin())) {
    return;
  }
  const io::SealLayout layout{file.size()};
  io::BlockSums contributions;
  contributions.add(io::kSealHeaderBytes,
                    std::as_bytes(std::span(file)).subspan(io::kSealHeaderBytes));
  const auto sums = contributions.finish(comm::LocalCommunicator(), layout).sums;
  const std::uint32_t page = io::crc32(std::as_bytes(std::span(sums)));
  const io::SealHeader header = io::seal_header(layout, std::span(&page, 1));
  std::ofstream out(path, std::ios::binary);
  const auto put = [&](std::span<const std::byte> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  };
  put(header);
  put(std::as_bytes(std::span(file)).subspan(io::kSealHeaderBytes));
  put(std::as_bytes(std::span(sums)));
  put(std::as_bytes(std::span(&page, 1)));
}

}  // namespace tessera::fuzz
