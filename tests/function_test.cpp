// Custom Functions and checkpoints: ops that users write themselves.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
using torch::Tensor, torch::TensorList;
using torch::utils::checkpoint::checkpoint;

namespace {

Tensor leaf(std::initializer_list<double> values) {
    return torch::tensor(std::vector<double>(values), {.dtype = torch::float64, .requires_grad = true});
}

struct Cube : torch::autograd::Function<Cube> {
    static Tensor forward(Context& ctx, const Tensor& x) {
        ctx.save_for_backward(x);
        return x * x * x;
    }
    static Tensor backward(Context& ctx, const Tensor& grad) {
        Tensor x = ctx.saved_tensors()[0];
        return grad * 3 * x * x;
    }
};

struct ScaledExp : torch::autograd::Function<ScaledExp> {
    struct Context : torch::autograd::Context {
        double scale = 0;
    };
    static Tensor forward(Context& ctx, Tensor x, double scale) {
        Tensor out = x.exp() * scale;
        ctx.scale = scale;
        ctx.saved_data["calls"] = 1;
        ctx.save_for_backward({out});
        return out;
    }
    static auto backward(Context& ctx, Tensor grad) {
        CHECK(ctx.scale == 2.5);
        CHECK(std::any_cast<int>(ctx.saved_data["calls"]) == 1);
        return std::tuple(grad * ctx.saved_tensors()[0], std::nullopt);
    }
};

struct SumAndProduct : torch::autograd::Function<SumAndProduct> {
    static std::tuple<Tensor, Tensor> forward(Context& ctx, Tensor a, Tensor b) {
        Tensor product = a * b;
        ctx.save_for_backward(a, b, product);
        return {a + b, product};
    }
    static std::tuple<Tensor, Tensor> backward(Context& ctx, Tensor of_sum, Tensor of_product) {
        TensorList saved = ctx.saved_tensors();
        CHECK(saved[2].equal(saved[0] * saved[1]));
        return {of_sum + of_product * saved[1], of_sum + of_product * saved[0]};
    }
};

}  // namespace

TEST_CASE("a custom Function has the gradient that its backward gives") {
    Tensor x = leaf({1, -2, 3});
    Tensor y = Cube::apply(x);
    CHECK(y.tolist() == std::vector<double>{1, -8, 27});
    CHECK(y.grad_fn().name() == "CubeBackward");
    CHECK(y.grad_fn().next_functions()[0].name() == "torch::autograd::AccumulateGrad");
    y.sum().backward();
    CHECK(x.grad().tolist() == std::vector<double>{3, 12, 27});
    CHECK(torch::autograd::gradcheck([](Tensor x) { return Cube::apply(x); }, {leaf({1, -2, 3})}));
    CHECK(torch::autograd::gradgradcheck([](Tensor x) { return Cube::apply(x); }, {leaf({1, -2, 3})}));
    torch::NoGradGuard no_grad;
    CHECK(!Cube::apply(x).requires_grad());
}

TEST_CASE("a custom Function takes numbers and has a context of its own and outputs that it saved") {
    Tensor x = leaf({0.5, -1});
    CHECK(torch::autograd::gradcheck([](Tensor x) { return ScaledExp::apply(x, 2.5); }, {x}));
    CHECK(torch::autograd::gradgradcheck([](Tensor x) { return ScaledExp::apply(x, 2.5); }, {x}));
    CHECK(ScaledExp::apply(x, 2.5).grad_fn().next_functions().size() == 1);
}

TEST_CASE("a custom Function with several outputs gets all their gradients at once") {
    auto f = [](Tensor a, Tensor b) { return SumAndProduct::apply(a, b); };
    CHECK(torch::autograd::gradcheck(f, {leaf({1, 2}), leaf({3, -4})}));
    CHECK(torch::autograd::gradgradcheck(f, {leaf({1, 2}), leaf({3, -4})}));
    Tensor a = leaf({1, 2}), b = leaf({3, -4});
    auto [sum, product] = SumAndProduct::apply(a, b);
    CHECK(sum.grad_fn().name() == "SumAndProductBackward");
    CHECK(sum.grad_fn().next_functions().size() == 2);
    product.retain_grad();
    sum.sum().backward({.retain_graph = true});  // none comes to the product: zeros take its place
    CHECK(a.grad().tolist() == std::vector<double>{1, 1});
    (sum * product).sum().backward();
    CHECK(a.grad().tolist() == std::vector<double>{1 + 3 + 12, 1 - 8 + 8});
    CHECK(product.grad().tolist() == std::vector<double>{4, -2});
}

namespace {
struct Seen {
    std::vector<bool> needs;
    TensorList grads;
} seen;

struct Watch : torch::autograd::Function<Watch> {
    static TensorList forward(Context& ctx, const TensorList& xs, bool zeros) {
        seen = {ctx.needs_input_grad, {}};
        ctx.set_materialize_grads(zeros);
        Tensor constant = xs[0] * 2;
        ctx.mark_non_differentiable(constant);
        return {xs[0].argmax(), constant, xs[0] * 3, xs[1] * 4};
    }
    static TensorList backward(Context&, const TensorList& grads) {
        seen.grads = grads;
        return {grads[2], grads[3], Tensor()};
    }
};
}  // namespace

TEST_CASE("a custom Function knows which inputs need a gradient and which outputs have none") {
    Tensor x = leaf({1, 2}), constant = x.detach();
    for (bool zeros : {true, false}) {
        TensorList outputs = Watch::apply(TensorList{x, constant}, zeros);
        CHECK(seen.needs == std::vector<bool>{true, false, false});
        CHECK(!outputs[0].requires_grad());
        CHECK(!outputs[1].requires_grad());
        CHECK(outputs[2].requires_grad());
        outputs[2].sum().backward();
        for (int k : {0, 1, 3}) CHECK(seen.grads[k].defined() == zeros);
        if (zeros) CHECK(seen.grads[3].tolist() == std::vector<double>{0, 0});
        if (zeros) CHECK(seen.grads[0].dtype() == torch::int64);
    }
}

namespace {
struct Double_ : torch::autograd::Function<Double_> {
    static Tensor forward(Context& ctx, const Tensor& x, bool marked = true, bool returned = true) {
        if (marked) ctx.mark_dirty(x);
        x.mul_(2);
        return returned ? x : x * 1;
    }
    static TensorList backward(Context&, const Tensor& grad) { return {grad * 2, {}, {}}; }
};
struct Same : torch::autograd::Function<Same> {
    static Tensor forward(Context&, const Tensor& x) { return x; }
    static Tensor backward(Context&, const Tensor& grad) { return grad * 7; }
};
struct Flat : torch::autograd::Function<Flat> {
    static Tensor forward(Context&, const Tensor& x) { return x.view(-1); }
    static Tensor backward(Context&, const Tensor& grad) { return grad; }
};
struct Wrong : torch::autograd::Function<Wrong> {
    static Tensor forward(Context&, const Tensor& x, int) { return x * 1; }
    static TensorList backward(Context&, const Tensor& grad) { return {grad.new_ones({3}), {}}; }
};
struct TooFew : torch::autograd::Function<TooFew> {
    static Tensor forward(Context&, const Tensor& x, int) { return x * 1; }
    static Tensor backward(Context&, const Tensor& grad) { return grad; }
};
}  // namespace

TEST_CASE("a custom Function may write its input if it says so and through views too") {
    Tensor x = leaf({1, 2, 3}), a = x * 1;
    Tensor part = a[torch::Slice(0, 2)];
    CHECK(Double_::apply(part, true, true).data_ptr() == a.data_ptr());
    (a * torch::tensor({1., 10., 100.})).sum().backward();
    CHECK(a.tolist() == std::vector<double>{2, 4, 3});
    CHECK(x.grad().tolist() == std::vector<double>{2, 20, 100});
    CHECK(error_of([&] { Double_::apply(x, true, true); }) ==
        "Double_Backward: a leaf Variable that requires grad has been used in an in-place operation.");
    CHECK(error_of([&] { Double_::apply(x * 1, true, false); }) ==
        "Double_Backward: Some elements marked as dirty during the forward method were not returned as output. The "
        "inputs that are modified inplace must all be outputs of the Function.");
}

TEST_CASE("an input that a custom Function returns as it is becomes a view that can't be written") {
    Tensor x = leaf({1, 2}), y = Same::apply(x);
    CHECK(y.is_view());
    CHECK(x.is_leaf());
    y.sum().backward();
    CHECK(x.grad().tolist() == std::vector<double>{7, 7});
    const std::string sentence =
        " is a view and is being modified inplace. This view was created inside a custom Function (or because an input "
        "was returned as-is) and the autograd logic to handle view+inplace would override the custom backward "
        "associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix "
        "this by cloning the output of the custom Function.";
    CHECK(error_of([&] { Same::apply(x * 1).add_(1); }) == "Output 0 of SameBackward" + sentence);
    CHECK(error_of([&] { Flat::apply((x * 1).view(1, 2)).add_(1); }) == "Output 0 of FlatBackward" + sentence);
}

namespace {
struct Twins : torch::autograd::Function<Twins> {
    static TensorList forward(Context&, const Tensor& x) {
        Tensor twice = x * 2;
        return {twice, twice};
    }
    static Tensor backward(Context&, const TensorList& grads) { return grads[0] * 2 + grads[1] * 2; }
};
struct TwinsInPlace : torch::autograd::Function<TwinsInPlace> {
    static TensorList forward(Context& ctx, const Tensor& x) {
        x.mul_(2);
        ctx.mark_dirty(x);
        return {x, x};
    }
    static Tensor backward(Context&, const TensorList& grads) { return grads[0] * 2 + grads[1] * 2; }
};
struct Nothing : torch::autograd::Function<Nothing> {
    static Tensor forward(Context&, const Tensor& x) { return x * 2; }
    static Tensor backward(Context&, const Tensor&) { return {}; }
};
struct Unreached : torch::autograd::Function<Unreached> {
    static Tensor forward(Context&, const Tensor& x) { return x * 1; }
    static Tensor backward(Context&, const Tensor& grad) {
        FAIL_CHECK("this step leads to none of the inputs asked for");
        return grad;
    }
};
}  // namespace

TEST_CASE("a custom Function may return one tensor twice") {
    Tensor x = leaf({1, 2});
    const TensorList out = Twins::apply(x);
    CHECK(out[0].equal(out[1]));
    (out[0] + out[1]).sum().backward();
    CHECK(x.grad().defined());
    const TensorList written = TwinsInPlace::apply(x.clone());
    CHECK(written[0].equal(written[1]));
    CHECK(error_of([&] { TwinsInPlace::apply(x); }).find("a leaf Variable that requires grad") != std::string::npos);
}

TEST_CASE("where a custom Function gives no gradient none is left and no hook is called") {
    Tensor x = leaf({1, 2}), y = x * 3;
    y.register_hook([](const Tensor& grad) { CHECK(grad.defined()); });
    Nothing::apply(y).sum().backward();
    CHECK(!x.grad().defined());
    CHECK(!torch::autograd::grad({Nothing::apply(x).sum()}, {x}, {.allow_unused = true})[0].defined());
}

TEST_CASE("a step that leads to none of the inputs asked for is not taken") {
    Tensor x = leaf({1, 2}), y = leaf({3, 4}), out = Unreached::apply(x) * y;
    CHECK(torch::autograd::grad({out.sum()}, {y})[0].tolist() == std::vector<double>{1, 2});
    Tensor again = Unreached::apply(x) * y;
    again.sum().backward({.inputs = {y}});
    CHECK(y.grad().tolist() == std::vector<double>{1, 2});
    CHECK(!x.grad().defined());
    Tensor apart = leaf({1, 1});
    CHECK(!torch::autograd::grad({Unreached::apply(x).sum()}, {apart}, {.allow_unused = true})[0].defined());
}

TEST_CASE("what a custom backward gets wrong is said in PyTorch's words") {
    Tensor x = leaf({1, 2});
    CHECK(error_of([&] { Wrong::apply(x, 1).sum().backward(); }) ==
        "WrongBackward: Function WrongBackward returned an invalid gradient at index 0 - got torch.Size([3]) but "
        "expected shape compatible with torch.Size([2])");
    CHECK(error_of([&] { TooFew::apply(x, 1).sum().backward(); }) ==
        "TooFewBackward: function TooFewBackward returned an incorrect number of gradients (expected 2, got 1)");
    Tensor y = Cube::apply(x).sum();
    y.backward();
    CHECK(error_of([&] { y.backward(); }) ==
        "CubeBackward: Trying to backward through the graph a second time (or directly access saved tensors after they "
        "have already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
        "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you "
        "need to access saved tensors after calling backward.");
    Tensor a = x * 1;
    y = Cube::apply(a).sum();
    a.add_(1);
    CHECK(error_of([&] { y.backward(); }) ==
        "CubeBackward: one of the variables needed for gradient computation has been modified by an inplace operation: "
        "[torch.DoubleTensor [2]], which is output 0 of MulBackward0, is at version 1; expected version 0 instead; "
        "write into a clone() of it");
}

namespace {
struct Mixed : torch::autograd::Function<Mixed> {
    static Tensor forward(Context& ctx, const Tensor& a, int factor, const Tensor& b) {
        ctx.saved_data["factor"] = factor;
        ctx.save_for_backward({a, Tensor(), b});
        return a + factor * b + a * b;
    }
    static TensorList backward(Context& ctx, const Tensor& grad) {
        TensorList saved = ctx.saved_tensors();
        CHECK(!saved[1].defined());
        int factor = std::any_cast<int>(ctx.saved_data["factor"]);
        return {grad + grad * saved[2], Tensor(), grad * factor + grad * saved[0]};
    }
};
struct AddInto : torch::autograd::Function<AddInto> {
    static TensorList forward(Context& ctx, const Tensor& a, const Tensor& b) {
        ctx.mark_dirty(a);
        for (int i = 0; i < 2; ++i) a.data_ptr<double>()[i] += b.data_ptr<double>()[i];  // no version counts this
        return {a, b + 2};
    }
    static TensorList backward(Context&, const Tensor& of_a, const Tensor& of_b) { return {of_a, of_a + of_b}; }
};
struct WithNoise : torch::autograd::Function<WithNoise> {
    static std::tuple<Tensor, Tensor> forward(Context& ctx, const Tensor& x) {
        Tensor noise = torch::randn_like(x);
        ctx.mark_non_differentiable(noise);
        return {x, noise};
    }
    static Tensor backward(Context&, const Tensor& grad, const Tensor&) { return grad; }
};
struct First : torch::autograd::Function<First> {
    static Tensor forward(Context&, const Tensor& x, const Tensor&) { return x; }
    static TensorList backward(Context&, const Tensor& grad) { return {grad, Tensor(), Tensor(), Tensor()}; }
};
}  // namespace

TEST_CASE(
    "a custom Function takes numbers between tensors and saves nothing in a place and writes leaves that need no "
    "gradient") {
    Tensor a = leaf({1, 2}), b = leaf({3, 4});
    Mixed::apply(a, 2, b).sum().backward(Tensor(), {.create_graph = true});
    CHECK(a.grad().tolist() == std::vector<double>{4, 5});
    CHECK(b.grad().tolist() == std::vector<double>{3, 4});
    Tensor into = torch::tensor({5., 6.}, {.dtype = torch::float64});
    b.set_grad({});
    TensorList out = AddInto::apply(into, b);
    CHECK(into.version() > 0);
    CHECK(into.requires_grad());
    CHECK(out[0].data_ptr() == into.data_ptr());
    (into * 3 + out[1]).sum().backward();
    CHECK(b.grad().tolist() == std::vector<double>{4, 4});
}

TEST_CASE("a custom Function may stand behind another some of whose outputs have no gradient") {
    Tensor x = leaf({1, 2});
    auto [same, noise] = WithNoise::apply(x);
    CHECK(same.requires_grad());
    CHECK(!(noise + 1).requires_grad());
    First::apply(same, noise + 1).backward(torch::ones({2}));  // what is too much in its answer is None
    CHECK(x.grad().tolist() == std::vector<double>{1, 1});
}

TEST_CASE("a checkpoint has the gradients of what it stands for those of captured weights too") {
    torch::manual_seed(3);
    nn::Sequential block(nn::Linear(4, 8), nn::Tanh(), nn::Dropout(0.5), nn::Linear(8, 4));
    Tensor x = torch::randn({5, 4}, {.requires_grad = true});
    auto gradients = [&](bool saving, bool through_grad) {
        torch::manual_seed(7);
        block.zero_grad();
        x.set_grad({});
        Tensor h = saving ? checkpoint(block, x) : block(x);
        if (saving) CHECK(h.grad_fn().name() == "CheckpointFunctionBackward");
        Tensor loss = ((saving ? checkpoint(block, h) : block(h)) * h).sum();
        TensorList wanted = block.parameters(), found;
        wanted.push_back(x);
        if (through_grad) return torch::autograd::grad({loss}, wanted);
        loss.backward();
        for (const Tensor& w : wanted) found.push_back(w.grad());
        return found;
    };
    for (bool through_grad : {false, true}) {
        TensorList plain = gradients(false, through_grad), saving = gradients(true, through_grad);
        const auto drawn = torch::default_generator().random32();
        for (std::size_t i = 0; i < plain.size(); ++i) CHECK(plain[i].equal(saving[i]));
        gradients(false, through_grad);
        CHECK(torch::default_generator().random32() == drawn);  // backward leaves the random stream where it was
    }
}

TEST_CASE("a checkpoint takes and gives several tensors and can be differentiated twice and stand in another") {
    Tensor w = leaf({1.5});
    auto f = [&](Tensor a, Tensor b) {
        auto [sum, product] =
            checkpoint([&](Tensor a, Tensor b, double c) { return std::tuple(a + b * w, a * b * c); }, a, b, 2.0);
        return checkpoint([&](Tensor x) { return checkpoint([](Tensor x) { return x.sin(); }, x) * w; }, sum * product);
    };
    CHECK(torch::autograd::gradcheck(f, {leaf({1, 2}), leaf({3, -4})}));
    CHECK(torch::autograd::gradgradcheck(f, {leaf({1, 2}), leaf({3, -4})}));
    auto of_weight = [&](const TensorList& in) {
        return TensorList{checkpoint([&](Tensor x) { return x * in[0].exp(); }, in[0].square())};
    };
    CHECK(torch::autograd::gradcheck(of_weight, {leaf({0.5, 1})}));
    CHECK(torch::autograd::gradgradcheck(of_weight, {leaf({0.5, 1})}));
}

TEST_CASE("a checkpoint keeps its inputs alone and calls the function once more in backward") {
    int calls = 0;
    Tensor x = torch::ones({512, 1024}, {.requires_grad = true});
    const std::int64_t before = torch::memory_stats().in_use;
    Tensor y = checkpoint([&](Tensor x) { return ++calls, x.exp().sin().exp().sin().mean(); }, x);
    CHECK(torch::memory_stats().in_use - before < 1 << 20);
    CHECK(calls == 1);
    y.backward();
    CHECK(calls == 2);
    CHECK(x.grad().defined());
    CHECK_THROWS_AS(y.backward(), torch::Error);
    Tensor a = x * 1, z = checkpoint([](Tensor x) { return x.square().sum(); }, a);
    a.add_(1);
    CHECK(
        error_of([&] { z.backward(); })
            .starts_with(
                "CheckpointFunctionBackward: one of the variables needed for gradient computation has been modified"));
    Tensor constant = torch::ones({2});
    CHECK(!checkpoint([](Tensor x) { return x * 2; }, constant).requires_grad());
}
