// A network of two layers learns handwritten digits: the program of the article "激活函数ReLU的原理与应用", statement for
// statement. The article prints it twice, with another test() the second time: --test 2 runs that one.
#include <taper/taper.h>

#include "arguments.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace optim = taper::optim;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
using taper::DataLoader, taper::Tensor, taper::enumerate, taper::len;

struct Net : nn::Module<Net> {                                                             // class Net(nn.Module):
    nn::Flatten flatten = register_module("flatten", nn::Flatten());                       //     self.flatten = nn.Flatten()
    nn::Linear fc1 = register_module("fc1", nn::Linear(28 * 28, 512));                     //     self.fc1 = nn.Linear(28*28, 512)
    nn::ReLU relu = register_module("relu", nn::ReLU());                                   //     self.relu = nn.ReLU()
    nn::Linear fc2 = register_module("fc2", nn::Linear(512, 10));                          //     self.fc2 = nn.Linear(512, 10)

    Tensor forward(Tensor x) {                                                             //     def forward(self, x):
        x = flatten(x);                                                                    //         x = self.flatten(x)
        x = fc1(x);                                                                        //         x = self.fc1(x)
        x = relu(x);                                                                       //         x = self.relu(x)
        x = fc2(x);                                                                        //         x = self.fc2(x)
        return x;                                                                          //         return x
    }
};

// Without arguments the program is the article's; these are ours.
struct Arguments {
    std::string root = "./data", checkpoint;
    std::optional<int64_t> seed;
    int epochs = 10, test = 1;

    Arguments(int argc, char** argv) {
        CommandLine line("The article's MNIST classifier");
        line.option("--root", root, "where MNIST/raw is, or is downloaded to");
        line.option("--seed", seed, "the seed of manual_seed; without one, runs differ");
        line.option("--epochs", epochs, "how often the training images are gone through");
        line.option("--test", test, "which of the article's two test functions").one_of({"1", "2"});
        line.option("--checkpoint", checkpoint, "a folder: save all every 100 batches there, and go on where it left off");
        line.read(argc, argv);
    }
};

int run(const Arguments& arguments) {
    if (arguments.seed) torch::manual_seed(*arguments.seed);                                // ours: the article sets no seed
    if (torch::cuda::is_available())                                                       // if torch.cuda.is_available():
        fmt::print("the machine support cuda.\n");                                         //     print("the machine support cuda.")
    else                                                                                   // else:
        fmt::print("the machine only support cpu.\n");                                     //     print("the machine only support cpu.")
    auto device = torch::Device(torch::cuda::is_available() ? "cuda" : "cpu");             // device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    auto transform = transforms::Compose({                                                 // transform = transforms.Compose([
        transforms::ToTensor(),                                                            //     transforms.ToTensor(),
        transforms::Normalize({0.1307}, {0.3081}),                                         //     transforms.Normalize((0.1307,), (0.3081,))
    });                                                                                    // ])
    // train_dataset = datasets.MNIST(root='./data', train=True, download=True, transform=transform,)
    // test_dataset = datasets.MNIST(root='./data', train=False, transform=transform,)
    auto train_dataset = datasets::MNIST({.root = arguments.root, .train = true, .download = true, .transform = transform});
    auto test_dataset = datasets::MNIST({.root = arguments.root, .train = false, .transform = transform});
    // train_loader = DataLoader(train_dataset, batch_size=64, shuffle=True, num_workers=2)
    // test_loader = DataLoader(test_dataset, batch_size=1000, shuffle=False)
    auto train_loader = DataLoader(train_dataset, {.batch_size = 64, .shuffle = true, .num_workers = 2});
    auto test_loader = DataLoader(test_dataset, {.batch_size = 1000, .shuffle = false});

    auto model = Net().to(device);                                                         // model = Net().to(device)
    auto criterion = nn::CrossEntropyLoss();                                               // criterion = nn.CrossEntropyLoss()
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.001});                       // optimizer = optim.Adam(model.parameters(), lr=0.001)

    int epoch = 1;
    std::optional<torch::TrainingState> state;                                             // ours, for --checkpoint
    if (!arguments.checkpoint.empty()) {
        state = torch::TrainingState(arguments.checkpoint, {.every_n_steps = 100});
        state->add("model", model), state->add("optimizer", optimizer), state->add("loader", train_loader);
        state->add("epoch", epoch);
        if (state->resume()) fmt::print("going on after {} batches\n", state->steps());
    }

    auto train = [&](int epoch) {                                                          // def train(epoch):
        model.train();                                                                     //     model.train()
        for (auto [batch_idx, data, target] : enumerate(train_loader)) {                   //     for batch_idx, (data, target) in enumerate(train_loader):
            data = data.to(device), target = target.to(device);                            //         data, target = data.to(device), target.to(device)
            optimizer.zero_grad();                                                         //         optimizer.zero_grad()
            auto output = model(data);                                                     //         output = model(data)
            auto loss = criterion(output, target);                                         //         loss = criterion(output, target)
            loss.backward();                                                               //         loss.backward()
            optimizer.step();                                                              //         optimizer.step()
            if (batch_idx % 100 == 0)                                                      //         if batch_idx % 100 == 0:
                // print(f'Train Epoch: {epoch} [{batch_idx * len(data)}/{len(train_loader.dataset)} '
                //       f'({100. * batch_idx / len(train_loader):.0f}%)]\tLoss: {loss.item():.6f}')
                fmt::print("Train Epoch: {} [{}/{} ({:.0f}%)]\tLoss: {:.6f}\n", epoch, batch_idx * len(data),
                           len(train_loader.dataset()), 100. * batch_idx / len(train_loader), loss.item());
            if (state) state->step();                                                      // ours
        }
    };

    auto test = [&] {                                                                      // def test():
        model.eval();                                                                      //     model.eval()
        double test_loss = 0;                                                              //     test_loss = 0
        int64_t correct = 0;                                                               //     correct = 0
        {
            torch::NoGradGuard no_grad;                                                    //     with torch.no_grad():
            for (auto [data, target] : test_loader) {                                      //         for data, target in test_loader:
                data = data.to(device), target = target.to(device);                        //             data, target = data.to(device), target.to(device)
                auto output = model(data);                                                 //             output = model(data)
                test_loss += criterion(output, target).item();                             //             test_loss += criterion(output, target).item()
                auto pred = output.argmax({.dim = 1, .keepdim = true});                    //             pred = output.argmax(dim=1, keepdim=True)
                correct += pred.eq(target.view_as(pred)).sum().item();                     //             correct += pred.eq(target.view_as(pred)).sum().item()
            }
        }
        // The article's slip, kept: this is a sum of means over batches, divided by the number of images, so the loss that is
        // printed is a thousand times too small. Divide by len(test_loader), or let the criterion sum.
        test_loss /= len(test_loader.dataset());                                           //     test_loss /= len(test_loader.dataset)
        // print(f'\nTest set: Average loss: {test_loss:.4f}, Accuracy: {correct}/{len(test_loader.dataset)} '
        //       f'({100. * correct / len(test_loader.dataset):.2f}%)\n')
        fmt::print("\nTest set: Average loss: {:.4f}, Accuracy: {}/{} ({:.2f}%)\n\n", test_loss, correct,
                   len(test_loader.dataset()), 100. * correct / len(test_loader.dataset()));
    };

    auto test2 = [&] {                                                                     // def test():   (the article's second)
        model.eval();                                                                      //     model.eval()
        int64_t correct = 0;                                                               //     correct = 0
        {
            torch::NoGradGuard no_grad;                                                    //     with torch.no_grad():
            for (auto [data, target] : test_loader) {                                      //         for data, target in test_loader:
                data = data.to(device), target = target.to(device);                        //             data, target = data.to(device), target.to(device)
                auto output = model(data);                                                 //             output = model(data)
                auto pred = output.argmax({.dim = 1});                                     //             pred = output.argmax(dim=1)
                correct += pred.eq(target).sum().item();                                   //             correct += pred.eq(target).sum().item()
            }
        }
        // print(f'Test Accuracy: {100.*correct/len(test_loader.dataset):.2f}%')
        fmt::print("Test Accuracy: {:.2f}%\n", 100. * correct / len(test_loader.dataset()));
    };

    for (; epoch < arguments.epochs + 1; ++epoch) {                                        // for epoch in range(1, 11):
        train(epoch);                                                                      //     train(epoch)
        arguments.test == 1 ? test() : test2();                                            //     test()
    }
    torch::save(model.state_dict(), "mnist_relu_model.pth");                               // torch.save(model.state_dict(), "mnist_relu_model.pth")
    return 0;
}

int main(int argc, char** argv) {
    Arguments arguments(argc, argv);
    try {
        return run(arguments);
    } catch (const torch::Error& error) {  // no data, no network, no room: a sentence, where Python prints a traceback
        fmt::print(stderr, "mnist: {}\n", error.what());
        return 1;
    }
}
