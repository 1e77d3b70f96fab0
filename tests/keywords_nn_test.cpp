// Keywords of modules, losses and functions of nn: a line means what it means in Python, or it does not compile.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
using taper::None, taper::none, taper::Tensor;

namespace {

std::string text(const auto& module) { return fmt::format("{}", module); }
bool same(const Tensor& a, const Tensor& b) { return a.shape() == b.shape() && torch::equal(a, b); }

// Whether a call compiles; its first literal must depend on the lambda's parameter, which is `with`.
#define COMPILES(with, ...) ([](auto a) { return requires { __VA_ARGS__; }; }(with))

}  // namespace

TEST_CASE("a keyword after any number of positional arguments is that keyword") {
    CHECK_FALSE(nn::Conv2d(4, 8, 3, 2, {.bias = false}).bias.defined());
    CHECK(text(nn::Conv2d(4, 8, 3, 2, 1, {.bias = false})) ==
        "Conv2d(4, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)");
    CHECK(text(nn::Conv2d(4, 8, {3, 5}, {2, 1}, "valid", 1, 2, true, "reflect")) ==
        "Conv2d(4, 8, kernel_size=(3, 5), stride=(2, 1), padding=valid, groups=2, padding_mode=reflect)");
    CHECK(text(nn::ConvTranspose2d(4, 8, 3, 2, 0, 1, 1, false, 2)) ==
        "ConvTranspose2d(4, 8, kernel_size=(3, 3), stride=(2, 2), dilation=(2, 2), output_padding=(1, 1), bias=False)");
    CHECK(text(nn::Linear({.in_features = 4, .out_features = 8, .bias = false})) ==
        "Linear(in_features=4, out_features=8, bias=False)");
    CHECK(text(nn::Dropout(0.1, {.inplace = true})) == "Dropout(p=0.1, inplace=True)");
    CHECK(text(nn::MaxPool2d({2, 3})) ==
        "MaxPool2d(kernel_size=(2, 3), stride=(2, 3), padding=0, dilation=1, ceil_mode=False)");
    CHECK(text(nn::MaxPool2d(3, {.stride = 2, .ceil_mode = true})) ==
        "MaxPool2d(kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=True)");
    CHECK(text(nn::MaxPool2d({.kernel_size = {2, 3}, .padding = 1})) ==
        "MaxPool2d(kernel_size=(2, 3), stride=(2, 3), padding=1, dilation=1, ceil_mode=False)");
    CHECK(text(nn::AdaptiveAvgPool2d({5, None})) == "AdaptiveAvgPool2d(output_size=(5, None))");
    CHECK(text(nn::BatchNorm2d(4, 1e-4, None, {.affine = false})) ==
        "BatchNorm2d(4, eps=0.0001, momentum=None, affine=False, track_running_stats=True)");
    CHECK(text(nn::InstanceNorm1d(4)) ==
        "InstanceNorm1d(4, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)");
    CHECK(text(nn::LayerNorm({4, 5}, {.elementwise_affine = false})) ==
        "LayerNorm((4, 5), eps=1e-05, elementwise_affine=False)");
    CHECK(text(nn::LayerNorm(torch::ones({4, 5}).shape(), 1e-3)) ==
        "LayerNorm((4, 5), eps=0.001, elementwise_affine=True)");
    CHECK(text(nn::LSTM(3, 4, 2, {.batch_first = true, .bidirectional = true})) ==
        "LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True)");
    CHECK(text(nn::RNN(3, 4, 2, false, {.nonlinearity = "relu"})) == "RNN(3, 4, num_layers=2, bias=False)");
    CHECK(text(nn::Embedding(3, 4, 1, {.max_norm = 2})) == "Embedding(3, 4, padding_idx=1, max_norm=2)");
    CHECK(text(nn::Hardtanh({.min_value = -2})) == "Hardtanh(min_val=-2, max_val=1.0)");
    CHECK(text(nn::Softmax({.dim = 1})) == "Softmax(dim=1)");
    CHECK(text(nn::Upsample({8, 4})) == "Upsample(size=(8, 4), mode=nearest)");
    CHECK(text(nn::Upsample(None, {2, 1.5}, "bilinear", {.align_corners = true})) ==
        "Upsample(scale_factor=(2.0, 1.5), mode=bilinear)");
    CHECK(text(nn::ZeroPad2d({1, 2, 3, 4})) == "ZeroPad2d((1, 2, 3, 4))");
    CHECK(text(nn::Identity(54, "unused")) == "Identity()");
}

TEST_CASE("dtype is that of parameters and buffers, but not of what counts batches") {
    nn::Conv1d conv(2, 3, 3, {.dtype = torch::float64});
    CHECK(conv.weight.dtype() == torch::float64);
    CHECK(conv.bias.dtype() == torch::float64);
    nn::BatchNorm1d norm(2, 1e-5, 0.1, true, true, None, torch::float64);
    CHECK(norm.running_var.dtype() == torch::float64);
    CHECK(norm.num_batches_tracked.dtype() == torch::int64);
    nn::TransformerEncoderLayer layer(4, 2, {.dim_feedforward = 8, .device = "cpu", .dtype = torch::float64});
    for (const auto& [name, parameter] : layer.named_parameters()) CHECK(parameter.dtype() == torch::float64);
    CHECK(nn::LSTM(2, 3, {.dtype = torch::float64}).parameters()[0].dtype() == torch::float64);
    CHECK(error_of([] { nn::Linear(2, 3, {.device = "cuda"}); }).find("cuda") != std::string::npos);
}

TEST_CASE("size_average and reduce, which are deprecated, stand where PyTorch has them and overrule the reduction") {
    Tensor x = torch::tensor({1., 2.}), y = torch::tensor({0., 4.});
    CHECK(nn::MSELoss(false)(x, y).item() == 5);
    CHECK(nn::MSELoss(true, None, "sum")(x, y).item() == 2.5);
    CHECK(nn::MSELoss(None, false)(x, y).shape() == torch::Shape{2});
    CHECK(nn::MSELoss({.reduction = "sum"})(x, y).item() == 5);
    CHECK(F::l1_loss(x, y, false).item() == 3);
    CHECK(F::l1_loss(x, y, {.size_average = false, .reduction = "mean"}).item() == 3);
    CHECK(nn::SmoothL1Loss(None, None, "sum", 2.)(x, y).item() == doctest::Approx(0.25 + 1));
    CHECK(nn::HuberLoss("sum", 2.)(x, y).item() == doctest::Approx(2.5));
    Tensor logits = torch::tensor({{1., 0., 2.}, {0., 3., 1.}}), target = torch::tensor({2, 1}),
           weight = torch::tensor({1., 2., 3.});
    CHECK(same(nn::CrossEntropyLoss(weight, none, 1)(logits, target),
        F::cross_entropy(logits, target, weight, {.ignore_index = 1})));
    CHECK(same(nn::CrossEntropyLoss(weight, false)(logits, target),
        F::cross_entropy(logits, target, weight, {.reduction = "sum"})));
    CHECK(same(F::nll_loss(logits, target, None, None, -100, None, "none"),
        nn::NLLLoss({.reduction = "none"})(logits, target)));
}

TEST_CASE("what PyTorch calls deprecated is said to be so") {
    std::vector<std::string> said;
    auto before = torch::set_warning_handler([&](const std::string& line) { said.push_back(line); });
    nn::MSELoss(None, false);
    nn::Hardtanh({.max_value = 2});
    nn::MSELoss({.reduction = "none"});
    torch::set_warning_handler(before);
    CHECK(said ==
        std::vector<std::string>{"UserWarning: size_average and reduce args will be deprecated, please use "
                                 "reduction='none' instead.",
            "UserWarning: keyword argument max_value is deprecated and rename to max_val"});
}

TEST_CASE("an argument given twice, and one that must be given and is not, are errors in Python's words") {
    CHECK(error_of([] { nn::Conv2d(4, 8, 3, 2, {.stride = 1}); }) ==
        "Conv2d: got multiple values for argument 'stride'; give it by position or by keyword");
    CHECK(error_of([] { nn::Linear(4, {.bias = false}); }) == "Linear: missing a required argument: 'out_features'");
    CHECK(error_of([] { nn::Linear({.in_features = 4}); }) == "Linear: missing a required argument: 'out_features'");
    CHECK(error_of([] { F::dropout(torch::ones({2}), 0.5, {.p = 0.1}); }) ==
        "dropout: got multiple values for argument 'p'; give it by position or by keyword");
    CHECK(error_of([] { F::mse_loss({.input = torch::ones({2})}); }) ==
        "mse_loss: missing a required argument: 'target'");
    CHECK(error_of([] { nn::init::normal_(torch::ones({2}), 0, {.mean = 1}); }) ==
        "normal_: got multiple values for argument 'mean'; give it by position or by keyword");
}

TEST_CASE("what would need a forward of another type is refused, and the error names the way") {
    CHECK(error_of([] { nn::MaxPool2d(2, {.return_indices = true}); }).find("forward_with_indices(x)") !=
        std::string::npos);
    CHECK(error_of([] { nn::AdaptiveMaxPool2d(2, true); }).find("forward_with_indices(x)") != std::string::npos);
    CHECK(error_of([] {
        F::max_pool2d(torch::ones({1, 4, 4}), 2, {.return_indices = true});
    }).find("max_pool2d_with_indices(x)") != std::string::npos);
}

TEST_CASE("functions take their arguments as PyTorch's do") {
    Tensor x = torch::arange(12., {.dtype = torch::float32}).view({1, 3, 4}) - 5;
    CHECK(same(F::relu({.input = x}), x.relu()));
    CHECK(same(F::softmax(x, {.dim = 1}), torch::softmax(x, 1)));
    CHECK(F::softmax(x, -1, {.dtype = torch::float64}).dtype() == torch::float64);
    CHECK(same(F::pad(x, {1, 2}, {.value = 9}), F::pad(x, {1, 2}, "constant", 9)));
    CHECK(same(F::pad({.input = x, .pad = {1, 1, 0, 1}}), F::pad(x, {1, 1, 0, 1})));
    CHECK(F::pad(x, {1, 2}, {.value = 9})[0, 0, 0].item() == 9);
    CHECK(same(F::hardtanh(x, -2, {.max_val = 3}), x.clamp(-2, 3)));
    CHECK(same(F::leaky_relu(x, 0.2), torch::where(x > 0, x, x * 0.2)));
    CHECK(same(F::max_pool1d(x, 2, {.stride = 1}), F::max_pool1d(x, 2, 1)));
    CHECK(same(
        F::avg_pool1d(x, {2}, 1, {.padding = 1, .count_include_pad = false}), F::avg_pool1d(x, 2, 1, 1, false, false)));
    CHECK(same(F::layer_norm(x, {3, 4}, {.eps = 1e-3}), F::layer_norm(x, {3, 4}, None, None, 1e-3)));
    CHECK(same(F::batch_norm(x, None, None, {.training = true}), nn::BatchNorm1d(3)(x).detach()));
    CHECK(same(F::one_hot(torch::tensor({1, 2}), {.num_classes = 4}), F::one_hot(torch::tensor({1, 2}), 4)));
    CHECK(same(F::normalize(x, {.p = 1, .dim = 2}), x / x.abs().sum(2, true).clamp_min(1e-12)));
    CHECK(same(F::dropout(x, 0.5, false), x));
    CHECK(same(F::alpha_dropout(x, 0.5), x));
    Tensor image = x.view({1, 1, 3, 4});
    CHECK(same(F::interpolate(image, {6, 8}), F::interpolate(image, {.scale_factor = 2})));
    CHECK(F::interpolate(image, None, {2, 1.5}).shape() == torch::Shape{1, 1, 6, 6});
    CHECK(F::adaptive_avg_pool2d(image, {None, 2}).shape() == torch::Shape{1, 1, 3, 2});
    CHECK(same(F::conv2d(image, torch::ones({1, 1, 2, 2}), None, {1, 2}, {0, 1}),
        F::conv2d(image, torch::ones({1, 1, 2, 2}), {.stride = {1, 2}, .padding = {0, 1}})));
    CHECK(F::conv_transpose2d(image, torch::ones({1, 1, 2, 2}), None, 2, 0, 1, 1, 2).shape() ==
        torch::Shape{1, 1, 8, 10});
}

TEST_CASE("a smaller image without aliases, with PyTorch's values") {
    Tensor x = (torch::arange(30., {.dtype = torch::float32}).pow(2) % 7).view({1, 1, 5, 6});
    auto close = [](const Tensor& a, const Tensor& b) { return torch::allclose(a.reshape(-1), b, {.atol = 1e-5}); };
    CHECK(close(F::interpolate(x, {2, 3}, {.mode = "bilinear", .antialias = true}),
        torch::tensor({1.16233778, 1.97727275, 2.55844188, 2.35064912, 1.40909088, 1.77922058})));
    CHECK(close(F::interpolate(x, None, 0.45, "bilinear", {.antialias = true}),
        torch::tensor({1.07674134, 2.23639297, 2.23051953, 1.30758429})));
    Tensor aligned = F::interpolate(x, {7, 4}, None, "bilinear", true, {.antialias = true});
    CHECK(close(aligned[0, 0, 3], torch::tensor({2.3571434, 0.61111093, 2.64583302, 2.33333349})));
    CHECK(error_of([&] { F::interpolate(x, 2, {.antialias = true}); }).find("only supported for bilinear") !=
        std::string::npos);
}

TEST_CASE("out= takes the result") {
    Tensor x = torch::tensor({3., 4.}), out = torch::zeros({2}), empty = torch::empty({0}), alias = out.view({2, 1});
    CHECK(same(F::normalize(x, 2, 0, 1e-12, out), torch::tensor({0.6, 0.8})));
    CHECK(alias[1, 0].item() == doctest::Approx(0.8));
    F::hardshrink(x, 3.5, {.out = empty});
    CHECK(same(empty, torch::tensor({0., 4.})));
    x.requires_grad_();
    CHECK(error_of([&] { F::normalize(x, {.dim = 0, .out = out}); }).find("don't support automatic differentiation") !=
        std::string::npos);
}

TEST_CASE("a function of one Tensor is a value, and a module where one is wanted") {
    nn::AnyModule act = F::relu;
    Tensor x = torch::tensor({-1., 2.});
    CHECK(same(act(x), x.relu()));
    CHECK(same(nn::Sequential(F::tanh, nn::ReLU(), F::softsign)(x), F::softsign(x.tanh().relu())));
    torch::manual_seed(0);
    nn::TransformerEncoderLayer one(4, 2, 8, 0., F::gelu);
    torch::manual_seed(0);
    nn::TransformerEncoderLayer two(4, 2, {.dim_feedforward = 8, .dropout = 0, .activation = "gelu"});
    Tensor q = torch::randn({3, 2, 4});
    CHECK(same(one(q), two(q)));
    CHECK(text(nn::TransformerEncoderLayer(4, 2, {.activation = nn::GELU()})).find("(activation): GELU") !=
        std::string::npos);
}

TEST_CASE("forward methods take keywords") {
    nn::MultiheadAttention attention(4, 2, 0., {.batch_first = true});
    Tensor q = torch::randn({2, 3, 4}), mask = torch::zeros({2, 3}, {.dtype = torch::bool_});
    mask[0, 2] = true;
    auto [all, weights] = attention(q, q, q);
    auto [masked, masked_weights] = attention(q, q, q, mask);
    auto [by_keyword, per_head] = attention(q, q, q, {.key_padding_mask = mask, .average_attn_weights = false});
    CHECK_FALSE(same(all, masked));
    CHECK(same(masked, by_keyword));
    CHECK(masked_weights.shape() == torch::Shape{2, 3, 3});
    CHECK(per_head.shape() == torch::Shape{2, 2, 3, 3});
    CHECK_FALSE(std::get<1>(attention(q, q, q, None, false)).defined());
    CHECK_FALSE(std::get<1>(attention({.query = q, .key = q, .value = q, .need_weights = false})).defined());
    nn::ConvTranspose2d up(1, 1, 3, 2);
    Tensor image = torch::ones({1, 1, 3, 3});
    CHECK(up(image).shape() == torch::Shape{1, 1, 7, 7});
    CHECK(up(image, {8, 8}).shape() == torch::Shape{1, 1, 8, 8});
    CHECK(up(image, {.output_size = {8, 7}}).shape() == torch::Shape{1, 1, 8, 7});
    nn::TransformerEncoderLayer layer(4, 2, 8, 0.);
    nn::TransformerEncoder encoder(layer, {.num_layers = 1, .norm = nn::LayerNorm(4)});
    Tensor causal = torch::triu(torch::full({3, 3}, -1e9), 1), x = q.transpose(0, 1);
    CHECK(same(layer(x, {.src_mask = causal}), layer(x, causal)));
    CHECK_FALSE(same(layer(x), layer(x, causal)));
    CHECK(same(encoder(x, {.mask = causal}), encoder(x, causal)));
}

TEST_CASE("embeddings on given rows") {
    Tensor rows = torch::arange(6., {.dtype = torch::float32}).view({3, 2});
    CHECK_FALSE(nn::Embedding::from_pretrained(rows).weight.requires_grad());
    nn::Embedding learned = nn::Embedding::from_pretrained(rows, false, {.padding_idx = 1});
    CHECK(learned.weight.requires_grad());
    CHECK(*learned.padding_idx == 1);
    CHECK(same(nn::Embedding(3, 2, {._weight = rows})(torch::tensor({2})), rows.narrow(0, 2, 1)));
    CHECK(error_of([&] { nn::Embedding(2, 2, {._weight = rows}); }).find("Shape of weight does not match") !=
        std::string::npos);
}

TEST_CASE("init and utils") {
    Tensor w = torch::empty({4, 3});
    nn::init::uniform_(w, 2, 3);
    CHECK(w.min().item() >= 2);
    CHECK(nn::init::constant_({.tensor = w, .val = 7})[0, 0].item() == 7);
    CHECK(nn::init::calculate_gain("leaky_relu", {.param = 1}) == doctest::Approx(1));
    CHECK(nn::init::calculate_gain("tanh") == doctest::Approx(5. / 3));
    CHECK(nn::init::_calculate_fan_in_and_fan_out(w) == std::pair<std::int64_t, std::int64_t>(3, 4));
    torch::manual_seed(1);
    nn::init::kaiming_normal_(w, {.mode = "fan_out", .nonlinearity = "relu"});
    Tensor drawn = w.clone();
    torch::manual_seed(1);
    CHECK(same(nn::init::kaiming_normal_(w, 0, "fan_out", "relu"), drawn));
    Tensor p = torch::tensor({3., 4.}, {.requires_grad = true});
    (p * p.detach()).sum().backward();
    CHECK(nn::utils::clip_grad_norm_(p, 1., {.norm_type = 2}).item() == 5);
    CHECK(p.grad()[0].item() == doctest::Approx(0.6));
    nn::utils::clip_grad_value_({p}, {.clip_value = 0.5});
    CHECK(p.grad()[1].item() == 0.5);
    CHECK(same(nn::utils::parameters_to_vector({p, p}), torch::tensor({3., 4., 3., 4.})));
}

TEST_CASE("a misspelt keyword with a list behind it is no list of sizes") {
    auto misspelt = []<class One>(One one) { return std::array{requires {nn::MaxPool2d({.misspelt = {3 * one}}); },
         requires { nn::AvgPool1d({.misspelt = {3 * one}}); }, requires { nn::LayerNorm({.misspelt = {3 * one}}); },
         requires { nn::Upsample({.misspelt = {3 * one}}); }
};
}
;
for (const bool compiles : misspelt(1)) CHECK(!compiles);
CHECK(fmt::format("{}", nn::LayerNorm({4})) == "LayerNorm((4,), eps=1e-05, elementwise_affine=True)");
CHECK(nn::LayerNorm({2, 3}).weight.shape() == taper::Shape{2, 3});
}

TEST_CASE("a misspelt or foreign keyword does not compile, nor does a value that does not fit") {
    CHECK(COMPILES(4, nn::Conv2d(a, 8, 3, {.bias = false})));  // the means works
    CHECK_FALSE(COMPILES(4, nn::Conv2d(a, 8, 3, {.bais = false})));
    CHECK_FALSE(COMPILES(4, nn::Conv2d(a, 8, 3, 2, {.bais = false})));
    CHECK_FALSE(COMPILES(4, nn::Conv2d(a, 8, 3, 2, {.output_padding = 1})));
    CHECK_FALSE(COMPILES(4, nn::Conv2d(a, 8, 3, false)));
    CHECK_FALSE(COMPILES(4, nn::Linear(a, 8, {.with_bias = false})));
    CHECK_FALSE(COMPILES(4, nn::Linear(a, 8, 1)));
    CHECK_FALSE(COMPILES(4, nn::Linear(a, 8.5)));
    CHECK_FALSE(COMPILES(4, nn::Linear({a, 8})));
    CHECK_FALSE(COMPILES(0.5, nn::Dropout({.prob = a})));
    CHECK_FALSE(COMPILES(2, nn::MaxPool2d({.kernel = a})));
    CHECK_FALSE(COMPILES(2, nn::MaxPool2d(a, {.count_include_pad = false})));
    CHECK_FALSE(COMPILES(2, nn::AvgPool1d(a, {.divisor_override = 3})));
    CHECK_FALSE(COMPILES(2, nn::LayerNorm(a, {.affine = false})));
    CHECK_FALSE(COMPILES(2, nn::BatchNorm2d(a, {.elementwise_affine = false})));
    CHECK_FALSE(COMPILES(2., nn::HuberLoss({.beta = a})));
    CHECK_FALSE(COMPILES(2, nn::RNN(a, 3, {.hidden = 2})));
    CHECK_FALSE(COMPILES(2, nn::RNN(a, 3, 1, "relu")));
    CHECK_FALSE(COMPILES(2, nn::GRUCell(a, 3, {.nonlinearity = "relu"})));
    CHECK_FALSE(COMPILES(2, nn::Embedding(a, 3, {.padding = 1})));
    CHECK_FALSE(COMPILES(4, nn::MultiheadAttention(a, 2, {.causal = true})));
    CHECK_FALSE(COMPILES(4, nn::TransformerEncoderLayer(a, 2, {.d_ff = 8})));
    CHECK_FALSE(COMPILES(8, nn::Upsample({.sizes = a})));
    CHECK_FALSE(COMPILES(Tensor(), F::relu(a, {.in_place = true})));
    CHECK_FALSE(COMPILES(Tensor(), F::relu(a, 1)));
    CHECK_FALSE(COMPILES(Tensor(), F::softmax(a, {.axis = 1})));
    CHECK_FALSE(COMPILES(Tensor(), F::pad(a, {1, 1}, {.fill = 9})));
    CHECK_FALSE(COMPILES(Tensor(), F::dropout(a, {.rate = 0.1})));
    CHECK_FALSE(COMPILES(Tensor(), F::cross_entropy(a, a, {.smoothing = 0.1})));
    CHECK_FALSE(COMPILES(Tensor(), F::cross_entropy(a, a, "sum")));
    CHECK_FALSE(COMPILES(Tensor(), F::conv2d(a, a, {.padding_mode = "zeros"})));
    CHECK_FALSE(COMPILES(Tensor(), F::max_pool2d(a, 2, {.count_include_pad = true})));
    CHECK_FALSE(COMPILES(Tensor(), F::interpolate(a, {.factor = 2})));
    CHECK_FALSE(COMPILES(Tensor(), nn::init::normal_(a, {.sigma = 1})));
    CHECK_FALSE(COMPILES(Tensor(), nn::utils::clip_grad_norm_(a, 1, {.p = 1})));
    CHECK_FALSE(COMPILES(nn::MultiheadAttention(4, 2), a(Tensor(), Tensor(), Tensor(), {.mask = Tensor()})));
}
