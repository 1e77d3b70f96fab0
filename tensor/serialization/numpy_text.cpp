// Tables of numbers in text, as numpy reads and writes them.
#include <charconv>
#include <cmath>
#include <fstream>

#include "../native.h"
#include "bytes.h"
#include "numpy.h"
#include "write_file.h"

namespace taper::np {
namespace {

std::string_view stripped(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

// The fields of a line: between the delimiters, or between blanks where there is none.
std::vector<std::string_view> fields_of(std::string_view line, const std::optional<std::string>& delimiter) {
    std::vector<std::string_view> fields;
    if (!delimiter) {
        for (line = stripped(line); !line.empty(); line = stripped(line)) {
            const std::size_t end = std::min(line.find_first_of(" \t\r\v\f"), line.size());
            fields.push_back(line.substr(0, end));
            line.remove_prefix(end);
        }
        return fields;
    }
    for (std::size_t at = 0;;) {
        const std::size_t end = line.find(*delimiter, at);
        fields.push_back(stripped(line.substr(at, end - at)));
        if (end == std::string_view::npos) return fields;
        at = end + delimiter->size();
    }
}

// The whole text is a number, as Python's float() and int() take it.
template <class N> bool is_number(std::string_view text, N& number) {
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// What both readers are told.
struct Table {
    std::string path;
    DType dtype = float64;
    std::optional<std::string> comments, delimiter;
    std::int64_t skip = 0, skip_end = 0;
    std::optional<Dims> usecols;
    std::optional<std::int64_t> max_rows;
    std::optional<double> filling;  // for what is missing or no number: absent, that is an Error
};

std::vector<std::string> lines_of(const Table& table) {
    std::ifstream in(table.path, std::ios::binary);
    check(in.good(), "{} not found.", table.path);
    std::vector<std::string> lines;
    std::string line;
    for (std::int64_t at = 0; std::getline(in, line); ++at) {
        if (at < table.skip) continue;
        if (table.comments && !table.comments->empty()) line.resize(std::min(line.find(*table.comments), line.size()));
        if (!stripped(line).empty()) lines.push_back(line);
    }
    lines.resize(
        lines.size() - std::min(lines.size(), static_cast<std::size_t>(std::max<std::int64_t>(table.skip_end, 0))));
    return lines;
}

// Reads a field into a row of doubles, or of whole numbers.
template <class N> N value_of(const Table& table, std::string_view text, std::size_t row, std::size_t column) {
    N number{};
    if (is_number(text, number)) return number;
    check(table.filling.has_value(), "could not convert string '{}' to {} at row {}, column {}.", text,
        name_of(table.dtype), row, column + 1);
    if constexpr (std::is_integral_v<N>)
        return std::isnan(*table.filling) ? -1 : static_cast<N>(*table.filling);
    else
        return *table.filling;
}

template <class N> Tensor read_as(const Table& table) {
    std::vector<N> numbers;
    std::size_t width = 0, rows = 0;
    for (const std::string& line : lines_of(table)) {
        if (table.max_rows && static_cast<std::int64_t>(rows) >= *table.max_rows) break;
        const std::vector<std::string_view> fields = fields_of(line, table.delimiter);
        if (rows == 0) width = fields.size();
        check(fields.size() == width || table.usecols,
            "the number of columns changed from {} to {} at row {}; use `usecols` to select a subset and avoid this "
            "error",
            width, fields.size(), rows + 1);
        auto take = [&](std::size_t column) { numbers.push_back(value_of<N>(table, fields[column], rows, column)); };
        if (table.usecols)
            for (std::int64_t column : *table.usecols) {
                const auto count = static_cast<std::int64_t>(fields.size()), at = column < 0 ? column + count : column;
                check(0 <= at && at < count, "invalid column index {} at row {} with {} columns", column, rows + 1,
                    count);
                take(static_cast<std::size_t>(at));
            }
        else
            for (std::size_t column = 0; column < fields.size(); ++column) take(column);
        ++rows;
    }
    const auto height = static_cast<std::int64_t>(rows);
    const Tensor all =
        native::empty({height, height ? static_cast<std::int64_t>(numbers.size()) / height : 0}, dtype_of<N>());
    std::copy(numbers.begin(), numbers.end(), static_cast<N*>(all.data_ptr()));
    return native::cast(all, table.dtype);
}

// Without the dims of size 1, but at least `ndmin`.
Array read(const Table& table, bool unpack, std::int64_t ndmin) {
    check(!table.delimiter || !table.delimiter->empty(), "delimiter must be absent, or text");
    check(0 <= ndmin && ndmin <= 2, "Illegal value of ndmin keyword: {}", ndmin);
    const Tensor all = is_floating_point(table.dtype) ? read_as<double>(table) : read_as<std::int64_t>(table);
    const std::int64_t rows = all.size(0), columns = all.size(1);
    Shape shape;
    for (std::int64_t size : {rows, columns})
        if (size != 1 || ndmin == 2) shape.push_back(size);
    if (rows == 0 && ndmin < 2) shape = {0};
    if (ndmin == 1 && shape.size() == 0) shape = {1};
    const Tensor x = native::view(all, shape, native::empty(shape, all.dtype()).stride(), 0);
    if (!unpack || shape.size() < 2) return Array(x);
    return Array(native::view(x, {columns, rows}, Strides{1, columns}, 0));
}

// Of savetxt: % flags width .precision and one of e, f, g and d.
bool is_whole_format(const std::string& format) {
    std::size_t at = 1;
    auto skip = [&](std::string_view of, std::size_t most) {
        for (std::size_t n = 0; n < most && at < format.size() && of.find(format[at]) != std::string_view::npos; ++n)
            ++at;
    };
    skip("-+ 0#", 5);
    skip("0123456789", 3);
    if (at < format.size() && format[at] == '.') ++at, skip("0123456789", 3);
    check(format.size() == at + 1 && format[0] == '%' &&
            std::string_view("efgEGdi").find(format[at]) != std::string_view::npos,
        "fmt='{}' is no format of one number such as \"%.18e\", \"%.4f\", \"%g\" or \"%d\"", format);
    return format[at] == 'd' || format[at] == 'i';
}

template <class N> std::string written(N value, const std::string& format) {
    char text[1400];
    std::snprintf(text, sizeof text, format.c_str(), value);
    return text;
}

// Each number in this format: as it is where both are whole, else as a double or what is whole of it.
std::vector<std::string> numbers_of(const Tensor& x, std::string format) {
    std::vector<std::string> texts;
    if (is_whole_format(format)) {
        format.insert(format.size() - 1, "ll");
        for (std::int64_t number : native::cast(x, int64).tolist<std::int64_t>())
            texts.push_back(written(static_cast<long long>(number), format));
    } else {
        for (double number : x.tolist()) texts.push_back(written(number, format));
    }
    return texts;
}

// Each line of it begins with what makes it a comment.
std::string commented(const std::string& text, const std::string& comments, const std::string& newline) {
    if (text.empty()) return "";
    std::string all = comments;
    for (char c : text) all += c == '\n' ? "\n" + comments : std::string(1, c);
    return all + newline;
}

}  // namespace

TAPER_DEFINE_FUNCTION(Array, loadtxt, LoadtxtOptions,
    (explained("np.loadtxt",
        [&] {
            return read({o.fname, o.dtype, o.comments, o.delimiter, o.skiprows, 0, o.usecols, o.max_rows, {}}, o.unpack,
                o.ndmin);
        })),
    1, fname, dtype, comments, delimiter)

TAPER_DEFINE_FUNCTION(Array, genfromtxt, GenfromtxtOptions,
    (explained("np.genfromtxt",
        [&] {
            return read({o.fname, o.dtype, o.comments, o.delimiter, o.skip_header, o.skip_footer, o.usecols, o.max_rows,
                            *o.filling_values},
                o.unpack, 0);
        })),
    1, fname, dtype, comments, delimiter, skip_header, skip_footer)

static void write_text(const SavetxtOptions& o) {
    const Tensor x = o.X;
    check(!x.requires_grad(), "Can't call numpy() on Tensor that requires grad. Use tensor.detach() instead.");
    check(x.ndim() == 1 || x.ndim() == 2, "Expected 1D or 2D array, got {}D array instead", x.ndim());
    const std::vector<std::string> numbers = numbers_of(x, o.fmt);
    const std::size_t columns = x.ndim() == 2 ? static_cast<std::size_t>(x.size(1)) : 1;
    write_file(o.fname, [&](std::ostream& out) {
        out << commented(o.header, o.comments, o.newline);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            out << numbers[i] << ((i + 1) % columns == 0 ? *o.newline : *o.delimiter);
        out << commented(o.footer, o.comments, o.newline);
    });
}
TAPER_DEFINE_FUNCTION(void, savetxt, SavetxtOptions, (explained("np.savetxt: " + *o.fname, [&] { write_text(o); })), 2,
    fname, X, fmt, delimiter, newline, header, footer, comments)

}  // namespace taper::np
