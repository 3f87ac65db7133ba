#include "io/h5_record.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "io/h5_heap.hpp"
#include "io/h5_state.hpp"

namespace tessera::io {
namespace {

struct FreeOfH5 {
  void operator()(char* text) const { H5free_memory(text); }
};
using H5Name = std::unique_ptr<char, FreeOfH5>;

std::string text_of(const H5Name& name) { return name ? std::string(name.get()) : std::string(); }

// What h5py writes for datetime64 of numpy: an opaque type of this tag.
constexpr std::string_view kTimeTag = "NUMPY:<M8[";

// HDF5 itself trusts a damaged file in this, and crashes.
void require_apart(hid_t type) {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  const int members = H5Tget_nmembers(type);
  for (int i = 0; i < members; ++i) {
    const auto member = static_cast<unsigned>(i);
    const H5Handle its(H5Tget_member_type(type, member), H5Tclose);
    places.emplace_back(H5Tget_member_offset(type, member), H5Tget_size(its.get()));
  }
  std::ranges::sort(places);
  std::size_t end = 0;
  for (const auto& [offset, bytes] : places) {
    if (bytes == 0 || offset < end || offset > H5Tget_size(type) ||
        bytes > H5Tget_size(type) - offset) {
      fail(ExitCode::kBadData, "a record's members overlap or lie outside of it");
    }
    end = offset + bytes;
  }
}

/// A member's type in the file and in memory.
struct Types {
  hid_t file;
  hid_t memory;
};

void add_members(H5Record& record, const Types& types, const std::string& name,
                 std::size_t offset) {
  constexpr std::size_t kDeepest = 100;
  constexpr std::size_t kMostMembers = 100'000;
  const hid_t type = types.file;
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_COMPOUND && static_cast<std::size_t>(std::ranges::count(name, '.')) < kDeepest) {
    require_apart(type);
    const int members = H5Tget_nmembers(type);
    for (int i = 0; i < members && record.members.size() < kMostMembers; ++i) {
      const auto member = static_cast<unsigned>(i);
      const H5Handle its(H5Tget_member_type(type, member), H5Tclose);
      const H5Handle in_memory(H5Tget_member_type(types.memory, member), H5Tclose);
      const std::string own = text_of(H5Name(H5Tget_member_name(type, member)));
      add_members(record, {its.get(), in_memory.get()}, name.empty() ? own : name + "." + own,
                  offset + H5Tget_member_offset(types.memory, member));
    }
    return;
  }
  std::uint64_t count = 1;
  H5Handle value(H5Tcopy(type), H5Tclose);
  H5Handle in_memory(H5Tcopy(types.memory), H5Tclose);
  if (kind == H5T_ARRAY) {
    value = {H5Tget_super(type), H5Tclose};
    in_memory = {H5Tget_super(types.memory), H5Tclose};
    count = H5Tget_size(type) / std::max<std::size_t>(1, H5Tget_size(value.get()));
  }
  H5Record::Member member{.field = {.name = name,
                                    .kind = h5_kind_of(value.get()),
                                    .element_bytes = H5Tget_size(in_memory.get()),
                                    .count = count,
                                    .names = h5_names_of(value.get()),
                                    .time_unit = h5_time_unit_of(value.get())},
                          .type = {},
                          .in_heap = h5_is_in_heap(value.get()),
                          .offset = offset};
  if (member.field.kind == H5Kind::kInteger || member.field.kind == H5Kind::kReal) {
    member.type = h5_number_type(value.get());
  } else {
    record.is_plain = record.is_plain && member.field.kind == H5Kind::kText && !member.in_heap;
    member.type = std::move(value);
  }
  record.members.push_back(std::move(member));
}

}  // namespace

H5Kind h5_kind_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_ENUM:
      return H5Kind::kInteger;
    case H5T_BITFIELD:
      return H5Tget_size(type) <= sizeof(std::uint64_t) ? H5Kind::kInteger : H5Kind::kOther;
    case H5T_OPAQUE:
      return h5_time_unit_of(type).empty() ? H5Kind::kOther : H5Kind::kInteger;
    case H5T_FLOAT:
      return H5Kind::kReal;
    case H5T_STRING:
      return H5Kind::kText;
    case H5T_COMPOUND:
      return H5Kind::kRecord;
    default:
      return H5Kind::kOther;
  }
}

std::string h5_time_unit_of(hid_t type) {
  if (H5Tget_class(type) != H5T_OPAQUE || H5Tget_size(type) != sizeof(std::int64_t)) {
    return {};
  }
  const std::string tag = text_of(H5Name(H5Tget_tag(type)));
  return tag.starts_with(kTimeTag) && tag.ends_with(']')
             ? tag.substr(kTimeTag.size(), tag.size() - kTimeTag.size() - 1)
             : std::string();
}

std::map<std::int64_t, std::string> h5_names_of(hid_t type) {
  std::map<std::int64_t, std::string> names;
  if (H5Tget_class(type) != H5T_ENUM) {
    return names;
  }
  const H5Handle number(H5Tget_super(type), H5Tclose);
  const int members = H5Tget_nmembers(type);
  for (int i = 0; i < members; ++i) {
    const auto member = static_cast<unsigned>(i);
    std::int64_t value = 0;  // HDF5 has none of more than eight bytes
    if (H5Tget_size(number.get()) > sizeof value || H5Tget_member_value(type, member, &value) < 0 ||
        H5Tconvert(number.get(), H5T_NATIVE_INT64, 1, &value, nullptr, H5P_DEFAULT) < 0) {
      continue;
    }
    names.emplace(value, text_of(H5Name(H5Tget_member_name(type, member))));
  }
  return names;
}

H5Handle h5_number_type(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return {H5Tcopy(type), H5Tclose};
    case H5T_ENUM:
      return {H5Tget_super(type), H5Tclose};
    case H5T_OPAQUE:
      return {H5Tcopy(H5T_STD_I64LE), H5Tclose};
    case H5T_BITFIELD: {
      H5Handle number(H5Tcopy(H5T_STD_U8LE), H5Tclose);
      H5Tset_size(number.get(), H5Tget_size(type));
      H5Tset_order(number.get(), H5Tget_order(type));
      return number;
    }
    default:
      return {};
  }
}

H5Record h5_record(hid_t type, std::uint64_t across) {
  H5Record record;
  record.type = h5_memory_type(type);
  record.bytes = H5Tget_size(record.type.get()) * across;
  add_members(record, {type, record.type.get()}, "", 0);
  if (record.members.size() == 1 && record.members[0].field.name.empty()) {
    record.members[0].field.count *= across;
  }
  return record;
}

}  // namespace tessera::io
