// The mistakes that are made most, for tests/compile_errors.py: each is compiled alone, none may compile, and the
// compiler's first line must say so in the words behind it. Without a MISTAKE, what the calls of compile_errors.txt are
// made of.
#include <taper/taper.h>

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
using taper::all, taper::Tensor;

struct Net : nn::Module<Net> {
    nn::Linear fc = register_module("fc", nn::Linear(2, 2));
    Tensor forward(Tensor x) { return fc(x); }
};
struct NoForward : nn::Module<NoForward> {};
struct NoModule {
    Tensor forward(Tensor x) { return x; }
};

#ifdef MISTAKE
int main() {
    Tensor x = torch::ones({2, 2});
    Net net;
    std::vector<double> losses{1, 2};

#if MISTAKE == 1  // a wrong keyword: Dropout
    nn::Dropout dropout(0.1, {.inplase = true});
#elif MISTAKE == 2   // a wrong keyword of a function: sum
    Tensor y = x.sum({.dims = 1});
#elif MISTAKE == 3   // a wrong order of keywords: Conv
    nn::Conv2d conv(1, 8, 3, {.padding = 1, .stride = 2});
#elif MISTAKE == 4   // a missing name: cholesky_inverse
    Tensor y = torch::cholesky_inverse(x);
#elif MISTAKE == 5   // a missing argument: Linear
    nn::Linear linear(2);
#elif MISTAKE == 6   // a forward with another signature: Net
    Tensor y = net(x, x);
#elif MISTAKE == 7   // an unregistered type in Sequential: Sequential
    nn::Sequential layers(nn::Linear(2, 2), NoModule());
#elif MISTAKE == 8   // a lambda with the wrong argument: Sequential
    nn::Sequential layers(nn::Linear(2, 2), [](double v) { return v; });
#elif MISTAKE == 9   // a hook with the wrong argument: register_forward_hook
    net.register_forward_hook([](Tensor x) { return x; });
#elif MISTAKE == 10  // a tensor where a shape belongs: zeros
    Tensor y = torch::zeros(x);
#elif MISTAKE == 11  // a Python list in an index: [
    Tensor y = x[all, {-1}, all];
#elif MISTAKE == 12  // printing a vector: vector
    fmt::print("{}\n", losses);
#elif MISTAKE == 13  // a module without forward: NoForward
    Tensor y = NoForward()(x);
#endif
}
#else
namespace optim = taper::optim;
namespace lr_scheduler = taper::optim::lr_scheduler;
namespace transforms = taper::transforms;
namespace datasets = taper::datasets;
namespace init = taper::nn::init;
namespace autograd = taper::autograd;

extern Tensor x, y, labels;
extern taper::TensorList list;
extern Net net;
extern nn::ConvTranspose2d deconv;
extern nn::MultiheadAttention attention;
extern optim::SGD sgd;
extern taper::TensorDataset<2> dataset;
extern taper::Generator generator;
#endif
