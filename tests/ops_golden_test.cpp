// Each op beside what PyTorch 1.13 gave for it: values, gradients, and buffers changed in place.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace taper;
namespace torch = taper;
using nlohmann::json;

namespace {

// The inputs of a case, by the names that the expressions use.
struct Inputs {
    Tensor a, b, c, i, t, w, x, rm, rv;

    Tensor& operator[](const std::string& name) {
        for (auto [own, tensor] : {std::pair("a", &a), {"b", &b}, {"c", &c}, {"i", &i}, {"t", &t}, {"w", &w}, {"x", &x},
                 {"rm", &rm}, {"rv", &rv}})
            if (name == own) return *tensor;
        throw std::out_of_range("no input is called " + name);
    }
};

TensorList both(const ValuesAndIndices& found) { return {found.values, found.indices}; }

// The C++ of each Python expression.
#define ROW(expression, ...)                                           \
    {                                                                  \
        expression, [](Inputs& in) -> TensorList {                     \
            [[maybe_unused]] auto& [a, b, c, i, t, w, x, rm, rv] = in; \
            return {__VA_ARGS__};                                      \
        }                                                              \
    }
const std::map<std::string, TensorList (*)(Inputs&)> rows = {
    // arithmetic and broadcasting
    ROW("a+b", a + b),
    ROW("torch.sub(a,b,alpha=2)", torch::sub(a, b, {.alpha = 2})),
    ROW("a*b", a* b),
    ROW("a/b", a / b),
    ROW("1-a", 1 - a),
    ROW("2/a", 2 / a),
    ROW("a**2", a.pow(2)),
    ROW("a**3", a.pow(3)),
    ROW("a**0.5", a.pow(0.5)),
    ROW("a**0", a.pow(0)),
    ROW("a**b", a.pow(b)),
    ROW("2**a", torch::pow(2, a)),
    ROW("torch.maximum(a,b)", torch::maximum(a, b)),
    ROW("torch.minimum(a,b)", torch::minimum(a, b)),
    ROW("torch.max(torch.zeros_like(a),a)", torch::max(torch::zeros_like(a), a)),
    ROW("torch.max(a,torch.zeros_like(a))", torch::max(a, torch::zeros_like(a))),
    ROW("torch.where(a>0,a,b*2)", torch::where(a > 0, a, b * 2)),
    ROW("a.clamp(-1,2)", a.clamp(-1, 2)),
    ROW("a.clamp(min=0)", a.clamp({.min = 0})),
    ROW("a.clamp(max=2)", a.clamp({.max = 2})),
    ROW("torch.neg(a)", torch::neg(a)),
    ROW("torch.abs(a)", torch::abs(a)),
    ROW("torch.exp(a)", torch::exp(a)),
    ROW("torch.sin(a)", torch::sin(a)),
    ROW("torch.cos(a)", torch::cos(a)),
    ROW("torch.tanh(a)", torch::tanh(a)),
    ROW("torch.sigmoid(a)", torch::sigmoid(a)),
    ROW("torch.sign(a)", torch::sign(a)),
    ROW("torch.floor(a)", torch::floor(a)),
    ROW("torch.square(a)", torch::square(a)),
    ROW("torch.expm1(a)", torch::expm1(a)),
    ROW("torch.erf(a)", torch::erf(a)),
    ROW("torch.relu(a)", torch::relu(a)),
    ROW("torch.log(a)", torch::log(a)),
    ROW("torch.sqrt(a)", torch::sqrt(a)),
    ROW("torch.rsqrt(a)", torch::rsqrt(a)),
    ROW("torch.reciprocal(a)", torch::reciprocal(a)),
    ROW("torch.log1p(a)", torch::log1p(a)),
    ROW("torch.log2(a)", torch::log2(a)),
    ROW("a*a+a", a* a + a),
    // activations
    ROW("F.relu(a)", torch::relu(a)),
    ROW("F.leaky_relu(a,0.01)", torch::ops::leaky_relu(a, 0.01)),
    ROW("F.leaky_relu(a,0.2)", torch::ops::leaky_relu(a, 0.2)),
    ROW("F.elu(a)", torch::ops::elu(a)),
    ROW("F.elu(a,alpha=0.5)", torch::ops::elu(a, 0.5)),
    ROW("F.selu(a)", torch::ops::selu(a)),
    ROW("F.celu(a)", torch::ops::celu(a)),
    ROW("F.celu(a,alpha=1.3)", torch::ops::celu(a, 1.3)),
    ROW("F.gelu(a)", torch::ops::gelu(a)),
    ROW("F.gelu(a,approximate='tanh')", torch::ops::gelu(a, "tanh")),
    ROW("F.silu(a)", torch::ops::silu(a)),
    ROW("F.mish(a)", torch::ops::mish(a)),
    ROW("F.hardtanh(a)", torch::ops::hardtanh(a)),
    ROW("F.hardtanh(a,-2,3)", torch::ops::hardtanh(a, -2, 3)),
    ROW("F.relu6(a)", torch::ops::hardtanh(a, 0, 6)),
    ROW("F.softsign(a)", a / (a.abs() + 1)),
    ROW("F.hardswish(a)", torch::ops::hardswish(a)),
    ROW("F.hardsigmoid(a)", torch::ops::hardsigmoid(a)),
    ROW("F.tanhshrink(a)", a - a.tanh()),
    ROW("F.softshrink(a)", torch::ops::softshrink(a)),
    ROW("F.hardshrink(a)", torch::ops::hardshrink(a)),
    ROW("F.threshold(a,1,-7)", torch::ops::threshold(a, 1, -7)),
    ROW("F.rrelu(a,1/8,1/3,False)", torch::ops::rrelu(a, 1. / 8, 1. / 3, false)),
    ROW("F.softplus(a)", torch::ops::softplus(a)),
    ROW("F.softplus(a,2,5)", torch::ops::softplus(a, 2, 5)),
    ROW("F.logsigmoid(a)", torch::ops::logsigmoid(a)),
    ROW("F.prelu(a,w)", torch::ops::prelu(a, w)),
    ROW("F.rrelu(a,1/8,1/3,True)", torch::ops::rrelu(a, 1. / 8, 1. / 3, true)),
    ROW("F.dropout(a,0.4,True)", torch::ops::dropout(a, 0.4, true)),
    ROW("F.glu(a,1)", a.narrow(1, 0, 2) * a.narrow(1, 2, 2).sigmoid()),
    ROW("a.softmax(1)", a.softmax(1)),
    ROW("a.softmax(0)", a.softmax(0)),
    ROW("a.log_softmax(1)", a.log_softmax(1)),
    // linear algebra
    ROW("a@b", a.matmul(b)),
    ROW("a@b.t()", a.matmul(b.t())),
    ROW("F.linear(x,w,b)", torch::ops::linear(x, w, b)),
    ROW("torch.addmm(c,a,b,beta=0.5,alpha=2)", torch::addmm(c, a, b, {.beta = 0.5, .alpha = 2})),
    ROW("torch.outer(a,b)", torch::outer(a, b)),
    // reductions
    ROW("a.sum()", a.sum()),
    ROW("a.sum(1,keepdim=True)", a.sum(1, true)),
    ROW("a.sum((0,2))", a.sum({0, 2})),
    ROW("a.mean()", a.mean()),
    ROW("a.mean(0)", a.mean(0)),
    ROW("a.var(1)", a.var(1)),
    ROW("a.var(1,unbiased=False)", a.var({.dim = 1, .unbiased = false})),
    ROW("a.std()", a.std()),
    ROW("a.prod()", a.prod()),
    ROW("a.max()", a.max()),
    ROW("a.amax(0)", a.amax(0)),
    ROW("a.max(1)", both(a.max(1))),
    ROW("a.min(1)", both(a.min(1))),
    ROW("a.argmax(1,keepdim=True)", a.argmax(1, true)),
    ROW("a.argmax()", a.argmax()),
    ROW("a.logsumexp(1)", a.logsumexp(1)),
    ROW("a.norm()", a.norm()),
    ROW("a.cumsum(1)", a.cumsum(1)),
    // shapes and views
    ROW("a.t()+b", a.t() + b),
    ROW("a.flip(0)*b", a.flip(0) * b),
    ROW("a.flip(0,1)", a.flip(0, 1)),
    ROW("a[:,::2]*2", a[all, Slice(none, none, 2)] * 2),
    ROW("a[1:,1::2].exp()", a[Slice(1, none), Slice(1, none, 2)].exp()),
    ROW("a[1]*b", a[1] * b),
    ROW("a.permute(2,0,1).reshape(4,3)*b", a.permute(2, 0, 1).reshape(4, 3) * b),
    ROW("a.transpose(0,1).contiguous().view(-1)[2:7]", a.transpose(0, 1).contiguous().view(-1)[Slice(2, 7)]),
    ROW("a.expand(3,4)*b", a.expand(3, 4) * b),
    ROW("torch.cat([a,b],1)", torch::cat({a, b}, 1)),
    ROW("torch.stack([a,b],1)", torch::stack({a, b}, 1)),
    ROW("torch.split(a,[1,3],1)", torch::split(a, {1, 3}, 1)),
    ROW("torch.chunk(a,2,1)", torch::chunk(a, 2, 1)),
    ROW("a.unsqueeze(1).squeeze(1)+a.unsqueeze(0)[0]", a.unsqueeze(1).squeeze(1) + a.unsqueeze(0)[0]),
    ROW("a.index_select(0,i)", a.index_select(0, i)),
    ROW("a[i]", a[i]),
    ROW("a.gather(1,i)", a.gather(1, i)),
    ROW("a.masked_fill(a>0,-1)", a.masked_fill(a > 0, -1)),
    ROW("F.pad(a,(1,2,0,1),value=0.5)", torch::ops::pad(a, {1, 2, 0, 1}, "constant", 0.5)),
    ROW("a.roll(1,1)", a.roll(1, 1)),
    ROW("a.tril()", a.tril()),
    ROW("a.repeat(2,1)", a.repeat(2, 1)),
    ROW("a.flatten(1)", a.flatten(1)),
    ROW("F.embedding(i,w)", torch::ops::embedding(i, w)),
    // convolution, pooling, normalisation
    ROW("F.conv2d(x,w,b)", torch::nn::functional::conv2d(x, w, b)),
    ROW("F.conv2d(x,w,b,stride=2,padding=1)", torch::nn::functional::conv2d(x, w, b, {.stride = 2, .padding = 1})),
    ROW("F.conv2d(x,w,dilation=2)", torch::nn::functional::conv2d(x, w, {}, {.dilation = 2})),
    ROW("F.conv2d(x,w,groups=2,padding=(0,1))",
        torch::nn::functional::conv2d(x, w, {}, {.padding = {0, 1}, .groups = 2})),
    ROW("F.conv2d(x,w,stride=(1,2),padding=(1,0))",
        torch::nn::functional::conv2d(x, w, {}, {.stride = {1, 2}, .padding = {1, 0}})),
    ROW("F.conv1d(x,w,b,padding=1)", torch::nn::functional::conv1d(x, w, b, {.padding = 1})),
    ROW("F.conv_transpose2d(x,w,b,stride=2,padding=1)",
        torch::nn::functional::conv_transpose2d(x, w, b, {.stride = 2, .padding = 1})),
    ROW("F.max_pool2d(a,2)", torch::nn::functional::max_pool2d(a, 2)),
    ROW("F.max_pool2d(a,3,stride=2,padding=1)", torch::nn::functional::max_pool2d(a, 3, {.stride = 2, .padding = 1})),
    ROW("F.max_pool2d(a,2,ceil_mode=True)", torch::nn::functional::max_pool2d(a, 2, {.ceil_mode = true})),
    ROW("F.avg_pool2d(a,2)", torch::nn::functional::avg_pool2d(a, 2)),
    ROW("F.avg_pool2d(a,2,stride=2,padding=1)", torch::nn::functional::avg_pool2d(a, 2, {.stride = 2, .padding = 1})),
    ROW("F.avg_pool2d(a,2,stride=2,padding=1,count_include_pad=False)",
        torch::nn::functional::avg_pool2d(a, 2, {.stride = 2, .padding = 1, .count_include_pad = false})),
    ROW("F.adaptive_avg_pool2d(a,2)", torch::nn::functional::adaptive_avg_pool2d(a, 2)),
    ROW("F.batch_norm(x,rm,rv,w,b,training=True)", torch::ops::batch_norm(x, rm, rv, w, b, true)),
    ROW("F.batch_norm(x,rm,rv,w,b,training=True,momentum=0.3,eps=1e-3)",
        torch::ops::batch_norm(x, rm, rv, w, b, true, 0.3, 1e-3)),
    ROW("F.batch_norm(x,rm,rv,w,b,training=False)", torch::ops::batch_norm(x, rm, rv, w, b, false)),
    ROW("F.layer_norm(x,(4,),w,b)", torch::ops::layer_norm(x, {4}, w, b)),
    // losses
    ROW("F.mse_loss(x,t,reduction='mean')", torch::ops::mse_loss(x, t, "mean")),
    ROW("F.mse_loss(x,t,reduction='sum')", torch::ops::mse_loss(x, t, "sum")),
    ROW("F.mse_loss(x,t,reduction='none')", torch::ops::mse_loss(x, t, "none")),
    ROW("F.cross_entropy(x,t,reduction='mean')", torch::ops::cross_entropy(x, t, {}, -100, "mean")),
    ROW("F.cross_entropy(x,t,reduction='sum')", torch::ops::cross_entropy(x, t, {}, -100, "sum")),
    ROW("F.cross_entropy(x,t,reduction='none')", torch::ops::cross_entropy(x, t, {}, -100, "none")),
    ROW("F.l1_loss(x,t)", (x - t).abs().mean()),
    ROW("F.smooth_l1_loss(x,t)", torch::ops::smooth_l1_loss(x, t)),
    ROW("F.smooth_l1_loss(x,t,beta=0.5)", torch::ops::smooth_l1_loss(x, t, "mean", 0.5)),
    ROW("F.huber_loss(x,t,delta=1.5)", torch::ops::huber_loss(x, t, "mean", 1.5)),
    ROW("F.binary_cross_entropy(x,t)", torch::ops::binary_cross_entropy(x, t)),
    ROW("F.binary_cross_entropy(x,t,weight=w,reduction='sum')", torch::ops::binary_cross_entropy(x, t, w, "sum")),
    ROW("F.binary_cross_entropy_with_logits(x,t)", torch::ops::binary_cross_entropy_with_logits(x, t)),
    ROW("F.binary_cross_entropy_with_logits(x,t,pos_weight=w)",
        torch::ops::binary_cross_entropy_with_logits(x, t, {}, w)),
    ROW("F.cross_entropy(x,t,weight=w)", torch::ops::cross_entropy(x, t, w)),
    ROW("F.cross_entropy(x,t,ignore_index=1)", torch::ops::cross_entropy(x, t, {}, 1)),
    ROW("F.cross_entropy(x,t)", torch::ops::cross_entropy(x, t)),
    ROW("F.cross_entropy(x,t,label_smoothing=0.1)", torch::ops::cross_entropy(x, t, {}, -100, "mean", 0.1)),
    ROW("F.cross_entropy(x,t,weight=w,label_smoothing=0.1)", torch::ops::cross_entropy(x, t, w, -100, "mean", 0.1)),
    ROW("F.cross_entropy(x,t,ignore_index=1,label_smoothing=0.2)", torch::ops::cross_entropy(x, t, {}, 1, "mean", 0.2)),
    ROW("F.nll_loss(x,t)", torch::ops::nll_loss(x, t)),
    ROW("F.nll_loss(x,t,weight=w,reduction='sum')", torch::ops::nll_loss(x, t, w, -100, "sum")),
    ROW("F.kl_div(x,t,reduction='batchmean')", torch::ops::kl_div(x, t, "batchmean")),
    ROW("F.hinge_embedding_loss(x,t)",
        (torch::where(t == 1, x, 0) + torch::where(t == -1, (1 - x).clamp_min(0), 0)).mean()),
};
#undef ROW

double number(const json& value) {
    if (value.is_string()) return std::strtod(value.get<std::string>().c_str(), nullptr);  // "nan", "inf", "-inf"
    return value.is_boolean() ? value.get<bool>() : value.get<double>();
}

Tensor tensor_of(const json& golden) {
    std::vector<double> numbers;
    for (const json& value : golden["data"]) numbers.push_back(number(value));
    DType dtype = golden["dtype"] == "bool" ? bool_ : golden["dtype"] == "int64" ? int64 : float32;
    return tensor(numbers, {.dtype = float64}).to(dtype).reshape(golden["shape"].get<std::vector<std::int64_t>>());
}

// Reals within 4e-6 max(1, |v|), as summing in another order may cost; anything else exactly.
bool agree(const Tensor& ours, const Tensor& theirs) {
    if (!ours.defined() || !(ours.shape() == theirs.shape()) || ours.dtype() != theirs.dtype()) return false;
    std::vector<double> u = ours.tolist(), v = theirs.tolist();
    for (std::size_t i = 0; i < u.size(); ++i) {
        double allowed = theirs.is_floating_point() && std::isfinite(v[i]) ? 4e-6 * std::max(1., std::abs(v[i])) : 0;
        bool same = u[i] == v[i] || (std::isnan(u[i]) && std::isnan(v[i]));
        if (!same && !(std::abs(u[i] - v[i]) <= allowed)) return false;
    }
    return true;
}

void check_agreement(const std::string& what, const Tensor& ours, const json& golden) {
    Tensor theirs = tensor_of(golden);
    std::string text = to_string(ours) + "\nis not PyTorch's\n" + to_string(theirs);
    CHECK_MESSAGE(agree(ours, theirs), what << ":\n" << text);
}

void run(const json& golden) {
    auto row = rows.find(golden["expr"]);
    check(row != rows.end(), "no row says what this expression is in C++");
    const json wanted = golden.value("grad", json::object()), changed = golden.value("after", json::object());
    const json& outputs = golden["out"];
    Inputs in;
    for (auto& [name, value] : golden["in"].items()) {
        in[name] = tensor_of(value);
        if (wanted.contains(name)) in[name].requires_grad_();
    }
    if (golden.contains("seed")) manual_seed(golden["seed"].get<std::int64_t>());
    TensorList out = row->second(in);
    check(out.size() == outputs.size(), "{} outputs instead of {}", out.size(), outputs.size());
    for (std::size_t k = 0; k < out.size(); ++k) check_agreement("output", out[k], outputs[k]);
    for (auto& [name, value] : changed.items()) check_agreement(name + " afterwards", in[name], value);
    if (wanted.empty()) return;
    TensorList roots, gradients;
    for (std::size_t k = 0; k < out.size(); ++k)
        if (!golden["gout"][k].is_null()) roots.push_back(out[k]), gradients.push_back(tensor_of(golden["gout"][k]));
    autograd::backward(roots, gradients);
    for (auto& [name, value] : wanted.items()) check_agreement("gradient of " + name, in[name].grad(), value);
}

}  // namespace

TEST_CASE("every op gives the values and gradients and buffers that PyTorch 1.13 gave") {
    std::ifstream file(TAPER_SOURCE_DIR "/tests/data/ops.json");
    REQUIRE(file);
    const json all = json::parse(file);
    for (const json& golden : all["cases"]) {
        CAPTURE(golden["name"].get<std::string>());
        CAPTURE(golden["expr"].get<std::string>());
        CHECK_NOTHROW(run(golden));
    }
    CHECK(all["cases"].size() == 179);
}
