// Modules print as PyTorch prints them, character for character.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

using namespace taper;
using nlohmann::json;

namespace {

struct MnistNet : nn::Module<MnistNet> {
    nn::Flatten flatten = register_module("flatten", nn::Flatten());
    nn::Linear fc1 = register_module("fc1", nn::Linear(28 * 28, 512));
    nn::ReLU relu = register_module("relu", nn::ReLU());
    nn::Linear fc2 = register_module("fc2", nn::Linear(512, 10));
    Tensor forward(Tensor x) { return fc2(relu(fc1(flatten(x)))); }
};

struct CircleNet : nn::Module<CircleNet> {
    nn::Sequential layers;
    explicit CircleNet(nn::AnyModule activation)
        : layers(register_module(
              "layers", nn::Sequential(nn::Linear(2, 16), activation, nn::Linear(16, 1), nn::Sigmoid()))) {}
    Tensor forward(Tensor x) { return layers(x); }
};

// What each expression of the golden file is here.
const std::map<std::string, nn::AnyModule> modules{
    {"nn.Linear(2,3)", nn::Linear(2, 3)},
    {"nn.Linear(2,3,bias=False)", nn::Linear(2, 3, {.bias = false})},
    {"nn.ReLU()", nn::ReLU()},
    {"nn.LeakyReLU(0.01)", nn::LeakyReLU(0.01)},
    {"nn.PReLU()", nn::PReLU()},
    {"nn.ELU()", nn::ELU()},
    {"nn.SELU()", nn::SELU()},
    {"nn.CELU(1.3)", nn::CELU(1.3)},
    {"nn.GELU()", nn::GELU()},
    {"nn.SiLU()", nn::SiLU()},
    {"nn.Mish()", nn::Mish()},
    {"nn.Softplus()", nn::Softplus()},
    {"nn.Hardtanh()", nn::Hardtanh()},
    {"nn.ReLU6()", nn::ReLU6()},
    {"nn.Softsign()", nn::Softsign()},
    {"nn.LogSigmoid()", nn::LogSigmoid()},
    {"nn.Hardswish()", nn::Hardswish()},
    {"nn.Tanh()", nn::Tanh()},
    {"nn.Sigmoid()", nn::Sigmoid()},
    {"nn.RReLU()", nn::RReLU()},
    {"nn.Softmax(dim=1)", nn::Softmax({.dim = 1})},
    {"nn.LogSoftmax(dim=1)", nn::LogSoftmax(1)},
    {"nn.Flatten()", nn::Flatten()},
    {"nn.Dropout()", nn::Dropout()},
    {"nn.Dropout(0.2)", nn::Dropout(0.2)},
    {"nn.Dropout2d()", nn::Dropout2d()},
    {"nn.Conv2d(1,8,3)", nn::Conv2d(1, 8, 3)},
    {"nn.Conv2d(1,8,3,stride=2,padding=1,dilation=2,groups=1,bias=False)",
        nn::Conv2d(1, 8, 3, {.stride = 2, .padding = 1, .dilation = 2, .groups = 1, .bias = false})},
    {"nn.MaxPool2d(2)", nn::MaxPool2d(2)},
    {"nn.AvgPool2d(2)", nn::AvgPool2d(2)},
    {"nn.AdaptiveAvgPool2d(1)", nn::AdaptiveAvgPool2d(1)},
    {"nn.BatchNorm1d(4)", nn::BatchNorm1d(4)},
    {"nn.BatchNorm2d(4)", nn::BatchNorm2d(4)},
    {"nn.LayerNorm(4)", nn::LayerNorm(4)},
    {"nn.Embedding(10,3)", nn::Embedding(10, 3)},
    {"nn.Identity()", nn::Identity()},
    {"nn.Sequential(nn.Linear(2,3),nn.ReLU(),nn.Sequential(nn.Linear(3,1),nn.Sigmoid()))",
        nn::Sequential(nn::Linear(2, 3), nn::ReLU(), nn::Sequential(nn::Linear(3, 1), nn::Sigmoid()))},
    {"nn.Sequential(nn.Linear(2,3),nn.ReLU(inplace=True))",
        nn::Sequential(nn::Linear(2, 3), nn::ReLU({.inplace = true}))},
    {"MnistNet()", MnistNet()},
    {"CircleNet(nn.LeakyReLU(0.01))", CircleNet(nn::LeakyReLU(0.01))},
    {"nn.CrossEntropyLoss()", nn::CrossEntropyLoss()},
    {"nn.BCELoss()", nn::BCELoss()},
    {"nn.MSELoss()", nn::MSELoss()},
    {"nn.ModuleList([nn.Linear(1,1)])", nn::ModuleList({nn::Linear(1, 1)})},
};

}  // namespace

TEST_CASE("modules print as in PyTorch") {
    std::size_t tried = 0;
    const json golden = json::parse(std::ifstream(TAPER_SOURCE_DIR "/tests/data/repr_modules.json"));
    for (const json& wanted : golden["cases"]) {
        if (wanted["expr"].get<std::string>().starts_with("torch.optim")) continue;
        auto module = modules.find(wanted["expr"]);
        REQUIRE_MESSAGE(module != modules.end(), wanted["expr"]);
        CHECK(fmt::format("{}", module->second) == wanted["repr"].get<std::string>());
        ++tried;
    }
    CHECK(tried == modules.size());
}

TEST_CASE("optimizers print as in PyTorch") {
    const TensorList params = nn::Linear(2, 3).parameters();
    const std::map<std::string, std::string> texts{
        {"torch.optim.SGD(nn.Linear(2,3).parameters(),lr=0.1)", fmt::format("{}", optim::SGD(params, {.lr = 0.1}))},
        {"torch.optim.Adam(nn.Linear(2,3).parameters(),lr=0.001)",
            fmt::format("{}", optim::Adam(params, {.lr = 0.001}))},
        {"torch.optim.AdamW(nn.Linear(2,3).parameters())", fmt::format("{}", optim::AdamW(params))},
        {"torch.optim.RMSprop(nn.Linear(2,3).parameters())", fmt::format("{}", optim::RMSprop(params))},
    };
    std::size_t tried = 0;
    const json golden = json::parse(std::ifstream(TAPER_SOURCE_DIR "/tests/data/repr_modules.json"));
    for (const json& wanted : golden["cases"]) {
        if (!wanted["expr"].get<std::string>().starts_with("torch.optim")) continue;
        CAPTURE(wanted["expr"]);
        CHECK(texts.at(wanted["expr"]) == wanted["repr"].get<std::string>());
        ++tried;
    }
    CHECK(tried == texts.size());
}

TEST_CASE("modules with other settings print as in PyTorch 1.13") {
    auto text = [](const nn::AnyModule& module) { return nn::repr(module); };
    // Of numbers, what was given: 2 or 2.0.
    CHECK(text(nn::Softplus(2.0)) == "Softplus(beta=2.0, threshold=20)");
    CHECK(text(nn::Softplus(2)) == "Softplus(beta=2, threshold=20)");
    CHECK(text(nn::Threshold(0.5, 1.0)) == "Threshold(threshold=0.5, value=1.0)");
    CHECK(text(nn::ELU(1)) == "ELU(alpha=1)");
    CHECK(text(nn::ELU()) == "ELU(alpha=1.0)");
    CHECK(text(nn::Hardtanh(-2, 2)) == "Hardtanh(min_val=-2, max_val=2)");
    CHECK(text(nn::Dropout(0)) == "Dropout(p=0, inplace=False)");
    CHECK(text(nn::Embedding(10, 2, {.max_norm = 2})) == "Embedding(10, 2, max_norm=2)");
    CHECK(
        text(nn::Embedding(10, 2, {.max_norm = 2.0, .norm_type = 1})) == "Embedding(10, 2, max_norm=2.0, norm_type=1)");
    CHECK(text(nn::BatchNorm1d(3, {.eps = 1, .momentum = 1})) ==
        "BatchNorm1d(3, eps=1, momentum=1, affine=True, track_running_stats=True)");
    CHECK(text(nn::LSTM(2, 3, 2, {.dropout = 1})) == "LSTM(2, 3, num_layers=2, dropout=1.0)");
    CHECK(text(nn::Upsample({.mode = "nearest"})) == "Upsample(size=None, mode=nearest)");
    CHECK(text(nn::Threshold(0.1, 20)) == "Threshold(threshold=0.1, value=20)");
    CHECK(text(nn::Threshold(0.1, 20, {.inplace = true})) == "Threshold(threshold=0.1, value=20, inplace=True)");
    CHECK(text(nn::GLU()) == "GLU(dim=-1)");
    CHECK(text(nn::Softmin()) == "Softmin(dim=None)");
    CHECK(text(nn::Hardshrink()) == "Hardshrink(0.5)");
    CHECK(text(nn::LeakyReLU(0.2, true)) == "LeakyReLU(negative_slope=0.2, inplace=True)");
    CHECK(text(nn::ELU({.inplace = true})) == "ELU(alpha=1.0, inplace=True)");
    CHECK(text(nn::Hardtanh(-1, 1, true)) == "Hardtanh(min_val=-1, max_val=1, inplace=True)");
    CHECK(text(nn::Hardswish(true)) == "Hardswish()");
    CHECK(text(nn::GELU("tanh")) == "GELU(approximate='tanh')");
    CHECK(text(nn::GELU({.approximate = "tanh"})) == "GELU(approximate='tanh')");
    CHECK(text(nn::Unflatten(1, {2, 3})) == "Unflatten(dim=1, unflattened_size=(2, 3))");
    CHECK(text(nn::Sequential()) == "Sequential()");
    CHECK(text(nn::ModuleDict({{"a", nn::ReLU()}})) == "ModuleDict(\n  (a): ReLU()\n)");
    CHECK(text(nn::ParameterList({ones({2, 3})})) ==
        "ParameterList(  (0): Parameter containing: [torch.float32 of size 2x3])");
    CHECK(text([](const Tensor& x) { return x; }) == "Function()");
    CHECK(nn::repr(1e-5) == "1e-05");
    CHECK(nn::repr(-3) == "-3.0");
    CHECK(nn::repr(INFINITY) == "inf");
}
