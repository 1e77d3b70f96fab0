// The claims that arithmetic decides: no seeds, no intervals.
#include <bit>

#include "tests.h"

namespace claims {

Finding normalized_range(const Setup&) {
    auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
    auto to = [&](int byte) {
        return transform(torch::full({28, 28}, byte, {.dtype = torch::uint8})).select(0, 0).select(0, 0)[0].item();
    };
    const double low = to(0), high = to(255);
    return {.method = "The article's transform is applied to an image of bytes 0 and to one of bytes 255.",
        .measured = fmt::format("[{:.6f}, {:.6f}]", low, high),
        .verdict = exactly(std::abs(low + 0.4242) < 5e-5 && std::abs(high - 2.8215) < 5e-5),
        .why = "Both ends, rounded to four decimals, are the article's."};
}

Finding parameters(const Setup&) {
    nn::Linear fc1(28 * 28, 512), fc2(512, 10);
    const auto first = fc1.weight.numel() + fc1.bias.numel(), second = fc2.weight.numel() + fc2.bias.numel();
    return {.method = "The elements of `fc1.weight` and `fc1.bias` are counted.",
        .measured = fmt::format("{} = 784 · 512 + 512; with the output layer's {}: {}", first, second, first + second),
        .verdict = exactly(first == 401920),
        .why = "The count is the article's."};
}

Finding flatten_shape(const Setup&) {
    const auto shape = nn::Flatten()(torch::zeros({64, 1, 28, 28})).shape();
    return {.method = "`nn::Flatten` is applied to a batch of 64 images.",
        .measured = fmt::format("(64, 1, 28, 28) becomes ({})", fmt::join(shape, ", ")),
        .verdict = exactly(shape == torch::Shape{64, 784}),
        .why = "Each image becomes a row of 784 numbers."};
}

Finding linear_needs_vectors(const Setup&) {
    nn::Linear fc(28, 5);
    const Tensor image = torch::randn({3, 28, 28}), whole = fc(image);
    double furthest = 0;
    for (int i = 0; i < 3; ++i) furthest = std::max(furthest, (whole[i] - fc(image[i])).abs().max().item());
    return {.method = "`nn::Linear(28, 5)` is applied to images of shape (3, 28, 28), and to each image alone.",
        .measured = fmt::format("an output of shape ({}); it differs from the images' own by at most {:.0e}",
            fmt::join(whole.shape(), ", "), furthest),
        .verdict = exactly(furthest > 1e-5),
        .why =
            "A linear layer acts on the last dimension, whatever stands before it. The article's network needs "
            "`Flatten` because its `fc1` expects 784 features."};
}

Finding handwritten_gradient(const Setup&) {
    auto slopes = [](const std::function<Tensor(const Tensor&)>& relu) {
        auto x = torch::tensor({-1., 0., 2.}, {.requires_grad = true});
        relu(x).sum().backward();
        return x.grad().tolist<double>();
    };
    auto by_hand = [](const Tensor& x) { return torch::max(torch::zeros_like(x), x); };
    const auto own = slopes(by_hand), library = slopes([](const Tensor& x) { return F::relu(x); });
    torch::manual_seed(1);
    const Tensor x = torch::randn({1000000});
    const bool same = by_hand(x).eq(F::relu(x)).all().item<bool>();
    return {.method =
                "The article's `torch.max(torch.zeros_like(x), x)` and `nn::ReLU` are compared in the values "
                "for a million normal numbers, and in the gradients at -1, 0 and 2.",
        .measured = fmt::format("by hand {}; `nn::ReLU` {}; values {}", fmt::join(own, ", "), fmt::join(library, ", "),
            same ? "equal in every bit" : "differ"),
        .verdict = exactly(own[1] == 0.5 && library[1] == 0 && same),
        .why =
            "At 0 both arguments of `max` are the largest, and each takes half of the gradient. The article's own "
            "formula says 0 there, as `nn::ReLU` does."};
}

Finding continuous(const Setup&) {
    auto x = torch::tensor({-1e-30, 1e-30}, {.dtype = torch::float64, .requires_grad = true});
    auto y = F::relu(x);
    y.sum().backward();
    const double jump = (y[1] - y[0]).abs().item();
    return {.method = "ReLU and its slope are taken at -1e-30 and 1e-30.",
        .measured = fmt::format("values {:.0e} apart; slopes {} and {}", jump, x.grad()[0].item(), x.grad()[1].item()),
        .verdict = exactly(jump > 1e-29),
        .why = "max(0, x) is continuous everywhere. What jumps at the origin is its derivative."};
}

Finding leaky_slope(const Setup&) {
    auto x = torch::tensor({-1., 0.}, {.dtype = torch::float64, .requires_grad = true});
    auto y = F::leaky_relu(x, 0.01);
    y.sum().backward();
    return {.method = "`leaky_relu(x, 0.01)` and its gradient at -1.",
        .measured =
            fmt::format("f(-1) = {}, f'(-1) = {}, f'(0) = {}", y[0].item(), x.grad()[0].item(), x.grad()[1].item()),
        .verdict = exactly(y[0].item() == -0.01 && x.grad()[0].item() == 0.01),
        .why =
            "Articles 001 and 003 write x > 0 and x ≥ 0; the two differ in the gradient at 0 only, where this "
            "library takes α, as PyTorch does."};
}

Finding saturated_sigmoid(const Setup&) {
    auto x = torch::tensor({-5., 0., 5.}, {.dtype = torch::float64, .requires_grad = true});
    torch::sigmoid(x).sum().backward();
    const auto slope = x.grad().tolist<double>();
    return {.method = "The gradient of `sigmoid` by autograd in float64. Read as: below 0.01.",
        .measured =
            fmt::format("{:.5f} at ±5, {:.1f} % of the {:.2f} at 0", slope[2], 100 * slope[2] / slope[1], slope[1]),
        .verdict = exactly(slope[0] < 0.01 && slope[2] < 0.01),
        .why = "Beyond ±5 it is smaller still: it falls as exp(-|x|)."};
}

Finding derivatives(const Setup&) {
    auto worst = [](const std::function<Tensor(const Tensor&)>& f, const std::function<Tensor(const Tensor&)>& slope) {
        auto x = torch::linspace(-15, 15, 3001, {.dtype = torch::float64}).requires_grad_();
        f(x).sum().backward();
        torch::NoGradGuard no_grad;
        return (x.grad() - slope(x)).abs().max().item();
    };
    auto sigmoid = [](const Tensor& x) { return 1 / (1 + torch::exp(-x)); };
    const double softplus = worst([](const Tensor& x) { return F::softplus(x); }, sigmoid);
    const double logistic = worst(
        [](const Tensor& x) { return torch::sigmoid(x); }, [&](const Tensor& x) { return sigmoid(x) * (1 - sigmoid(x)); });
    return {.method =
                "The gradients of `softplus` and `sigmoid` by autograd in float64 at 3001 points from -15 to "
                "15, against the formulas.",
        .measured = fmt::format("they differ by at most {:.0e} and {:.0e}", softplus, logistic),
        .verdict = exactly(softplus < 1e-12 && logistic < 1e-12),
        .why = "The differences are rounding."};
}

Finding softmax_in_the_loss(const Setup&) {
    torch::manual_seed(1);
    const Tensor logits = 5 * torch::randn({1000, 10}, {.dtype = torch::float64});
    const Tensor target = torch::randint(0, 10, {1000});
    const double gap =
        (F::cross_entropy(logits, target) - F::nll_loss(F::log_softmax(logits, {.dim = 1}), target)).abs().item();
    const double huge = F::cross_entropy(torch::tensor({{1e4, 0.}}), torch::tensor({1})).item();
    return {.method =
                "`cross_entropy` of logits against `nll_loss` of their `log_softmax`, 1000 samples in float64; "
                "and the loss of a logit of 10,000 for the wrong class.",
        .measured = fmt::format("they differ by {:.0e}; the large logit gives {}", gap, huge),
        .verdict = exactly(gap < 1e-12 && huge == 10000),
        .why = "The network may end in logits; nothing overflows."};
}

Finding accumulation(const Setup&) {
    torch::manual_seed(1);
    nn::Linear fc(20, 3);
    const Tensor x = torch::randn({8, 20});
    auto backward = [&] {
        fc(x).pow(2).sum().backward();
        return fc.weight.grad().clone();
    };
    const Tensor once = backward(), twice = backward();
    return {.method = "The same loss is played back twice without `zero_grad`.",
        .measured = fmt::format("the second gradient is twice the first in every bit: {}", twice.equal(2 * once)),
        .verdict = exactly(twice.equal(2 * once)),
        .why = "Gradients add up until `zero_grad` takes them away."};
}

Finding stacked_linear(const Setup& setup) {
    const auto gaps = setup.each_seed([](int) {
        nn::Linear a(20, 30), b(30, 40), c(40, 5);
        torch::NoGradGuard no_grad;
        const Tensor x = torch::randn({1000, 20}), stacked = c(b(a(x)));
        const Tensor weight = c.weight.mm(b.weight).mm(a.weight);
        const Tensor bias = c.weight.mm(b.weight).mv(a.bias) + c.weight.mv(b.bias) + c.bias;
        return (stacked - F::linear(x, weight, bias)).abs().max().item() / stacked.abs().max().item();
    });
    const double worst = *std::ranges::max_element(gaps);
    return {.method =
                "Three random linear layers (20 → 30 → 40 → 5) on 1000 inputs, against the one layer with "
                "weight W3W2W1 and bias W3W2b1 + W3b2 + b3, in float32.",
        .measured = fmt::format("outputs differ by at most {:.0e} of the largest (n = {})", worst, gaps.size()),
        .verdict = exactly(worst < 1e-6),
        .why = "The difference is rounding."};
}

Finding table_of_costs(const Setup&) {
    torch::manual_seed(1);
    const Tensor x = torch::randn({1000000});
    const auto in = x.tolist<float>(), relu = F::relu(x).tolist<float>(),
               leaky = F::leaky_relu(x, 0.01).tolist<float>();
    std::size_t without = 0, with_one = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const auto bits = std::bit_cast<std::int32_t>(in[i]);
        without += std::bit_cast<std::int32_t>(relu[i]) == (bits & ~(bits >> 31));
        with_one += leaky[i] == std::max(in[i], 0.01f * in[i]);
    }
    return {.method =
                "Of a million normal numbers, ReLU is computed without a multiplication, from the sign bit: "
                "`bits & ~(bits >> 31)`; and Leaky ReLU with one: `max(x, 0.01f * x)`.",
        .measured =
            fmt::format("{} and {} of {} results equal the library's in every bit", without, with_one, in.size()),
        .verdict = exactly(without != in.size() || with_one != in.size()),
        .why =
            "Each is counted one multiplication too many. (ELU's exponential, which the same table names, it "
            "needs.)"};
}

}  // namespace claims
