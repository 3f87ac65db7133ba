/// \file
/// An HDF5 file of Tessera's own: written by all ranks, sealed by checksums (FORMAT.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "tessera/comm/communicator.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {

class BlockSums;

/// An OutputFile that one rank lays out as HDF5, all ranks fill, and that carries a checksum of
/// each of its blocks, which H5File compares when it reads. The same content gives the same bytes,
/// whichever ranks wrote it.
class H5Output {
 public:
  /// Collective, as OutputFile.
  H5Output(const comm::Communicator& comm, std::string path, mode_t mode = OutputFile::kPrivate);
  H5Output(const H5Output&) = delete;
  H5Output& operator=(const H5Output&) = delete;
  ~H5Output();

  [[nodiscard]] const std::string& path() const { return file_.path(); }

  /// Collective, once, before anything is written: `lay_out` runs on the root and creates all
  /// groups, datasets and attributes; the space for reserved datasets is asked for. Throws kIo.
  void lay_out(const std::function<void(H5Creator&)>& lay_out);

  /// Not collective. Writes at an offset that H5Creator::reserve() gave; no byte twice. Throws kIo.
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);

  /// Collective. Writes the checksums and brings all to disk, as OutputFile::flush().
  void flush();
  /// Collective, as OutputFile::commit().
  void commit();

 private:
  void seal();

  const comm::Communicator& comm_;
  OutputFile file_;
  std::unique_ptr<BlockSums> sums_;
  std::uint64_t content_end_ = 0;
  bool sealed_ = false;
};

}  // namespace tessera::io
