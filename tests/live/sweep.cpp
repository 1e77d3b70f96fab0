// Runs the calls of all batches and writes down what they gave: sweep RESULTS [first id], one case after the other.
#include "sweep.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace sweep {

static std::FILE* out;

template <class Value> static Tensor filled(const taper::Shape& shape, taper::DType dtype, Value value) {
    std::vector<double> numbers;
    for (std::int64_t i = 0; i < shape.numel(); ++i) numbers.push_back(value(i));
    Tensor x = taper::tensor(numbers, {.dtype = taper::float64}).to(dtype);
    return x.view(shape).clone();
}
static taper::Shape shape_of(std::initializer_list<std::int64_t> sizes) {
    return taper::Shape(std::vector<std::int64_t>(sizes));
}
Tensor real(std::initializer_list<std::int64_t> shape) {
    return filled(
        shape_of(shape), taper::float32, [](std::int64_t i) { return double((i * 37 + 11) % 101) / 50 - 0.99; });
}
Tensor wide(std::initializer_list<std::int64_t> shape) {
    return filled(
        shape_of(shape), taper::float64, [](std::int64_t i) { return double((i * 37 + 11) % 101) / 50 - 0.99; });
}
Tensor more(std::initializer_list<std::int64_t> shape) {
    return filled(
        shape_of(shape), taper::float32, [](std::int64_t i) { return double((i * 53 + 29) % 97) / 40 - 1.21; });
}
Tensor prob(std::initializer_list<std::int64_t> shape) {
    return filled(
        shape_of(shape), taper::float32, [](std::int64_t i) { return double((i * 37 + 11) % 101 + 1) / 103; });
}
Tensor sign(std::initializer_list<std::int64_t> shape) {
    return filled(shape_of(shape), taper::float32, [](std::int64_t i) { return i % 3 == 1 ? -1. : 1.; });
}
Tensor mask(std::initializer_list<std::int64_t> shape) {
    return filled(shape_of(shape), taper::bool_, [](std::int64_t i) { return i % 3 == 1 ? 0. : 1.; });
}
Tensor whole(std::int64_t high, std::initializer_list<std::int64_t> shape) {
    return filled(shape_of(shape), taper::int64, [high](std::int64_t i) { return double((i * 7 + 3) % high); });
}
Tensor leaf(std::initializer_list<std::int64_t> shape) { return real(shape).requires_grad_(); }
std::vector<Tensor> params() { return {leaf({3}), more({2, 2}).requires_grad_()}; }
std::vector<Tensor> with_grads(double scale) {
    std::vector<Tensor> all = params();
    for (const Tensor& x : all) x.set_grad(x.detach() * scale + 0.25);
    return all;
}

Tensor image() { return prob(3, 6, 5); }
Tensor gray() { return (255 * prob(6, 5)).to(taper::uint8); }
std::string root() { return std::getenv("SWEEP_DATA"); }
Tensor collated(const std::vector<std::tuple<Tensor, Tensor>>& samples) {
    std::vector<Tensor> firsts;
    for (const auto& [x, label] : samples) firsts.push_back(2 * x);
    return taper::stack(firsts);
}

Tensor like(const nn::ModuleBase& m, const Tensor& x) {
    for (const auto& [name, value] : m.state_dict())
        if (value.is_floating_point()) return x.to(value.dtype());
    return x;
}

void put(Nothing) { std::fputs("-\n", out); }
void put(double number) { std::fprintf(out, "N %.17g\n", number); }
void put(const std::string& text) {
    std::string line = "S ";
    for (char c : text) line += c == '\n' ? std::string("\\n") : c == '\\' ? std::string("\\\\") : std::string(1, c);
    std::fputs((line + "\n").c_str(), out);
}
void put(const taper::Shape& shape) {
    for (std::int64_t i = 0; i < shape.size(); ++i) put(shape[i]);
}
void put(taper::DType dtype) { put(std::string(taper::name_of(dtype))); }
void put(const taper::Device& device) { put(device.str()); }
void put(const taper::Generator& generator) { put(double(generator.initial_seed())); }
void put(const taper::GradFn& grad_fn) { grad_fn ? put(std::string(grad_fn.name())) : put(Nothing()); }
void put(const taper::StateDict& state) {
    for (const auto& [name, value] : state) put(std::string(name)), put(value);
}
static void tensor_line(const Tensor& x, std::int64_t most) {
    std::string line = fmt::format("T {} {}:", taper::name_of(x.dtype()), x.requires_grad() ? "g" : "-");
    for (std::int64_t i = 0; i < x.ndim(); ++i) line += fmt::format(" {}", x.size(i));
    line += " =";
    std::int64_t count = 0;
    const Tensor plain = x.detach().to(taper::float64).contiguous();
    const double* at = plain.data_ptr<double>();
    for (; count < std::min(most, plain.numel()); ++count) line += fmt::format(" {:.10g}", at[count]);
    std::fputs((line + "\n").c_str(), out);
}
void put(const Tensor& x) { x.defined() ? tensor_line(x, 4096) : put(Nothing()); }
void put_state(const taper::StateDict& state) {
    for (const auto& [name, value] : state) {
        put(std::string(name));
        taper::nn::is_lazy(value) ? put(fmt::format("{}", value)) : tensor_line(value, 64);
    }
}

void train(const taper::optim::Optimizer& o, const std::vector<Tensor>& params) {
    auto made_up = [](const Tensor& x) { return more({12}).narrow(0, 0, x.numel()).view(x.shape()); };
    auto closure = [&] {
        o.zero_grad();
        Tensor loss = 0;
        for (const Tensor& x : params) loss = loss + (x * made_up(x) - 1).pow(2).sum();
        loss.backward();
        return loss;
    };
    const std::string_view name = o.name();
    if (name == "SparseAdam") return;
    for (int step = 0; step < 3; ++step) {
        for (const Tensor& x : params) x.set_grad(made_up(x) * (step + 1.));
        name == "LBFGS" ? void(o.step(closure)) : o.step();
        for (const Tensor& x : params) put(x);
    }
}
void put_rate(const taper::optim::Optimizer& o) { put(o.param_groups()[0].lr), put(o.param_groups()[0].momentum); }

Calls& calls() {
    static Calls all;
    return all;
}

}  // namespace sweep

/// In the place of what is declared and nowhere defined.
extern "C" void sweep_undefined() { std::abort(); }

// What the call printed is part of what it did.
static void put_printed(int printed, off_t& seen) {
    std::fflush(stdout);
    std::cout.flush();
    const off_t end = lseek(printed, 0, SEEK_END);
    if (end == seen) return;
    std::string text(std::size_t(end - seen), '\0');
    if (pread(printed, text.data(), text.size(), seen) >= 0) put(text);
    seen = end;
}

int main(int, char** arguments) {
    out = std::fopen(arguments[1], "a");
    const int first = arguments[2] ? std::atoi(arguments[2]) : 0;
    std::FILE* printed = std::tmpfile();
    dup2(fileno(printed), 1);
    off_t seen = 0;
    std::sort(calls().begin(), calls().end());
    for (auto& [id, call] : calls()) {
        if (id < first) continue;
        std::fprintf(out, "# %d\n", id);
        std::fflush(out);
        try {
            sweep::seed(7);
            call();
        } catch (const std::exception& error) {
            std::string text = error.what();
            std::replace(text.begin(), text.end(), '\n', ' ');
            std::fprintf(out, "E %s\n", text.c_str());
        }
        put_printed(fileno(printed), seen);
    }
    std::fputs("# end\n", out);
    std::fclose(out);
    std::_Exit(0);
}
