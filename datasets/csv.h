// Tables in CSV files: columns with names, of numbers, of truth values or of text.
#pragma once

#include "../tensor/create.h"

namespace taper::datasets {

/// header: whether the first line names the columns; without one they are "0", "1", ... na_values: what stands where
/// nothing is known, beside what pandas takes for that ("", "NA", "NaN", "null" and so on).
struct CSVOptions {
    Keywords _ = Keywords();
    Arg<std::string> path = required, delimiter = Default(",");
    Arg<bool> header = Default(true);
    Arg<std::vector<std::string>> na_values = Default(std::vector<std::string>());
};

/// A CSV file (RFC 4180), read as pandas.read_csv reads it: fields may stand in quotes, a quote in them is doubled, and
/// they may hold delimiters and new lines; blank lines are skipped, and fields that a line lacks are unknown. Error,
/// with the line, for a line with too many fields and for a quote without an end.
class CSV {
 public:
    TAPER_CONSTRUCTORS(CSV, CSVOptions, 1, path, delimiter, header)
    CSV(Called, const CSVOptions& o);

    /// The names of the columns; one that occurs again is "name.1", "name.2".
    const std::vector<std::string>& columns() const { return held_->names; }
    /// How many rows there are.
    std::int64_t size() const { return held_->rows; }
    /// A column of numbers: int64 if all are known and whole, else float64, with NaN for what is unknown; of nothing
    /// but True and False, bool. Error for one of text, with the first field that is none, and for a name that is not
    /// there.
    Tensor operator[](const std::string& column) const;
    /// These columns of numbers beside each other, (rows, columns).
    Tensor tensor(const std::vector<std::string>& columns, const Arg<DType>& dtype = Default(float32)) const;
    /// The fields of a column as they stand in the file.
    const std::vector<std::string>& text(const std::string& column) const;
    /// The number of each field's text, int64, and the texts in the order in which they come; -1 for what is unknown.
    /// pandas.factorize
    std::tuple<Tensor, std::vector<std::string>> factorize(const std::string& column) const;

 private:
    struct Held {
        std::string path;
        std::vector<std::string> names, unknown;
        std::vector<std::vector<std::string>> columns;
        std::int64_t rows = 0;
    };
    std::size_t place_of(const std::string& column) const;
    bool is_unknown(const std::string& field) const;

    std::shared_ptr<const Held> held_;
};

}  // namespace taper::datasets
