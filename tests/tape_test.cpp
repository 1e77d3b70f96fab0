// The tape under load: long graphs, many steps, several threads, and patterns that would make a tensor its own
// ancestor.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "sanitized.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace optim = taper::optim;
using torch::Tensor, torch::TensorList;

namespace {

struct Circle : nn::Module<Circle> {
    nn::Linear fc1 = register_module("fc1", nn::Linear(2, 16));
    nn::Linear fc2 = register_module("fc2", nn::Linear(16, 1));
    Tensor forward(const Tensor& x) const { return fc2(fc1(x).relu()).sigmoid(); }
};

// The losses of a model trained for some steps from this seed.
std::vector<double> train(std::uint64_t seed, int steps) {
    torch::Generator generator;
    generator.manual_seed(seed);
    torch::UseGenerator use(generator);
    Circle model;
    Tensor x = torch::randn({64, 2}), y = (x.square().sum(1, true) < 1).to(torch::float32);
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01});
    std::vector<double> losses;
    for (int i = 0; i < steps; ++i) {
        optimizer.zero_grad();
        Tensor loss = torch::ops::binary_cross_entropy(model(x), y);
        loss.backward();
        optimizer.step();
        losses.push_back(loss.item());
    }
    return losses;
}

std::int64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t total = 0, resident = 0;
    file >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

// How much less is in use when f has ended than would be if it had left something behind.
template <class F> std::int64_t left_behind(const F& f) {
    f();
    const std::int64_t before = torch::memory_stats().in_use;
    f();
    return torch::memory_stats().in_use - before;
}

}  // namespace

TEST_CASE("a graph of a million steps goes backward and is freed") {
    CHECK(left_behind([] {
        Tensor x = torch::ones({1}, {.requires_grad = true}), y = x;
        for (int i = 0; i < 1000000; ++i) y = y + 1;
        y.backward();
        CHECK(x.grad().item() == 1);
    }) == 0);
    CHECK(left_behind([] {  // freed without a backward, and one that forks and joins
        Tensor x = torch::ones({1}, {.requires_grad = true}), y = x;
        for (int i = 0; i < 100000; ++i) y = y * 0.5 + y * 0.5;
        y = Tensor();
    }) == 0);
}

TEST_CASE("a backward inside a backward inside a backward does not run out of stack") {
    struct Deep : torch::autograd::Function<Deep> {
        static Tensor forward(Context& ctx, const Tensor& x) {
            torch::EnableGradGuard enable_grad;
            Tensor inner = x.detach().requires_grad_() - 1;
            ctx.saved_data["inner"] = inner;
            return inner.detach();
        }
        static Tensor backward(Context& ctx, const Tensor& grad) {
            torch::EnableGradGuard enable_grad;
            Tensor inner = std::any_cast<Tensor>(ctx.saved_data["inner"]);
            if (inner.item() != 0) Deep::apply(inner).sum().backward();
            return grad;
        }
    };
    Tensor x = torch::tensor({8193.}, {.requires_grad = true});
    Deep::apply(x).sum().backward();
    CHECK(x.grad().item() == 1);
}

TEST_CASE("no tensor becomes its own ancestor whatever is saved or written in place") {
    static constexpr std::int64_t n = 1 << 14;  // large enough for memory_stats to tell each tensor
    const std::vector<std::pair<const char*, std::function<void()>>> patterns = {
        {"an operand is overwritten by a product of its own",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true}), b = a * 2, y = a * b;
                b.mul_(y);
            }},
        {"a result is overwritten by what it led to",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true}), y = a.exp(), z = y * 2;
                y.mul_(z);
                z.add_(y);
            }},
        {"a tensor is multiplied by itself in place",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true}), b = a * 1;
                for (int i = 0; i < 3; ++i) b.mul_(b);
            }},
        {"a base is written through its views, which keep each other",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true}), base = a * 1;
                Tensor left = base[torch::Slice(0, n / 2)], right = base[torch::Slice(n / 2, {})];
                left.mul_(right);
                right.mul_(left);
                base.mul_(base.view(n));
            }},
        {"a gradient that has a graph stays in its leaf",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true});
                a.pow(3).sum().backward({.create_graph = true});
                (a.grad() * a).sum().backward({.create_graph = true});
            }},
        {"a gradient that has a graph stays in a tensor between",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true}), h = a.exp();
                h.retain_grad();
                h.square().sum().backward({.create_graph = true});
            }},
        {"a hook holds the graph's own gradient until it is taken off",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true}), h = a.exp();
                auto kept = std::make_shared<Tensor>();
                auto handle = h.register_hook([kept](const Tensor& grad) { *kept = grad; });
                h.square().sum().backward({.create_graph = true});
                handle.remove();
            }},
        {"a custom step saves its output, which is then overwritten",
            [] {
                struct Exp : torch::autograd::Function<Exp> {
                    static Tensor forward(Context& ctx, const Tensor& x) {
                        Tensor out = x.exp();
                        ctx.save_for_backward(x, out);
                        return out;
                    }
                    static Tensor backward(Context& ctx, const Tensor& grad) { return grad * ctx.saved_tensors()[1]; }
                };
                Tensor a = torch::ones({n}, {.requires_grad = true}), b = a * 1, y = Exp::apply(b);
                b.mul_(y);
                y.mul_(b);
            }},
        {"the input of a checkpoint is overwritten by its output",
            [] {
                Tensor a = torch::ones({n}, {.requires_grad = true}), b = a * 1;
                Tensor y = torch::utils::checkpoint::checkpoint([](const Tensor& x) { return x.exp(); }, b);
                b.mul_(y);
            }},
    };
    for (const auto& [name, pattern] : patterns) {
        CAPTURE(name);
        CHECK(left_behind(pattern) == 0);
    }
}

TEST_CASE("what was saved is let go as backward passes it") {
    if (sanitized) {
        MESSAGE("skipped: sanitizers keep memory of their own");
        return;
    }
    Tensor x = torch::ones({1 << 16}, {.requires_grad = true}), y = x;
    const std::int64_t each = x.nbytes(), before = torch::memory_stats().in_use;
    for (int i = 0; i < 8; ++i) y = y.exp() * 0.1;
    std::vector<std::int64_t> in_use;
    Tensor h = y.exp();
    h.register_hook([&](const Tensor&) { in_use.push_back(torch::memory_stats().in_use - before); });
    x.register_hook([&](const Tensor&) { in_use.push_back(torch::memory_stats().in_use - before); });
    Tensor loss = h.sum();
    h = y = Tensor();
    loss.backward();
    CHECK(in_use[0] >= 8 * each);
    CHECK(in_use[1] <= 2 * each);
}

TEST_CASE("ten thousand steps of training leave the memory as it was") {
    if (sanitized) {
        MESSAGE("skipped: sanitizers keep memory of their own");
        return;
    }
    train(1, 500);
    const std::int64_t before = resident_bytes();
    train(1, 10000);
    const std::int64_t more = resident_bytes() - before;
    MESSAGE(fmt::format("{} bytes more are resident after 10000 steps", more));
    CHECK(more < 1 << 20);
}

TEST_CASE("two threads train two models as one does") {
    const std::vector<double> alone[] = {train(1, 50), train(2, 50)};
    std::vector<double> beside[2];
    std::thread other([&] { beside[1] = train(2, 50); });
    beside[0] = train(1, 50);
    other.join();
    CHECK(beside[0] == alone[0]);
    CHECK(beside[1] == alone[1]);
}

TEST_CASE("threads read shared weights at once and go backward to them") {
    torch::manual_seed(1);
    Circle model;
    Tensor x = torch::randn({64, 2});
    std::vector<double> expected = model(x).tolist();
    std::vector<std::vector<double>> found(4);
    std::vector<std::thread> readers;
    for (auto& values : found)
        readers.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                torch::NoGradGuard no_grad;
                values = model(x).tolist();
            }
            torch::InferenceMode inference;
            CHECK(model(x).tolist() == values);
        });
    for (auto& reader : readers) reader.join();
    for (const auto& values : found) CHECK(values == expected);
    // Graphs of one thread each, on leaves that all share.
    std::vector<TensorList> grads(4);
    std::vector<std::thread> writers;
    for (auto& list : grads)
        writers.emplace_back([&] { list = torch::autograd::grad({model(x).sum()}, model.parameters()); });
    for (auto& writer : writers) writer.join();
    for (const auto& list : grads)
        for (std::size_t i = 0; i < list.size(); ++i) CHECK(list[i].equal(grads[0][i]));
}
