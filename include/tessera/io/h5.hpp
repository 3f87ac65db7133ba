/// \file
/// HDF5 in the project's own terms: reading any file that h5py or pandas users have, and creating
/// files whose large datasets all ranks then write side by side (h5_output.hpp). The only place of
/// <hdf5.h> is src/io/h5_*.cpp; HDF5's own error stack never reaches the terminal, and its reads
/// and writes go through this project's (h5_driver.hpp).
///
/// Metadata and small datasets go through the library, on one rank. A large dataset is laid out
/// contiguously by the library (H5Dget_offset says where), and its bytes are written by all ranks
/// with pwrite: no locks, no collective metadata, errors that are plain errno values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/io/bytes.hpp"
#include "tessera/io/file.hpp"

namespace tessera::io {

/// What a dataset's elements are, for a reader.
enum class H5Kind {
  kInteger,  ///< any integer type; enumerations, bits and numpy's times too
  kReal,     ///< any floating-point type
  kText,     ///< strings of fixed or variable length
  kRecord,   ///< compounds: fields() tells of what
  kOther,    ///< references, sequences, ...: not readable as a column
};

struct H5Dataset {
  std::string name;  ///< last part of its path
  H5Kind kind = H5Kind::kOther;
  std::size_t element_bytes = 0;  ///< as stored
  std::vector<std::uint64_t> shape;
  std::uint64_t stored_bytes =
      0;  ///< in the file: fewer than its elements take if packed or absent

  /// What its elements take; the largest number if that is too small for it.
  [[nodiscard]] std::uint64_t bytes() const;
};

/// One part of each record of a dataset. Its rows are the records.
struct H5Field {
  std::string name;  ///< of a compound's member, `a.b` of one within another; else empty
  H5Kind kind = H5Kind::kOther;
  std::size_t element_bytes = 0;              ///< of a value, as stored
  std::uint64_t count = 1;                    ///< values in a record: of an array, a matrix's row
  std::map<std::int64_t, std::string> names;  ///< of an enumeration's values
  std::string time_unit;  ///< of numpy's datetime64, such as "ns": units since 1970; else empty
};

/// Where one value of each row stands.
struct H5Place {
  std::string dataset;
  std::size_t field = 0;  ///< index in fields()
  std::uint64_t element = 0;
  bool across = false;  ///< of a matrix that is stored transposed: `element` is its row
};

/// Whether bytes are an HDF5 file's: they begin with its signature, or have it behind a user block.
[[nodiscard]] bool is_h5(const Bytes& bytes);

/// Element types that Tessera writes, little endian.
enum class H5Type { kInt8, kInt16, kInt32, kInt64, kUint8, kFloat32, kFloat64, kText };
/// Bytes per element; `text_width` for kText.
[[nodiscard]] std::size_t size_of(H5Type type, std::size_t text_width);

/// A group of more objects is refused: each would have to be opened to know what it is.
inline constexpr std::uint64_t kMostObjects = 100'000;

/// An HDF5 file for reading. Not collective; each rank opens its own. All methods throw kBadData
/// where the file is damaged or does not hold what is asked for, kIo where reading failed. What is
/// read of a sealed file (h5_output.hpp) was compared with its checksums; of others HDF5 checks
/// what they have (metadata of newer files, Fletcher-32 of chunks).
class H5File {
 public:
  /// Throws kNoInput (missing, a folder, no permission) or kBadData (not HDF5; truncated). What
  /// leads into other files (external links and storage, virtual datasets) is refused with
  /// kBadData where it is met, unless `trusted`.
  explicit H5File(const std::string& path, bool trusted = false);
  /// The same of a file that is open, as by open_on_all().
  explicit H5File(InputFile file, bool trusted = false);
  H5File(H5File&&) noexcept;
  H5File& operator=(H5File&&) noexcept;
  ~H5File();

  [[nodiscard]] const std::string& path() const;
  /// Throws kIo if the file is not what it was when it was opened (Bytes::check_unchanged).
  void check_unchanged() const;
  /// Whether every byte of the file has a checksum.
  [[nodiscard]] bool is_sealed() const;
  [[nodiscard]] bool is_trusted() const;
  /// Compares the part-th of `parts` shares of a sealed file with its checksums; returns the bytes
  /// that were compared. Throws kBadData naming the object that is damaged.
  [[nodiscard]] std::uint64_t verify(int part = 0, int parts = 1) const;

  [[nodiscard]] bool has_group(const std::string& name) const;
  [[nodiscard]] bool has_dataset(const std::string& name) const;

  /// Datasets directly in `group`, in the order of their creation where the file tracks it, else
  /// by name.
  [[nodiscard]] std::vector<H5Dataset> datasets(const std::string& group) const;
  [[nodiscard]] H5Dataset dataset(const std::string& name) const;
  /// Names of the groups directly in `group`, in the same order.
  [[nodiscard]] std::vector<std::string> groups(const std::string& group) const;

  /// Elements [first, first + out.size()) of a 1-D dataset, converted to T: double, float,
  /// std::int64_t, std::int32_t, std::uint16_t or std::uint8_t.
  template <typename T>
  void read(const std::string& name, std::uint64_t first, std::span<T> out) const;

  /// Rows from `first` on of some columns of a 2-D dataset: out[i] receives columns[i]; all are of
  /// one length. The rows of a contiguous dataset are read once, however many the columns.
  void read_matrix_columns(const std::string& name, std::span<const std::size_t> columns,
                           std::uint64_t first, std::span<const std::span<double>> out) const;

  /// What a record of a dataset consists of: the members of a compound; or one field, without a
  /// name, whose values are those of a row, if the dataset has two dimensions.
  [[nodiscard]] std::vector<H5Field> fields(const std::string& name) const;
  /// Rows from `first` on of some places in one dataset: out[i] receives places[i]; all are of one
  /// length. T: double, std::int64_t. The records are read once.
  template <typename T>
  void read_places(std::span<const H5Place> places, std::uint64_t first,
                   std::span<const std::span<T>> out) const;

  /// Tells an object from others of its file, by whatever path it is reached.
  [[nodiscard]] std::uint64_t address(const std::string& object) const;

  /// All elements of a dataset of any shape, row-major. It is small, and stored unpacked.
  template <typename T>
  [[nodiscard]] std::vector<T> read_all(const std::string& name) const;

  /// All strings of such a dataset.
  [[nodiscard]] std::vector<std::string> read_all_text(const std::string& name) const;

  /// Strings [first, first + count) of a 1-D dataset, padding removed.
  [[nodiscard]] std::vector<std::string> read_text(const std::string& name, std::uint64_t first,
                                                   std::uint64_t count) const;
  /// The next strings of a dataset: views that end with the call.
  using TakeText = std::function<void(std::span<const std::string_view>)>;
  /// The same strings, some thousands at a time: no memory grows with their number.
  void read_text(const std::string& name, std::uint64_t first, std::uint64_t count,
                 const TakeText& take) const;

  /// Strings of a place, likewise.
  void read_text(const H5Place& place, std::uint64_t first, std::uint64_t count,
                 const TakeText& take) const;

  [[nodiscard]] bool has_attribute(const std::string& object, const std::string& name) const;
  /// Attributes of a group or dataset; nothing if absent or of another kind.
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& object,
                                                          const std::string& name) const;
  /// All strings of an attribute that has several.
  [[nodiscard]] std::optional<std::vector<std::string>> texts_attribute(
      const std::string& object, const std::string& name) const;
  [[nodiscard]] std::optional<std::int64_t> integer_attribute(const std::string& object,
                                                              const std::string& name) const;
  [[nodiscard]] std::optional<double> real_attribute(const std::string& object,
                                                     const std::string& name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Lays out a new HDF5 file in memory, on one rank. Groups track the order of creation. The bytes
/// of the file depend on its content alone (no time stamps). Throws kIo naming the file.
class H5Creator {
 public:
  /// `name` is the file's for messages; `user_block` bytes at its beginning are not HDF5's: 0, or
  /// a power of two from 512 on.
  explicit H5Creator(const std::string& name, std::uint64_t user_block = 0);
  H5Creator(const H5Creator&) = delete;
  H5Creator& operator=(const H5Creator&) = delete;
  ~H5Creator();

  void group(const std::string& name);

  /// A small dataset, written at once, row-major. T: double, float, std::int64_t, std::int32_t.
  /// `shape` empty means one dimension.
  template <typename T>
  void write(const std::string& name, std::span<const T> values,
             std::vector<std::uint64_t> shape = {});
  /// Fixed-length UTF-8 strings, zero-padded to the longest.
  void write_text(const std::string& name, std::span<const std::string> values);

  /// Space for a 1-D dataset of `count` elements; returns the offset in the file of the first, to
  /// be written once the H5Creator is closed. 0 if count is 0.
  [[nodiscard]] std::uint64_t reserve(const std::string& name, H5Type type, std::uint64_t count,
                                      std::size_t text_width = 0);

  void attribute(const std::string& object, const std::string& name, const std::string& value);
  void attribute(const std::string& object, const std::string& name, std::int64_t value);
  void attribute(const std::string& object, const std::string& name, double value);

  /// Where the bytes of a laid-out file go: each once, in order.
  using Take = std::function<void(std::uint64_t offset, std::span<const std::byte> bytes)>;
  /// Ends the layout: hands over what was written of the file, but for reserved space, and returns
  /// the length of the file. Bytes that are not handed over are zeros, or yet to be written.
  std::uint64_t close(const Take& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Version of the HDF5 library in use, such as "1.10.8".
[[nodiscard]] std::string h5_library_version();

}  // namespace tessera::io
