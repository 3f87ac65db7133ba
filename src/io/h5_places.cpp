// Values that stand within records: members of compounds, columns of matrices.
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "io/h5_state.hpp"
#include "io/h5_text.hpp"
#include "tessera/base/text.hpp"

namespace tessera::io {
namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20U;
constexpr std::uint64_t kRecordsAtOnce = 16384;
constexpr std::uint64_t kMostRecordBytes = std::uint64_t{64} << 20U;

}  // namespace

const H5Record& H5File::State::record(const std::string& name) {
  (void)open(name);
  Open& from = datasets.at(name);
  if (!from.record) {
    const std::vector<std::uint64_t>& shape = from.description.shape;
    const bool is_matrix = shape.size() == 2;
    if (shape.empty() || shape.size() > 2) {
      fail(ExitCode::kBadData, "{} in {} has {} dimensions, and so no rows", name, path,
           shape.size());
    }
    const H5Handle type(H5Dget_type(from.dataset.get()), H5Tclose);
    if (H5Tget_size(type.get()) > kMostRecordBytes ||
        (is_matrix &&
         shape[1] > kMostRecordBytes / std::max<std::size_t>(1, H5Tget_size(type.get())))) {
      fail(ExitCode::kBadData, "{} in {} has rows of more than {}", name, path,
           bytes_text(kMostRecordBytes));
    }
    try {
      from.record = h5_record(type.get(), is_matrix ? shape[1] : 1);
    } catch (const Error& error) {
      fail(error.code(), "{} is damaged: {}: {}", path, name, error.what());
    }
  }
  return *from.record;
}

const H5Record::Member& H5File::State::member(const H5Place& place) {
  const H5Record& whole = record(place.dataset);
  const std::vector<std::uint64_t>& shape = open(place.dataset).description.shape;
  if (place.field >= whole.members.size() ||
      place.element >= (place.across ? shape[0] : whole.members[place.field].field.count)) {
    fail(ExitCode::kBadData, "{} in {} has no such column", place.dataset, path);
  }
  return whole.members[place.field];
}

void H5File::State::read_records(const H5Place& place, std::uint64_t first, std::uint64_t count,
                                 const TakePiece& take) {
  const Open& from = open(place.dataset);
  const H5Record& whole = record(place.dataset);
  const std::vector<std::uint64_t>& shape = from.description.shape;
  const std::uint64_t rows = shape[place.across ? 1 : 0];
  if ((place.across && shape.size() != 2) || first > rows || count > rows - first) {
    fail(ExitCode::kBadData, "{} in {} does not hold rows {} to {}", place.dataset, path, first + 1,
         first + count);
  }
  const std::size_t step = place.across ? H5Tget_size(whole.type.get()) : whole.bytes;
  const std::uint64_t in_piece = std::min(
      count,
      std::clamp<std::uint64_t>(kPieceBytes / std::max<std::size_t>(1, step), 1, kRecordsAtOnce));
  const auto piece = std::make_unique_for_overwrite<char[]>(in_piece * step);
  for (std::uint64_t done = 0; done < count;) {
    const std::uint64_t now = std::min(in_piece, count - done);
    const std::uint64_t row = first + done;
    const std::uint64_t before = place.across ? place.element * rows + row : row;
    if (from.offset && whole.is_plain &&
        bytes->read_at(*from.offset + before * step, {piece.get(), now * step}) == now * step) {
      take(done, now, piece.get(), step);
    } else {
      const H5Handle file_space(H5Dget_space(from.dataset.get()), H5Sclose);
      std::vector<hsize_t> start{row};
      std::vector<hsize_t> counts{now};
      if (place.across) {
        start = {place.element, row};
        counts = {1, now};
      } else if (shape.size() == 2) {
        start.push_back(0);
        counts.push_back(shape[1]);
      }
      H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, counts.data(),
                          nullptr);
      const H5Handle memory_space(
          H5Screate_simple(static_cast<int>(counts.size()), counts.data(), nullptr), H5Sclose);
      read_elements(place.dataset, from, whole.type.get(), memory_space.get(), file_space.get(),
                    piece.get());
      take(done, now, piece.get(), step);
    }
    done += now;
  }
}

template <typename T>
void H5File::State::read_places(std::span<const H5Place> places, std::uint64_t first,
                                std::span<const std::span<T>> out) {
  bool refused = false;
  const H5Handle transfer = h5_strict_transfer(h5_native_type<T>(), refused);
  for (const H5Place& place : places) {
    if (!member(place).type || member(place).field.kind == H5Kind::kText) {
      fail(ExitCode::kBadData, "{} in {} does not hold numbers", place.dataset, path);
    }
  }
  std::vector<char> values;
  read_records(places[0], first, out[0].size(),
               [&](std::uint64_t done, std::uint64_t rows, const char* records, std::size_t step) {
                 for (std::size_t i = 0; i < places.size(); ++i) {
                   const H5Record::Member& from = member(places[i]);
                   const std::size_t size = from.field.element_bytes;
                   values.resize(rows * std::max(size, sizeof(T)));
                   const char* at =
                       records + (places[i].across ? 0 : from.offset + places[i].element * size);
                   for (std::uint64_t row = 0; row < rows; ++row) {
                     std::memcpy(values.data() + row * size, at + row * step, size);
                   }
                   if (H5Tconvert(from.type.get(), h5_native_type<T>(), rows, values.data(),
                                  nullptr, transfer.get()) < 0) {
                     if (refused) {
                       fail_other_number(places[i].dataset, h5_native_type<T>());
                     }
                     fail_to_read(places[i].dataset);
                   }
                   std::memcpy(out[i].data() + done, values.data(), rows * sizeof(T));
                 }
               });
}

void H5File::State::read_text(const H5Place& place, std::uint64_t first, std::uint64_t count,
                              const TakeText& take) {
  const H5Record::Member& from = member(place);
  if (from.field.kind != H5Kind::kText) {
    fail(ExitCode::kBadData, "{} in {} does not hold text", place.dataset, path);
  }
  const H5T_str_t padding = H5Tget_strpad(from.type.get());
  const std::size_t size = from.field.element_bytes;
  std::vector<std::string_view> texts;
  read_records(place, first, count,
               [&](std::uint64_t, std::uint64_t rows, const char* records, std::size_t step) {
                 const char* const at =
                     records + (place.across ? 0 : from.offset + place.element * size);
                 if (from.in_heap) {
                   take_heap_texts(place.dataset, at, rows, step, take);
                   return;
                 }
                 texts.resize(rows);
                 for (std::uint64_t row = 0; row < rows; ++row) {
                   texts[row] = unpadded(at + row * step, size, padding);
                 }
                 take(texts);
               });
}

template void H5File::State::read_places(std::span<const H5Place>, std::uint64_t,
                                         std::span<const std::span<double>>);
template void H5File::State::read_places(std::span<const H5Place>, std::uint64_t,
                                         std::span<const std::span<std::int64_t>>);

}  // namespace tessera::io
