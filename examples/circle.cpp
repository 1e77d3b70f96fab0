// Three activations learn which points lie outside a circle: the program of the article "激活函数只是“非线性开关”?",
// statement for statement. What a line of Python says, one line of C++ says, in the same order, with the same names.
#include <taper/taper.h>

#include "plt.h"  // matplotlib's names: plot, xlabel, ylabel, legend, show, savefig

namespace torch = taper;
namespace nn = taper::nn;
using taper::all, taper::Tensor;

Tensor X, y;

struct Net : nn::Module<Net> {                                                    // class Net(nn.Module):
    nn::Sequential layers;                                                        //     def __init__(self, activation):
    explicit Net(nn::AnyModule activation)
        : layers(register_module("layers", nn::Sequential(                        //         self.layers = nn.Sequential(
              nn::Linear(2, 16),                                                  //             nn.Linear(2, 16),
              activation,                                                         //             activation,
              nn::Linear(16, 1),                                                  //             nn.Linear(16, 1),
              nn::Sigmoid()))) {}                                                 //             nn.Sigmoid())
    Tensor forward(Tensor x) { return layers(x); }                                //     def forward(self, x): return self.layers(x)
};

std::vector<double> train(nn::AnyModule activation, int epochs = 100) {           // def train(activation, epochs=100):
    auto model = Net(activation);                                                 //     model = Net(activation)
    auto criterion = nn::BCELoss();                                               //     criterion = nn.BCELoss()
    auto optimizer = torch::optim::Adam(model.parameters(), {.lr = 0.01});        //     optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    std::vector<double> losses;                                                   //     losses = []
    for (int epoch = 0; epoch < epochs; ++epoch) {                                //     for epoch in range(epochs):
        optimizer.zero_grad();                                                    //         optimizer.zero_grad()
        auto outputs = model(X);                                                  //         outputs = model(X)
        auto loss = criterion(outputs, y);                                        //         loss = criterion(outputs, y)
        loss.backward();                                                          //         loss.backward()
        optimizer.step();                                                         //         optimizer.step()
        losses.push_back(loss.item());                                            //         losses.append(loss.item())
    }
    return losses;                                                                //     return losses
}

int main() {
    torch::manual_seed(42);                                                       // torch.manual_seed(42)
    X = torch::randn({1000, 2});                                                  // X = torch.randn(1000, 2)
    y = (X[all, 0].pow(2) + X[all, 1].pow(2) > 1).to(torch::float32).unsqueeze(1);// y = (X[:,0]**2 + X[:,1]**2 > 1).float().unsqueeze(1)

    auto sigmoid_losses = train(nn::Sigmoid());                                   // sigmoid_losses = train(nn.Sigmoid())
    auto relu_losses = train(nn::ReLU());                                         // relu_losses = train(nn.ReLU())
    auto leaky_relu_losses = train(nn::LeakyReLU(0.01));                          // leaky_relu_losses = train(nn.LeakyReLU(0.01))

    plt::plot(sigmoid_losses, {.label = "Sigmoid"});                              // plt.plot(sigmoid_losses, label='Sigmoid')
    plt::plot(relu_losses, {.label = "ReLU"});                                    // plt.plot(relu_losses, label='ReLU')
    plt::plot(leaky_relu_losses, {.label = "Leaky ReLU"});                        // plt.plot(leaky_relu_losses, label='Leaky ReLU')
    plt::xlabel("Epochs");                                                        // plt.xlabel('Epochs')
    plt::ylabel("Loss");                                                          // plt.ylabel('Loss')
    plt::legend();                                                                // plt.legend()
    plt::savefig("circle_losses.png");                                            // ours: the picture stays when there is no display
    plt::show();                                                                  // plt.show()
}
