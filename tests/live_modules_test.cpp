// Every module against PyTorch, which runs beside: the same seed gives the same parameters to the last bit, and then
// the same outputs and gradients, in training and in evaluation, in float32 and float64.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

using namespace taper;

namespace {

/// A module whatever its type, and how to call it on a list of inputs.
struct Made {
    nn::AnyModule module;
    std::function<TensorList(const TensorList&)> call;
    std::function<Made()> deepcopy;
};

template <class V> TensorList flat(V value) {
    TensorList all;
    if constexpr (std::same_as<V, ValuesAndIndices>)
        all = {value.values, value.indices};
    else
        autograd::detail::each_tensor(value, [&](const Tensor& x) {
            if (x.defined()) all.push_back(x);
        });
    return all;
}

template <class M> Made made(M m) {
    auto call = [m](const TensorList& x) -> TensorList {
        if constexpr (requires { m(x[0]); })
            if (x.size() == 1) return flat(m(x[0]));
        if constexpr (requires { m(x[0], x[1]); })
            if (x.size() == 2) return flat(m(x[0], x[1]));
        if constexpr (requires { m(x[0], x[1], x[2]); })
            if (x.size() == 3) return flat(m(x[0], x[1], x[2]));
        fail("no such number of inputs: {}", x.size());
    };
    return {m, call, [m] { return made(copy::deepcopy(m)); }};
}

template <class M, class F> Made made(M m, F call) {
    return {m, [m, call](const TensorList& x) { return flat(call(m, x)); },
        [m, call] { return made(copy::deepcopy(m), call); }};
}

struct Case {
    const char *python, *inputs;
    std::function<Made()> make;
    const char* call = "";
};

/// A module after a forward of x.
template <class M> M used(M m, const Tensor& x) { return m(x), m; }
constexpr auto adaptive = [](const auto& m, const TensorList& x) {
    auto [output, loss] = m(x[0], x[1]);
    return TensorList{output, loss, m.log_prob(x[0]), m.predict(x[0])};
};

// ---- parametrizations, which live/modules.py has too
namespace P = nn::utils::parametrize;
struct Symmetric : nn::Module<Symmetric> {
    Tensor forward(Tensor x) const { return x.triu() + x.triu(1).transpose(-1, -2); }
    Tensor right_inverse(Tensor a) const { return a.triu(); }
};
struct RankOne : nn::Module<RankOne> {
    Tensor forward(Tensor x, Tensor y) const { return x.unsqueeze(-1).matmul(y.unsqueeze(-2)); }
    std::pair<Tensor, Tensor> right_inverse(Tensor z) const { return {z.select(1, 0), z.select(0, 0)}; }
};
struct Twice : nn::Module<Twice> {
    Tensor forward(Tensor x) const { return 2 * x; }
    Tensor right_inverse(Tensor x) const { return x / 2; }
};

// clang-format off
#define CASE(python, inputs, ...) {python, inputs, [] { return made(__VA_ARGS__); }}
// The same, called in another way than on all inputs: as `call` in Python, as the last argument says here.
#define CALL(python, inputs, call, ...) {python, inputs, [] { return made(__VA_ARGS__); }, call}
#define CASE4(python, inputs, ...) CALL(python, inputs, "", __VA_ARGS__, [](const auto& m, const TensorList& x) { return m(x[0], x[1], x[2], x[3]); })
constexpr auto with_state = [](const auto& m, const TensorList& x) { return m(x[0], {x[1], x[2]}); };
namespace rnn = nn::utils::rnn;
const auto packed = [](const Tensor& x, std::vector<std::int64_t> lengths) { return rnn::pack_padded_sequence(x, lengths, {.enforce_sorted = false}); };
#define PACKED "rnn.pack_padded_sequence(x[0],[2,4,1],enforce_sorted=False)"
constexpr auto of_packed = [](const auto& m, const TensorList& x) { return m(packed(x[0], {2, 4, 1})); };
constexpr auto of_packed_and_state = [](const auto& m, const TensorList& x) { return m(packed(x[0], {2, 4, 1}), x[1]); };
constexpr auto of_packed_and_states = [](const auto& m, const TensorList& x) { return m(packed(x[0], {2, 4, 1}), {x[1], x[2]}); };
const std::vector<Case> cases{
    // ---- activations
    CASE("nn.ReLU()", "randn(3,5)", nn::ReLU()),
    CASE("nn.ReLU6()", "randn(3,5)*5", nn::ReLU6()),
    CASE("nn.LeakyReLU(0.2)", "randn(3,5)", nn::LeakyReLU(0.2)),
    CASE("nn.PReLU()", "randn(3,5)", nn::PReLU()),
    CASE("nn.PReLU(3)", "randn(2,3,4)", nn::PReLU(3)),
    CASE("nn.RReLU()", "randn(3,5)", nn::RReLU()),
    CASE("nn.ELU(0.7)", "randn(3,5)", nn::ELU(0.7)),
    CASE("nn.CELU(1.25)", "randn(3,5)", nn::CELU(1.25)),
    CASE("nn.SELU()", "randn(3,5)", nn::SELU()),
    CASE("nn.GELU()", "randn(3,5)", nn::GELU()),
    CASE("nn.GELU(approximate='tanh')", "randn(3,5)", nn::GELU("tanh")),
    CASE("nn.SiLU()", "randn(3,5)", nn::SiLU()),
    CASE("nn.Mish()", "randn(3,5)", nn::Mish()),
    CASE("nn.Softplus(2,3)", "randn(3,5)", nn::Softplus(2, 3)),
    CASE("nn.Softsign()", "randn(3,5)", nn::Softsign()),
    CASE("nn.Sigmoid()", "randn(3,5)", nn::Sigmoid()),
    CASE("nn.LogSigmoid()", "randn(3,5)*10", nn::LogSigmoid()),
    CASE("nn.Hardsigmoid()", "randn(3,5)*3", nn::Hardsigmoid()),
    CASE("nn.Tanh()", "randn(3,5)", nn::Tanh()),
    CASE("nn.Hardtanh(-0.5,0.7)", "randn(3,5)", nn::Hardtanh(-0.5, 0.7)),
    CASE("nn.Hardswish()", "randn(3,5)*3", nn::Hardswish()),
    CASE("nn.Tanhshrink()", "randn(3,5)", nn::Tanhshrink()),
    CASE("nn.Softshrink(0.3)", "randn(3,5)", nn::Softshrink(0.3)),
    CASE("nn.Hardshrink(0.3)", "randn(3,5)", nn::Hardshrink(0.3)),
    CASE("nn.Threshold(0.1,20)", "randn(3,5)", nn::Threshold(0.1, 20)),
    CASE("nn.Softmax(dim=1)", "randn(3,5)", nn::Softmax(1)),
    CASE("nn.LogSoftmax(dim=-1)", "randn(3,5)", nn::LogSoftmax(-1)),
    CASE("nn.Softmin(dim=0)", "randn(3,5)", nn::Softmin(0)),
    CASE("nn.GLU()", "randn(3,6)", nn::GLU()),
    // ---- linear, shapes, dropout
    CASE("nn.Linear(5,3)", "randn(4,5)", nn::Linear(5, 3)),
    CASE("nn.Linear(5,3,bias=False)", "randn(2,4,5)", nn::Linear(5, 3, {.bias = false})),
    CASE("nn.Identity()", "randn(3,5)", nn::Identity()),
    CASE("nn.Flatten()", "randn(3,5,2)", nn::Flatten()),
    CASE("nn.Unflatten(1,(2,3))", "randn(4,6)", nn::Unflatten(1, {2, 3})),
    CASE("nn.Dropout(0.3)", "randn(3,5)", nn::Dropout(0.3)),
    CALL("nn.Dropout(0.3)", "randn(3,5,2)", "m(x[0].transpose(0,2))", nn::Dropout(0.3), [](const auto& m, const TensorList& x) { return m(x[0].transpose(0, 2)); }),
    CASE("nn.Dropout1d(0.4)", "randn(3,5,2)", nn::Dropout1d(0.4)),
    CASE("nn.Dropout1d()", "randn(7,2)", nn::Dropout1d()),
    CASE("nn.Dropout2d(0.4)", "randn(3,5,2,2)", nn::Dropout2d(0.4)),
    CASE("nn.Dropout2d(0.4)", "randn(5,4)", nn::Dropout2d(0.4)),
    CASE("nn.Dropout3d(0.4)", "randn(3,5,2,2,2)", nn::Dropout3d(0.4)),
    CASE("nn.Dropout3d(0.4)", "randn(5,2,2,3)", nn::Dropout3d(0.4)),
    CASE("nn.FeatureAlphaDropout(0.3)", "randn(4,5,3)", nn::FeatureAlphaDropout(0.3)),
    CASE("nn.AlphaDropout(0.3)", "randn(6,5)", nn::AlphaDropout(0.3)),
    // ---- convolutions
    CASE("nn.Conv1d(2,3,3)", "randn(2,2,7)", nn::Conv1d(2, 3, 3)),
    CASE("nn.Conv1d(2,4,3,stride=2,padding=1,dilation=2,groups=2,bias=False)", "randn(2,2,9)", nn::Conv1d(2, 4, 3, {.stride = 2, .padding = 1, .dilation = 2, .groups = 2, .bias = false})),
    CASE("nn.Conv1d(2,3,4,padding='same',padding_mode='circular')", "randn(2,2,9)", nn::Conv1d(2, 3, 4, {.padding = "same", .padding_mode = "circular"})),
    CASE("nn.Conv2d(2,3,3)", "randn(2,2,6,7)", nn::Conv2d(2, 3, 3)),
    CASE("nn.Conv2d(2,3,3,2,1)", "randn(2,6,7)", nn::Conv2d(2, 3, 3, 2, 1)),
    CASE("nn.Conv2d(4,6,(2,3),stride=(1,2),padding=(1,0),dilation=(2,1),groups=2)", "randn(2,4,7,8)", nn::Conv2d(4, 6, {2, 3}, {.stride = {1, 2}, .padding = {1, 0}, .dilation = {2, 1}, .groups = 2})),
    CASE("nn.Conv2d(2,3,(2,3),padding='same')", "randn(2,2,5,6)", nn::Conv2d(2, 3, {2, 3}, {.padding = "same"})),
    CASE("nn.Conv2d(2,3,3,padding='valid')", "randn(2,2,5,6)", nn::Conv2d(2, 3, 3, {.padding = "valid"})),
    CASE("nn.Conv2d(2,3,3,padding=1,padding_mode='reflect')", "randn(2,2,5,6)", nn::Conv2d(2, 3, 3, {.padding = 1, .padding_mode = "reflect"})),
    CASE("nn.Conv2d(2,3,3,padding=(1,2),padding_mode='replicate')", "randn(2,2,5,6)", nn::Conv2d(2, 3, 3, {.padding = {1, 2}, .padding_mode = "replicate"})),
    CASE("nn.Conv2d(2,3,3,padding=(2,1),padding_mode='circular')", "randn(2,2,5,6)", nn::Conv2d(2, 3, 3, {.padding = {2, 1}, .padding_mode = "circular"})),
    CASE("nn.ConvTranspose1d(3,2,3,stride=2,padding=1,output_padding=1)", "randn(2,3,5)", nn::ConvTranspose1d(3, 2, 3, {.stride = 2, .padding = 1, .output_padding = 1})),
    CASE("nn.ConvTranspose2d(3,2,3)", "randn(2,3,4,5)", nn::ConvTranspose2d(3, 2, 3)),
    CASE("nn.ConvTranspose2d(4,6,(3,2),stride=(2,3),padding=1,output_padding=(1,0),groups=2,bias=False,dilation=2)", "randn(2,4,4,5)", nn::ConvTranspose2d(4, 6, {3, 2}, {.stride = {2, 3}, .padding = 1, .output_padding = {1, 0}, .groups = 2, .bias = false, .dilation = 2})),
    CASE("nn.Conv3d(2,3,3)", "randn(2,2,4,5,6)", nn::Conv3d(2, 3, 3)),
    CASE("nn.Conv3d(4,6,(2,3,1),stride=(1,2,1),padding=(1,0,2),dilation=(2,1,1),groups=2,bias=False)", "randn(4,5,6,4)", nn::Conv3d(4, 6, {2, 3, 1}, {.stride = {1, 2, 1}, .padding = {1, 0, 2}, .dilation = {2, 1, 1}, .groups = 2, .bias = false})),
    CASE("nn.Conv3d(2,9,3,padding='same')", "randn(1,2,3,3,4)", nn::Conv3d(2, 9, 3, {.padding = "same"})),
    CASE("nn.Conv3d(2,3,3,padding=1,padding_mode='reflect')", "randn(1,2,3,3,4)", nn::Conv3d(2, 3, 3, {.padding = 1, .padding_mode = "reflect"})),
    CASE("nn.Conv3d(2,3,3,padding=(2,1,1),padding_mode='circular')", "randn(1,2,4,5,6)", nn::Conv3d(2, 3, 3, {.padding = {2, 1, 1}, .padding_mode = "circular"})),
    CASE("nn.ConvTranspose3d(3,2,2,stride=2)", "randn(2,3,2,3,4)", nn::ConvTranspose3d(3, 2, 2, {.stride = 2})),
    CASE("nn.ConvTranspose3d(4,6,(3,2,1),stride=(2,3,1),padding=(1,0,0),output_padding=(1,0,0),groups=2,dilation=(2,1,1))", "randn(2,4,3,2,3)", nn::ConvTranspose3d(4, 6, {3, 2, 1}, {.stride = {2, 3, 1}, .padding = {1, 0, 0}, .output_padding = {1, 0, 0}, .groups = 2, .dilation = {2, 1, 1}})),
    CALL("nn.ConvTranspose3d(3,2,3,stride=2)", "randn(2,3,2,3,2)", "m(x[0],output_size=(6,8,5))", nn::ConvTranspose3d(3, 2, 3, {.stride = 2}), [](const auto& m, const TensorList& x) { return m(x[0], {.output_size = {6, 8, 5}}); }),
    // ---- pooling
    CASE("nn.MaxPool1d(3,stride=2,padding=1,dilation=2)", "randn(2,3,11)", nn::MaxPool1d(3, {.stride = 2, .padding = 1, .dilation = 2})),
    CASE("nn.MaxPool2d(2)", "randn(2,3,6,7)", nn::MaxPool2d(2)),
    CASE("nn.MaxPool2d((2,3))", "randn(3,6,7)", nn::MaxPool2d({2, 3})),
    CASE("nn.MaxPool2d(3,2,1)", "randn(2,3,6,7)", nn::MaxPool2d(3, 2, 1)),
    CASE("nn.MaxPool2d((3,2),stride=2,padding=1,dilation=(1,2),ceil_mode=True)", "randn(2,3,6,8)", nn::MaxPool2d({3, 2}, {.stride = 2, .padding = 1, .dilation = {1, 2}, .ceil_mode = true})),
    CASE("nn.AvgPool1d(3,stride=2,padding=1)", "randn(2,3,8)", nn::AvgPool1d(3, {.stride = 2, .padding = 1})),
    CASE("nn.AvgPool2d(2)", "randn(2,3,6,7)", nn::AvgPool2d(2)),
    CASE("nn.AvgPool2d((3,2),stride=2,padding=1,ceil_mode=True,count_include_pad=False)", "randn(2,3,6,7)", nn::AvgPool2d({3, 2}, {.stride = 2, .padding = 1, .ceil_mode = true, .count_include_pad = false})),
    CASE("nn.AvgPool2d(2,divisor_override=3)", "randn(2,3,6,7)", nn::AvgPool2d(2, {.divisor_override = 3})),
    CASE("nn.AdaptiveAvgPool1d(3)", "randn(2,3,7)", nn::AdaptiveAvgPool1d(3)),
    CASE("nn.AdaptiveAvgPool2d(1)", "randn(2,3,6,7)", nn::AdaptiveAvgPool2d(1)),
    CASE("nn.AdaptiveAvgPool2d((3,2))", "randn(2,3,5,7)", nn::AdaptiveAvgPool2d({3, 2})),
    CASE("nn.AdaptiveAvgPool2d((None,2))", "randn(2,3,5,7)", nn::AdaptiveAvgPool2d({None, 2})),
    CASE("nn.AdaptiveMaxPool2d((3,None))", "randn(3,5,7)", nn::AdaptiveMaxPool2d({3, None})),
    CASE("nn.AdaptiveMaxPool2d((3,2))", "randn(2,3,5,7)", nn::AdaptiveMaxPool2d({3, 2})),
    CASE("nn.MaxPool3d(2)", "randn(2,3,4,5,6)", nn::MaxPool3d(2)),
    CASE("nn.MaxPool3d((1,2,3),stride=2,padding=(0,1,1),dilation=(2,1,1),ceil_mode=True)", "randn(3,4,5,6)", nn::MaxPool3d({1, 2, 3}, {.stride = 2, .padding = {0, 1, 1}, .dilation = {2, 1, 1}, .ceil_mode = true})),
    CASE("nn.AvgPool3d(2)", "randn(2,3,4,5,6)", nn::AvgPool3d(2)),
    CASE("nn.AvgPool3d((1,2,3),stride=2,padding=(0,1,1),ceil_mode=True,count_include_pad=False)", "randn(2,3,4,5,6)", nn::AvgPool3d({1, 2, 3}, {.stride = 2, .padding = {0, 1, 1}, .ceil_mode = true, .count_include_pad = false})),
    CASE("nn.AvgPool3d(2,divisor_override=3)", "randn(3,4,5,6)", nn::AvgPool3d(2, {.divisor_override = 3})),
    CASE("nn.AdaptiveAvgPool3d(1)", "randn(2,3,4,5,6)", nn::AdaptiveAvgPool3d(1)),
    CASE("nn.AdaptiveAvgPool3d((3,None,2))", "randn(2,3,4,5,6)", nn::AdaptiveAvgPool3d({3, None, 2})),
    CASE("nn.AdaptiveMaxPool1d(3)", "randn(2,3,7)", nn::AdaptiveMaxPool1d(3)),
    CASE("nn.AdaptiveMaxPool3d((3,None,2))", "randn(3,4,5,6)", nn::AdaptiveMaxPool3d({3, None, 2})),
    CALL("nn.MaxUnpool1d(2)", "randn(2,3,8)", "m(*F.max_pool1d(x[0],2,return_indices=True))", nn::MaxUnpool1d(2), [](const auto& m, const TensorList& x) { auto [y, at] = nn::functional::max_pool1d_with_indices(x[0], 2); return m(y, at); }),
    CALL("nn.MaxUnpool2d(3,stride=2,padding=1)", "randn(2,3,7,6)", "m(*F.max_pool2d(x[0],3,2,1,return_indices=True),output_size=(7,6))", nn::MaxUnpool2d(3, {.stride = 2, .padding = 1}), [](const auto& m, const TensorList& x) { auto [y, at] = nn::functional::max_pool2d_with_indices(x[0], 3, 2, 1); return m(y, at, {.output_size = {7, 6}}); }),
    CALL("nn.MaxUnpool3d((1,2,2))", "randn(3,2,4,6)", "m(*F.max_pool3d(x[0],(1,2,2),return_indices=True))", nn::MaxUnpool3d({1, 2, 2}), [](const auto& m, const TensorList& x) { auto [y, at] = nn::functional::max_pool3d_with_indices(x[0], {1, 2, 2}); return m(y, at); }),
    CASE("nn.LPPool1d(2,3)", "randn(2,3,7)", nn::LPPool1d(2, 3)),
    CASE("nn.LPPool2d(1.5,(2,3),stride=(2,1),ceil_mode=True)", "rand(2,3,6,7)", nn::LPPool2d(1.5, {2, 3}, {.stride = {2, 1}, .ceil_mode = true})),
    CASE("nn.FractionalMaxPool2d(2,output_size=(3,4))", "randn(2,3,7,8)", nn::FractionalMaxPool2d(2, {.output_size = {3, 4}})),
    CASE("nn.FractionalMaxPool2d((2,3),output_ratio=0.5)", "randn(3,7,8)", nn::FractionalMaxPool2d({2, 3}, {.output_ratio = 0.5})),
    CASE("nn.FractionalMaxPool3d(2,output_ratio=(0.5,0.6,0.5))", "randn(2,3,5,6,7)", nn::FractionalMaxPool3d(2, {.output_ratio = {0.5, 0.6, 0.5}})),
    // ---- normalisation
    CASE("nn.BatchNorm1d(3)", "randn(5,3)", nn::BatchNorm1d(3)),
    CASE("nn.BatchNorm1d(3,eps=0.001,momentum=None)", "randn(5,3,4)", nn::BatchNorm1d(3, {.eps = 0.001, .momentum = std::nullopt})),
    CASE("nn.BatchNorm1d(3,affine=False)", "randn(5,3)", nn::BatchNorm1d(3, {.affine = false})),
    CASE("nn.BatchNorm2d(3,1e-3,0.3)", "randn(2,3,4,5)", nn::BatchNorm2d(3, 1e-3, 0.3)),
    CASE("nn.BatchNorm2d(3,track_running_stats=False)", "randn(2,3,4,5)", nn::BatchNorm2d(3, {.track_running_stats = false})),
    CASE("nn.LayerNorm(5)", "randn(2,3,5)", nn::LayerNorm(5)),
    CASE("nn.LayerNorm((3,5),eps=1e-3)", "randn(2,3,5)", nn::LayerNorm({3, 5}, {.eps = 1e-3})),
    CASE("nn.LayerNorm(5,elementwise_affine=False)", "randn(2,5)", nn::LayerNorm(5, {.elementwise_affine = false})),
    CASE("RMSNorm(5)", "randn(2,3,5)", nn::RMSNorm(5)),
    CASE("RMSNorm((3,5),eps=1e-3)", "randn(2,3,5)", nn::RMSNorm({3, 5}, {.eps = 1e-3})),
    CASE("RMSNorm((5,),None,False)", "randn(2,5)", nn::RMSNorm({5}, none, false)),
    CASE("nn.GroupNorm(2,4)", "randn(3,4,5)", nn::GroupNorm(2, 4)),
    CASE("nn.GroupNorm(2,6,affine=False)", "randn(3,6,2,2)", nn::GroupNorm(2, 6, {.affine = false})),
    CASE("nn.InstanceNorm1d(3)", "randn(2,3,5)", nn::InstanceNorm1d(3)),
    CASE("nn.InstanceNorm1d(3,affine=True)", "randn(3,5)", nn::InstanceNorm1d(3, {.affine = true})),
    CASE("nn.InstanceNorm2d(3,affine=True,track_running_stats=True)", "randn(2,3,4,5)", nn::InstanceNorm2d(3, {.affine = true, .track_running_stats = true})),
    CASE("nn.BatchNorm3d(3)", "randn(2,3,2,4,3)", nn::BatchNorm3d(3)),
    CASE("nn.InstanceNorm3d(3)", "randn(2,3,2,4,3)", nn::InstanceNorm3d(3)),
    CASE("nn.InstanceNorm3d(3,affine=True,track_running_stats=True)", "randn(3,2,4,3)", nn::InstanceNorm3d(3, {.affine = true, .track_running_stats = true})),
    CASE("nn.LocalResponseNorm(2)", "randn(2,5,3)", nn::LocalResponseNorm(2)),
    CASE("nn.LocalResponseNorm(3,alpha=0.1,beta=0.5,k=2)", "randn(2,5,3,4)", nn::LocalResponseNorm(3, {.alpha = 0.1, .beta = 0.5, .k = 2})),
    CASE("nn.LocalResponseNorm(5,1e-4,0.75,1.0)", "randn(2,4,3,2,2)", nn::LocalResponseNorm(5, 1e-4, 0.75, 1.0)),
    // ---- embedding
    CASE("nn.Embedding(10,3)", "randint(10,2,4)", nn::Embedding(10, 3)),
    CASE("nn.Embedding(5,3,padding_idx=-2)", "randint(5,2,9)", nn::Embedding(5, 3, {.padding_idx = -2})),
    CASE("nn.Embedding(5,3,max_norm=1.)", "randint(3,2,3)", nn::Embedding(5, 3, {.max_norm = 1.})),
    CASE("nn.Embedding(5,3,padding_idx=1,scale_grad_by_freq=True)", "randint(5,2,9)", nn::Embedding(5, 3, {.padding_idx = 1, .scale_grad_by_freq = true})),
    CASE("nn.EmbeddingBag(5,3)", "randint(5,2,4)", nn::EmbeddingBag(5, 3)),
    CASE("nn.EmbeddingBag(5,3,mode='max',padding_idx=-2)", "randint(5,9); torch.tensor([0,2,2,7])", nn::EmbeddingBag(5, 3, {.mode = "max", .padding_idx = -2})),
    CASE("nn.EmbeddingBag(5,3,max_norm=1.,norm_type=1.,mode='sum')", "randint(5,9); torch.tensor([0,4])", nn::EmbeddingBag(5, 3, 1., 1., {.mode = "sum"})),
    CALL("nn.EmbeddingBag(5,3,mode='sum',include_last_offset=True)", "randint(5,6); torch.tensor([0,4,6]); randn(6)", "m(x[0],x[1],per_sample_weights=x[2])", nn::EmbeddingBag(5, 3, {.mode = "sum", .include_last_offset = true}), [](const auto& m, const TensorList& x) { return m(x[0], x[1], {.per_sample_weights = x[2]}); }),
    CASE("nn.EmbeddingBag(3,3,scale_grad_by_freq=True,padding_idx=0)", "torch.tensor([[0,1,1],[1,0,0]])", nn::EmbeddingBag(3, 3, {.scale_grad_by_freq = true, .padding_idx = 0})),
    CASE("nn.EmbeddingBag.from_pretrained(torch.tensor([[1.,2.],[3.,4.]]),freeze=False)", "torch.tensor([[0,1],[1,1]])", nn::EmbeddingBag::from_pretrained(tensor({{1., 2.}, {3., 4.}}), {.freeze = false})),
    CASE("nn.EmbeddingBag.from_pretrained(torch.tensor([[1.,2.],[3.,4.]]),False,mode='sum',padding_idx=1)", "torch.tensor([[0,1],[1,1]])", nn::EmbeddingBag::from_pretrained(tensor({{1., 2.}, {3., 4.}}), false, {.mode = "sum", .padding_idx = 1})),
    // ---- recurrent
    CASE("nn.RNN(3,4)", "randn(5,2,3)", nn::RNN(3, 4)),
    CASE("nn.RNN(3,4,2,nonlinearity='relu',bidirectional=True,dropout=0.3)", "randn(5,2,3); randn(4,2,4)", nn::RNN(3, 4, 2, {.nonlinearity = "relu", .dropout = 0.3, .bidirectional = true})),
    CASE("nn.RNN(3,4,bias=False,batch_first=True)", "randn(2,5,3)", nn::RNN(3, 4, {.bias = false, .batch_first = true})),
    CASE("nn.LSTM(3,4)", "randn(5,2,3)", nn::LSTM(3, 4)),
    CALL("nn.LSTM(3,4,2,batch_first=True,dropout=0.4,bidirectional=True)", "randn(2,5,3); randn(4,2,4); randn(4,2,4)", "m(x[0],(x[1],x[2]))", nn::LSTM(3, 4, 2, {.batch_first = true, .dropout = 0.4, .bidirectional = true}), with_state),
    CASE("nn.LSTM(3,4,bias=False)", "randn(5,3)", nn::LSTM(3, 4, {.bias = false})),
    CASE("nn.LSTM(3,4,proj_size=2)", "randn(5,2,3)", nn::LSTM(3, 4, {.proj_size = 2})),
    CALL("nn.LSTM(3,4,2,bias=False,batch_first=True,bidirectional=True,proj_size=3)", "randn(2,5,3); randn(4,2,3); randn(4,2,4)", "m(x[0],(x[1],x[2]))", nn::LSTM(3, 4, 2, {.bias = false, .batch_first = true, .bidirectional = true, .proj_size = 3}), with_state),
    CASE("nn.GRU(3,4)", "randn(5,2,3)", nn::GRU(3, 4)),
    CASE("nn.GRU(3,4,num_layers=3,bidirectional=True,dropout=0.2)", "randn(5,3); randn(6,4)", nn::GRU(3, 4, {.num_layers = 3, .dropout = 0.2, .bidirectional = true})),
    CASE("nn.RNNCell(3,4)", "randn(2,3); randn(2,4)", nn::RNNCell(3, 4)),
    CASE("nn.RNNCell(3,4,bias=False,nonlinearity='relu')", "randn(3)", nn::RNNCell(3, 4, {.bias = false, .nonlinearity = "relu"})),
    CALL("nn.LSTMCell(3,4)", "randn(2,3); randn(2,4); randn(2,4)", "m(x[0],(x[1],x[2]))", nn::LSTMCell(3, 4), with_state),
    CASE("nn.GRUCell(3,4)", "randn(2,3)", nn::GRUCell(3, 4)),
    CALL("nn.RNN(3,4)", "randn(4,3,3)", "m(" PACKED ")", nn::RNN(3, 4), of_packed),
    CALL("nn.RNN(3,4,2,nonlinearity='relu',bias=False,bidirectional=True,dropout=0.3)", "randn(4,3,3); randn(4,3,4)", "m(" PACKED ",x[1])", nn::RNN(3, 4, 2, {.nonlinearity = "relu", .bias = false, .dropout = 0.3, .bidirectional = true}), of_packed_and_state),
    CALL("nn.LSTM(3,4)", "randn(4,3,3)", "m(" PACKED ")", nn::LSTM(3, 4), of_packed),
    CALL("nn.LSTM(3,4,2,dropout=0.4,bidirectional=True)", "randn(4,3,3); randn(4,3,4); randn(4,3,4)", "m(" PACKED ",(x[1],x[2]))", nn::LSTM(3, 4, 2, {.dropout = 0.4, .bidirectional = true}), of_packed_and_states),
    CALL("nn.LSTM(3,4,2,bias=False,batch_first=True,bidirectional=True,proj_size=3)", "randn(4,3,3); randn(4,3,3); randn(4,3,4)", "m(" PACKED ",(x[1],x[2]))", nn::LSTM(3, 4, 2, {.bias = false, .batch_first = true, .bidirectional = true, .proj_size = 3}), of_packed_and_states),
    CALL("nn.GRU(3,4,3,dropout=0.2,bidirectional=True)", "randn(4,3,3); randn(6,3,4)", "m(" PACKED ",hx=x[1])", nn::GRU(3, 4, 3, {.dropout = 0.2, .bidirectional = true}), [](const auto& m, const TensorList& x) { return m(packed(x[0], {2, 4, 1}), {.hx = x[1]}); }),
    CALL("nn.GRU(3,4)", "randn(4,3,3)", "m(rnn.pack_sequence([x[0][:,0],x[0][:2,1]]))", nn::GRU(3, 4), [](const auto& m, const TensorList& x) { return m(rnn::pack_sequence({x[0][all, 0], x[0][Slice(none, 2), 1]})); }),
    CALL("nn.LSTM(3,4,batch_first=True)", "randn(3,4,3)", "rnn.pad_packed_sequence(m(rnn.pack_padded_sequence(x[0],[4,2,1],batch_first=True))[0],batch_first=True)", nn::LSTM(3, 4, {.batch_first = true}), [](const auto& m, const TensorList& x) { return rnn::pad_packed_sequence(std::get<0>(m(rnn::pack_padded_sequence(x[0], {4, 2, 1}, {.batch_first = true}))), {.batch_first = true}); }),
    CALL("nn.LSTM(3,4)", "randn(4,2,3); randn(1,2,4); randn(1,2,4)", "m(x[0],hx=(x[1],x[2]))", nn::LSTM(3, 4), [](const auto& m, const TensorList& x) { return m(x[0], {.hx = {x[1], x[2]}}); }),
    CALL("nn.RNN(3,4)", "randn(4,2,3); randn(1,2,4)", "m(x[0],hx=x[1])", nn::RNN(3, 4), [](const auto& m, const TensorList& x) { return m(x[0], {.hx = x[1]}); }),
    CALL("nn.GRUCell(3,4)", "randn(2,3); randn(2,4)", "m(x[0],hx=x[1])", nn::GRUCell(3, 4), [](const auto& m, const TensorList& x) { return m(x[0], {.hx = x[1]}); }),
    CALL("nn.LSTMCell(3,4)", "randn(2,3); randn(2,4); randn(2,4)", "m(x[0],hx=(x[1],x[2]))", nn::LSTMCell(3, 4), [](const auto& m, const TensorList& x) { return m(x[0], {.hx = {x[1], x[2]}}); }),
    // ---- attention
    CASE("nn.MultiheadAttention(6,3)", "randn(4,2,6); randn(5,2,6); randn(5,2,6)", nn::MultiheadAttention(6, 3)),
    CASE("nn.MultiheadAttention(6,2,dropout=0.3,bias=False,batch_first=True)", "randn(2,4,6); randn(2,5,6); randn(2,5,6)", nn::MultiheadAttention(6, 2, {.dropout = 0.3, .bias = false, .batch_first = true})),
    CASE("nn.MultiheadAttention(6,3,add_bias_kv=True)", "randn(4,2,6); randn(5,2,6); randn(5,2,6)", nn::MultiheadAttention(6, 3, {.add_bias_kv = true})),
    CASE("nn.MultiheadAttention(6,2,add_zero_attn=True)", "randn(4,6); randn(5,6); randn(5,6)", nn::MultiheadAttention(6, 2, {.add_zero_attn = true})),
    CALL("nn.MultiheadAttention(6,2,add_bias_kv=True,add_zero_attn=True,batch_first=True)", "randn(2,3,6); !torch.tensor([[0,0,1],[0,0,0]]).bool()", "m(x[0],x[0],x[0],key_padding_mask=x[1],attn_mask=torch.ones(3,3).triu(1).bool())", nn::MultiheadAttention(6, 2, {.add_bias_kv = true, .add_zero_attn = true, .batch_first = true}),
        [](const auto& m, const TensorList& x) { return m(x[0], x[0], x[0], {.key_padding_mask = x[1], .attn_mask = ones({3, 3}).triu(1).to(bool_)}); }),
    CASE("nn.MultiheadAttention(6,2,kdim=3,vdim=5)", "randn(4,6); randn(7,3); randn(7,5)", nn::MultiheadAttention(6, 2, {.kdim = 3, .vdim = 5})),
    CALL("nn.MultiheadAttention(6,2,batch_first=True)", "randn(2,3,6); !torch.tensor([[0,0,1],[0,0,0]]).bool()", "m(x[0],x[0],x[0],key_padding_mask=x[1],attn_mask=torch.ones(3,3).triu(1).bool(),average_attn_weights=False)", nn::MultiheadAttention(6, 2, {.batch_first = true}),
        [](const auto& m, const TensorList& x) { return m(x[0], x[0], x[0], {.key_padding_mask = x[1], .attn_mask = ones({3, 3}).triu(1).to(bool_), .average_attn_weights = false}); }),
    CALL("nn.MultiheadAttention(6,2)", "randn(3,2,6); randn(4,3,3)", "m(x[0],x[0],x[0],need_weights=False,attn_mask=x[1])", nn::MultiheadAttention(6, 2),
        [](const auto& m, const TensorList& x) { return m(x[0], x[0], x[0], {.need_weights = false, .attn_mask = x[1], .is_causal = true}); }),
    CALL("nn.TransformerEncoderLayer(6,2,dim_feedforward=5)", "randn(4,2,6); randn(4,4)", "m(x[0],src_mask=x[1])", nn::TransformerEncoderLayer(6, 2, {.dim_feedforward = 5}), [](const auto& m, const TensorList& x) { return m(x[0], {.src_mask = x[1], .is_causal = true}); }),
    CASE("nn.TransformerEncoderLayer(6,3,dim_feedforward=5,dropout=0.3,activation='gelu',batch_first=True,norm_first=True)", "randn(2,4,6)", nn::TransformerEncoderLayer(6, 3, {.dim_feedforward = 5, .dropout = 0.3, .activation = "gelu", .batch_first = true, .norm_first = true})),
    CASE("nn.TransformerEncoder(nn.TransformerEncoderLayer(6,2,5,0.2),2,nn.LayerNorm(6))", "randn(4,2,6)", nn::TransformerEncoder(nn::TransformerEncoderLayer(6, 2, 5, 0.2), 2, nn::LayerNorm(6))),
    CASE("nn.TransformerDecoderLayer(6,3,5)", "randn(4,2,6); randn(3,2,6)", nn::TransformerDecoderLayer(6, 3, 5)),
    CALL("nn.TransformerDecoderLayer(6,2,5,0.3,'gelu',batch_first=True,norm_first=True)", "randn(2,4,6); randn(2,3,6)", "m(x[0],x[1],nn.Transformer.generate_square_subsequent_mask(4).to(x[0].dtype),memory_key_padding_mask=torch.tensor([[0,0,1],[0,0,0]]).bool())", nn::TransformerDecoderLayer(6, 2, 5, 0.3, "gelu", {.batch_first = true, .norm_first = true}), [](const auto& m, const TensorList& x) { return m(x[0], x[1], nn::Transformer::generate_square_subsequent_mask(4, {.dtype = x[0].dtype()}), {.memory_key_padding_mask = tensor({{0, 0, 1}, {0, 0, 0}}).to(bool_)}); }),
    CASE("nn.TransformerDecoderLayer(6,2,5,0.0,nn.ELU(0.5))", "randn(4,6); randn(3,6)", nn::TransformerDecoderLayer(6, 2, 5, 0.0, nn::ELU(0.5))),
    CALL("nn.TransformerDecoder(nn.TransformerDecoderLayer(6,2,5,0.2),2,norm=nn.LayerNorm(6))", "randn(4,2,6); randn(3,2,6)", "m(x[0],x[1],memory_mask=torch.ones(4,3).tril().bool().logical_not(),tgt_key_padding_mask=torch.tensor([[0,0,0,1],[0,0,1,1]]).bool())", nn::TransformerDecoder(nn::TransformerDecoderLayer(6, 2, 5, 0.2), 2, {.norm = nn::LayerNorm(6)}), [](const auto& m, const TensorList& x) { return m(x[0], x[1], {.memory_mask = ones({4, 3}).tril().to(bool_).logical_not(), .tgt_key_padding_mask = tensor({{0, 0, 0, 1}, {0, 0, 1, 1}}).to(bool_)}); }),
    CASE("nn.Transformer(4,2,2,1,6,0.)", "randn(4,2,4); randn(3,2,4)", nn::Transformer(4, 2, 2, 1, 6, 0.)),
    CALL("nn.Transformer(d_model=4,nhead=1,num_encoder_layers=1,num_decoder_layers=2,dim_feedforward=5,dropout=0.2,activation=F.gelu,batch_first=True,norm_first=True)", "randn(2,4,4); randn(2,3,4)", "m(x[0],x[1],tgt_mask=m.generate_square_subsequent_mask(3).to(x[0].dtype),src_key_padding_mask=torch.tensor([[0,0,0,1],[0,0,1,1]]).bool(),memory_key_padding_mask=torch.tensor([[0,0,0,1],[0,0,1,1]]).bool())", nn::Transformer({.d_model = 4, .nhead = 1, .num_encoder_layers = 1, .num_decoder_layers = 2, .dim_feedforward = 5, .dropout = 0.2, .activation = nn::functional::gelu, .batch_first = true, .norm_first = true}), [](const auto& m, const TensorList& x) { const Tensor padding = tensor({{0, 0, 0, 1}, {0, 0, 1, 1}}).to(bool_); return m(x[0], x[1], {.tgt_mask = m.generate_square_subsequent_mask(3).to(x[0].dtype()), .src_key_padding_mask = padding, .memory_key_padding_mask = padding}); }),
    CALL("nn.Transformer(4,2,1,1,5,custom_encoder=nn.TransformerEncoder(nn.TransformerEncoderLayer(4,2,5),2))", "randn(4,4); randn(3,4)", "m.decoder(x[1],m.encoder(x[0]))", nn::Transformer(4, 2, 1, 1, 5, {.custom_encoder = nn::TransformerEncoder(nn::TransformerEncoderLayer(4, 2, 5), 2)}), [](const auto& m, const TensorList& x) { return m.decoder(x[1], m.encoder(x[0])); }),
    CALL("nn.TransformerEncoder(nn.TransformerEncoderLayer(4,2,5,batch_first=True),2,nn.LayerNorm(4)).requires_grad_(False)", "!randn(2,4,4)", "m(x[0],src_key_padding_mask=torch.tensor([[0,0,1,1],[0,0,0,0]]).bool())", nn::TransformerEncoder(nn::TransformerEncoderLayer(4, 2, 5, {.batch_first = true}), 2, nn::LayerNorm(4)).requires_grad_(false), [](const auto& m, const TensorList& x) { return m(x[0], {.src_key_padding_mask = tensor({{0, 0, 1, 1}, {0, 0, 0, 0}}).to(bool_)}); }),
    CALL("nn.TransformerEncoder(nn.TransformerEncoderLayer(4,2,5,batch_first=True,activation=nn.Tanh()),1).requires_grad_(False)", "!randn(2,4,4)", "m(x[0],src_key_padding_mask=torch.tensor([[0,0,1,1],[0,0,0,0]]).bool())", nn::TransformerEncoder(nn::TransformerEncoderLayer(4, 2, 5, {.activation = nn::Tanh(), .batch_first = true}), 1).requires_grad_(false), [](const auto& m, const TensorList& x) { return m(x[0], {.src_key_padding_mask = tensor({{0, 0, 1, 1}, {0, 0, 0, 0}}).to(bool_)}); }),
    // ---- other sizes
    CASE("nn.PixelShuffle(2)", "randn(2,8,3,4)", nn::PixelShuffle(2)),
    CASE("nn.PixelUnshuffle(2)", "randn(2,2,6,4)", nn::PixelUnshuffle(2)),
    CASE("nn.ChannelShuffle(3)", "!randn(2,6,4,5)", nn::ChannelShuffle(3)),
    CASE("nn.Unfold((2,3),dilation=2,padding=1,stride=(1,2))", "randn(2,3,6,7)", nn::Unfold({2, 3}, {.dilation = 2, .padding = 1, .stride = {1, 2}})),
    CASE("nn.Unfold(2)", "randn(3,4,5)", nn::Unfold(2)),
    CASE("nn.Fold((5,6),(2,3),padding=1,stride=(1,2))", "randn(2,12,18)", nn::Fold({5, 6}, {2, 3}, {.padding = 1, .stride = {1, 2}})),
    CASE("nn.Fold(4,2)", "randn(8,9)", nn::Fold(4, 2)),
    CASE("nn.ConstantPad1d((1,2),3.5)", "randn(2,3,4)", nn::ConstantPad1d({1, 2}, 3.5)),
    CASE("nn.ConstantPad2d(1,value=2)", "randn(2,3,4,5)", nn::ConstantPad2d(1, 2)),
    CASE("nn.ConstantPad3d((1,0,2,-1,0,1),-1.0)", "randn(2,3,3,4,5)", nn::ConstantPad3d({1, 0, 2, -1, 0, 1}, -1.0)),
    CASE("nn.ReflectionPad1d((2,1))", "randn(2,3,4)", nn::ReflectionPad1d({2, 1})),
    CASE("nn.ReflectionPad3d((1,0,2,1,0,1))", "randn(2,3,3,4,5)", nn::ReflectionPad3d({1, 0, 2, 1, 0, 1})),
    CASE("nn.ReplicationPad1d(2)", "randn(3,4)", nn::ReplicationPad1d(2)),
    CASE("nn.ReplicationPad3d(1)", "randn(2,3,2,3,4)", nn::ReplicationPad3d(1)),
    CASE("nn.ZeroPad2d((1,2,0,3))", "randn(2,3,4,5)", nn::ZeroPad2d({1, 2, 0, 3})),
    CASE("nn.ReflectionPad2d(2)", "randn(2,3,4,5)", nn::ReflectionPad2d(2)),
    CASE("nn.ReplicationPad2d((1,2,0,3))", "randn(3,4,5)", nn::ReplicationPad2d({1, 2, 0, 3})),
    CASE("nn.Upsample(scale_factor=2)", "randn(2,3,4,5)", nn::Upsample({.scale_factor = 2})),
    CASE("nn.Upsample(size=(7,3))", "randn(2,3,4,5)", nn::Upsample({.size = Sizes{7, 3}})),
    CASE("nn.Upsample(scale_factor=2,mode='bilinear')", "randn(2,3,4,5)", nn::Upsample({.scale_factor = 2, .mode = "bilinear"})),
    CASE("nn.Upsample(size=9,mode='linear',align_corners=True)", "randn(2,3,4)", nn::Upsample({.size = 9, .mode = "linear", .align_corners = true})),
    CASE("nn.Upsample(scale_factor=(2,1.5,3),mode='trilinear',align_corners=False)", "randn(1,2,2,4,3)", nn::Upsample({.scale_factor = {2, 1.5, 3}, .mode = "trilinear", .align_corners = false})),
    CASE("nn.Upsample(size=(7,3),mode='bicubic',align_corners=True)", "randn(2,3,4,5)", nn::Upsample({.size = {7, 3}, .mode = "bicubic", .align_corners = true})),
    CASE("nn.Upsample(scale_factor=1.7,mode='bicubic',recompute_scale_factor=True)", "randn(2,3,4,5)", nn::Upsample({.scale_factor = 1.7, .mode = "bicubic", .recompute_scale_factor = true})),
    CASE("nn.Upsample(scale_factor=2.5,mode='nearest-exact')", "randn(2,3,2,3,4)", nn::Upsample({.scale_factor = 2.5, .mode = "nearest-exact"})),
    CASE("nn.Upsample(size=3,mode='area')", "randn(2,3,5,4)", nn::Upsample({.size = 3, .mode = "area"})),
    CASE("nn.UpsamplingNearest2d(scale_factor=2)", "randn(2,3,4,5)", nn::UpsamplingNearest2d({.scale_factor = 2})),
    CASE("nn.UpsamplingBilinear2d(size=(7,3))", "randn(2,3,4,5)", nn::UpsamplingBilinear2d({.size = {7, 3}})),
    CASE("nn.UpsamplingBilinear2d(scale_factor=3)", "randn(2,3,4,5)", nn::UpsamplingBilinear2d({.scale_factor = 3})),
    // ---- losses
    CASE("nn.L1Loss()", "randn(3,5); randn(3,5)", nn::L1Loss()),
    CASE("nn.MSELoss(reduction='sum')", "randn(3,5); randn(3,5)", nn::MSELoss({.reduction = "sum"})),
    CASE("nn.SmoothL1Loss(beta=0.7)", "randn(3,5); randn(3,5)", nn::SmoothL1Loss({.beta = 0.7})),
    CASE("nn.HuberLoss(delta=0.7)", "randn(3,5); randn(3,5)", nn::HuberLoss({.delta = 0.7})),
    CASE("nn.BCELoss(reduction='none')", "rand(3,5); !rand(3,5)", nn::BCELoss({.reduction = "none"})),
    CASE("nn.BCEWithLogitsLoss()", "randn(3,5); !rand(3,5)", nn::BCEWithLogitsLoss()),
    CASE("nn.NLLLoss()", "randn(3,5); randint(5,3)", nn::NLLLoss()),
    CASE("nn.CrossEntropyLoss()", "randn(3,5); randint(5,3)", nn::CrossEntropyLoss()),
    CASE("nn.CrossEntropyLoss(ignore_index=2,label_smoothing=0.1)", "randn(6,5); randint(5,6)", nn::CrossEntropyLoss({.ignore_index = 2, .label_smoothing = 0.1})),
    CASE("nn.CrossEntropyLoss(reduction='none')", "randn(2,5,3); !rand(2,5,3)", nn::CrossEntropyLoss({.reduction = "none"})),
    CASE("nn.CrossEntropyLoss(weight=torch.tensor([.1,.2,.3]),label_smoothing=0.2)", "randn(6,3); randint(3,6)", nn::CrossEntropyLoss({.weight = tensor({.1, .2, .3}), .label_smoothing = 0.2})),
    CASE("nn.NLLLoss(torch.tensor([.1,.2,.3]))", "randn(2,3,4); randint(3,2,4)", nn::NLLLoss(tensor({.1, .2, .3}))),
    CASE("nn.BCELoss(torch.tensor([.1,.2,.3]))", "rand(2,3); !rand(2,3)", nn::BCELoss(tensor({.1, .2, .3}))),
    CASE("nn.BCEWithLogitsLoss(pos_weight=torch.tensor([.1,2,3]))", "randn(2,3); !rand(2,3)", nn::BCEWithLogitsLoss({.pos_weight = tensor({.1, 2., 3.})})),
    CASE("nn.KLDivLoss(reduction='batchmean')", "randn(3,5); !rand(3,5)", nn::KLDivLoss({.reduction = "batchmean"})),
    CASE("nn.KLDivLoss(log_target=True)", "randn(3,5); !randn(3,5)", nn::KLDivLoss({.log_target = true})),
    CASE("nn.HingeEmbeddingLoss(0.7)", "randn(3,5); sign(3,5)", nn::HingeEmbeddingLoss(0.7)),
    CASE("nn.CosineEmbeddingLoss(0.1)", "randn(3,5); randn(3,5); sign(3)", nn::CosineEmbeddingLoss(0.1)),
    CASE("nn.TripletMarginLoss(swap=True)", "randn(3,5); randn(3,5); randn(3,5)", nn::TripletMarginLoss({.swap = true})),
    CALL("nn.CTCLoss()", "randn(5,2,4); torch.tensor([[1,2],[3,3]])", "m(x[0].log_softmax(2),x[1],(5,4),(2,1))", nn::CTCLoss(), [](const auto& m, const TensorList& x) { return m(x[0].log_softmax(2), x[1], {5, 4}, {2, 1}); }),
    CASE4("nn.CTCLoss(blank=3,reduction='none',zero_infinity=True)", "randn(5,2,4); torch.tensor([1,1,2,0]); torch.tensor([5,2]); torch.tensor([1,3])", nn::CTCLoss(3, {.reduction = "none", .zero_infinity = true})),
    CASE4("nn.CTCLoss(reduction='sum')", "randn(5,4); torch.tensor([1,1]); torch.tensor(5); torch.tensor(2)", nn::CTCLoss({.reduction = "sum"})),
    // ---- losses of margins and likelihoods
    CASE("nn.MarginRankingLoss(0.3)", "randn(3,5); randn(3,5); !sign(3,5)", nn::MarginRankingLoss(0.3)),
    CASE("nn.MarginRankingLoss(reduction='none')", "randn(3,5); randn(3,1); !sign(1,5)", nn::MarginRankingLoss({.reduction = "none"})),
    CASE("nn.MultiMarginLoss()", "randn(4,5); randint(5,4)", nn::MultiMarginLoss()),
    CASE("nn.MultiMarginLoss(2,0.7,torch.tensor([.1,.2,.3]),reduction='none')", "randn(4,3); randint(3,4)", nn::MultiMarginLoss(2, 0.7, tensor({.1, .2, .3}), {.reduction = "none"})),
    CASE("nn.MultiMarginLoss(p=2,reduction='sum')", "randn(5); randint(5,1)", nn::MultiMarginLoss({.p = 2, .reduction = "sum"})),
    CASE("nn.MultiLabelMarginLoss()", "randn(3,4); !torch.tensor([[3,0,-1,1],[-1,2,1,0],[1,1,0,2]])", nn::MultiLabelMarginLoss()),
    CASE("nn.MultiLabelMarginLoss(reduction='none')", "randn(4); !torch.tensor([3,0,-1,1])", nn::MultiLabelMarginLoss({.reduction = "none"})),
    CASE("nn.SoftMarginLoss()", "randn(3,5); !sign(3,5)", nn::SoftMarginLoss()),
    CASE("nn.MultiLabelSoftMarginLoss(torch.tensor([.1,.2,.3]))", "randn(5,3); !rand(5,3)", nn::MultiLabelSoftMarginLoss(tensor({.1, .2, .3}))),
    CASE("nn.MultiLabelSoftMarginLoss(reduction='none')", "randn(2,5,3); !rand(2,5,3)", nn::MultiLabelSoftMarginLoss({.reduction = "none"})),
    CASE("nn.PoissonNLLLoss()", "randn(3,5); !rand(3,5)*5", nn::PoissonNLLLoss()),
    CASE("nn.PoissonNLLLoss(log_input=False,full=True,eps=1e-3,reduction='none')", "rand(3,5); !rand(3,5)*5", nn::PoissonNLLLoss({.log_input = false, .full = true, .eps = 1e-3, .reduction = "none"})),
    CASE("nn.GaussianNLLLoss()", "randn(3,5); randn(3,5); rand(3,5)", nn::GaussianNLLLoss()),
    CASE("nn.GaussianNLLLoss(full=True,eps=0.5,reduction='sum')", "randn(3,5); randn(3,5); rand(3)", nn::GaussianNLLLoss({.full = true, .eps = 0.5, .reduction = "sum"})),
    CASE("nn.TripletMarginWithDistanceLoss()", "randn(3,5); randn(3,5); randn(3,5)", nn::TripletMarginWithDistanceLoss()),
    CASE("nn.TripletMarginWithDistanceLoss(distance_function=nn.PairwiseDistance(1),swap=True,margin=0.5)", "randn(3,5); randn(3,5); randn(3,5)", nn::TripletMarginWithDistanceLoss({.distance_function = nn::PairwiseDistance(1), .margin = 0.5, .swap = true})),
    CASE("nn.TripletMarginWithDistanceLoss(distance_function=lambda a,b: 1-torch.cosine_similarity(a,b),reduction='none')", "randn(3,5); randn(3,5); randn(3,5)", nn::TripletMarginWithDistanceLoss({.distance_function = [](const Tensor& a, const Tensor& b) { return 1 - nn::functional::cosine_similarity(a, b); }, .reduction = "none"})),
    CASE("nn.NLLLoss2d()", "randn(2,3,4,5); randint(3,2,4,5)", nn::NLLLoss2d()),
    CALL("nn.AdaptiveLogSoftmaxWithLoss(8,12,[3,7],div_value=2.)", "randn(9,8); randint(12,9)", "(*m(*x), m.log_prob(x[0]), m.predict(x[0]))", nn::AdaptiveLogSoftmaxWithLoss(8, 12, {3, 7}, {.div_value = 2.}), adaptive),
    CALL("nn.AdaptiveLogSoftmaxWithLoss(16,12,[3,7,11],2.,True)", "randn(2,16); torch.tensor([0,11])", "(*m(*x), m.log_prob(x[0]), m.predict(x[0]))", nn::AdaptiveLogSoftmaxWithLoss(16, 12, {3, 7, 11}, 2., true), adaptive),
    // ---- of two inputs, and of channels
    CASE("nn.CosineSimilarity()", "randn(3,5); randn(3,5)", nn::CosineSimilarity()),
    CASE("nn.CosineSimilarity(dim=-1,eps=0.5)", "randn(2,3,5)*0.1; randn(5)", nn::CosineSimilarity(-1, 0.5)),
    CASE("nn.PairwiseDistance()", "randn(3,5); randn(3,5)", nn::PairwiseDistance()),
    CASE("nn.PairwiseDistance(p=1,keepdim=True)", "randn(3,5); randn(5)", nn::PairwiseDistance(1, {.keepdim = true})),
    CASE("nn.Bilinear(3,4,5)", "randn(2,3); randn(2,4)", nn::Bilinear(3, 4, 5)),
    CASE("nn.Bilinear(3,4,5,bias=False)", "randn(2,6,3); randn(2,6,4)", nn::Bilinear(3, 4, 5, {.bias = false})),
    CASE("nn.Softmax2d()", "randn(2,3,4,5)", nn::Softmax2d()),
    CASE("nn.FeatureAlphaDropout(0.4)", "randn(4,5,3)", nn::FeatureAlphaDropout(0.4)),
    // ---- lazy ones, after their first input
    CASE("used(nn.LazyLinear(3),torch.ones(2,5))", "randn(4,5)", used(nn::LazyLinear(3), ones({2, 5}))),
    CASE("used(nn.LazyLinear(3,bias=False),torch.ones(2,4,5))", "randn(5)", used(nn::LazyLinear(3, {.bias = false}), ones({2, 4, 5}))),
    CASE("used(nn.LazyConv1d(4,3,padding=1,groups=2),torch.ones(2,6,5))", "randn(2,6,7)", used(nn::LazyConv1d(4, 3, {.padding = 1, .groups = 2}), ones({2, 6, 5}))),
    CASE("used(nn.LazyConv2d(4,(3,2),bias=False,padding_mode='circular',padding=1),torch.ones(1,2,5,5))", "randn(2,2,7,6)", used(nn::LazyConv2d(4, {3, 2}, {.padding = 1, .bias = false, .padding_mode = "circular"}), ones({1, 2, 5, 5}))),
    CASE("used(nn.LazyConvTranspose1d(4,3,stride=2),torch.ones(1,6,5))", "randn(2,6,7)", used(nn::LazyConvTranspose1d(4, 3, {.stride = 2}), ones({1, 6, 5}))),
    CASE("used(nn.LazyConvTranspose2d(4,3,2,1,1,groups=2),torch.ones(6,5,5))", "randn(2,6,3,4)", used(nn::LazyConvTranspose2d(4, 3, 2, 1, 1, {.groups = 2}), ones({6, 5, 5}))),
    CASE("used(nn.LazyConv3d(4,2),torch.ones(1,2,3,3,3))", "randn(2,2,3,4,3)", used(nn::LazyConv3d(4, 2), ones({1, 2, 3, 3, 3}))),
    CASE("used(nn.LazyConvTranspose3d(2,2,stride=2),torch.ones(1,2,3,3,3))", "randn(2,2,2,3,2)", used(nn::LazyConvTranspose3d(2, 2, {.stride = 2}), ones({1, 2, 3, 3, 3}))),
    CASE("used(nn.LazyBatchNorm3d(),torch.ones(2,3,2,2,2))", "randn(4,3,2,2,2)", used(nn::LazyBatchNorm3d(), ones({2, 3, 2, 2, 2}))),
    CASE("used(nn.LazyInstanceNorm3d(),torch.ones(2,3,2,2,2))", "randn(4,3,2,2,2)", used(nn::LazyInstanceNorm3d(), ones({2, 3, 2, 2, 2}))),
    CASE("used(nn.LazyBatchNorm1d(),torch.ones(4,3))", "randn(4,3,2)", used(nn::LazyBatchNorm1d(), ones({4, 3}))),
    CASE("used(nn.LazyBatchNorm2d(1e-3,None,affine=False),torch.ones(4,3,2,2))", "randn(4,3,2,3)", used(nn::LazyBatchNorm2d(1e-3, None, {.affine = false}), ones({4, 3, 2, 2}))),
    CASE("used(nn.LazyInstanceNorm1d(),torch.randn(4,3,2))", "randn(4,3,5)", used(nn::LazyInstanceNorm1d(), randn({4, 3, 2}))),
    CASE("used(nn.LazyInstanceNorm2d(affine=False,track_running_stats=False),torch.ones(4,3,2,2))", "randn(4,3,2,3)", used(nn::LazyInstanceNorm2d({.affine = false, .track_running_stats = false}), ones({4, 3, 2, 2}))),
    CASE("used(nn.Sequential(nn.LazyConv2d(4,3),nn.LazyBatchNorm2d(),nn.ReLU(),nn.Flatten(),nn.LazyLinear(5),nn.Linear(5,2)),torch.ones(2,1,6,6))", "randn(3,1,6,6)", used(nn::Sequential{nn::LazyConv2d(4, 3), nn::LazyBatchNorm2d(), nn::ReLU(), nn::Flatten(), nn::LazyLinear(5), nn::Linear(5, 2)}, ones({2, 1, 6, 6}))),
    // ---- normed and parametrized weights
    CASE("nn.utils.weight_norm(nn.Linear(5,3))", "randn(4,5)", nn::utils::weight_norm(nn::Linear(5, 3))),
    CASE("nn.utils.weight_norm(nn.Linear(5,3),dim=None)", "randn(4,5)", nn::utils::weight_norm(nn::Linear(5, 3), {.dim = std::nullopt})),
    CASE("nn.utils.weight_norm(nn.Conv2d(2,3,3),'weight',1)", "randn(2,2,5,5)", nn::utils::weight_norm(nn::Conv2d(2, 3, 3), "weight", 1)),
    CASE("nn.utils.weight_norm(nn.Conv1d(2,3,3,bias=False),dim=2)", "randn(2,2,5)", nn::utils::weight_norm(nn::Conv1d(2, 3, 3, {.bias = false}), {.dim = 2})),
    CASE("nn.utils.weight_norm(nn.GRU(3,4),'weight_hh_l0')", "randn(5,2,3)", nn::utils::weight_norm(nn::GRU(3, 4), "weight_hh_l0")),
    CASE("nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(5,3)))", "randn(4,5)", nn::utils::remove_weight_norm(nn::utils::weight_norm(nn::Linear(5, 3)))),
    CASE("nn.utils.spectral_norm(nn.Linear(5,3))", "randn(4,5)", nn::utils::spectral_norm(nn::Linear(5, 3))),
    CASE("nn.utils.spectral_norm(nn.Conv2d(2,3,3,bias=False),n_power_iterations=3)", "randn(2,2,5,5)", nn::utils::spectral_norm(nn::Conv2d(2, 3, 3, {.bias = false}), {.n_power_iterations = 3})),
    CASE("nn.utils.spectral_norm(nn.ConvTranspose2d(2,3,3))", "randn(2,2,5,5)", nn::utils::spectral_norm(nn::ConvTranspose2d(2, 3, 3))),
    CASE("nn.utils.spectral_norm(nn.Embedding(5,3),'weight',2,1e-6,1)", "randint(5,4)", nn::utils::spectral_norm(nn::Embedding(5, 3), "weight", 2, 1e-6, 1)),
    CASE("nn.Sequential(nn.utils.spectral_norm(nn.Conv2d(1,4,3)),nn.LeakyReLU(0.2),nn.Flatten(),nn.utils.weight_norm(nn.Linear(64,1)))", "randn(2,1,6,6)", nn::Sequential{nn::utils::spectral_norm(nn::Conv2d(1, 4, 3)), nn::LeakyReLU(0.2), nn::Flatten(), nn::utils::weight_norm(nn::Linear(64, 1))}),
    CASE("P.register_parametrization(nn.Linear(4,4),'weight',Symmetric())", "randn(3,4)", P::register_parametrization(nn::Linear(4, 4), "weight", Symmetric())),
    CASE("P.register_parametrization(nn.Linear(4,3),'weight',RankOne())", "randn(3,4)", P::register_parametrization(nn::Linear(4, 3), "weight", RankOne())),
    CASE("P.register_parametrization(P.register_parametrization(nn.Linear(4,4,bias=False),'weight',Symmetric()),'weight',Twice())", "randn(3,4)", P::register_parametrization(P::register_parametrization(nn::Linear(4, 4, {.bias = false}), "weight", Symmetric()), "weight", Twice())),
    CASE("P.register_parametrization(P.register_parametrization(nn.Linear(4,4),'bias',Twice()),'weight',Symmetric())", "randn(3,4)", P::register_parametrization(P::register_parametrization(nn::Linear(4, 4), "bias", Twice()), "weight", Symmetric())),
    CASE("P.register_parametrization(nn.BatchNorm1d(4),'running_mean',Twice())", "randn(3,4)", P::register_parametrization(nn::BatchNorm1d(4), "running_mean", Twice())),
    CASE("P.remove_parametrizations(P.register_parametrization(nn.Linear(4,4),'weight',Symmetric()),'weight')", "randn(3,4)", P::remove_parametrizations(P::register_parametrization(nn::Linear(4, 4), "weight", Symmetric()), "weight")),
    CASE("P.remove_parametrizations(P.register_parametrization(nn.Linear(4,4),'weight',Symmetric()),'weight',False)", "randn(3,4)", P::remove_parametrizations(P::register_parametrization(nn::Linear(4, 4), "weight", Symmetric()), "weight", false)),
    CASE("P.remove_parametrizations(P.register_parametrization(nn.Linear(4,3),'weight',RankOne()),'weight')", "randn(3,4)", P::remove_parametrizations(P::register_parametrization(nn::Linear(4, 3), "weight", RankOne()), "weight")),
    CASE("nn.utils.parametrizations.spectral_norm(nn.Linear(5,3))", "randn(4,5)", nn::utils::parametrizations::spectral_norm(nn::Linear(5, 3))),
    CASE("nn.utils.parametrizations.spectral_norm(nn.ConvTranspose1d(2,3,3),n_power_iterations=2)", "randn(2,2,5)", nn::utils::parametrizations::spectral_norm(nn::ConvTranspose1d(2, 3, 3), {.n_power_iterations = 2})),
    CASE("nn.utils.parametrizations.spectral_norm(nn.Linear(5,3),'bias')", "randn(4,5)", nn::utils::parametrizations::spectral_norm(nn::Linear(5, 3), "bias")),
    CASE("P.remove_parametrizations(nn.utils.parametrizations.spectral_norm(nn.Linear(5,3)).eval(),'weight',False).train()", "randn(4,5)", P::remove_parametrizations(nn::utils::parametrizations::spectral_norm(nn::Linear(5, 3)).eval(), "weight", false).train()),
    CASE("weight_norm_of_2(nn.Linear(5,3))", "randn(4,5)", nn::utils::parametrizations::weight_norm(nn::Linear(5, 3))),
    CASE("weight_norm_of_2(nn.Conv2d(2,3,3),None)", "randn(2,2,5,5)", nn::utils::parametrizations::weight_norm(nn::Conv2d(2, 3, 3), {.dim = std::nullopt})),
    CASE("nn.utils.parametrizations.orthogonal(nn.Linear(4,4))", "randn(3,4)", nn::utils::parametrizations::orthogonal(nn::Linear(4, 4))),
    CASE("nn.utils.parametrizations.orthogonal(nn.Linear(5,3))", "randn(3,5)", nn::utils::parametrizations::orthogonal(nn::Linear(5, 3))),
    CASE("nn.utils.parametrizations.orthogonal(nn.Linear(3,5),'weight','cayley')", "randn(3,3)", nn::utils::parametrizations::orthogonal(nn::Linear(3, 5), "weight", "cayley")),
    CASE("nn.utils.parametrizations.orthogonal(nn.Linear(3,5),orthogonal_map='matrix_exp',use_trivialization=False)", "randn(3,3)", nn::utils::parametrizations::orthogonal(nn::Linear(3, 5), {.orthogonal_map = "matrix_exp", .use_trivialization = false})),
    CASE("nn.utils.parametrizations.orthogonal(nn.Linear(5,3),orthogonal_map='householder',use_trivialization=False)", "randn(3,5)", nn::utils::parametrizations::orthogonal(nn::Linear(5, 3), {.orthogonal_map = "householder", .use_trivialization = false})),
    CASE("nn.utils.parametrizations.orthogonal(nn.Conv1d(4,3,2),orthogonal_map='householder')", "randn(2,4,5)", nn::utils::parametrizations::orthogonal(nn::Conv1d(4, 3, 2), {.orthogonal_map = "householder"})),
    CASE("nn.utils.fuse_conv_bn_eval(nn.Conv2d(2,3,3,bias=False).eval(),nn.BatchNorm2d(3).eval())", "randn(2,2,5,5)", nn::utils::fuse_conv_bn_eval(nn::Conv2d(2, 3, 3, {.bias = false}).eval(), nn::BatchNorm2d(3).eval()).train()),
    CASE("nn.utils.fuse_conv_bn_eval(nn.ConvTranspose2d(2,3,3).eval(),nn.BatchNorm2d(3,affine=False).eval(),transpose=True)", "randn(2,2,5,5)", nn::utils::fuse_conv_bn_eval(nn::ConvTranspose2d(2, 3, 3).eval(), nn::BatchNorm2d(3, {.affine = false}).eval(), true).train()),
    CASE("nn.utils.fusion.fuse_linear_bn_eval(nn.Linear(5,3).eval(),nn.BatchNorm1d(3).eval())", "randn(2,5)", nn::utils::fuse_linear_bn_eval(nn::Linear(5, 3).eval(), nn::BatchNorm1d(3).eval()).train()),
    // ---- networks
    CASE("nn.Sequential(nn.Conv2d(1,4,3,bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout2d(0.25), nn.Flatten(), nn.Linear(36,5), nn.LogSoftmax(1))", "randn(3,1,8,8)",
        nn::Sequential(nn::Conv2d(1, 4, 3, {.bias = false}), nn::BatchNorm2d(4), nn::ReLU(), nn::MaxPool2d(2), nn::Dropout2d(0.25), nn::Flatten(), nn::Linear(36, 5), nn::LogSoftmax(1))),
};
// clang-format on

int compared = 0;
double tolerance64 = 1e-13;

/// Whether x is what PyTorch says, within the tolerance of a single op: 4e-6 of max(1, |value|) in float32.
void check_close(const std::string& what, const Tensor& x, const Tensor& wanted) {
    ++compared;
    CAPTURE(what);
    REQUIRE(x.defined());
    REQUIRE(x.dtype() == wanted.dtype());
    REQUIRE(x.shape() == wanted.shape());
    if (!x.is_floating_point()) {
        CHECK(equal(x, wanted));
        return;
    }
    NoGradGuard no_grad;
    Tensor a = x.detach().to(float64), b = wanted.to(float64);
    Tensor error = where(a == b, 0., (a - b).abs() / b.abs().clamp_min(1.));
    if (error.numel() > 0) CHECK(error.max().item() <= (x.dtype() == float32 ? 4e-6 : tolerance64));
}

/// Whether a tensor is not drawn, but made of others by sums.
bool is_computed(const std::string& name) {
    for (const char* end : {"_g", "_u", "_v", "original", "original0", ".base", "running_mean", "running_var"})
        if (name.ends_with(end)) return true;
    return false;
}
void check_state(const std::string& when, const StateDict& state, const StateDict& wanted, bool drawn) {
    CAPTURE(when);
    REQUIRE(state.size() == wanted.size());
    for (auto at = state.begin(), other = wanted.begin(); at != state.end(); ++at, ++other) {
        CHECK(at->first == other->first);
        CAPTURE(at->first);
        CHECK(at->second.shape() == other->second.shape());
        const bool exact = drawn && !is_computed(at->first);
        if (exact) CHECK(equal(at->second, other->second));
        if (!exact) check_close(at->first, at->second, other->second);
        compared += exact;
    }
}

TensorList tensors(const Value& list) {
    TensorList all;
    for (const Value& x : list.list()) all.push_back(x.is_none() ? Tensor() : x.tensor());
    return all;
}

void check_run(Made& made, const Value& wanted) {
    TensorList inputs = tensors(wanted["inputs"]), weights = tensors(wanted["weights"]);
    for (Tensor& x : inputs) x = x.detach();  // which may have a gradient from another run
    for (std::size_t i = 0; i < inputs.size(); ++i)
        inputs[i].requires_grad_(wanted["wants_gradient"][static_cast<std::int64_t>(i)].item<bool>());
    manual_seed(11);
    TensorList outputs = made.call(inputs), theirs = tensors(wanted["outputs"]);
    REQUIRE(outputs.size() == theirs.size());
    Tensor total;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        check_close("output", outputs[i], theirs[i]);
        if (!wanted["differentiable"][static_cast<std::int64_t>(i)].item<bool>()) continue;
        Tensor part = (outputs[i] * weights[i]).sum();
        total = total.defined() ? total + part : part;
    }
    made.module.zero_grad();
    if (total.defined()) total.backward();
    TensorList gradients = tensors(wanted["input_gradients"]);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (gradients[i].defined()) check_close("gradient of an input", inputs[i].grad(), gradients[i]);
    StateDict of_parameters;
    for (const auto& [name, x] : made.module.named_parameters())
        if (x.grad().defined()) of_parameters[name] = x.grad();
    check_state("gradients", of_parameters, wanted["gradients"], false);
    check_state("after", made.module.state_dict(), wanted["after"], false);
}

void check_case(const Case& c, const Value& wanted) {
    manual_seed(7);
    Made made = c.make();
    CHECK(equal(rand({4}), wanted["next"].tensor()));
    CHECK(nn::repr(made.module) == wanted["repr"].string());
    check_state("initial", made.module.state_dict(), wanted["initial"], true);
    for (auto [name, dtype] : {std::pair("float32", float32), std::pair("float64", float64)}) {
        Made fresh = c.make();
        fresh.module.load_state_dict(wanted["state"]);
        fresh.module.to(dtype).train();
        for (const char* mode : {" train", " eval"}) {
            CAPTURE(std::string(name) + mode);
            fresh.module.train(mode == std::string(" train"));
            check_run(fresh, wanted[std::string(name) + mode]);
        }
    }
}

/// Whether a deep copy is PyTorch's module too, and the original stays what it is while the copy is cast and trained.
void check_deepcopy(const Case& c, const Value& wanted) {
    Made original = c.make();
    original.module.load_state_dict(wanted["state"]);
    const StateDict before = copy::deepcopy(original.module.state_dict());
    Made twin = original.deepcopy();
    CHECK(nn::repr(twin.module) == nn::repr(original.module));
    twin.module.to(float64);
    for (const char* mode : {"train", "eval"}) {
        twin.module.train(mode == std::string("train"));
        check_run(twin, wanted[std::string("float64 ") + mode]);
    }
    NoGradGuard no_grad;
    for (const Tensor& x : twin.module.parameters()) x.add_(1);
    for (const Tensor& x : twin.module.buffers()) x.add_(1);
    CHECK(original.module.training());
    for (const Tensor& x : original.module.parameters()) CHECK_FALSE(x.grad().defined());
    check_state("original of a deep copy", original.module.state_dict(), before, true);
    for (const auto& [name, x] : twin.module.state_dict()) CHECK_FALSE(equal(x, before.at(name).to(x.dtype())));
}

}  // namespace

TEST_CASE("every module agrees with PyTorch run beside it") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / fmt::format("taper_modules_{}", std::random_device()());
    fs::create_directory(folder);
    nlohmann::json list;
    for (const Case& c : cases) list.push_back({c.python, c.inputs, c.call});
    std::ofstream(folder / "cases.json") << list;
    const std::string run = fmt::format("/usr/bin/python3 {}/tests/live/modules.py {}/cases.json {}/out.pth",
        TAPER_SOURCE_DIR, folder.string(), folder.string());
    if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    REQUIRE(std::system(run.c_str()) == 0);
    const Value answers = load((folder / "out.pth").string());
    fs::remove_all(folder);
    compared = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        CAPTURE(std::string(cases[i].python));
        // PyTorch's own derivative of hardsigmoid multiplies by 1/6 rounded to float32.
        tolerance64 = cases[i].python == std::string("nn.Hardsigmoid()") ? 1e-7 : 1e-13;
        CHECK_NOTHROW(check_case(cases[i], answers[static_cast<std::int64_t>(i)]));
        CHECK_NOTHROW(check_deepcopy(cases[i], answers[static_cast<std::int64_t>(i)]));
    }
    MESSAGE("modules: " << cases.size() << ", comparisons with PyTorch: " << compared);
}
