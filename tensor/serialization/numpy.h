// numpy's files: .npy, .npz and tables of numbers in text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../create.h"
#include "state_dict.h"

namespace taper::np {

using taper::float16, taper::float32, taper::float64, taper::int16, taper::int32, taper::int64, taper::int8,
    taper::uint8, taper::bool_;

/// What is in a file of numpy's: an array, or those of a .npz by name. It is no Tensor, as numpy's arithmetic is not
/// PyTorch's: torch::from_numpy makes one of it.
class Array {
 public:
    /// Of a .npz: the array of this name, which is read now. Error if there is none.
    Array operator[](const std::string& name) const;
    /// The names in a .npz.
    std::vector<std::string> files() const;
    Shape shape() const { return tensor().shape(); }
    DType dtype() const { return tensor().dtype(); }

    // ---- for the library
    struct Archive;
    explicit Array(Tensor x) : x_(std::move(x)) {}
    explicit Array(std::shared_ptr<const Archive> archive) : archive_(std::move(archive)) {}
    /// Error if it is a .npz.
    const Tensor& tensor() const;

 private:
    Tensor x_;
    std::shared_ptr<const Archive> archive_;
};

/// numpy.load, of a .npy (of any version, in either order of bytes and of dims) or a .npz. Error with the file's name
/// and what is wrong, and for what no tensor can hold: structures, text, Python's objects.
Array load(const std::string& file);
/// numpy.save: the file, whole or not at all, to the byte as numpy writes it; ".npy" is added where it is missing.
/// Error for a tensor that requires a gradient, as in Python, or of bfloat16, which numpy has not.
void save(const std::string& file, const Tensor& arr);
/// numpy.savez, as {{"x", x}, {"y", y}}; ".npz" is added where it is missing.
void savez(const std::string& file, const StateDict& arrays);
/// The same, of arrays that get the names arr_0, arr_1, ...
void savez(const std::string& file, const TensorList& arrays);
template <std::same_as<Tensor>... X> void savez(const std::string& file, const Tensor& first, const X&... more) {
    savez(file, TensorList{first, more...});
}
/// The same, packed by deflate.
void savez_compressed(const std::string& file, const StateDict& arrays);

struct LoadtxtOptions {
    Keywords _ = Keywords();
    Arg<std::string> fname = required;
    Arg<DType> dtype = Default(float64);
    Arg<std::optional<std::string>> comments = Default("#"), delimiter = Default(none);
    Arg<std::int64_t> skiprows = Default(0);
    Arg<std::optional<Dims>> usecols = Default(none);
    Arg<bool> unpack = Default(false);
    Arg<std::int64_t> ndmin = Default(0);
    Arg<std::optional<std::int64_t>> max_rows = Default(none);
};
/// numpy.loadtxt: rows of numbers, parted by `delimiter` or by blanks. usecols: the columns wanted, in this order;
/// unpack: transposed. Error with the line and the column of what is no number, and where rows differ in length.
TAPER_FUNCTION(Array, loadtxt, LoadtxtOptions, 1, fname, dtype, comments, delimiter)

struct GenfromtxtOptions {
    Keywords _ = Keywords();
    Arg<std::string> fname = required;
    Arg<DType> dtype = Default(float64);
    Arg<std::optional<std::string>> comments = Default("#"), delimiter = Default(none);
    Arg<std::int64_t> skip_header = Default(0), skip_footer = Default(0);
    Arg<double> filling_values = Default(std::numeric_limits<double>::quiet_NaN());
    Arg<std::optional<Dims>> usecols = Default(none);
    Arg<bool> unpack = Default(false);
    Arg<std::optional<std::int64_t>> max_rows = Default(none);
};
/// numpy.genfromtxt: the same, where what is missing or no number is filling_values.
TAPER_FUNCTION(Array, genfromtxt, GenfromtxtOptions, 1, fname, dtype, comments, delimiter, skip_header, skip_footer)

struct SavetxtOptions {
    Keywords _ = Keywords();
    Arg<std::string> fname = required;
    Arg<Tensor> X = required;
    Arg<std::string> fmt = Default("%.18e"), delimiter = Default(" "), newline = Default("\n"), header = Default(""),
                     footer = Default(""), comments = Default("# ");
};
/// numpy.savetxt, of up to two dims: each number as C's printf writes it with `fmt`, one of e, f, g and d.
TAPER_FUNCTION(void, savetxt, SavetxtOptions, 2, fname, X, fmt, delimiter, newline, header, footer, comments)

}  // namespace taper::np

namespace taper {
/// torch.from_numpy, of what np::load gives.
Tensor from_numpy(const np::Array& ndarray);
/// torch.tensor: a copy.
Tensor tensor(const np::Array& data, const TensorOptions& options = {});
}  // namespace taper
