#include "io/h5_heap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace tessera::io {
namespace {

constexpr std::string_view kSignature{"GCOL\x01", 5};
constexpr std::size_t kHeaderBytes = 16;  // of a heap, and of each object in it
constexpr std::uint64_t kMostHeapBytes = std::uint64_t{256} << 20U;
constexpr std::size_t kMostKeptBytes = std::size_t{64} << 20U;

template <typename T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// HDF5's call for a conversion: what stands in the file stands in memory too.
herr_t keep_as_it_stands(hid_t from, hid_t to, H5T_cdata_t* conversion, std::size_t, std::size_t,
                         std::size_t, void*, void*, hid_t) {
  if (conversion->command == H5T_CONV_INIT) {
    conversion->need_bkg = H5T_BKG_NO;
    return H5Tget_size(from) == kHeapPlaceBytes && H5Tget_size(to) == kHeapPlaceBytes ? 0 : -1;
  }
  return 0;
}

H5Handle place_type() {
  static const herr_t kRegistered = [] {
    const H5Handle from(H5Tvlen_create(H5T_NATIVE_CHAR), H5Tclose);
    const H5Handle to(H5Tcreate(H5T_OPAQUE, kHeapPlaceBytes), H5Tclose);
    return H5Tregister(H5T_PERS_SOFT, "tessera_heap_place", from.get(), to.get(),
                       keep_as_it_stands);
  }();
  H5Handle type(kRegistered < 0 ? H5I_INVALID_HID : H5Tcreate(H5T_OPAQUE, kHeapPlaceBytes),
                H5Tclose);
  H5Tset_tag(type.get(), "place in a heap");
  return type;
}

bool has_parts_in_heap(hid_t type) {
  if (H5Tget_class(type) == H5T_ARRAY) {
    const H5Handle value(H5Tget_super(type), H5Tclose);
    return has_parts_in_heap(value.get());
  }
  bool any = h5_is_in_heap(type);
  const int members = H5Tget_class(type) == H5T_COMPOUND ? H5Tget_nmembers(type) : 0;
  for (int i = 0; i < members && !any; ++i) {
    const H5Handle its(H5Tget_member_type(type, static_cast<unsigned>(i)), H5Tclose);
    any = has_parts_in_heap(its.get());
  }
  return any;
}

H5Handle compound_in_memory(hid_t type) {
  struct Member {
    char* name;
    H5Handle type;
  };
  std::vector<Member> members;
  std::size_t size = 0;
  const int count = H5Tget_nmembers(type);
  for (int i = 0; i < count; ++i) {
    const auto member = static_cast<unsigned>(i);
    const H5Handle its(H5Tget_member_type(type, member), H5Tclose);
    members.push_back({H5Tget_member_name(type, member), h5_memory_type(its.get())});
    size += H5Tget_size(members.back().type.get());
  }
  H5Handle made(H5Tcreate(H5T_COMPOUND, size), H5Tclose);
  std::size_t offset = 0;
  for (const Member& member : members) {
    H5Tinsert(made.get(), member.name, offset, member.type.get());
    offset += H5Tget_size(member.type.get());
    H5free_memory(member.name);
  }
  return made;
}

H5Handle array_in_memory(hid_t type) {
  const H5Handle value(H5Tget_super(type), H5Tclose);
  const H5Handle in_memory = h5_memory_type(value.get());
  std::vector<hsize_t> shape(static_cast<std::size_t>(H5Tget_array_ndims(type)));
  H5Tget_array_dims2(type, shape.data());
  return {H5Tarray_create2(in_memory.get(), static_cast<unsigned>(shape.size()), shape.data()),
          H5Tclose};
}

}  // namespace

bool h5_is_in_heap(hid_t type) {
  return H5Tget_class(type) == H5T_VLEN || H5Tis_variable_str(type) > 0;
}

H5Handle h5_memory_type(hid_t type) {
  if (h5_is_in_heap(type)) {
    return place_type();
  }
  if (!has_parts_in_heap(type)) {
    return {H5Tcopy(type), H5Tclose};
  }
  return H5Tget_class(type) == H5T_ARRAY ? array_in_memory(type) : compound_in_memory(type);
}

std::string_view H5Heaps::text(const char* place) {
  const auto length = load<std::uint32_t>(place);
  const auto address = load<std::uint64_t>(place + sizeof length);
  const auto number = load<std::uint32_t>(place + sizeof length + sizeof address);
  if (address == 0 || address == HADDR_UNDEF || length == 0) {
    return {};
  }
  const Heap& from = heap(address);
  if (number >= from.objects.size() || from.objects[number].first == 0) {
    throw DamagedHeap(
        fmt::format("a string is said to be object {} of the heap at byte {}, which has none of "
                    "this number",
                    number, base_ + address));
  }
  const auto& [begin, size] = from.objects[number];
  if (size != length) {
    throw DamagedHeap(fmt::format(
        "a string of {} bytes is said to be object {} of the heap at byte {}, which has {}", length,
        number, base_ + address, size));
  }
  const std::string_view whole(from.bytes.data() + begin, size);
  return whole.substr(0, whole.find('\0'));
}

const H5Heaps::Heap& H5Heaps::heap(std::uint64_t address) {
  const auto known = kept_.find(address);
  if (known != kept_.end()) {
    return known->second;
  }
  Heap made = read(address);
  if (kept_bytes_ + made.memory() > kMostKeptBytes) {
    kept_.clear();
    kept_bytes_ = 0;
  }
  kept_bytes_ += made.memory();
  return kept_.emplace(address, std::move(made)).first->second;
}

H5Heaps::Heap H5Heaps::read(std::uint64_t address) const {
  const auto fail_here = [&](std::string_view why) {
    throw DamagedHeap(
        fmt::format("strings are said to be in a heap at byte {} of the file, {}", address, why));
  };
  const std::uint64_t size = bytes_.size();
  if (address > size - std::min(size, base_) || size - base_ - address < kHeaderBytes) {
    fail_here("which is behind its end");
  }
  const std::uint64_t at = base_ + address;
  std::vector<char> header(kHeaderBytes);
  static_cast<void>(bytes_.read_at(at, header));
  if (std::string_view(header.data(), kSignature.size()) != kSignature) {
    fail_here("where none is");
  }
  const auto heap_bytes = load<std::uint64_t>(header.data() + kHeaderBytes / 2);
  if (heap_bytes < kHeaderBytes || heap_bytes > size - at || heap_bytes > kMostHeapBytes) {
    fail_here(fmt::format("whose length of {} bytes cannot be", heap_bytes));
  }
  Heap made{.bytes = std::vector<char>(heap_bytes), .objects = {}};
  static_cast<void>(bytes_.read_at(at, made.bytes));
  std::size_t place = kHeaderBytes;
  while (heap_bytes - place >= kHeaderBytes) {
    const char* const object = made.bytes.data() + place;
    const auto number = load<std::uint16_t>(object);
    if (number == 0) {  // the rest is free
      break;
    }
    const auto object_bytes = load<std::uint64_t>(object + kHeaderBytes / 2);
    place += kHeaderBytes;
    if (object_bytes > heap_bytes - place) {
      fail_here(fmt::format("whose object {} leads out of it", number));
    }
    if (number >= made.objects.size()) {
      made.objects.resize(number + std::size_t{1});
    }
    if (made.objects[number].first != 0) {
      fail_here(fmt::format("which has two objects {}", number));
    }
    made.objects[number] = {place, object_bytes};
    place += std::min<std::size_t>((object_bytes + 7) / 8 * 8, heap_bytes - place);
  }
  return made;
}

}  // namespace tessera::io
