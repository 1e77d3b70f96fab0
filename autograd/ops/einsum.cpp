// einsum: operands become batches of matrices over the letters they share, two at a time.
#include <algorithm>
#include <cctype>
#include <map>

#include "../ops.h"

namespace taper::ops {

using T = const Tensor&;

namespace {

// The dims of `...`, numbered from the left, stand as what comes before all letters.
char dot(std::int64_t number) { return static_cast<char>(1 + number); }
bool is_dot(char c) { return c <= Shape::max_dims; }
static_assert(Shape::max_dims < 'A');

// Letters of one operand, in the order of its dims.
struct Labelled {
    std::string labels;
    Tensor tensor;
    const char* made_by = "PermuteBackward0";  // the last step, as PyTorch takes them
    bool dots = false;                         // whether `...` stood for any letters, or for none
    bool has(char c) const { return labels.find(c) != std::string::npos; }

    // The diagonal where a letter stands twice, and the sum over letters that nobody else needs.
    void simplify(const std::string& needed) {
        for (std::size_t i = 0; i < labels.size(); ++i)
            for (std::size_t j = labels.size(); j-- > i + 1;)
                if (labels[i] == labels[j]) {
                    check(tensor.size(i) == tensor.size(j),
                        "einsum: subscript {} is repeated for operand but the sizes don't match, {} != {}", labels[i],
                        tensor.size(i), tensor.size(j));
                    tensor = tensor.diagonal(0, i, j).movedim(-1, i);
                    labels.erase(j, 1);
                }
        for (std::size_t i = labels.size(); i-- > 0;)
            if (needed.find(labels[i]) == std::string::npos) {
                made_by = "SumBackward1";
                tensor = tensor.sum(static_cast<std::int64_t>(i)), labels.erase(i, 1);
            }
    }
    // The dims in the order of `wanted`, with size 1 for letters it lacks.
    Tensor arranged(const std::string& wanted) const {
        Shape order;
        for (char c : wanted)
            if (has(c)) order.push_back(static_cast<std::int64_t>(labels.find(c)));
        Tensor out = tensor.permute(order);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (!has(wanted[i])) out = out.unsqueeze(i);
        return out;
    }
    std::int64_t size(char c) const { return has(c) ? tensor.size(labels.find(c)) : 1; }
};

Labelled contracted(Labelled a, Labelled b, const std::string& needed) {
    std::string batch, only_a, only_b, summed;
    const auto goes = [&](char c) { return needed.find(c) == std::string::npos; };
    const bool sums = std::ranges::any_of(b.labels, goes) ||
        (b.dots && std::ranges::any_of(a.labels, [&](char c) { return is_dot(c) && goes(c); }));
    const bool alike = a.tensor.dtype() == b.tensor.dtype();
    a.simplify(needed + b.labels);
    b.simplify(needed + a.labels);
    const DType dtype = result_type(a.tensor, b.tensor);  // of which sums of int32 make int64
    if (alike) a.tensor = a.tensor.to(dtype), b.tensor = b.tensor.to(dtype);
    for (char c : a.labels) {
        bool kept = needed.find(c) != std::string::npos;
        if (b.has(c))
            (kept ? batch : a.size(c) == b.size(c) ? summed : batch) += c;
        else
            only_a += c;
    }
    for (char c : b.labels)
        if (!a.has(c)) only_b += c;
    Shape lead, rows, columns, inner;
    for (char c : batch) lead.push_back(a.size(c) == 1 ? b.size(c) : a.size(c));
    for (char c : only_a) rows.push_back(a.size(c));
    for (char c : only_b) columns.push_back(b.size(c));
    for (char c : summed) inner.push_back(a.size(c));
    auto matrices = [&](const Labelled& x, const std::string& letters, const Shape& first, const Shape& second) {
        Tensor arranged = x.arranged(letters);
        Shape full = lead;
        for (std::int64_t size : first) full.push_back(size);
        for (std::int64_t size : second) full.push_back(size);
        return arranged.expand(full).reshape(Shape{lead.numel(), first.numel(), second.numel()});
    };
    Tensor product =
        bmm(matrices(a, batch + only_a + summed, rows, inner), matrices(b, batch + summed + only_b, inner, columns));
    Shape shape = lead;
    for (std::int64_t size : rows) shape.push_back(size);
    for (std::int64_t size : columns) shape.push_back(size);
    return {batch + only_a + only_b, product.reshape(shape), sums ? "ViewBackward0" : "MulBackward0"};
}

std::string letters_of(const std::string& text, std::int64_t dims, std::int64_t most_dots) {
    std::string letters;
    std::size_t dots = text.find("...");
    std::int64_t named = static_cast<std::int64_t>(text.size()) - (dots == std::string::npos ? 0 : 3);
    std::int64_t hidden = dims < 0 ? most_dots : dims - named;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == dots) {
            for (std::int64_t k = 0; k < hidden; ++k) letters += dot(most_dots - hidden + k);
            i += 2;
            continue;
        }
        check(std::isalpha(static_cast<unsigned char>(text[i])),
            "einsum: invalid subscript given at index {} in the equation string, subscripts must be in [a-zA-Z]", i);
        letters += text[i];
    }
    return letters;
}

}  // namespace

Tensor einsum(const std::string& equation, const TensorList& operands) {
    check(!operands.empty(), "einsum: must provide at least one operand");
    std::string text;
    std::copy_if(equation.begin(), equation.end(), std::back_inserter(text), [](char c) { return c != ' '; });
    std::size_t arrow = text.find("->");
    std::string left = text.substr(0, arrow), item;
    std::vector<std::string> terms(1);
    for (char c : left)
        if (c == ',')
            terms.emplace_back();
        else
            terms.back() += c;
    check(terms.size() == operands.size(),
        "einsum: more operands were provided than specified in the equation, or fewer: {} and {}", operands.size(),
        terms.size());
    std::int64_t dots = 0;
    for (std::size_t i = 0; i < terms.size(); ++i)
        if (terms[i].find("...") != std::string::npos)
            dots = std::max(dots, operands[i].ndim() - static_cast<std::int64_t>(terms[i].size()) + 3);
    std::vector<Labelled> parts;
    std::map<char, int> seen;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        parts.push_back({letters_of(terms[i], operands[i].ndim(), dots), operands[i]});
        parts[i].dots = terms[i].find("...") != std::string::npos;
        check(static_cast<std::int64_t>(parts[i].labels.size()) == operands[i].ndim(),
            "einsum: the number of subscripts in the equation ({}) does not match the number of dimensions ({}) for "
            "operand {}",
            parts[i].labels.size(), operands[i].ndim(), i);
        for (char c : parts[i].labels) ++seen[c];
    }
    std::string result;
    if (arrow != std::string::npos)
        result = letters_of(text.substr(arrow + 2), -1, dots);
    else
        for (auto [c, count] : seen)
            if (count == 1 || is_dot(c)) result += c;
    for (char c : result)
        check(seen.contains(c), "einsum: output subscript {} does not appear in the equation for any input operand", c);
    Labelled total = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) {
        std::string needed = result;
        for (std::size_t k = i + 1; k < parts.size(); ++k) needed += parts[k].labels;
        total = contracted(total, parts[i], needed);
    }
    const bool alone = parts.size() == 1;
    const char* made_by = total.made_by;
    total.simplify(result);
    return autograd::named(alone ? total.made_by : made_by, total.arranged(result));
}

}  // namespace taper::ops
