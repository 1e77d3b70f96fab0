#include "csv.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <map>
#include <set>

#include "../tensor/native.h"

namespace taper::datasets {
namespace {

constexpr const char* unknown_to_pandas[] = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan",
    "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"};

// Goes through the text of a file, a row at a time.
class Rows {
 public:
    Rows(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {
        if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    }
    // The fields of the next row that is not blank; false at the end.
    bool next(std::vector<std::string>& fields) {
        do {
            if (at_ >= text_.size()) return false;
            first_line_ = line_;
            fields.clear();
            while (field(fields.emplace_back())) {
            }
        } while (fields.size() == 1 && fields[0].empty() && !quoted_);
        return true;
    }
    /// The line on which the row began, from 1 on.
    std::int64_t line() const { return first_line_; }

 private:
    // Reads a field; whether the row has another behind it.
    bool field(std::string& field) {
        quoted_ = at_ < text_.size() && text_[at_] == '"';
        if (quoted_) in_quotes(field);
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == delimiter_) return ++at_, true;
            if (c == '\n' || c == '\r') {
                at_ += c == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2 : 1;
                ++line_;
                return false;
            }
            field += c;
        }
        return false;
    }
    void in_quotes(std::string& field) {
        const std::int64_t began = line_;
        for (++at_;; ++at_) {
            check(at_ < text_.size(), "the quote that begins on line {} has no end", began);
            if (text_[at_] == '"') {
                if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
                ++at_;
            }
            line_ += text_[at_] == '\n';
            field += text_[at_];
        }
        ++at_;
    }

    std::string_view text_;
    char delimiter_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1, first_line_ = 1;
    bool quoted_ = false;
};

std::string_view stripped(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

// Whether the whole field is a number.
template <class N> bool is_number(std::string_view field, N& number) {
    field = stripped(field);
    if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
    return !field.empty() && error == std::errc() && end == field.data() + field.size();
}

int truth_of(const std::string& field) {
    if (field == "True" || field == "TRUE" || field == "true") return 1;
    return field == "False" || field == "FALSE" || field == "false" ? 0 : -1;
}

// One name for each: the second "x" is "x.1".
std::vector<std::string> without_doubles(std::vector<std::string> names) {
    std::map<std::string, int> seen;
    std::set<std::string> taken(names.begin(), names.end());
    for (std::string& name : names) {
        int& count = seen[name];
        if (count++ == 0) continue;
        std::string other = fmt::format("{}.{}", name, count - 1);
        while (!taken.insert(other).second) other = fmt::format("{}.{}", name, count++);
        name = other;
    }
    return names;
}

template <class T> Tensor tensor_of(const std::vector<T>& numbers) {
    const Tensor x = native::empty({static_cast<std::int64_t>(numbers.size())}, dtype_of<T>());
    std::copy(numbers.begin(), numbers.end(), x.data_ptr<T>());
    return x;
}

}  // namespace

TAPER_DEFINE_CONSTRUCTORS(CSV, CSVOptions, 1, path, delimiter, header)
CSV::CSV(Called, const CSVOptions& o) {
    check(o.delimiter->size() == 1 && *o.delimiter != "\"" && *o.delimiter != "\n" && *o.delimiter != "\r",
        "CSV: the delimiter '{}' is not one character such as ',' or ';'", *o.delimiter);
    std::ifstream in(*o.path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    check(in.good() || in.eof(), "CSV: {}: the file can't be read", *o.path);
    auto held = std::make_shared<Held>();
    held->path = o.path;
    held->unknown.assign(std::begin(unknown_to_pandas), std::end(unknown_to_pandas));
    held->unknown.insert(held->unknown.end(), o.na_values->begin(), o.na_values->end());
    Rows rows(text, (*o.delimiter)[0]);
    std::vector<std::string> fields;
    try {
        bool more = rows.next(fields);
        check(more, "No columns to parse from file");
        if (o.header) {
            held->names = without_doubles(fields);
            more = rows.next(fields);
        } else {
            for (std::size_t i = 0; i < fields.size(); ++i) held->names.push_back(std::to_string(i));
        }
        held->columns.resize(held->names.size());
        for (; more; more = rows.next(fields), ++held->rows) {
            check(fields.size() <= held->names.size(), "Expected {} fields in line {}, saw {}", held->names.size(),
                rows.line(), fields.size());
            fields.resize(held->names.size());
            for (std::size_t i = 0; i < fields.size(); ++i) held->columns[i].push_back(std::move(fields[i]));
        }
    } catch (const Error& error) {
        fail("CSV: {}: {}", *o.path, error.what());
    }
    held_ = std::move(held);
}

std::size_t CSV::place_of(const std::string& column) const {
    const auto place = std::find(held_->names.begin(), held_->names.end(), column);
    check(place != held_->names.end(), "CSV: {}: there is no column '{}'; there are: {}", held_->path, column,
        joined(held_->names, ", "));
    return static_cast<std::size_t>(place - held_->names.begin());
}

bool CSV::is_unknown(const std::string& field) const {
    return std::find(held_->unknown.begin(), held_->unknown.end(), field) != held_->unknown.end();
}

const std::vector<std::string>& CSV::text(const std::string& column) const { return held_->columns[place_of(column)]; }

Tensor CSV::operator[](const std::string& column) const {
    const std::vector<std::string>& fields = text(column);
    if (!fields.empty() && std::ranges::all_of(fields, [](const std::string& field) { return truth_of(field) >= 0; })) {
        const Tensor truths = native::empty({size()}, bool_);
        std::ranges::transform(
            fields, truths.data_ptr<bool>(), [](const std::string& field) { return truth_of(field) > 0; });
        return truths;
    }
    std::vector<std::int64_t> whole;
    for (std::int64_t number; const std::string& field : fields) {
        if (!is_number(field, number)) break;
        whole.push_back(number);
    }
    if (whole.size() == fields.size()) return tensor_of(whole);
    std::vector<double> numbers;
    for (const std::string& field : fields) {
        double number = std::numeric_limits<double>::quiet_NaN();
        check(is_number(field, number) || is_unknown(field),
            "CSV: {}: column '{}' has text, as '{}' in row {}: ask for its text() or factorize() it", held_->path,
            column, field, numbers.size());
        numbers.push_back(number);
    }
    return tensor_of(numbers);
}

Tensor CSV::tensor(const std::vector<std::string>& columns, const Arg<DType>& dtype) const {
    const auto width = static_cast<std::int64_t>(columns.size());
    const Tensor all = native::empty({size(), width}, dtype);
    for (std::int64_t i = 0; i < width; ++i)
        native::write(native::view(all, {size()}, Strides{width}, i), (*this)[columns[static_cast<std::size_t>(i)]]);
    return all;
}

std::tuple<Tensor, std::vector<std::string>> CSV::factorize(const std::string& column) const {
    std::map<std::string, std::int64_t> known;
    std::vector<std::string> texts;
    std::vector<std::int64_t> codes;
    for (const std::string& field : text(column)) {
        if (is_unknown(field)) {
            codes.push_back(-1);
            continue;
        }
        const auto [place, is_new] = known.emplace(field, static_cast<std::int64_t>(texts.size()));
        if (is_new) texts.push_back(field);
        codes.push_back(place->second);
    }
    return {tensor_of(codes), texts};
}

}  // namespace taper::datasets
