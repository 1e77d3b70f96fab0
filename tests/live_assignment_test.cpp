// Programs that assign parameters, buffers and parts, beside PyTorch: live/assignment.py is the same, statement for
// statement.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
namespace copy = taper::copy;
using taper::Tensor;

namespace {

struct LanguageModel : nn::Module<LanguageModel> {
    nn::Embedding wte = register_module("wte", nn::Embedding(7, 4));
    nn::Linear body = register_module("body", nn::Linear(4, 4));
    nn::Linear lm_head = register_module("lm_head", nn::Linear(4, 7, {.bias = false}));
    nn::Buffer mean = register_buffer("mean", torch::zeros({4}));
    LanguageModel() { wte.weight = lm_head.weight; }
    Tensor forward(const Tensor& index) {
        Tensor x = torch::tanh(body(wte(index)));
        mean = 0.9 * mean + 0.1 * x.detach().mean(0);
        return lm_head(x - mean);
    }
};

std::vector<double> train(LanguageModel& model) {
    Tensor index = torch::arange(7), target = torch::arange(7).flip(0);
    auto optimizer = optim::SGD(model.parameters(), {.lr = 0.5, .momentum = 0.9});
    std::vector<double> losses;
    for (int step = 0; step < 5; ++step) {
        optimizer.zero_grad();
        auto loss = F::cross_entropy(model(index), target);
        loss.backward();
        optimizer.step();
        losses.push_back(loss.item());
    }
    return losses;
}

void check_same(const taper::StateDict& ours, const taper::StateDict& theirs) {
    CHECK(ours.keys() == theirs.keys());
    for (const auto& [name, x] : ours) {
        CAPTURE(name);
        CHECK(torch::allclose(x, theirs.at(name), {.rtol = 1e-4, .atol = 1e-5}));
    }
}

}  // namespace

TEST_CASE("a tied model's checkpoint gives the same in PyTorch and so does what is assigned to a model") {
    if (std::system("/usr/bin/python3 -W ignore -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / fmt::format("taper_assignment_{}", ::getpid());
    fs::create_directory(folder);
    LanguageModel saved;
    train(saved);
    torch::save(saved.state_dict(), (folder / "ours.pth").string());
    REQUIRE(std::system(fmt::format("/usr/bin/python3 -W ignore {0}/tests/live/assignment.py {1}/ours.pth {1}/out.pth",
                TAPER_SOURCE_DIR, folder.string())
                            .c_str()) == 0);
    const taper::Value theirs = torch::load((folder / "out.pth").string());
    fs::remove_all(folder);
    CHECK(torch::allclose(saved(torch::arange(7)), theirs["outputs"].tensor(), {.rtol = 1e-5, .atol = 1e-6}));

    torch::manual_seed(5);
    LanguageModel model;
    std::vector<double> losses = train(model);
    LanguageModel twin = copy::deepcopy(model);
    for (double loss : train(twin)) losses.push_back(loss);
    model.body = nn::Linear(4, 4, {.bias = false});
    model.wte.weight = nn::Parameter(torch::ones({7, 4}));
    for (double loss : train(model)) losses.push_back(loss);
    const auto wanted = theirs["losses"].tensor().tolist();
    REQUIRE(losses.size() == wanted.size());
    for (std::size_t i = 0; i < losses.size(); ++i) CHECK(losses[i] == doctest::Approx(wanted[i]).epsilon(1e-5));
    check_same(model.state_dict(), theirs["state"]);
    check_same(twin.state_dict(), theirs["twin"]);
}
