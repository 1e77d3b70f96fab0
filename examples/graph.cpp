// The graph behind a loss, for Graphviz to draw: graph | dot -Tsvg > docs/graph.svg
#include <taper/taper.h>

namespace torch = taper;
namespace nn = taper::nn;
using taper::all, taper::Tensor;

struct Net : nn::Module<Net> {
    nn::Sequential layers = register_module(
        "layers", nn::Sequential(nn::Linear(2, 16), nn::ReLU(), nn::Linear(16, 1), nn::Sigmoid()));
    Tensor forward(Tensor x) const { return layers(x); }
};

int main() {
    torch::manual_seed(42);
    Tensor X = torch::randn({1000, 2});
    Tensor y = (X[all, 0].pow(2) + X[all, 1].pow(2) > 1).to(torch::float32).unsqueeze(1);
    Net model;
    Tensor loss = nn::BCELoss()(model(X), y);
    fmt::print("{}", torch::autograd::to_dot(loss, model.named_parameters()));
    fmt::print(stderr, "{}", torch::autograd::explain(loss, model.named_parameters()));
}
