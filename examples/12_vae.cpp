// A variational autoencoder (Kingma and Welling 2014) on MNIST: pytorch/examples' vae/main.py, with the loss of the
// paper, which sees a pixel as a probability.
#include <taper/taper.h>

#include "course.h"
#include "plt.h"
#include "progress.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
using taper::DataLoader, taper::len, taper::Slice, taper::Tensor;

struct VAE : nn::Module<VAE> {
    nn::Linear fc1 = register_module("fc1", nn::Linear(784, 400));
    nn::Linear fc21 = register_module("fc21", nn::Linear(400, 20));
    nn::Linear fc22 = register_module("fc22", nn::Linear(400, 20));
    nn::Linear fc3 = register_module("fc3", nn::Linear(20, 400));
    nn::Linear fc4 = register_module("fc4", nn::Linear(400, 784));

    std::tuple<Tensor, Tensor> encode(Tensor x) {
        auto h1 = F::relu(fc1(x));
        return {fc21(h1), fc22(h1)};
    }

    Tensor reparameterize(Tensor mu, Tensor logvar) {
        auto std = torch::exp(0.5 * logvar);
        auto eps = torch::randn_like(std);
        return mu + eps * std;
    }

    Tensor decode(Tensor z) {
        auto h3 = F::relu(fc3(z));
        return torch::sigmoid(fc4(h3));
    }

    std::tuple<Tensor, Tensor, Tensor> forward(Tensor x) {
        auto [mu, logvar] = encode(x.view(-1, 784));
        auto z = reparameterize(mu, logvar);
        return {decode(z), mu, logvar};
    }
};

// Reconstruction + KL divergence losses summed over all elements and batch
Tensor loss_function(Tensor recon_x, Tensor x, Tensor mu, Tensor logvar) {
    auto BCE = F::binary_cross_entropy(recon_x, x.view(-1, 784), {.reduction = "sum"});
    // 0.5 * sum(1 + log(sigma^2) - mu^2 - sigma^2)
    auto KLD = -0.5 * torch::sum(1 + logvar - mu.pow(2) - logvar.exp());
    return BCE + KLD;
}

int main(int argc, char** argv) {
    return run(argc, argv, {.epochs = 5, .seed = 1}, [](const Arguments& args) {  // theirs: ten epochs
        torch::manual_seed(args.seed);
        auto mnist = [&](bool train) {
            return datasets::MNIST({.root = args.root, .train = train, .download = train, .transform = transforms::ToTensor()});
        };
        auto train_loader = DataLoader(mnist(true), {.batch_size = 128, .shuffle = true, .num_workers = 1});
        auto test_loader = DataLoader(mnist(false), {.batch_size = 128, .shuffle = true});
        VAE model;
        auto optimizer = optim::Adam(model.parameters(), {.lr = 1e-3});

        std::vector<double> train_losses, test_losses;
        for (int64_t epoch = 1; epoch < args.epochs + 1; ++epoch) {
            model.train();
            double train_loss = 0, test_loss = 0;
            {
                tqdm bar(train_loader, fmt::format("Train Epoch: {}", epoch));
                for (auto [data, _] : bar) {
                    optimizer.zero_grad();
                    auto [recon_batch, mu, logvar] = model(data);
                    auto loss = loss_function(recon_batch, data, mu, logvar);
                    loss.backward();
                    train_loss += loss.item();
                    optimizer.step();
                    bar.set_postfix("loss={:.2f}", loss.item() / len(data));
                }
            }
            model.eval();
            torch::NoGradGuard no_grad;
            for (auto [i, data, _] : enumerate(test_loader)) {
                auto [recon_batch, mu, logvar] = model(data);
                test_loss += loss_function(recon_batch, data, mu, logvar).item();
                if (i > 0 || epoch < args.epochs) continue;
                // Eight digits, and below them what became of them.
                auto comparison = torch::cat({data[Slice(0, 8)], recon_batch.view(-1, 1, 28, 28)[Slice(0, 8)]});
                torch::save_image(comparison, "vae_reconstruction.png", {.nrow = 8});
            }
            train_losses.push_back(train_loss / len(train_loader.dataset()));
            test_losses.push_back(test_loss / len(test_loader.dataset()));
            fmt::print("====> Epoch: {} Average loss: {:.4f}, test set loss: {:.4f}\n", epoch, train_losses.back(),
                test_losses.back());
        }
        torch::NoGradGuard no_grad;
        auto sample = torch::randn({64, 20});
        torch::save_image(model.decode(sample).view(64, 1, 28, 28), "vae_sample.png");

        std::vector<double> epochs(train_losses.size());
        std::iota(epochs.begin(), epochs.end(), 1);
        plt::plot(epochs, train_losses, {.label = "training images", .marker = "o"});
        plt::plot(epochs, test_losses, {.label = "test images", .marker = "o"});
        plt::title("VAE on MNIST");
        plt::xlabel("epoch");
        plt::ylabel("loss per image");
        plt::legend({.loc = "upper right"});
        plt::savefig("vae_loss.png");
        fmt::print("The pictures are vae_reconstruction.png, vae_sample.png and vae_loss.png.\n");
    });
}
