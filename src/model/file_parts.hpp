// The parts of a model file, each with how it is written and read.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tessera/base/sha256.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/model/model.hpp"

namespace tessera::model {

/// The latest; FORMAT.md specifies it, and what earlier ones were. A model is written as the first
/// that knows all it has: weights or buckets of categories, columns made of others and weights of
/// rows, components.
inline constexpr std::int64_t kFormatVersion = 5;
inline constexpr std::int64_t kFormatWithoutDerived = 4;
inline constexpr std::int64_t kFormatWithoutComponents = 3;
inline constexpr std::int64_t kFirstSealed = 3;  // version whose files have checksums

void write_recipe(io::H5Creator& file, const features::Recipe& recipe);
/// The first format version that has all that the recipe has.
[[nodiscard]] std::int64_t format_of(const features::Recipe& recipe);
/// Of a file of the given format version. Throws kBadData naming a step that is not known.
[[nodiscard]] features::Recipe read_recipe(const io::H5File& file, std::int64_t version);
/// Whether a recipe could have been fitted: its numbers are finite, its levels in order, its steps
/// sound.
[[nodiscard]] bool is_sound(const features::Recipe& recipe);
/// Recipes of the steps that format 1 knew as in format 1.
void add_recipe(io::Sha256& digest, const features::Recipe& recipe);

void write_segmentation(io::H5Creator& file, const cluster::Segmentation& segmentation);
/// Of a file of the given format version.
[[nodiscard]] std::shared_ptr<const cluster::Segmentation> read_segmentation(
    const io::H5File& file, std::int64_t version, const features::Space& space);
void add_segmentation(io::Sha256& digest, const cluster::Segmentation& segmentation);

void write_profile(io::H5Creator& file, const Profile& profile);
[[nodiscard]] Profile read_profile(const io::H5File& file, const features::Recipe& recipe);
/// Whether it is a profile of the columns of `recipe` over segments of so many customers. The
/// digest does not see a profile.
[[nodiscard]] bool is_sound(const Profile& profile, const features::Recipe& recipe,
                            std::span<const std::uint64_t> sizes);

void write_training(io::H5Creator& file, const Training& training);
/// `options`: the names of those that the method has.
[[nodiscard]] Training read_training(const io::H5File& file, std::int64_t version,
                                     std::span<const std::string> options);

// What the parts share.

template <typename T>
void write(io::H5Creator& file, const std::string& name, const std::vector<T>& values,
           std::vector<std::uint64_t> shape = {}) {
  file.write(name, std::span<const T>(values), std::move(shape));
}

[[nodiscard]] inline std::vector<std::int64_t> as_signed(const std::vector<std::uint64_t>& values) {
  return {values.begin(), values.end()};
}

[[nodiscard]] inline std::vector<std::uint64_t> as_unsigned(
    const std::vector<std::int64_t>& values) {
  return {values.begin(), values.end()};
}

/// The i-th group or dataset of `group`.
[[nodiscard]] inline std::string numbered(const std::string& group, std::size_t i) {
  return fmt::format("{}/{}", group, i);
}

}  // namespace tessera::model
