#include "tessera/table/source.hpp"

namespace tessera::table {

std::vector<std::string> expand_inputs(const comm::Communicator&, const std::string& input) {
  return {input};
}

}  // namespace tessera::table
