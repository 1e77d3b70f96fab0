// The derivatives of losses, distances and normed weights beside finite differences.
#include <doctest/doctest.h>
#include <taper/taper.h>

namespace torch = taper;
namespace nn = taper::nn;
namespace F = nn::functional;
using torch::Tensor, torch::TensorList;

namespace {

Tensor randn(const torch::Shape& shape) {
    return torch::randn(shape, {.dtype = torch::float64, .requires_grad = true});
}
Tensor rand(const torch::Shape& shape) {
    return (torch::rand(shape, {.dtype = torch::float64}) + 0.2).requires_grad_();
}

void check(const char* name, const torch::autograd::ListFunction& f, const TensorList& inputs) {
    CAPTURE(name);
    CHECK_NOTHROW(torch::autograd::gradcheck(f, inputs));
    CHECK_NOTHROW(torch::autograd::gradgradcheck(f, inputs));
}

}  // namespace

TEST_CASE("losses of margins and of likelihoods, and distances, have the derivatives that differences have") {
    torch::manual_seed(3);
    for (const char* reduction : {"mean", "sum", "none"}) {
        const std::string r = reduction;
        CAPTURE(r);
        const Tensor sign = torch::tensor({{1., -1., 1.}, {-1., -1., 1.}}, {.dtype = torch::float64});
        const Tensor labels = torch::tensor({2, 0}), lists = torch::tensor({{2, 0, -1}, {1, -1, 0}});
        const Tensor weight = torch::tensor({0.5, 1., 2.}, {.dtype = torch::float64});
        check("margin_ranking_loss",
            [=](const Tensor& a, const Tensor& b) { return F::margin_ranking_loss(a, b, sign, 0.3, {.reduction = r}); },
            {randn({2, 3}), randn({2, 3})});
        check("soft_margin_loss", [=](const Tensor& x) { return F::soft_margin_loss(x, sign, {.reduction = r}); },
            {randn({2, 3})});
        check("multi_margin_loss",
            [=](const Tensor& x) {
                return F::multi_margin_loss(x, labels, 2, 1., {.weight = weight, .reduction = r}) +
                    F::multi_margin_loss(x, labels, {.reduction = r});
            },
            {randn({2, 3})});
        check("multilabel_margin_loss",
            [=](const Tensor& x) { return F::multilabel_margin_loss(x, lists, {.reduction = r}); }, {randn({2, 3})});
        check("multilabel_soft_margin_loss",
            [=](const Tensor& x, const Tensor& t) {
                return F::multilabel_soft_margin_loss(x, t, {.weight = weight, .reduction = r});
            },
            {randn({2, 3}), rand({2, 3})});
        check("poisson_nll_loss",
            [=](const Tensor& x, const Tensor& t) {
                return F::poisson_nll_loss(x, t, {.full = true, .reduction = r}) +
                    F::poisson_nll_loss(x.exp(), t, false, {.reduction = r});
            },
            {randn({2, 3}), rand({2, 3})});
        check("gaussian_nll_loss",
            [=](const Tensor& x, const Tensor& t, const Tensor& var) {
                return F::gaussian_nll_loss(x, t, var, {.full = true, .reduction = r});
            },
            {randn({2, 3}), randn({2, 3}), rand({2})});
        check("triplet_margin_with_distance_loss",
            [=](const Tensor& a, const Tensor& p, const Tensor& n) {
                return F::triplet_margin_with_distance_loss(a, p, n, {.swap = true, .reduction = r});
            },
            {randn({2, 3}), randn({2, 3}), randn({2, 3})});
    }
    check("bilinear",
        [](const Tensor& a, const Tensor& b, const Tensor& w, const Tensor& c) { return F::bilinear(a, b, w, c); },
        {randn({2, 3}), randn({2, 4}), randn({5, 3, 4}), randn({5})});
    for (double p : {0., 1., 1.5, 2., 3.})
        check("pdist", [=](const Tensor& x) { return F::pdist(x, p); }, {randn({4, 3})});
}

TEST_CASE("normed and parametrized weights have the derivatives that differences have") {
    torch::manual_seed(4);
    const Tensor x = randn({2, 3});
    auto through = [&](auto model) {
        model.to(torch::float64).eval();
        TensorList inputs = model.parameters();
        auto f = [model, x](const TensorList& values) {
            torch::nn::NamedList<Tensor> named;
            for (std::size_t i = 0; const auto& [name, p] : model.named_parameters())
                named.emplace_back(name, values[i++]);
            return TensorList{nn::utils::stateless::functional_call(model, named, x.detach())};
        };
        CHECK(torch::autograd::gradcheck(f, inputs));
        CHECK(torch::autograd::gradgradcheck(f, inputs));
    };
    through(nn::utils::weight_norm(nn::Linear(3, 4)));
    through(nn::utils::weight_norm(nn::Linear(3, 4), {.dim = std::nullopt}));
    through(nn::utils::spectral_norm(nn::Linear(3, 4)));
    through(nn::utils::parametrizations::weight_norm(nn::Linear(3, 4)));
    through(nn::utils::parametrizations::spectral_norm(nn::Linear(3, 4)));
    for (const char* map : {"matrix_exp", "cayley", "householder"}) {
        auto model = nn::utils::parametrizations::orthogonal(nn::Linear(3, 4), {.orthogonal_map = map});
        torch::NoGradGuard no_grad;  // off the whole numbers, of which the diagonal takes the next
        model.get_parameter("parametrizations.weight.original").mul_(1.25);
        torch::EnableGradGuard enable_grad;
        through(model);
    }
}
