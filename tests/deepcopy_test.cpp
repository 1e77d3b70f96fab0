// copy.deepcopy: what is copied, what stays one, and what is left behind, as in PyTorch 1.13.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;
namespace copy = taper::copy;

namespace {

struct Net : nn::Module<Net> {
    nn::Linear a = register_module("a", nn::Linear(3, 3));
    nn::Linear b = register_module("b", nn::Linear(3, 3));
    nn::BatchNorm1d norm = register_module("norm", nn::BatchNorm1d(3));
    nn::Dropout dropout = register_module("dropout", nn::Dropout(0.5));
    nn::Sequential tail = register_module("tail", nn::Sequential(nn::Linear(3, 2), nn::Sigmoid()));
    nn::Parameter scale = register_parameter("scale", ones({3}));
    nn::Buffer count = register_buffer("count", zeros({1}));
    nn::Setting<int> steps = 1;
    std::vector<nn::Linear> listed{a};
    Net() { b.weight = a.weight; }
    Tensor forward(const Tensor& x) {
        count = count + 1;
        return tail(dropout(norm(b(a(x))) * scale));
    }
};

void train(Net& model) {
    optim::SGD optimizer(model.parameters(), {.lr = 0.5});
    model(randn({8, 3})).sum().backward();
    optimizer.step();
}

}  // namespace

TEST_CASE("a deep copy is trained without the original and the original without it") {
    manual_seed(0);
    Net model;
    model.dropout.p = 0.25;
    const StateDict before = copy::deepcopy(model.state_dict());
    Net twin = copy::deepcopy(model);
    for (auto& [name, x] : twin.state_dict()) CHECK(equal(x, before.at(name)));
    train(twin);
    for (auto& [name, x] : model.state_dict()) CHECK(equal(x, before.at(name)));
    CHECK_FALSE(equal(twin.a.weight, model.a.weight));
    CHECK(twin.count.item() == 1);
    CHECK(twin.state_dict()["count"].item() == 1);
    const StateDict trained = copy::deepcopy(twin.state_dict());
    train(model);
    for (auto& [name, x] : twin.state_dict()) CHECK(equal(x, trained.at(name)));
}

TEST_CASE("the members of a deep copy are its own parts") {
    Net model;
    Net twin = copy::deepcopy(model);
    CHECK(twin.a.weight.data_ptr() == twin.state_dict()["a.weight"].data_ptr());
    CHECK(twin.a.weight.data_ptr() != model.a.weight.data_ptr());
    CHECK(twin.b.weight.data_ptr() == twin.a.weight.data_ptr());  // tied as before
    CHECK(twin.parameters().size() == model.parameters().size());
    CHECK(twin.listed[0].weight.data_ptr() == twin.a.weight.data_ptr());
    CHECK(twin.tail[0].as<nn::Linear>().weight.data_ptr() == twin.state_dict()["tail.0.weight"].data_ptr());
    twin.a = nn::Linear(3, 7);
    CHECK(twin.state_dict()["a.weight"].shape() == Shape{7, 3});
    CHECK(model.a.out_features == 3);
    twin.scale = nn::Parameter(zeros({3}));
    CHECK(twin.state_dict()["scale"].sum().item() == 0);
    CHECK(model.scale.sum().item() == 3);
    twin.eval();
    CHECK(model.training());
    CHECK_FALSE(copy::deepcopy(twin).training());
    twin.dropout.p = 0.1;
    twin.steps = 2;
    CHECK(model.dropout.p == 0.5);
    CHECK(model.steps == 1);
    Net again = twin;  // a plain copy of the copy shares as ever
    again.steps = 3;
    CHECK(twin.steps == 3);
}

TEST_CASE("requires_grad is copied and the gradient of a parameter is not but that of another leaf is") {
    nn::Linear layer(2, 1);
    layer.bias.requires_grad_(false);
    layer(ones({1, 2})).sum().backward();
    nn::Linear twin = copy::deepcopy(layer);
    CHECK(twin.weight.requires_grad());
    CHECK_FALSE(twin.bias.requires_grad());
    CHECK_FALSE(twin.weight.grad().defined());
    CHECK(layer.weight.grad().defined());
    Tensor x = ones({2}, {.requires_grad = true});
    (x * 3).sum().backward();
    Tensor y = copy::deepcopy(x);
    CHECK(y.requires_grad());
    CHECK(y.grad().tolist() == std::vector<double>{3, 3});
    y.grad().zero_();
    CHECK(x.grad().sum().item() == 6);
    CHECK(error_of([&] { copy::deepcopy(x * 2); }).find("Only Tensors created explicitly by the user (graph leaves)") !=
        std::string::npos);
}

TEST_CASE("tensors on one memory are on one memory in the copy of their list") {
    Tensor base = arange(6).view(2, 3);
    TensorList list = copy::deepcopy(TensorList{base, base[1], base.mT(), base});
    list[0].fill_(7);
    CHECK(list[1].tolist() == std::vector<double>{7, 7, 7});
    CHECK(list[2].shape() == Shape{3, 2});
    CHECK(list[3].data_ptr() == list[0].data_ptr());
    CHECK(base.sum().item() == 15);
}

TEST_CASE("hooks are copied with what they capture shared") {
    nn::Linear layer(1, 1);
    int calls = 0;
    auto handle = layer.register_forward_hook([&](auto&, auto&, auto&) { ++calls; });
    nn::Linear twin = copy::deepcopy(layer);
    twin(ones({1, 1}));
    CHECK(calls == 1);
    handle.remove();
    layer(ones({1, 1}));
    CHECK(calls == 1);
    twin(ones({1, 1}));
    CHECK(calls == 2);
}

TEST_CASE("any module and lists of modules are copied deeply") {
    nn::AnyModule any = nn::Linear(2, 2);
    nn::AnyModule twin = copy::deepcopy(any);
    twin.as<nn::Linear>().weight.data().fill_(0);
    CHECK(twin(ones({1, 2})).sum().item() == doctest::Approx(any.as<nn::Linear>().bias.sum().item()));
    CHECK(any.as<nn::Linear>().weight.abs().sum().item() > 0);
    nn::Linear shared(2, 2);
    nn::ModuleList list({shared, shared});
    nn::ModuleList copied = copy::deepcopy(list);
    CHECK(copied.parameters().size() == 2);
    CHECK(copied[0].as<nn::Linear>().weight.data_ptr() == copied[1].as<nn::Linear>().weight.data_ptr());
    CHECK(copied[0].as<nn::Linear>().weight.data_ptr() != shared.weight.data_ptr());
    CHECK_FALSE(copy::deepcopy(nn::AnyModule()).defined());
    nn::LSTM lstm(2, 3);
    nn::LSTM own = copy::deepcopy(lstm);
    nn::init::zeros_(own.parameters()[0]);
    CHECK(lstm.parameters()[0].abs().sum().item() > 0);
}
