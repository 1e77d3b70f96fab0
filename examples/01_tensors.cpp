// Tensors: made, looked into, reshaped, broadcast and reduced, as in PyTorch's first tutorial.
#include <taper/taper.h>

namespace torch = taper;
using taper::all, taper::ellipsis, taper::Slice, taper::Tensor;

int main() {
    // Made from numbers, by pattern, at random. Whole numbers give int64, reals float32, as in Python.
    Tensor data = torch::tensor({{1, 2}, {3, 4}});
    Tensor ones = torch::ones({2, 2}, {.dtype = torch::float64});
    torch::manual_seed(0);
    Tensor random = torch::rand(3, 4);
    fmt::print("data = {}\nones = {}\nrandom = {}\n", data, ones, random);
    fmt::print("shape {}, dtype {}, device {}\n\n", random.shape(), random.dtype(), random.device());

    // Looked into: rows, columns, parts, by condition. Python's `:` is all, its `...` is ellipsis.
    fmt::print("first row    {}\n", random[0]);
    fmt::print("last column  {}\n", random[ellipsis, -1]);
    fmt::print("a part       {}\n", random[Slice(1, 3), Slice(0, 2)]);
    fmt::print("above a half {}\n\n", random[random > 0.5]);

    // `x = y` gives a name to another tensor, `x[0] = y` writes into x; a view shares its tensor's memory.
    Tensor view = random.view(4, 3);
    random[all, 1] = 0;
    fmt::print("the view saw the zeros: {}\n\n", view);

    // Broadcasting: a column and a row make a table.
    Tensor column = torch::arange(1, 4).unsqueeze(1), row = torch::arange(1, 5);
    fmt::print("3 x 1 times 4 is 3 x 4: {}\n", column * row);

    // Reduced, over all or along a dim; multiplied as matrices.
    Tensor x = torch::tensor({{1., 2., 3.}, {4., 5., 6.}});
    fmt::print("sum {}, mean by column {}, largest by row {}\n", x.sum(), x.mean(0), x.amax(1));
    fmt::print("x x^T = {}\n\n", x.matmul(x.t()));

    // An error is a sentence with the numbers in it.
    try {
        x.matmul(x);
    } catch (const torch::Error& error) {
        fmt::print("{}\n", error.what());
    }
}
