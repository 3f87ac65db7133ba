// Models in HDF5, as FORMAT.md describes them.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "model/file_parts.hpp"
#include "tessera/base/error.hpp"
#include "tessera/cluster/method.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/io/same_file.hpp"
#include "tessera/model/model.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::model {
namespace {

const std::string kVersionKey = "tessera_format_version";
const std::string kVersionKeyOfFormat1 = "format_version";

constexpr const char* kProvenanceKeys[] = {"created", "version", "input", "host", "ranks"};

/// Refuses what a file can claim to hold but no training could have made.
void check(const Model& model, const std::string& digest, const std::string& path) {
  if (!is_sound(model.recipe) || !is_sound(model.profile, model.recipe, model.sizes()) ||
      (!model.weights().empty() && model.recipe.weight_column.empty()) ||
      model.digest() != digest) {
    fail(ExitCode::kBadData, "{}: the model in this file is damaged; train it again", path);
  }
}

Model read(const io::H5File& file) {
  const std::string& path = file.path();
  const std::string format = file.text_attribute("/", "tessera_format").value_or("");
  if (format != "model") {
    fail(
        ExitCode::kBadData, "{}: {}, not a model; give the file that 'tessera train' wrote", path,
        format.empty() ? "an HDF5 file that Tessera did not write" : "a " + format + " of Tessera");
  }
  const std::int64_t version =
      file.integer_attribute("/", kVersionKey)
          .value_or(file.integer_attribute("/", kVersionKeyOfFormat1).value_or(0));
  if (version < 1 || version > kFormatVersion) {
    fail(ExitCode::kBadData,
         "{}: model format {}, but this version of Tessera reads formats up to {}; use the version "
         "that wrote it ({})",
         path, version, kFormatVersion,
         file.text_attribute("/provenance", "version").value_or("unknown"));
  }
  if (version >= kFirstSealed) {
    if (!file.is_sealed()) {
      fail(ExitCode::kBadData,
           "{} was changed by another program or is damaged: its checksums are missing; train it "
           "again",
           path);
    }
    (void)file.verify();
  } else if (file.is_sealed()) {
    fail(ExitCode::kBadData,
         "{} is damaged: it says that it is of format {}, but files of that format have no "
         "checksums; train it again",
         path, version);
  }
  Model model;
  model.recipe = read_recipe(file, version);
  model.segmentation = read_segmentation(file, version, model.recipe.space());
  model.profile = read_profile(file, model.recipe);
  std::vector<std::string> options;
  for (const auto& option : cluster::make_method(model.segmentation->method())->options()) {
    options.emplace_back(option.field.name);
  }
  model.training = read_training(file, version, options);
  for (const char* key : kProvenanceKeys) {
    if (auto value = file.text_attribute("/provenance", key)) {
      model.provenance[key] = *value;
    }
  }
  check(model, file.text_attribute("/", "digest").value_or(""), path);
  return model;
}

}  // namespace

void save(const Model& model, io::H5Output& output) {
  output.lay_out([&](io::H5Creator& file) {
    file.attribute("/", "tessera_format", std::string("model"));
    file.attribute("/", kVersionKey, format_of(model.recipe));
    file.attribute("/", "digest", model.digest());
    write_recipe(file, model.recipe);
    write_segmentation(file, *model.segmentation);
    write_profile(file, model.profile);
    write_training(file, model.training);
    file.group("/provenance");
    for (const auto& [key, value] : model.provenance) {
      file.attribute("/provenance", key, value);
    }
  });
  output.commit();
}

bool is_model(const comm::Communicator& comm, const std::string& path) {
  std::uint64_t answer = 0;
  comm.together([&] {
    std::error_code ignored;  // who opens it says what is wrong with it
    if (comm.is_root() && table::is_h5(path) && table::split_path(path).object.empty() &&
        std::filesystem::exists(path, ignored)) {
      answer = io::H5File(path).text_attribute("/", "tessera_format") == "model" ? 1 : 0;
    }
  });
  comm.broadcast(std::span(&answer, 1), 0);
  return answer != 0;
}

Model load(const comm::Communicator& comm, const std::string& path) {
  io::InputFile file = io::open_on_all(comm, path);
  Model model;
  std::string digest;
  comm.together([&] {
    const io::H5File opened(std::move(file));
    try {
      model = read(opened);
      opened.check_unchanged();
      digest = model.digest();
    } catch (const Error&) {
      opened.check_unchanged();  // of a file that changes anything may be made out
      throw;
    } catch (const std::logic_error&) {  // out of range, invalid
      fail(ExitCode::kBadData, "{}: the model in this file is damaged; train it again", path);
    }
  });
  io::require_same(comm, path, "a model", digest);
  return model;
}

}  // namespace tessera::model
