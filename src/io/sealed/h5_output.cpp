#include "tessera/io/h5_output.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "io/sealed/block_sums.hpp"
#include "io/sealed/seal.hpp"

namespace tessera::io {

H5Output::H5Output(const comm::Communicator& comm, std::string path, mode_t mode)
    : comm_(comm), file_(comm, std::move(path), mode), sums_(std::make_unique<BlockSums>()) {}

H5Output::~H5Output() = default;

void H5Output::lay_out(const std::function<void(H5Creator&)>& lay_out) {
  std::uint64_t end = 0;
  comm_.together([&] {
    if (comm_.is_root()) {
      H5Creator creator(path(), kSealHeaderBytes);
      lay_out(creator);
      end = creator.close([&](std::uint64_t offset, std::span<const std::byte> bytes) {
        if (offset < kSealHeaderBytes) {  // which seal() writes
          bytes = bytes.subspan(kSealHeaderBytes - offset);
          offset = kSealHeaderBytes;
        }
        write_at(offset, bytes);
      });
    }
  });
  comm_.broadcast(std::span(&end, 1), 0);
  content_end_ = end;
  file_.reserve(SealLayout{end}.file_bytes());
}

void H5Output::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  file_.write_at(offset, bytes);
  sums_->add(offset, bytes);
}

void H5Output::flush() {
  seal();
  file_.flush();
}

void H5Output::commit() {
  seal();
  file_.commit();
}

void H5Output::seal() {
  if (std::exchange(sealed_, true)) {
    return;
  }
  const SealLayout layout{content_end_};
  const BlockSums::Finished finished = sums_->finish(comm_, layout);
  std::vector<std::uint32_t> pages;
  comm_.together([&] {
    const std::span<const std::uint32_t> sums(finished.sums);
    file_.write_at(layout.sum_offset(finished.first), std::as_bytes(sums));
    for (std::size_t done = 0; done < sums.size(); done += kSealPageSums) {
      const std::size_t count = std::min<std::size_t>(kSealPageSums, sums.size() - done);
      pages.push_back(crc32(std::as_bytes(sums.subspan(done, count))));
    }
  });
  pages = comm_.all_gather(pages);
  comm_.together([&] {
    if (comm_.is_root()) {
      file_.write_at(layout.page_offset(0), std::as_bytes(std::span(pages)));
      file_.write_at(0, seal_header(layout, pages));
    }
  });
}

}  // namespace tessera::io
