/// \file
/// `tessera generate`: synthetic customers with known segments, as CSV or HDF5.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tessera/app/job.hpp"

namespace tessera::app {

class GenerateJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "generate"; }
  [[nodiscard]] std::string summary() const override {
    return "make synthetic customers with known segments";
  }
  void add_options(boost::program_options::options_description& options) override;
  void check() const override;
  nlohmann::json run(Context& context) override;

 private:
  std::string output_;
  std::uint64_t rows_ = 100000;
  std::uint64_t segments_ = 5;
};

}  // namespace tessera::app
