// The claims report: every claim of the articles that a number can decide is put to the test, and docs/claims.md says
// what came out.
#include <chrono>

#include "../arguments.h"
#include "tests.h"

namespace claims {
namespace {

constexpr bool without_data = false;  // needs no MNIST

// What an article claims, which one, and the test. What was found here, in the articles' programs, is marked so.
const std::vector<Section> report{
    {"The program on MNIST",
        {{"Ten epochs usually reach 98 % or more", "001", ten_epochs},
            {"The “Average loss” that is printed is a thousand times too small", "001, found here", printed_loss},
            {"`Normalize` maps the images to [-0.4242, 2.8215]", "001", normalized_range, without_data},
            {"`nn.Linear(28*28, 512)` has 401,920 parameters", "001", parameters, without_data},
            {"`Flatten` turns (1, 28, 28) into 784", "001", flatten_shape, without_data},
            {"A linear layer needs one-dimensional vectors", "001", linear_needs_vectors, without_data},
            {"The network may end in logits: the softmax is in the loss", "001", softmax_in_the_loss, without_data},
            {"Gradients add up without `zero_grad`", "001", accumulation, without_data},
            {"A large test batch (1000) reduces memory", "001", large_test_batch, without_data}}},
    {"The functions",
        {{"ReLU is discontinuous at the origin", "000", continuous, without_data},
            {"The hand-written ReLU has gradient 0.5 at 0", "004, found here", handwritten_gradient, without_data},
            {"Leaky ReLU: f(-1) = -0.01, with gradient 0.01", "003", leaky_slope, without_data},
            {"Sigmoid's gradient is about 0 for x > 5 and x < -5", "003", saturated_sigmoid, without_data},
            {"Softplus' derivative is the logistic function; σ′ = σ(1 − σ)", "002, 003", derivatives, without_data}}},
    {"The circle",
        {{"Stacked linear layers are one linear layer", "003", stacked_linear, without_data},
            {"60.65 % of the points lie outside the circle", "003", circle_base_rate, without_data},
            {"Without an activation the network stays at that rate", "003", circle_without_activation, without_data},
            {"Sigmoid learns the circle more slowly than ReLU", "003", circle_sigmoid_slower, without_data},
            {"Leaky ReLU learns the circle as ReLU does", "003", circle_leaky_like_relu, without_data}}},
    {"What ReLU's zeros do",
        {{"About half of ReLU's outputs are zero", "000", half_are_zero},
            {"Sparse activations save memory and computation", "000, 004", sparsity_saves, without_data},
            {"ReLU's outputs are off centre, which BatchNorm mends", "001", mean_shift}}},
    {"Which activation learns faster, and better",
        {{"ELU converges 15 % faster than ReLU on MNIST", "000", elu_faster},
            {"ReLU networks train 6 times as fast as Sigmoid networks", "003", six_times},
            {"ReLU with BatchNorm trains 22 % faster than without (ImageNet)", "000", batch_norm_faster},
            {"Softplus is slightly worse than ReLU", "002", softplus_slightly_worse},
            {"ReLU's test error on CIFAR-10 is 2 to 3 points lower, with less overfitting", "000", less_overfitting}}},
    {"What they cost",
        {{"ELU costs 30 % more computation than ReLU", "000", elu_costs, without_data},
            {"ReLU is cheaper than Sigmoid and Tanh", "000, 004", relu_cheaper, without_data},
            {"ReLU takes a comparison and a multiplication, Leaky ReLU two", "000", table_of_costs, without_data},
            {"VGG16 trains about 40 % faster with ReLU than with Sigmoid", "000", vgg_step, without_data}}},
    {"Deep networks",
        {{"He's initialisation keeps the variance over 20 layers", "000, 001", he_keeps_variance, without_data},
            {"SELU normalises itself", "000", selu_normalises, without_data},
            {"Sigmoid's gradient vanishes in deep networks", "000 to 004", sigmoid_vanishes, without_data},
            {"ReLU's gradient does not vanish", "000 to 004", relu_does_not_vanish, without_data},
            {"Deep Sigmoid and Tanh nets fail without pre-training, ReLU does not", "002", deep_nets_fail},
            {"ReLU without pre-training is as good as Sigmoid with it", "002", pretraining}}},
    {"Dying ReLU",
        {{"Too large a learning rate kills ReLU units", "000 to 004", large_steps_kill},
            {"A smaller learning rate, or Adam, keeps ReLU units alive", "001, 003", smaller_steps_help},
            {"BatchNorm keeps ReLU units from dying", "000, 001", batch_norm_keeps_alive},
            {"Leaky ReLU rescues runs that die of a large step: SGD", "000 to 004", leaky_instead_sgd},
            {"Leaky ReLU rescues runs that die of a large step: Adam", "000 to 004", leaky_instead_adam},
            {"Leaky ReLU raises ResNet-50's rate of successful trainings by 27 %", "000", training_success},
            {"Dead units come back with a slope below 0, not with ReLU", "000, 001", leaky_afterwards},
            {"Where ReLU units die, Leaky ReLU and PReLU may diverge to NaN", "found here", leaky_diverges}}}};

// Without MNIST the claims that need it are left out.
std::optional<Mnist> load(const std::string& root) {
    auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
    try {
        datasets::MNIST train({.root = root, .train = true, .transform = transform});
        datasets::MNIST test({.root = root, .train = false, .transform = transform});
        auto [images, labels] = next(iter(DataLoader(train, {.batch_size = 10000})));
        auto [test_images, test_labels] = next(iter(DataLoader(test, {.batch_size = 10000})));
        return Mnist{train, images, labels, test_images, test_labels};
    } catch (const taper::Error& error) {
        fmt::print("Without MNIST the claims that need it are left out: {}\n", error.what());
        return {};
    }
}

void run(Setup setup, const std::string& only) {
    using Clock = std::chrono::steady_clock;
    auto since = [](Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); };
    const auto start = Clock::now();
    std::error_code error;  // now, not after ten minutes
    std::filesystem::create_directories(std::filesystem::path(setup.out) / "claims", error);
    taper::check(!error, "cannot make the folder '{}/claims': {}", setup.out, error.message());
    setup.mnist = load(setup.root);
    std::vector<Section> chosen = report;
    for (Section& section : chosen)
        std::erase_if(section.claims, [&](const Claim& claim) { return claim.quote.find(only) == only.npos; });
    std::erase_if(chosen, [](const Section& section) { return section.claims.empty(); });
    std::vector<Result> results;
    for (const Section& section : chosen)
        for (const Claim& claim : section.claims) {
            const auto began = Clock::now();
            Result result{claim, {}, 0};
            torch::manual_seed(1);
            if (setup.mnist || !claim.needs_mnist) result.finding = claim.test(setup);
            result.seconds = since(began);
            fmt::print("{:2}. {}: {} ({:.1f} s)\n    {}\n", results.size() + 1, claim.quote,
                result.finding ? words(result.finding->verdict) : "left out", result.seconds,
                result.finding ? summary(*result.finding) : "");
            std::fflush(stdout);
            results.push_back(result);
        }
    write_page(setup, chosen, results, since(start));
    fmt::print("\n{}/claims.md is written, in {:.0f} s.\n", setup.out, since(start));
}

}  // namespace
}  // namespace claims

int main(int argc, char** argv) {
    claims::Setup setup;
    std::string only;
    CommandLine line("Puts the articles' claims to the test, and writes docs/claims.md with its pictures");
    line.option("--root", setup.root, "where MNIST/raw is");
    line.option("--out", setup.out, "the folder that gets claims.md and claims/");
    line.option("--seeds", setup.seeds, "runs of each training").between(2, 1000);
    line.option("--only", only, "only the claims with these words");
    line.flag("--quick", setup.quick, "a twentieth of the steps and two seeds: shows that it works, decides nothing");
    line.read(argc, argv);
    if (setup.quick) setup.seeds = 2;
    try {
        claims::run(setup, only);
        return 0;
    } catch (const taper::Error& error) {
        fmt::print(stderr, "claims: {}\n", error.what());
        return 1;
    }
}
