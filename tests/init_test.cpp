// Initial weights are PyTorch's to the last bit, and leave the random stream where PyTorch leaves it.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "error_of.h"

using namespace taper;
using nlohmann::json;
namespace init = taper::nn::init;

namespace {

StateDict filled(const std::function<void(const Tensor&)>& fill) {
    Tensor w = empty({6, 5});
    fill(w);
    return {{"w", w}};
}

// What each expression of the golden file is here.
const std::map<std::string, std::function<StateDict()>> makers{
    {"nn.Linear(3,4)", [] { return nn::Linear(3, 4).state_dict(); }},
    {"nn.Linear(2,16)", [] { return nn::Linear(2, 16).state_dict(); }},
    {"nn.Linear(5,3,bias=False)", [] { return nn::Linear(5, 3, {.bias = false}).state_dict(); }},
    {"nn.PReLU()", [] { return nn::PReLU().state_dict(); }},
    {"nn.PReLU(3,0.1)", [] { return nn::PReLU(3, 0.1).state_dict(); }},
    {"nn.Conv1d(2,3,2)", [] { return nn::Conv1d(2, 3, 2).state_dict(); }},
    {"nn.Conv2d(1,2,3)", [] { return nn::Conv2d(1, 2, 3).state_dict(); }},
    {"nn.Conv2d(4,6,(2,3),groups=2)",
        [] {
            return nn::Conv2d(4, 6, {2, 3}, {.groups = 2}).state_dict();
        }},
    {"nn.ConvTranspose2d(2,3,2)", [] { return nn::ConvTranspose2d(2, 3, 2).state_dict(); }},
    {"nn.BatchNorm1d(3)", [] { return nn::BatchNorm1d(3).state_dict(); }},
    {"nn.LayerNorm(3)", [] { return nn::LayerNorm(3).state_dict(); }},
    {"nn.Embedding(4,5)", [] { return nn::Embedding(4, 5).state_dict(); }},
    {"nn.Sequential(nn.Linear(4,5),nn.ReLU(),nn.Linear(5,2))",
        [] { return nn::Sequential(nn::Linear(4, 5), nn::ReLU(), nn::Linear(5, 2)).state_dict(); }},
    {"nn.init.kaiming_uniform_(w)", [] { return filled([](const Tensor& w) { init::kaiming_uniform_(w); }); }},
    {"nn.init.kaiming_uniform_(w,nonlinearity='relu')",
        [] { return filled([](const Tensor& w) { init::kaiming_uniform_(w, {.nonlinearity = "relu"}); }); }},
    {"nn.init.kaiming_normal_(w)", [] { return filled([](const Tensor& w) { init::kaiming_normal_(w); }); }},
    {"nn.init.kaiming_normal_(w,mode='fan_out',nonlinearity='relu')",
        [] {
            return filled(
                [](const Tensor& w) { init::kaiming_normal_(w, {.mode = "fan_out", .nonlinearity = "relu"}); });
        }},
    {"nn.init.kaiming_normal_(w,a=0.2)",
        [] { return filled([](const Tensor& w) { init::kaiming_normal_(w, {.a = 0.2}); }); }},
    {"nn.init.xavier_uniform_(w)", [] { return filled([](const Tensor& w) { init::xavier_uniform_(w); }); }},
    {"nn.init.xavier_normal_(w)", [] { return filled([](const Tensor& w) { init::xavier_normal_(w); }); }},
    {"nn.init.xavier_uniform_(w,gain=nn.init.calculate_gain('tanh'))",
        [] {
            return filled([](const Tensor& w) { init::xavier_uniform_(w, {.gain = init::calculate_gain("tanh")}); });
        }},
    {"nn.init.uniform_(w,-1,1)", [] { return filled([](const Tensor& w) { init::uniform_(w, -1, 1); }); }},
    {"nn.init.normal_(w,0,0.02)", [] { return filled([](const Tensor& w) { init::normal_(w, 0, 0.02); }); }},
    {"nn.init.constant_(w,0.3)", [] { return filled([](const Tensor& w) { init::constant_(w, 0.3); }); }},
    {"nn.init.trunc_normal_(w,0,1)", [] { return filled([](const Tensor& w) { init::trunc_normal_(w, 0, 1); }); }},
    {"nn.init.eye_(w)", [] { return filled([](const Tensor& w) { init::eye_(w); }); }},
};

const json& golden() {
    static const json data = json::parse(std::ifstream(TAPER_SOURCE_DIR "/tests/data/init.json"));
    return data;
}

// The elements that differ in their bits.
int differences(const Tensor& x, const json& wanted) {
    REQUIRE(x.shape() == Shape(wanted["shape"].get<std::vector<std::int64_t>>()));
    if (x.dtype() == int64) return x.item<std::int64_t>() != wanted["data"][0].get<std::int64_t>();
    int count = 0;
    for (std::int64_t i = 0; i < x.numel(); ++i) {
        float expected = wanted["data"][i].get<float>();
        count += std::memcmp(&expected, x.data_ptr<float>() + i, sizeof expected) != 0;
    }
    return count;
}

}  // namespace

TEST_CASE("gains are PyTorch's") {
    for (const auto& [name, gain] : golden()["gains"].items()) {
        std::optional<double> param;
        if (name == "leaky_relu") param = 0.2;
        CHECK(init::calculate_gain(name, param) == gain.get<double>());
    }
    CHECK(init::calculate_gain("leaky_relu") == 1.4141428569978354);
    CHECK(error_of([] { init::calculate_gain("gelu"); }) == "calculate_gain: Unsupported nonlinearity gelu");
}

TEST_CASE("initial weights and the place in the random stream are PyTorch's to the last bit") {
    int tried = 0;
    for (const json& wanted : golden()["cases"]) {
        auto maker = makers.find(wanted["expr"]);
        REQUIRE_MESSAGE(maker != makers.end(), wanted["expr"]);
        CAPTURE(maker->first);
        manual_seed(wanted["seed"].get<std::int64_t>());
        StateDict made = maker->second();
        CHECK(made.size() == wanted["state"].size());
        for (const auto& [name, values] : wanted["state"].items()) CHECK(differences(made.at(name), values) == 0);
        std::int64_t next = empty({}, {.dtype = int64}).random_().item<std::int64_t>();
        CHECK(std::to_string(next) == wanted["next_int64"].get<std::string>());
        ++tried;
    }
    CHECK(tried == 2 * static_cast<int>(makers.size()));
}

TEST_CASE("layers made as arguments of a Sequential are drawn in the order in which they stand in any compiler") {
    manual_seed(5);
    nn::Linear a(2, 3), b(3, 4), c(4, 5), d(5, 6);
    Tensor after = rand({1});
    manual_seed(5);
    nn::Linear first(2, 3);
    nn::Sequential model(nn::Linear(3, 4), nn::Sequential(nn::Linear(4, 5), nn::Tanh(), nn::Linear(5, 6)), first);
    CHECK(equal(rand({1}), after));
    TensorList drawn = model.parameters(), wanted = nn::Sequential(b, c, d, a).parameters();
    REQUIRE(drawn.size() == 8);
    for (std::size_t i = 0; i < drawn.size(); ++i) CHECK(equal(drawn[i], wanted[i]));
}

TEST_CASE("orthogonal_ gives rows or columns of length gain orthogonal to each other") {
    for (Shape shape : {Shape{4, 6}, Shape{6, 4}, Shape{5, 5}, Shape{3, 2, 4}}) {
        Tensor w = empty(shape);
        init::orthogonal_(w, 2);
        Tensor m = w.reshape({shape[0], -1});
        Tensor gram = m.size(0) <= m.size(1) ? m.mm(m.t()) : m.t().mm(m);
        CHECK(allclose(gram, 4 * eye(gram.size(0)), {.atol = 1e-5}));
    }
    // torch.manual_seed(0); nn.init.orthogonal_(torch.empty(2, 3))
    manual_seed(0);
    Tensor w = empty({2, 3});
    init::orthogonal_(w);
    CHECK(allclose(
        w, tensor({{0.57398093, -0.10929461, -0.81154215}, {-0.34541512, -0.93088269, -0.11893554}}), {.atol = 1e-6}));
}

TEST_CASE("sparse_ and dirac_ are PyTorch's") {
    // torch.manual_seed(0); nn.init.sparse_(torch.empty(4, 3), 0.5, std=1.)
    manual_seed(0);
    Tensor w = empty({4, 3});
    init::sparse_(w, 0.5, {.std = 1});
    CHECK(allclose(w,
        tensor({{0.0, 0.0, 0.0}, {0.56843126, 0.0, 0.0}, {0.40334684, 0.83802634, -0.71925759},
            {0.0, -0.59663534, 0.18203649}}),
        {.atol = 1e-4}));
    Tensor kernel = empty({4, 2, 3});
    init::dirac_(kernel, 2);
    // nn.init.dirac_(torch.empty(4, 2, 3), groups=2).sum(2)
    CHECK(equal(kernel.sum(2), tensor({{1., 0.}, {0., 1.}, {1., 0.}, {0., 1.}})));
    CHECK(equal(kernel.select(2, 1), kernel.sum(2)));
}

TEST_CASE("initialisers leave no history and refuse what has no fans") {
    Tensor w = nn::Parameter(empty({2, 3}));
    init::xavier_normal_(w);
    CHECK(w.is_leaf());
    CHECK(w.requires_grad());
    CHECK(error_of([] { init::kaiming_uniform_(empty({3})); }).find("fewer than 2 dimensions") != std::string::npos);
    CHECK(error_of([&] { init::kaiming_uniform_(w, {.mode = "fan"}); }).find("Mode fan not supported") !=
        std::string::npos);
}
