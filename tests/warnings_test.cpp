// PyTorch's UserWarnings, and the channel they come by.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <functional>
#include <thread>
#include <utility>

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
using taper::all, taper::Tensor;

namespace {

// What is said meanwhile.
struct Recorded {
    std::vector<std::string> lines;
    torch::WarningHandler before =
        torch::set_warning_handler([this](const std::string& line) { lines.push_back(line); });
    ~Recorded() { torch::set_warning_handler(before); }
};

std::vector<std::string> said_by(const std::function<void()>& f) {
    Recorded recorded;
    f();
    return std::move(recorded.lines);
}

void say(int n) { torch::warn("{} and {}", n, std::string("text")); }

}  // namespace

TEST_CASE("a warning is said once for each place and sentence") {
    Recorded recorded;
    for (int i = 0; i < 2; ++i) {
        say(1);
        say(2);
        torch::warn("1 and text"), torch::warn("{{}}");
    }
    CHECK(recorded.lines ==
        std::vector<std::string>{
            "UserWarning: 1 and text", "UserWarning: 2 and text", "UserWarning: 1 and text", "UserWarning: {}"});
    recorded.lines.clear();
    torch::set_warn_always(true);
    CHECK(torch::is_warn_always_enabled());
    say(1);
    torch::set_warn_always({.b = false});
    say(1);
    CHECK(recorded.lines.size() == 1);
}

TEST_CASE("a warning begins with the path of the module at work") {
    const Recorded recorded;
    const torch::InModule outer("layers"), inner("0");
    say(1);
    CHECK(recorded.lines == std::vector<std::string>{"layers.0: UserWarning: 1 and text"});
}

TEST_CASE("a warning handler may warn, and may make errors of warnings") {
    auto before = torch::set_warning_handler([](const std::string& line) { throw torch::Error(line); });
    for (int i = 0; i < 2; ++i) CHECK_THROWS_WITH_AS(say(1), "UserWarning: 1 and text", torch::Error);
    int calls = 0;
    torch::set_warning_handler([&](const std::string&) { ++calls, say(3); });
    say(1);
    CHECK(calls == 1);
    torch::set_warning_handler(before);
}

namespace {

struct Case {
    const char* title;
    std::function<void()> line;
    std::string sentence;  // as PyTorch 1.13.1 says it
};

Tensor zeros(const torch::Shape& shape) { return torch::zeros(shape); }
Tensor byte_mask() { return torch::tensor({1, 0}, {.dtype = torch::uint8}); }

std::string of_sizes(const char* target, const char* input) {
    return fmt::format(
        "Using a target size (torch.Size({})) that is different to the input size (torch.Size({})). This will likely "
        "lead to incorrect results due to broadcasting. Please ensure they have the same size.",
        target, input);
}
std::string of_dim(const char* op) {
    return fmt::format(
        "Implicit dimension choice for {} has been deprecated. Change the call to include dim=X as an argument.", op);
}
std::string of_rnn(const char* dropout) {
    return fmt::format(
        "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
        "greater than 1, but got dropout={} and num_layers=1",
        dropout);
}
std::string of_mask(const char* op) {
    return fmt::format(
        "{} received a mask with dtype torch.uint8, this behavior is now deprecated,please use a mask with dtype "
        "torch.bool instead.",
        op);
}
std::string of_dropout2d(int dims) {
    return fmt::format(
        "dropout2d: Received a {}-D input to dropout2d, which is deprecated and will result in an error in a future "
        "release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout2d "
        "exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, and an "
        "optional batch dimension (i.e. 3D or 4D inputs).",
        dims);
}
const std::string of_kl_div =
    "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by "
    "the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as "
    "'batchmean' in the next major release.";
const std::string of_elementwise_mean =
    "reduction='elementwise_mean' is deprecated, please use reduction='mean' instead.";
const std::string of_nothing = "Initializing zero-element tensors is a no-op";
const std::string of_same =
    "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be "
    "created";
const std::string of_constants = "None of the inputs have requires_grad=True. Gradients will be None";

const Case of_layers[] = {
    {"mse_loss",
        [] {
            F::mse_loss(zeros({3, 1}), zeros({3}));
        },
        of_sizes("[3]", "[3, 1]")},
    {"MSELoss",
        [] {
            nn::MSELoss()(zeros({3, 1}), zeros({2, 3, 1}));
        },
        of_sizes("[2, 3, 1]", "[3, 1]")},
    {"l1_loss",
        [] {
            F::l1_loss(zeros({3, 1}), zeros({3}));
        },
        of_sizes("[3]", "[3, 1]")},
    {"L1Loss",
        [] {
            nn::L1Loss()(zeros({3, 1}), torch::tensor(1.));
        },
        of_sizes("[]", "[3, 1]")},
    {"smooth_l1_loss",
        [] {
            F::smooth_l1_loss(zeros({3, 1}), zeros({3}));
        },
        of_sizes("[3]", "[3, 1]")},
    {"huber_loss",
        [] {
            F::huber_loss(zeros({3, 1}), zeros({3}));
        },
        of_sizes("[3]", "[3, 1]")},
    {"softmax",
        [] {
            F::softmax(zeros({3, 2}));
        },
        of_dim("softmax")},
    {"log_softmax",
        [] {
            F::log_softmax(zeros({3, 2}));
        },
        of_dim("log_softmax")},
    {"softmin",
        [] {
            F::softmin(zeros({3, 2}));
        },
        of_dim("softmin")},
    {"Softmax",
        [] {
            nn::Softmax()(zeros({3, 2}));
        },
        of_dim("softmax")},
    {"LogSoftmax",
        [] {
            nn::LogSoftmax()(zeros({3, 2}));
        },
        of_dim("log_softmax")},
    {"Softmin",
        [] {
            nn::Softmin()(zeros({3, 2}));
        },
        of_dim("softmin")},
    {"kl_div",
        [] {
            F::kl_div(zeros({2, 2}), zeros({2, 2}));
        },
        of_kl_div},
    {"KLDivLoss",
        [] {
            nn::KLDivLoss()(zeros({2, 2}), zeros({2, 2}));
        },
        of_kl_div},
    {"kl_div of the mean by its old name",
        [] {
            F::kl_div(zeros({2, 2}), zeros({2, 2}), {.reduction = "elementwise_mean"});
        },
        of_elementwise_mean},
    {"huber_loss of the mean by its old name",
        [] { F::huber_loss(zeros({3}), zeros({3}), {.reduction = "elementwise_mean"}); }, of_elementwise_mean},
    {"MSELoss of the mean by its old name",
        [] { nn::MSELoss({.reduction = "elementwise_mean"})(zeros({3}), zeros({3})); }, of_elementwise_mean},
    {"mse_loss with size_average", [] { F::mse_loss(zeros({3}), zeros({3}), {.size_average = false}); },
        "size_average and reduce args will be deprecated, please use reduction='sum' instead."},
    {"CrossEntropyLoss with reduce", [] { nn::CrossEntropyLoss({.reduce = false}); },
        "size_average and reduce args will be deprecated, please use reduction='none' instead."},
    {"tanh", [] { F::tanh(zeros({2})); }, "nn.functional.tanh is deprecated. Use torch.tanh instead."},
    {"sigmoid", [] { F::sigmoid(zeros({2})); }, "nn.functional.sigmoid is deprecated. Use torch.sigmoid instead."},
    {"Hardtanh with min_value", [] { nn::Hardtanh({.min_value = -2}); },
        "keyword argument min_value is deprecated and rename to min_val"},
    {"Hardtanh with max_value", [] { nn::Hardtanh({.max_value = 2}); },
        "keyword argument max_value is deprecated and rename to max_val"},
    {"dropout2d of 2 dims",
        [] {
            F::dropout2d(zeros({2, 2}));
        },
        of_dropout2d(2)},
    {"dropout2d of 5 dims",
        [] {
            F::dropout2d(zeros({2, 2, 2, 2, 2}));
        },
        of_dropout2d(5)},
    {"Dropout2d of 3 dims",
        [] {
            nn::Dropout2d().eval()(zeros({2, 2, 2}));
        },
        "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - "
        "input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future "
        "release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D "
        "channel-wise dropout behavior, please switch to using dropout1d instead."},
    {"kaiming_uniform_",
        [] {
            nn::init::kaiming_uniform_(zeros({0, 3}));
        },
        of_nothing},
    {"kaiming_normal_",
        [] {
            nn::init::kaiming_normal_(zeros({0, 3}));
        },
        of_nothing},
    {"Linear of no features", [] { nn::Linear(0, 3); }, of_nothing},
    {"trunc_normal_",
        [] {
            nn::init::trunc_normal_(zeros({3, 3}), 5.);
        },
        "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect."},
    {"LSTM", [] { nn::LSTM(2, 3, {.dropout = 0.5}); }, of_rnn("0.5")},
    {"GRU", [] { nn::GRU(2, 3, {.dropout = 1.}); }, of_rnn("1.0")},
    {"conv2d",
        [] {
            F::conv2d(zeros({1, 1, 4, 4}), zeros({1, 1, 2, 2}), {.padding = "same"});
        },
        of_same},
    {"Conv1d",
        [] {
            nn::Conv1d(1, 1, 2, {.padding = "same"})(zeros({1, 1, 4}));
        },
        of_same},
    {"MultiheadAttention",
        [] {
            const Tensor x = zeros({2, 1, 2});
            nn::MultiheadAttention(2, 1)(x, x, x, {.attn_mask = torch::zeros({2, 2}, {.dtype = torch::uint8})});
        },
        "Byte tensor for attn_mask in nn.MultiheadAttention is deprecated. Use bool tensor instead."},
};

const Case of_tensors[] = {
    {"grad",
        [] {
            const Tensor x = zeros({2}).requires_grad_(), y = x * 2;
            (void)y.grad();
        },
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
        "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
        "Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure "
        "you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations."},
    {"new_tensor", [] { zeros({2}).new_tensor(zeros({2})); },
        "To copy construct from a tensor, it is recommended to use sourceTensor.clone().detach() or "
        "sourceTensor.clone().detach().requires_grad_(True), rather than tensor.new_tensor(sourceTensor)."},
    {"x[mask]", [] { Tensor(zeros({2})[byte_mask()]); },
        "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."},
    {"masked_select", [] { zeros({2}).masked_select(byte_mask()); }, of_mask("masked_select")},
    {"masked_fill", [] { zeros({2}).masked_fill(byte_mask(), 1); }, of_mask("masked_fill_")},
    {"masked_fill_", [] { zeros({2}).masked_fill_(byte_mask(), 1); }, of_mask("masked_fill_")},
    {"where", [] { torch::where(byte_mask(), zeros({2}), zeros({2})); },
        "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version "
        "of PyTorch. Use a boolean condition instead."},
    {"backward",
        [] {
            const Tensor x = zeros({2}).requires_grad_();
            x.square().sum().backward({.create_graph = true});
            x.set_grad({});
        },
        "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
        "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
        "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break "
        "the cycle and avoid the leak."},
    {"checkpoint", [] { torch::utils::checkpoint::checkpoint([](Tensor x) { return x * 2; }, zeros({2})); },
        of_constants},
    {"gradcheck",
        [] {
            torch::autograd::gradcheck([](Tensor a, Tensor b) { return a * b; },
                {zeros({2}).to(torch::float64), zeros({2}).requires_grad_()}, {.raise_exception = false});
        },
        "Input #1 requires gradient and is not a double precision floating point or complex. This check will likely "
        "fail if all the inputs are not of double precision floating point or complex. "},
    {"DataLoader",
        [] {
            torch::DataLoader(torch::TensorDataset(zeros({2, 1})), {.num_workers = 4096});
        },
        fmt::format("This DataLoader will create 4096 worker processes in total. Our suggested max number of worker in "
                    "current system is {}, which is smaller than what this DataLoader is going to create. Please be "
                    "aware that excessive worker creation might get DataLoader running slow or even freeze, lower the "
                    "worker number to avoid potential slowness/freeze if necessary.",
            std::thread::hardware_concurrency())},
    {"random_split",
        [] {
            torch::random_split(torch::TensorDataset(zeros({3, 1})), {1., 0.});
        },
        "Length of split at index 1 is 0. This might result in an empty dataset."},
};

}  // namespace

TEST_CASE("what PyTorch warns of is warned of in its words") {
    for (const auto& cases : {std::span<const Case>(of_layers), std::span<const Case>(of_tensors)})
        for (const Case& one : cases) {
            CAPTURE(std::string(one.title));
            CHECK(fmt::format("{}", fmt::join(said_by(one.line), "\n")) == "UserWarning: " + one.sentence);
        }
}

TEST_CASE("what PyTorch does not warn of is not warned of") {
    const auto plain = [] {
        const Tensor x = zeros({2}).requires_grad_(), y = x * 2, other = zeros({3, 1});
        (void)x.grad(), (void)zeros({2}).grad();
        y.retain_grad();
        (void)y.grad();
        zeros({2}).new_tensor(1);
        F::mse_loss(other, other), F::l1_loss(other, other), F::kl_div(other, other, {.reduction = "batchmean"});
        F::softmax(other, 1), nn::Softmax({.dim = 1})(other);
        nn::Sigmoid()(other), nn::Tanh()(other), torch::tanh(other), nn::Hardtanh({.min_val = -2})(other);
        nn::MSELoss({.reduction = "sum"})(other, other);
        F::dropout1d(zeros({2, 2, 2})), F::dropout1d(zeros({2, 2})), F::dropout2d(zeros({2, 2, 2, 2}));
        nn::init::xavier_uniform_(zeros({0, 3}));
        nn::LSTM(2, 3, {.num_layers = 2, .dropout = 0.5});
        F::conv2d(zeros({1, 1, 4, 4}), zeros({1, 1, 3, 3}), {.padding = "same"});
        nn::Conv1d(1, 1, 2, {.padding = "same", .dilation = 2})(zeros({1, 1, 4}));
        zeros({2}).masked_fill(byte_mask().to(torch::bool_), 1);
        torch::autograd::grad({y.square().sum()}, {x}, {.create_graph = true});
        torch::utils::checkpoint::checkpoint([](Tensor x) { return x * 2; }, x);
        torch::utils::checkpoint::checkpoint([x](Tensor k) { return x * k; }, zeros({2}));  // a captured weight's
        torch::DataLoader(torch::TensorDataset(other), {.num_workers = 1});
        torch::random_split(torch::TensorDataset(other), {3, 0});
        nn::Sequential net(nn::Linear(2, 2), nn::Dropout(0.5), nn::Linear(2, 1));
        auto optimizer = torch::optim::Adam(net.parameters(), {.lr = 0.1});
        net(zeros({4, 2})).sum().backward();
        optimizer.step();
        optimizer.zero_grad();
    };
    CHECK(said_by(plain) == std::vector<std::string>());
}

TEST_CASE("an attention mask of bytes masks, and one of whole numbers is refused") {
    torch::manual_seed(1);
    const nn::MultiheadAttention attention(2, 1);
    const Tensor x = torch::randn({2, 1, 2}), bytes = torch::tensor({{0, 1}, {0, 0}}, {.dtype = torch::uint8});
    auto with = [&](const Tensor& mask) { return std::get<0>(attention(x, x, x, {.attn_mask = mask})); };
    Tensor masked;
    said_by([&] { masked = with(bytes); });
    CHECK(masked.equal(with(bytes.to(torch::bool_))));
    CHECK_THROWS_WITH_AS(with(bytes.to(torch::int64)),
        "MultiheadAttention: Only float, byte, and bool types are supported for attn_mask, not torch.int64",
        torch::Error);
}
