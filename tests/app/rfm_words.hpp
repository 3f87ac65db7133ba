// The rfm that the golden files are of, as words of a command.
#pragma once

#include <string>
#include <vector>

namespace tessera::test {

using Words = std::vector<std::string>;

inline const std::string kTransactions = std::string(TESSERA_RFM_GOLDEN) + "/transactions.csv";

inline Words joined(Words first, const Words& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

// The golden command but for its input and output.
inline const Words kGolden = {
    "rfm",       "--customer", "customer",           "--date",  "InvoiceDate",    "--invoice",
    "InvoiceNo", "--amount",   "Quantity*UnitPrice", "--where", "InvoiceNo !^= C"};

}  // namespace tessera::test
