// One case that ops.py drew: the inputs as PyTorch had them, the keywords, and what came out.
#pragma once

#include <taper/taper.h>

#include <cstring>
#include <nlohmann/json.hpp>

namespace live {

using namespace taper;
using nlohmann::json;

inline DType dtype_named(const std::string& name) {
    for (int i = 0; i < dtype_count; ++i)
        if (name == name_of(static_cast<DType>(i))) return static_cast<DType>(i);
    fail("no dtype is called {}", name);
}

/// The keywords of a case, each as the op takes it.
struct Keywords {
    const json& all;

    bool has(const char* key) const { return all.contains(key) && !all[key].is_null(); }
    bool flag(const char* key) const { return all.value(key, false); }
    std::int64_t whole(const char* key) const { return all[key].get<std::int64_t>(); }
    double real(const char* key) const { return number(all[key]); }
    std::string text(const char* key) const { return has(key) ? all[key].get<std::string>() : ""; }
    DType dtype(const char* key) const { return dtype_named(text(key)); }
    Scalar scalar(const char* key) const { return scalar_of(all[key]); }
    std::vector<std::int64_t> list(const char* key) const { return all[key].get<std::vector<std::int64_t>>(); }
    Shape shape(const char* key) const { return Shape(list(key)); }
    /// One number, a list of them, or none.
    Dims dims(const char* key) const {
        if (!has(key)) return {};
        return all[key].is_array() ? Dims(shape(key)) : Dims(whole(key));
    }
    std::optional<Dims> maybe_dims(const char* key) const { return has(key) ? std::optional(dims(key)) : std::nullopt; }
    std::optional<std::int64_t> maybe_whole(const char* key) const {
        return has(key) ? std::optional(whole(key)) : std::nullopt;
    }
    std::optional<double> maybe_real(const char* key) const {
        return has(key) ? std::optional(real(key)) : std::nullopt;
    }
    /// A number as a Tensor, or none.
    Tensor limit(const char* key) const { return has(key) ? Tensor(scalar(key)) : Tensor(); }

    static double number(const json& value) {
        return value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr) : value.get<double>();
    }
    static Scalar scalar_of(const json& value) {
        if (value.is_boolean()) return value.get<bool>();
        return value.is_number_integer() ? Scalar(value.get<std::int64_t>()) : Scalar(number(value));
    }
};

/// The inputs and keywords, as the rows of the table use them.
struct Case {
    TensorList in;
    Keywords kw;
    bool method;  // call x.op(...), not op(x, ...)

    const Tensor& operator[](std::size_t i) const { return in[i]; }
    TensorList rest(std::size_t from) const { return {in.begin() + static_cast<std::ptrdiff_t>(from), in.end()}; }

    Reduction reduce() const {
        return {.dim = kw.maybe_dims("dim"),
            .keepdim = kw.flag("keepdim"),
            .dtype = kw.has("dtype") ? std::optional(kw.dtype("dtype")) : std::nullopt};
    }
    bool whole() const { return !kw.has("dim") && !kw.has("dtype"); }
    ConvOptions conv() const {
        const json& p = kw.all["padding"];
        return {.stride = kw.dims("stride"),
            .padding = p.is_string() ? Padding(p.get<std::string>()) : Padding(kw.dims("padding")),
            .dilation = kw.dims("dilation"),
            .groups = kw.whole("groups")};
    }
    ConvTransposeOptions conv_transpose() const {
        return {.stride = kw.dims("stride"),
            .padding = kw.dims("padding"),
            .output_padding = kw.dims("output_padding"),
            .groups = kw.whole("groups"),
            .dilation = kw.dims("dilation")};
    }
    MaxPoolOptions max_pool() const {
        return {.stride = kw.dims("stride"),
            .padding = kw.dims("padding"),
            .dilation = kw.dims("dilation"),
            .ceil_mode = kw.flag("ceil_mode")};
    }
    AvgPoolOptions avg_pool() const {
        return {.stride = kw.dims("stride"),
            .padding = kw.dims("padding"),
            .ceil_mode = kw.flag("ceil_mode"),
            .count_include_pad = kw.flag("count_include_pad"),
            .divisor_override = kw.maybe_whole("divisor_override")};
    }
    std::vector<Index> brackets(std::size_t first) const {
        std::vector<Index> items;
        for (const json& item : kw.all["index"]) {
            const std::string kind = item[0];
            auto end = [&](int i) {
                return item[i].is_null() ? std::nullopt : std::optional(item[i].get<std::int64_t>());
            };
            if (kind == "i") items.emplace_back(item[1].get<std::int64_t>());
            if (kind == "s") items.emplace_back(Slice(end(1), end(2), end(3)));
            if (kind == "n") items.emplace_back(None);
            if (kind == "e") items.emplace_back(ellipsis);
            if (kind == "t") items.emplace_back(in[first + item[1].get<std::size_t>()]);
        }
        return items;
    }
    /// `write` on the input itself, on a copy, or on a view of a copy; and what it wrote to.
    template <class F> TensorList in_place(F write) const {
        const std::string how = kw.text("how");
        if (how == "itself") return write(in[0]), TensorList{in[0]};
        Tensor y = in[0].clone();
        Tensor part = how == "slice" ? y[Slice(none, none, 2)] : how == "transpose" ? y.transpose(0, -1) : y;
        write(part);
        return how == "copy" ? TensorList{y} : TensorList{y, part};
    }
};

inline TensorList results(const Tensor& x) { return {x}; }
inline TensorList results(TensorList list) { return list; }
inline TensorList results(const ValuesAndIndices& both) { return {both.values, both.indices}; }
inline TensorList results(const MinAndMax& both) { return {both.min, both.max}; }
inline TensorList results(const MantissaAndExponent& both) { return {both.mantissa, both.exponent}; }
inline TensorList results(const VarAndMean& both) { return {both.var, both.mean}; }
inline TensorList results(const StdAndMean& both) { return {both.std, both.mean}; }
inline TensorList results(bool answer) { return {tensor(answer)}; }

/// The tensors of the file behind the JSON.
struct Bytes {
    std::string all;

    Tensor flat(const json& about, std::int64_t count) const {
        Tensor x = empty({count}, {.dtype = dtype_named(about["d"])});
        if (x.nbytes()) std::memcpy(x.data_ptr(), all.data() + about["at"].get<std::size_t>(), std::size_t(x.nbytes()));
        return x;
    }
    Tensor result(const json& about) const {
        Shape shape(about["z"].get<std::vector<std::int64_t>>());
        return flat(about, shape.numel()).view(shape);
    }
    Tensor input(const json& about) const {
        if (about.is_null()) return {};
        if (about.contains("number")) return Keywords::scalar_of(about["number"]);
        const auto list = [&](const char* key) { return about[key].get<std::vector<std::int64_t>>(); };
        Tensor x =
            flat(about, about["n"]).as_strided(Shape(list("z")), Strides(list("s")), about["o"].get<std::int64_t>());
        x = x.detach();
        if (about["g"].get<bool>()) x.requires_grad_();
        return x;
    }
};

}  // namespace live
