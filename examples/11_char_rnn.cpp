// A character RNN: an LSTM learns three sonnets of Shakespeare's letter by letter, and then writes by itself.
#include <taper/taper.h>

#include "course.h"
#include "plt.h"
#include "progress.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
using taper::Slice, taper::Tensor;

const std::string text = R"(Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date:
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance or nature's changing course untrimm'd;
But thy eternal summer shall not fade
Nor lose possession of that fair thou owest;
Nor shall Death brag thou wander'st in his shade,
When in eternal lines to time thou growest:
So long as men can breathe or eyes can see,
So long lives this and this gives life to thee.

Let me not to the marriage of true minds
Admit impediments. Love is not love
Which alters when it alteration finds,
Or bends with the remover to remove:
O no! it is an ever-fixed mark
That looks on tempests and is never shaken;
It is the star to every wandering bark,
Whose worth's unknown, although his height be taken.
Love's not Time's fool, though rosy lips and cheeks
Within his bending sickle's compass come:
Love alters not with his brief hours and weeks,
But bears it out even to the edge of doom.
If this be error and upon me proved,
I never writ, nor no man ever loved.

My mistress' eyes are nothing like the sun;
Coral is far more red than her lips' red;
If snow be white, why then her breasts are dun;
If hairs be wires, black wires grow on her head.
I have seen roses damask'd, red and white,
But no such roses see I in her cheeks;
And in some perfumes is there more delight
Than in the breath that from my mistress reeks.
I love to hear her speak, yet well I know
That music hath a far more pleasing sound;
I grant I never saw a goddess go;
My mistress, when she walks, treads on the ground:
And yet, by heaven, I think my love as rare
As any she belied with false compare.
)";

struct CharRNN : nn::Module<CharRNN> {
    nn::Embedding embedding;
    nn::LSTM lstm = register_module("lstm", nn::LSTM(32, 128, {.batch_first = true}));
    nn::Linear head;

    explicit CharRNN(int64_t letters)
        : embedding(register_module("embedding", nn::Embedding(letters, 32))),
          head(register_module("head", nn::Linear(128, letters))) {}

    // Letters (N, L) to the scores of each next letter (N, L, letters), and the state after the last.
    auto forward(Tensor x, nn::LSTM::State state = {}) {
        auto [out, next] = std::get<0>(state).defined() ? lstm(embedding(x), state) : lstm(embedding(x));
        return std::tuple(head(out), next);
    }
};

int main(int argc, char** argv) {
    return run(argc, argv, {.epochs = 400, .seed = 1}, [](const Arguments& args) {
        torch::manual_seed(args.seed);
        std::string letters(text);
        std::ranges::sort(letters);
        letters.erase(std::unique(letters.begin(), letters.end()), letters.end());
        std::vector<int64_t> indices;
        for (char c : text) indices.push_back(static_cast<int64_t>(letters.find(c)));
        Tensor data = torch::tensor(indices);
        fmt::print("{} letters, {} different ones\n", data.numel(), letters.size());

        // Each step sees 32 pieces of 64 letters, from anywhere; the target is the same piece, one letter on.
        const int64_t length = 64, batch = 32;
        CharRNN model(static_cast<int64_t>(letters.size()));
        auto optimizer = optim::Adam(model.parameters(), {.lr = 0.005});
        std::vector<double> losses;
        std::vector<int64_t> steps(static_cast<size_t>(args.epochs));
        tqdm bar(steps, "pieces of text");
        for ([[maybe_unused]] int64_t step : bar) {
            Tensor start = torch::randint(data.numel() - length, {batch, 1});
            Tensor at = start + torch::arange(length);
            optimizer.zero_grad();
            auto [scores, state] = model(data[at]);
            auto loss = F::cross_entropy(scores.flatten(0, 1), data[at + 1].flatten());
            loss.backward();
            nn::utils::clip_grad_norm_(model.parameters(), 1);  // a long product of Jacobians may explode
            optimizer.step();
            losses.push_back(loss.item());
            bar.set_postfix("loss={:.3f}", loss.item());
        }

        // Written letter by letter, each drawn by its probability; the state goes from one to the next.
        torch::NoGradGuard no_grad;
        std::string written = "Love ";
        nn::LSTM::State state;
        Tensor scores;
        auto read = [&](char c) {
            std::tie(scores, state) = model(torch::full({1, 1}, static_cast<int64_t>(letters.find(c))), state);
        };
        for (char c : std::string(written)) read(c);
        while (written.size() < 400) {
            Tensor probabilities = F::softmax(scores.flatten() / 0.5, 0);
            written += letters[static_cast<size_t>(torch::multinomial(probabilities, 1).item<int64_t>())];
            read(written.back());
        }
        fmt::print("\n{}\n\n", written);

        plt::plot(losses, {.label = "LSTM of 128 units"});
        std::vector<double> guess(losses.size(), std::log(static_cast<double>(letters.size())));
        plt::plot(guess, {.label = "all letters alike", .linestyle = "--"});
        plt::title("An LSTM learns three sonnets");
        plt::xlabel("step");
        plt::ylabel("cross entropy per letter");
        plt::legend({.loc = "upper right"});
        plt::savefig("char_rnn.png");
        fmt::print("The picture is char_rnn.png.\n");
    });
}
