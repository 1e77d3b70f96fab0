// What autograd promises its users: backward and grad with all their options, hooks, writing in place, and what is said
// of each misuse.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <thread>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
using torch::Tensor, torch::TensorList, torch::Slice;
using List = std::vector<double>;

namespace {

Tensor leaf(std::initializer_list<double> values) {
    return torch::tensor(std::vector<double>(values), {.dtype = torch::float64, .requires_grad = true});
}

bool close(const Tensor& x, const List& values) {
    List own = x.tolist();
    bool same = own.size() == values.size();
    for (std::size_t i = 0; same && i < own.size(); ++i) same = std::abs(own[i] - values[i]) < 1e-6;
    if (!same) MESSAGE(fmt::format("{}", fmt::join(own, ", ")));
    return same;
}

const std::string second_time =
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward.";

}  // namespace

// ---- backward and grad

TEST_CASE("backward adds up in leaves and twice if the graph is retained") {
    Tensor x = leaf({1, 2}), y = leaf({3, 4}), out = x + y * 2 + x * y;
    out.backward(torch::ones({2}), {.retain_graph = true});
    CHECK(x.grad().tolist() == List{4, 5});
    CHECK(y.grad().tolist() == List{3, 4});
    torch::autograd::backward({out, x.sum()}, {torch::tensor({1., 10.}), Tensor()});
    CHECK(x.grad().tolist() == List{4 + 4 + 1, 5 + 50 + 1});
    CHECK(!x.grad().requires_grad());
    CHECK(error_of([&] { out.sum().backward(); }) == "MulBackward0: " + second_time);
}

TEST_CASE("backward for given inputs leaves the others alone and reaches those that are no leaves") {
    Tensor x = leaf({1, 2}), y = leaf({3, 4}), h = x * y, out = (h * x).sum();
    out.backward({.retain_graph = true, .inputs = {x}});
    CHECK(x.grad().tolist() == List{6, 16});
    CHECK(!y.grad().defined());
    out.backward({.retain_graph = true, .inputs = {h}});
    CHECK(h.grad().tolist() == List{1, 2});
    CHECK(x.grad().tolist() == List{6, 16});
    CHECK(!h.retains_grad());
    out.backward({.inputs = {h, y}});
    CHECK(h.grad().tolist() == List{2, 4});
    CHECK(y.grad().tolist() == List{1, 4});
    CHECK(error_of([&] { x.sum().backward({.inputs = torch::TensorList{}}); }) ==
        "backward: 'inputs' argument to backward() cannot be empty.");
}

TEST_CASE("grad returns gradients of leaves and of what is between and accumulates none") {
    Tensor x = leaf({1, 2}), y = leaf({3, 4}), unused = leaf({0}), h = x * y;
    auto grads = torch::autograd::grad({h.square()}, {x, h}, {.grad_outputs = {torch::tensor({1., 2.})}});
    CHECK(grads[0].tolist() == List{2 * 3 * 3, 2 * 2 * 8 * 4});
    CHECK(grads[1].tolist() == List{6, 32});
    CHECK(!x.grad().defined());
    CHECK(!grads[0].requires_grad());
    grads = torch::autograd::grad({(x * 2).sum()}, {x, unused}, {.allow_unused = true});
    CHECK(!grads[1].defined());
    CHECK(torch::autograd::grad({x}, {x}, {.grad_outputs = {torch::ones({2})}})[0].tolist() == List{1, 1});
    h = x * y;
    h.retain_grad();
    torch::autograd::grad({h.sum()}, {x});
    CHECK(h.grad().tolist() == List{1, 1});  // as in PyTorch
}

TEST_CASE("with create_graph gradients have gradients to the third derivative and beyond") {
    Tensor x = leaf({0.3, -0.7, 1.1});
    Tensor y = (x.sin() * x.square().exp()).sum();
    for (int order = 1; order <= 2; ++order) y = torch::autograd::grad({y}, {x}, {.create_graph = true})[0].sum();
    CHECK(close(torch::autograd::grad({y}, {x})[0], {7.007326912268959, 20.885372780693743, 81.24065009205732}));
    y = x.pow(6).sum();
    for (double factor : {6, 5, 4, 3, 2, 1}) {
        (void)factor;
        y = torch::autograd::grad({y}, {x}, {.create_graph = true})[0].sum();
    }
    CHECK(y.item() == doctest::Approx(3 * 720));
    x.square().sum().backward({.create_graph = true});
    CHECK(x.grad().requires_grad());
    (x.grad() * x.grad().detach()).sum().backward();
    CHECK(close(x.grad(), {0.6 + 1.2, -1.4 - 2.8, 2.2 + 4.4}));
}

TEST_CASE("the penalty of a WGAN-GP has PyTorch's value and gradients") {
    auto matrix = [](const Tensor& x) { return x.to(torch::float64).requires_grad_(); };
    Tensor w1 = matrix(torch::tensor({{0.5, -0.2}, {0.1, 0.4}, {-0.3, 0.7}}, {.dtype = torch::float64}));
    Tensor b1 = leaf({0.1, -0.1, 0.2}), w2 = matrix(torch::tensor({{1.0, -2.0, 0.5}}, {.dtype = torch::float64}));
    Tensor real = torch::tensor({{1., 2.}, {-1., 0.5}, {0.3, -0.8}}, {.dtype = torch::float64});
    Tensor fake = torch::tensor({{0.2, -1.}, {2., 1.5}, {-0.6, 0.4}}, {.dtype = torch::float64});
    Tensor eps = torch::tensor({{0.25}, {0.5}, {0.75}}, {.dtype = torch::float64});
    Tensor mix = (eps * real + (1 - eps) * fake).requires_grad_();
    Tensor out = torch::ops::linear(torch::ops::linear(mix, w1, b1).tanh(), w2);
    Tensor grad =
        torch::autograd::grad({out}, {mix}, {.grad_outputs = {torch::ones_like(out)}, .create_graph = true})[0];
    Tensor penalty = (grad.norm(2, 1) - 1).pow(2).mean();
    penalty.backward();
    CHECK(close(penalty, {0.1254917337133629}));
    CHECK(close(w1.grad(),
        {-0.1209227162035253, 0.6225430554841468, 0.299073586213988, -1.1258303393339795, -0.08352448564149295,
            0.22799521708600176}));
    CHECK(close(b1.grad(), {0.09675617747518936, -0.08566324073806464, -0.0008410699267561647}));
    CHECK(close(w2.grad(), {-0.20145513236177853, 0.23863778639683475, 0.46105822384635986}));
}

TEST_CASE("derivatives of functions: Jacobians and Hessians and their products") {
    namespace F = torch::autograd::functional;
    auto valley = [](const Tensor& x) {
        Tensor a = x[Slice(0, -1)], b = x[Slice(1, {})];
        return (100 * (b - a.square()).square() + (1 - a).square()).sum();
    };
    Tensor x = torch::tensor({1.2, 0.7, -0.4}, {.dtype = torch::float64});
    Tensor v = torch::tensor({0.5, -1.0, 2.0}, {.dtype = torch::float64});
    Tensor hessian = F::hessian(valley, x);
    CHECK(hessian.shape() == torch::Shape{3, 3});
    CHECK(close(hessian, {1450, -480, 0, -480, 950, -280, 0, -280, 200}));
    CHECK(close(std::get<1>(F::hvp(valley, x, v)), {1205, -1750, 680}));
    CHECK(close(std::get<1>(F::vhp(valley, x, v)), {1205, -1750, 680}));
    auto f = [](const Tensor& x) { return torch::stack({x[0] * x[1] * x[2], x.sin().sum()}); };
    auto [values, along] = F::jvp(f, x, v);
    CHECK(close(values, {-0.336, 1.186838430896}));
    CHECK(close(along, {2.02, 1.258458677960}));
    CHECK(close(std::get<1>(F::vjp(f, x, torch::tensor({2., -1.}, {.dtype = torch::float64}))),
        {-0.922357754477, -1.724842187284, 0.758939005997}));
    CHECK(close(std::get<1>(F::vjp([](const Tensor& x) { return x.sum(); }, x)), {1, 1, 1}));
    auto blocks =
        F::jacobian([](const Tensor& a, const Tensor& b) { return a.exp() * b; }, {x[Slice(0, 2)], v[Slice(0, 2)]});
    CHECK(close(blocks[0][0], {1.660058461368, 0, 0, -2.013752707470}));
    CHECK(close(blocks[0][1], {3.320116922737, 0, 0, 2.013752707470}));
    CHECK(!x.requires_grad());
    auto mixed = F::hessian([](const Tensor& a, const Tensor& b) { return (a * b.square()).sum(); }, {x, v});
    CHECK(close(mixed[0][0], List(9, 0)));
    CHECK(close(mixed[0][1].diagonal(), {1, -2, 4}));
    Tensor w = leaf({2, 3});
    F::jacobian([](const Tensor& x) { return x.pow(3); }, w, {.create_graph = true}).sum().backward();
    CHECK(w.grad().tolist() == List{12, 18});
    CHECK(F::jacobian([](const Tensor& x) { return x * 2; }, torch::ones({2, 0})).shape() == torch::Shape{2, 0, 2, 0});
}

TEST_CASE("derivatives of functions say in PyTorch's words what can't be") {
    namespace F = torch::autograd::functional;
    Tensor x = torch::ones({2});
    auto same = [](const Tensor& x) { return x * 2; };
    auto constant = [](const Tensor&) { return torch::ones({2}); };
    CHECK(F::jacobian(constant, x).tolist() == List{0, 0, 0, 0});
    CHECK(error_of([&] { F::hessian(same, x); }) ==
        "hessian: The Tensor returned by the function given to hessian should contain a single element");
    CHECK(error_of([&] { F::vjp(same, x); }) ==
        "vjp: The vector v can only be None if the user-provided function returns a single Tensor with a single "
        "element.");
    CHECK(error_of([&] { F::vjp(same, x, torch::ones({3})); }) ==
        "vjp: v has invalid size: should be torch.Size([2]) but got torch.Size([3]).");
    CHECK(error_of([&] { F::jvp(same, x); }) ==
        "jvp: The vector v can only be None if the input to the user-provided function is a single Tensor with a "
        "single "
        "element.");
    CHECK(error_of([&] { F::jacobian(constant, x, {.strict = true}); }) ==
        "jacobian: Output 0 of the user-provided function does not require gradients. The outputs must be computed in "
        "a "
        "differentiable manner from the input when running in strict mode.");
    CHECK(error_of([&] { F::hessian([](const Tensor& x) { return x.sum(); }, x, {.strict = true}); }) ==
        "hessian: While computing the hessian, found that the jacobian of the user-provided function with respect to "
        "input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function "
        "is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear "
        "function for example).");
    CHECK(error_of([&] { F::vhp([](const Tensor& x) { return std::tuple(x, x); }, TensorList{x}, TensorList{x}); }) ==
        "vhp: The function given to vhp should return a single Tensor");
}

TEST_CASE("gradients have the dtype and the shape of what they are for") {
    Tensor x = leaf({1, 2}), y = torch::ones({3, 1}, {.requires_grad = true});
    (x.to(torch::float32) * y * 2).to(torch::float64).sum().backward();
    CHECK(x.grad().dtype() == torch::float64);
    CHECK(x.grad().tolist() == List{6, 6});
    CHECK(y.grad().dtype() == torch::float32);
    CHECK(y.grad().shape() == torch::Shape{3, 1});
    CHECK(y.grad().tolist() == List{6, 6, 6});
}

TEST_CASE("gradients can be followed up a slope whose every step is part of the graph") {
    Tensor start = leaf({1, 2}), x = start, y = leaf({0.5, -0.5});
    auto f = [](const Tensor& x, const Tensor& y) { return x + 2 * y + x * y; };
    for (int i = 0; i < 5; ++i) {
        Tensor slope =
            torch::autograd::grad({f(x, y)}, {x}, {.grad_outputs = {torch::ones({2})}, .create_graph = true})[0];
        CHECK(slope.tolist() == List{1.5, 0.5});
        CHECK(!start.grad().defined());
        x = x + 0.05 * slope;
    }
    x.sum().backward();
    CHECK(start.grad().tolist() == List{1, 1});
    CHECK(close(y.grad(), {0.25, 0.25}));
}

// ---- hooks and names

TEST_CASE("hooks see gradients and may replace them and can be taken off") {
    Tensor x = leaf({1, 2}), y = x * 2;
    int seen = 0;
    auto first = y.register_hook([&](const Tensor&) { seen += 1; });
    auto second = y.register_hook([&](const Tensor& grad) { return seen += 10, grad * 10; });
    y.retain_grad();
    y.sum().backward({.retain_graph = true});
    CHECK(seen == 11);
    CHECK(x.grad().tolist() == List{20, 20});
    CHECK(y.grad().tolist() == List{10, 10});
    second.remove();
    second.remove();
    x.set_grad({});
    y.sum().backward();
    CHECK(seen == 12);
    CHECK(x.grad().tolist() == List{2, 2});
    auto after = x.register_post_accumulate_grad_hook([](const Tensor& x) { x.set_grad(x.grad() * 100); });
    x.sum().backward();
    CHECK(x.grad().tolist() == List{300, 300});
    after.remove();
    Tensor z = x * 1;
    z.register_hook([](const Tensor& grad) { return grad * 10; });
    z.mul_(3);  // the hook stays with the value that was
    x.set_grad({});
    z.sum().backward();
    CHECK(x.grad().tolist() == List{30, 30});
    CHECK(error_of([&] { z.register_post_accumulate_grad_hook([](const Tensor&) {}); }) ==
        "register_post_accumulate_grad_hook: post accumulate grad hooks cannot be registered on non-leaf tensors");
}

TEST_CASE("a tensor written in place keeps its hooks with what it was and its .grad with what it is") {
    Tensor a = leaf({1, 2}) * 1;
    std::vector<double> seen;
    auto note = [&](const Tensor& grad) { seen.push_back(grad[0].item()); };
    a.register_hook(note);
    a.retain_grad();
    a.mul_(2).mul_(2);
    a.register_hook(note);
    (a + 1).sum().backward();
    CHECK(seen == List{1, 4});
    CHECK(a.retains_grad());
    CHECK(a.grad().tolist() == List{1, 1});
}

TEST_CASE("steps have PyTorch's names and inputs") {
    Tensor x = leaf({1, 2});
    auto fn = (x * 2).relu().sum().grad_fn();
    CHECK(fn.name() == "SumBackward0");
    auto relu = fn.next_functions()[0], mul = relu.next_functions()[0];
    CHECK(relu.name() == "ReluBackward0");
    CHECK(mul.name() == "MulBackward0");
    CHECK(mul.next_functions()[0].name() == "torch::autograd::AccumulateGrad");
    CHECK(!mul.next_functions().back().defined());
    CHECK(!x.grad_fn().defined());
    CHECK(x.is_leaf());
    CHECK(x.detach().is_leaf());
    CHECK(!(x * 1).is_leaf());
    CHECK(x.output_nr() == 0);
    CHECK((x * 1).unbind()[1].output_nr() == 1);
    nn::Linear linear(2, 3);
    CHECK(linear(torch::ones({1, 2})).grad_fn().name() == "AddmmBackward0");
}

// ---- views and writing in place

TEST_CASE("what is written through a view reaches the gradients of its base and of other views") {
    Tensor x = leaf({1, 2, 3}), base = x * 1, view = base[Slice(0, 2)], other = base.view(3, 1);
    view.mul_(torch::tensor({10., 20.}));
    CHECK(base.grad_fn().name() == "torch::autograd::CopySlices");
    CHECK(torch::history_name(base) == "CopySlices");
    CHECK(view.grad_fn().name() == "AsStridedBackward0");
    CHECK(other.tolist() == List{10, 40, 3});
    (base.sum() + other.sum() * 2 + view.sum()).backward();
    CHECK(x.grad().tolist() == List{40, 80, 3});
    Tensor zeros = torch::zeros({3}, {.dtype = torch::float64});
    zeros[1] = x[0] * 5;
    CHECK(zeros.requires_grad());
    x.set_grad({});
    zeros.sum().backward();
    CHECK(x.grad().tolist() == List{5, 0, 0});
}

TEST_CASE("views and detached tensors count writes together and data() does not") {
    Tensor x = leaf({1, 2}), a = x * 1, d = a.detach(), v = a.view(2, 1);
    CHECK(!d.requires_grad());
    d.zero_();
    CHECK(a.version() == 1);
    CHECK(v._version() == 1);
    CHECK(a.tolist() == List{0, 0});
    a.data().fill_(7);
    CHECK(a.version() == 1);
    CHECK(v.tolist() == List{7, 7});
}

TEST_CASE("whether ops record is set for a scope and a thread") {
    Tensor x = leaf({1, 2});
    {
        torch::NoGradGuard no_grad;
        CHECK(!(x * 2).requires_grad());
        {
            torch::EnableGradGuard enable_grad;
            CHECK((x * 2).requires_grad());
        }
        torch::set_grad_enabled(true);
        CHECK((x * 2).requires_grad());
        torch::set_grad_enabled(false);
        bool elsewhere = false;
        std::thread([&] { elsewhere = (x * 2).requires_grad(); }).join();
        CHECK(elsewhere);
    }
    CHECK(torch::is_grad_enabled());
    {
        torch::InferenceMode inference;
        torch::EnableGradGuard enable_grad;
        CHECK(!(x * 2).requires_grad());
        CHECK((x * 2).is_inference());
    }
    CHECK(!torch::is_inference_mode_enabled());
}

TEST_CASE("an output of an op that gives several views may not be written where gradients are recorded") {
    const std::string reason =
        " This view is the output of a function that returns multiple views. Such functions do not allow the output "
        "views to be modified inplace. You should replace the inplace operation by an out-of-place one.";
    Tensor x = leaf({1, 2, 3, 4}), base = x * 1;
    const torch::TensorList halves = base.split(2), parts = base.split({1, 3}), chunks = base.chunk(2),
                            rows = base.view(2, 2).unbind();
    CHECK(error_of([&] { halves[0].mul_(2); }) ==
        "Output 0 of SplitBackward0 is a view and is being modified inplace." + reason);
    CHECK(error_of([&] { parts[1].zero_(); }) ==
        "Output 1 of SplitWithSizesBackward0 is a view and is being modified inplace." + reason);
    CHECK(error_of([&] { chunks[1] += 1; }) ==
        "Output 1 of SplitBackward0 is a view and is being modified inplace." + reason);
    CHECK(error_of([&] { rows[1][0] = 5; }) ==
        "Output 0 of SelectBackward0 is a view and is being modified inplace." + reason);
    CHECK(error_of([&] { x.split(2)[1].mul_(2); }) ==
        "Output 1 of SplitBackward0 is a view and is being modified inplace." + reason);
    {
        torch::NoGradGuard no_grad;
        rows[0].mul_(2);
    }
    CHECK(base.tolist() == List{2, 4, 3, 4});
    base.mul_(2);
    CHECK(error_of([&] { rows[1] * 1; }) ==
        "Output 1 of UnbindBackward0 is a view and its base or another view of its base has been modified inplace." +
            reason);
    Tensor plain = torch::ones({2, 2}, {.dtype = torch::float64});
    for (const Tensor& row : plain.unbind()) row.mul_(3);
    CHECK(plain.sum().item() == 12);
    CHECK(error_of([&] { plain.unbind()[1].mul_(x[0]); }) ==
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled." + reason);
}

TEST_CASE("an element between those of a base has no gradient to give") {
    Tensor x = torch::arange(6.)[Slice(torch::none, torch::none, 2)].detach().requires_grad_();
    torch::as_strided(x, {2}, {3}, 1).sum().backward();  // elements 1 and 4 of the memory: x has 0, 2 and 4
    CHECK(x.grad().tolist() == List{0, 0, 1});
}

TEST_CASE("elements that share memory may all be given one value") {
    Tensor x = torch::zeros({1}), wide = x.expand({3});
    wide.fill_(2);
    CHECK(x.item() == 2);
    wide.zero_();
    CHECK(x.item() == 0);
}

TEST_CASE("a value between brackets may have more dims of size 1 in front than what it is written to") {
    Tensor x = torch::zeros({3});
    x[torch::None] = torch::ones({1, 1, 3});
    CHECK(x.tolist() == List{1, 1, 1});
    x[torch::all] = torch::ones({1, 1, 3}) * 2;
    CHECK(x.tolist() == List{2, 2, 2});
    x[torch::ellipsis] = torch::ones({1, 1, 1, 1}) * 3;
    CHECK(x.tolist() == List{3, 3, 3});
    Tensor number = torch::tensor(1.);
    number[torch::None] = torch::ones({1, 1, 1}) * 4;
    CHECK(number.item() == 4);
    CHECK(error_of([&] {
        x[torch::None] = torch::ones({2, 3});
    }) == "copy_: output with shape [1, 3] doesn't match the broadcast shape [2, 3]");
}

TEST_CASE("writing where gradients could not follow is refused in PyTorch's words") {
    Tensor x = leaf({1, 2});
    CHECK(error_of([&] { x.add_(1); }) ==
        "add_: a leaf Variable that requires grad is being used in an in-place operation.");
    CHECK(error_of([&] { x.view(2, 1).add_(1); }) ==
        "add_: a view of a leaf Variable that requires grad is being used in an in-place operation.");
    CHECK(error_of([&] { torch::ones({1}).expand({3}).add_(1); }) ==
        "add_: unsupported operation: more than one element of the written-to tensor refers to a single memory "
        "location. Please clone() the tensor before performing the operation.");
    const std::string ambiguous =
        " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
        "both the view and the inplace either both inside the ";
    Tensor base = x * 1, view;
    {
        torch::NoGradGuard no_grad;
        view = base.view(2, 1);
    }
    CHECK(error_of([&] { view.mul_(2); }) ==
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled." + ambiguous +
            "no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to "
            "be tracked).");
    {
        torch::InferenceMode inference;
        view = base.view(2, 1);
    }
    CHECK(error_of([&] { view.mul_(2); }) ==
        "A view was created in inference mode and is being modified inplace in normal mode." + ambiguous +
            "inference_mode block (if you don't want the inplace to be tracked) or both outside (if you want the "
            "inplace to be tracked).");
    CHECK(
        error_of([&] { base.view(2, 1).detach_(); }) == "detach_: Can't detach views in-place. Use detach() instead.");
    {
        torch::NoGradGuard no_grad;
        x.add_(1);
    }
    CHECK(x.tolist() == List{2, 3});
}

TEST_CASE("what was overwritten before backward is named with both versions") {
    Tensor x = leaf({1, 2}), a = x * 1, b = a.exp();
    b.add_(1);
    CHECK(error_of([&] { b.sum().backward(); }) ==
        "ExpBackward0: one of the variables needed for gradient computation has been modified by an inplace operation: "
        "[torch.DoubleTensor [2]], which is output 0 of ExpBackward0, is at version 1; expected version 0 instead; "
        "write into a clone() of it");
    b = a * a;
    a.detach().zero_();
    CHECK(error_of([&] { b.sum().backward(); }) ==
        "MulBackward0: one of the variables needed for gradient computation has been modified by an inplace operation: "
        "[torch.DoubleTensor [2]], which is output 0 of MulBackward0, is at version 1; expected version 0 instead; "
        "write into a clone() of it");
    Tensor w = leaf({1, 2});
    b = x * w;
    {
        torch::NoGradGuard no_grad;
        w.mul_(2);
    }
    CHECK(error_of([&] { b.sum().backward(); }) ==
        "MulBackward0: one of the variables needed for gradient computation has been modified by an inplace operation: "
        "[torch.DoubleTensor [2]] is at version 1; expected version 0 instead; write into a clone() of it");
}

TEST_CASE("tensors made for inference are of no use to autograd") {
    Tensor x = leaf({1, 2}), made;
    {
        torch::InferenceMode inference;
        made = torch::ones({2});
        made.add_(1);
    }
    CHECK(error_of([&] { made.add_(1); }) ==
        "add_: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a "
        "normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.");
    CHECK(error_of([&] { x* made; }) ==
        "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor "
        "and use it in autograd.");
    CHECK(error_of([&] { made.requires_grad_(); }) ==
        "requires_grad_: Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
    CHECK((x * made.clone()).requires_grad());
}

TEST_CASE("what is made of inference tensors alone requires no gradient") {
    Tensor t;
    {
        torch::InferenceMode inference;
        t = torch::ones({2, 2}, {.requires_grad = true});
    }
    const Tensor w = torch::ones({2, 2}, {.requires_grad = true});
    CHECK(t.requires_grad());
    for (const Tensor& made :
        {t * t, t.exp(), t.view(4), t[0], t.sum(), t.matmul(t), torch::cat({t, t}), t.view(4) * 2})
        CHECK(!made.requires_grad());
    CHECK(!(t * t).is_inference());
    CHECK(t.view(4).is_inference());
    for (const Tensor& made : {t + w, torch::cat({t, w}), t.clone(), torch::where(t > 0, t, w)})
        CHECK(made.requires_grad());
    (t + w).sum().backward();
    CHECK(w.grad().equal(torch::ones({2, 2})));
    CHECK(error_of([&] { t* w; }) ==
        "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor "
        "and use it in autograd.");
}

TEST_CASE("every misuse of backward is said in PyTorch's words") {
    Tensor x = leaf({1, 2}), constant = torch::ones({2});
    CHECK(error_of([&] { constant.sum().backward(); }) ==
        "backward: element 0 of tensors does not require grad and does not have a grad_fn");
    CHECK(error_of([&] { (x * 2).backward(); }) ==
        "backward: grad can be implicitly created only for scalar outputs, not for one of shape [2]; call sum() first, "
        "or give a gradient");
    CHECK(error_of([&] { x.sum().backward(torch::ones({2})); }) ==
        "backward: Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] has a shape of "
        "torch.Size([]).");
    CHECK(error_of([&] {
        torch::autograd::backward({x.sum()}, {Tensor(), Tensor()});
    }) == "backward: got 1 tensors and 2 gradients");
    CHECK(error_of([&] { torch::autograd::grad({x.sum()}, TensorList()); }) == "grad: grad requires non-empty inputs.");
    CHECK(error_of([&] { torch::autograd::grad({x.sum()}, {constant}); }) ==
        "grad: One of the differentiated Tensors does not require grad");
    CHECK(error_of([&] { x.sum().backward({.inputs = {constant}}); }) ==
        "backward: One of the differentiated Tensors does not require grad");
    CHECK(error_of([&] { torch::autograd::grad({x.sum()}, {leaf({1})}); }) ==
        "grad: One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if "
        "this is the desired behavior.");
    CHECK(error_of([&] { torch::ones({2}, {.dtype = torch::int64}).requires_grad_(); }) ==
        "requires_grad_: only Tensors of floating point and complex dtype can require gradients, not torch.int64");
    CHECK(error_of([&] { (x * 2).requires_grad_(false); }) ==
        "requires_grad_: you can only change requires_grad flags of leaf variables. If you want to use a computed "
        "variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
    CHECK(error_of([&] { constant.retain_grad(); }) ==
        "retain_grad: can't retain_grad on Tensor that has requires_grad=False");
    CHECK(error_of([&] { constant.register_hook([](const Tensor&) {}); }) ==
        "register_hook: cannot register a hook on a tensor that doesn't require gradient");
    CHECK(error_of([&] {
        x.set_grad(torch::ones({3}, {.dtype = torch::float64}));
    }).starts_with("set_grad: assigned grad has data of a different size"));
    CHECK(error_of([&] {
        x.set_grad(torch::ones({2}));
    }).starts_with("set_grad: assigned grad has data of a different type"));
    Tensor y = x * 1;
    y.register_hook([](const Tensor&) { return torch::ones({3}); });
    CHECK(error_of([&] { y.sum().backward(); }).starts_with("hook has changed the size of value"));
    y = x * 1;
    y.register_hook([](const Tensor&) { return torch::ones({2}); });
    CHECK(error_of([&] { y.sum().backward(); }).starts_with("hook has changed the type of value (was "));
}

TEST_CASE("anomaly mode names the op and the module whose rule made NaN") {
    struct Root : nn::Module<Root> {
        Tensor forward(const Tensor& x) const { return x.sqrt(); }
    };
    struct Net : nn::Module<Net> {
        nn::Sequential layers = register_module("layers", nn::Sequential(nn::Identity(), Root()));
        Tensor forward(const Tensor& x) const { return layers(x) * 0; }
    };
    Tensor x = leaf({0, 1});
    auto run = [&] { Net()(x).sum().backward(); };
    CHECK(error_of(run) == "no error");
    torch::autograd::set_detect_anomaly(true);
    std::string said = error_of(run);
    torch::autograd::set_detect_anomaly(false);
    CHECK(said ==
        "Function 'SqrtBackward0' returned nan values in its 0th output. Its forward ran in module 'layers.1'.");
    x = leaf({0});
    Tensor slope = torch::autograd::grad({x.pow(1.5)}, {x}, {.create_graph = true})[0];
    torch::autograd::grad({slope}, {x}, {.grad_outputs = {torch::zeros({1})}, .retain_graph = true});
    torch::autograd::set_detect_anomaly(true);
    said = error_of([&] { torch::autograd::grad({slope}, {x}, {.grad_outputs = {torch::zeros({1})}}); });
    torch::autograd::set_detect_anomaly(false);
    CHECK(said.find("returned nan values in its 0th output.") != std::string::npos);
}
