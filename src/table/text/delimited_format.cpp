#include "table/text/delimited_format.hpp"

#include <optional>
#include <utility>

#include "table/text/delimited_reader.hpp"
#include "table/text/locate.hpp"
#include "table/text/quote_states.hpp"
#include "table/text/row_check.hpp"
#include "table/text/text_format.hpp"

namespace tessera::table {
namespace {

class DelimitedFormat final : public RecordFormat {
 public:
  DelimitedFormat(TextFormat format, const ReadOptions& options)
      : format_(std::move(format)),
        rules_(format_.dialect),
        missing_(options.missing),
        row_rules_{.fills = options.on_error == OnError::kFill,
                   .drops_totals = options.drop_totals} {}

  [[nodiscard]] const std::vector<ColumnName>& names() const override { return format_.names; }
  [[nodiscard]] const std::vector<std::string>& notes() const override { return format_.notes; }
  [[nodiscard]] char delimiter() const override { return format_.dialect.delimiter; }
  [[nodiscard]] bool has_header() const override { return format_.header; }
  [[nodiscard]] std::uint64_t data_begin() const override { return format_.data.at; }
  [[nodiscard]] std::uint64_t data_line() const override { return format_.data.line; }

  [[nodiscard]] TextRange locate(const comm::Communicator& comm, const io::Bytes& bytes,
                                 std::size_t chunk_bytes, const Progress& progress) const override {
    return table::locate(comm, bytes, format_, rules_, chunk_bytes, progress);
  }

  [[nodiscard]] std::size_t whole_records(std::string_view text) const override {
    return rules_.whole_records(text);
  }

  [[nodiscard]] std::unique_ptr<RowReader> read(const io::Bytes& bytes, const TextRange& range,
                                                std::size_t chunk_bytes,
                                                const RequiredTypes& required,
                                                Reject reject) const override {
    return std::make_unique<DelimitedReader>(bytes, rules_, format_,
                                             RowCheck(format_, missing_, required, row_rules_),
                                             range, chunk_bytes, std::move(reject));
  }

 private:
  TextFormat format_;
  QuoteRules rules_;
  MissingMarkers missing_;
  RowRules row_rules_;
};

}  // namespace

std::unique_ptr<RecordFormat> open_delimited(const Head& head, const ReadOptions& options) {
  std::optional<TextFormat> format = find_text_format(head, options);
  return format ? std::make_unique<DelimitedFormat>(std::move(*format), options) : nullptr;
}

}  // namespace tessera::table
