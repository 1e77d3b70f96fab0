// Whole programs beside PyTorch, which runs them too: live/programs.py is the same, statement for statement.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
using nn::utils::rnn::pack_padded_sequence, nn::utils::rnn::pad_packed_sequence, nn::utils::rnn::pad_sequence;
using taper::all, taper::none, taper::Slice, taper::Tensor;

namespace {

using Losses = std::vector<double>;

template <class Model, class Optimizer, class LossOf, class Scheduler = std::nullptr_t>
Losses train(Model& model, Optimizer& optimizer, LossOf loss_of, int steps, Scheduler* scheduler = nullptr) {
    Losses losses;
    for (int step = 0; step < steps; ++step) {
        optimizer.zero_grad();
        auto loss = loss_of(model);
        loss.backward();
        optimizer.step();
        if constexpr (!std::same_as<Scheduler, std::nullptr_t>) scheduler->step();
        losses.push_back(loss.item());
    }
    return losses;
}

Losses classifier(nn::AnyModule activation) {
    torch::manual_seed(3);
    Tensor X = torch::randn({64, 20}), y = torch::randint(5, {64});
    auto model = nn::Sequential(nn::Linear(20, 32), nn::BatchNorm1d(32), activation, nn::Dropout(0.2),
        nn::Linear(32, 32), activation, nn::Linear(32, 5));
    auto optimizer =
        optim::SGD(model.parameters(), {.lr = 0.05, .momentum = 0.9, .weight_decay = 1e-4, .nesterov = true});
    return train(
        model, optimizer, [&](auto& model) { return F::cross_entropy(model(X), y); }, 40);
}

Losses lenet() {
    torch::manual_seed(4);
    Tensor X = torch::rand({16, 1, 28, 28}), y = torch::randint(10, {16});
    auto model = nn::Sequential(nn::Conv2d(1, 6, 5, {.padding = 2}), nn::BatchNorm2d(6), nn::ReLU(), nn::MaxPool2d(2),
        nn::Conv2d(6, 16, 5), nn::BatchNorm2d(16), nn::ReLU(), nn::AvgPool2d(2), nn::Dropout2d(0.25), nn::Flatten(),
        nn::Linear(400, 120), nn::ReLU(), nn::Dropout(0.5), nn::Linear(120, 10));
    auto optimizer = optim::AdamW(model.parameters(), {.lr = 1e-3, .weight_decay = 0.05});
    auto loss_of = [&](auto& model) { return F::cross_entropy(model(X), y, {.label_smoothing = 0.1}); };
    return train(model, optimizer, loss_of, 30);
}

Losses network_of_examples() {
    torch::manual_seed(5);
    Tensor X = torch::rand({8, 1, 28, 28}), y = torch::randint(10, {8});
    auto model = nn::Sequential(nn::Conv2d(1, 8, 3, 1), nn::ReLU(), nn::Conv2d(8, 16, 3, 1), nn::ReLU(),
        nn::MaxPool2d(2), nn::Dropout(0.25), nn::Flatten(1), nn::Linear(2304, 32), nn::ReLU(), nn::Dropout(0.5),
        nn::Linear(32, 10), nn::LogSoftmax(1));
    auto optimizer = optim::Adadelta(model.parameters(), {.lr = 1.0});
    auto scheduler = optim::lr_scheduler::StepLR(optimizer, {.step_size = 5, .gamma = 0.7});
    return train(
        model, optimizer, [&](auto& model) { return F::nll_loss(model(X), y); }, 20, &scheduler);
}

struct VAE : nn::Module<VAE> {
    nn::Linear fc1 = register_module("fc1", nn::Linear(784, 100));
    nn::Linear fc21 = register_module("fc21", nn::Linear(100, 8)), fc22 = register_module("fc22", nn::Linear(100, 8));
    nn::Linear fc3 = register_module("fc3", nn::Linear(8, 100)), fc4 = register_module("fc4", nn::Linear(100, 784));

    std::tuple<Tensor, Tensor, Tensor> forward(Tensor x) {
        auto h1 = F::relu(fc1(x.view(-1, 784)));
        auto mu = fc21(h1), logvar = fc22(h1);
        auto std = torch::exp(0.5 * logvar);
        auto eps = torch::randn_like(std);
        return {torch::sigmoid(fc4(F::relu(fc3(mu + eps * std)))), mu, logvar};
    }
};

Losses vae() {
    torch::manual_seed(6);
    Tensor X = torch::rand({32, 1, 28, 28});

    auto loss_of = [&](auto& model) {
        auto [recon_x, mu, logvar] = model(X);
        auto BCE = F::binary_cross_entropy(recon_x, X.view(-1, 784), {.reduction = "mean"});
        auto KLD = -0.5 * torch::mean(1 + logvar - mu.pow(2) - logvar.exp());
        return BCE + KLD;
    };

    auto model = VAE();
    auto optimizer = optim::Adam(model.parameters(), {.lr = 1e-3});
    return train(model, optimizer, loss_of, 40);
}

Losses regression() {
    torch::manual_seed(7);
    Tensor X = torch::linspace(-3, 3, 100).unsqueeze(1);
    Tensor y = torch::sin(X) + 0.1 * torch::randn_like(X);
    auto model = nn::Sequential(nn::Linear(1, 32), nn::Tanh(), nn::LayerNorm(32), nn::Linear(32, 1));
    auto optimizer = optim::RMSprop(model.parameters(), {.lr = 1e-3, .momentum = 0.5, .centered = true});
    auto scheduler = optim::lr_scheduler::CosineAnnealingLR(optimizer, {.T_max = 40});
    return train(
        model, optimizer, [&](auto& model) { return F::smooth_l1_loss(model(X), y); }, 40, &scheduler);
}

struct Speaker : nn::Module<Speaker> {
    nn::Embedding embedding = register_module("embedding", nn::Embedding(30, 16));
    nn::LSTM lstm = register_module("lstm", nn::LSTM(16, 24, {.num_layers = 2, .batch_first = true}));
    nn::Linear fc = register_module("fc", nn::Linear(24, 30));

    Tensor forward(Tensor x) {
        auto [out, _] = lstm(embedding(x));
        return fc(out);
    }
};

Losses characters() {
    torch::manual_seed(8);
    Tensor text = torch::randint(30, {8, 13});
    auto model = Speaker();

    auto loss_of = [&](auto& model) {
        auto loss =
            F::cross_entropy(model(text[all, Slice(none, -1)]).flatten(0, 1), text[all, Slice(1, none)].flatten());
        return loss;
    };

    auto optimizer = optim::Adagrad(model.parameters(), {.lr = 0.05});
    return train(model, optimizer, loss_of, 30);
}

nn::Sequential block(int inside, int outside) {
    return nn::Sequential(nn::Conv3d(inside, outside, 3, {.padding = 1, .bias = false}), nn::BatchNorm3d(outside),
        nn::ReLU(), nn::Conv3d(outside, outside, 3, {.padding = 1, .padding_mode = "replicate"}),
        nn::InstanceNorm3d(outside, {.affine = true}), nn::LeakyReLU(0.01));
}

struct UNet3d : nn::Module<UNet3d> {
    nn::Sequential down1 = register_module("down1", block(1, 4)), down2 = register_module("down2", block(4, 8));
    nn::MaxPool3d pool = register_module("pool", nn::MaxPool3d(2));
    nn::Sequential middle = register_module("middle", block(8, 16));
    nn::ConvTranspose3d up2 = register_module("up2", nn::ConvTranspose3d(16, 8, 2, {.stride = 2}));
    nn::Upsample up1 =
        register_module("up1", nn::Upsample({.scale_factor = 2, .mode = "trilinear", .align_corners = true}));
    nn::Sequential join2 = register_module("join2", block(16, 8)), join1 = register_module("join1", block(12, 4));
    nn::Conv3d out = register_module("out", nn::Conv3d(4, 3, 1));

    Tensor forward(Tensor x) {
        auto d1 = down1(x);
        auto d2 = down2(pool(d1));
        auto m = F::dropout3d(middle(pool(d2)), 0.2, training());
        auto u2 = join2(torch::cat({up2(m), d2}, {.dim = 1}));
        auto u1 = join1(torch::cat({up1(u2), d1}, {.dim = 1}));
        return out(u1);
    }
};

Losses unet3d() {
    torch::manual_seed(9);
    Tensor X = torch::rand({2, 1, 8, 12, 8}), y = torch::randint(3, {2, 8, 12, 8});
    auto model = UNet3d();

    auto loss_of = [&](auto& model) {
        auto logits = model(X);
        auto chosen = F::one_hot(y, 3).permute(0, 4, 1, 2, 3);
        auto dice = 1 - 2 * (logits.softmax(1) * chosen).sum() / (logits.softmax(1) + chosen).sum();
        return F::cross_entropy(logits, y) + dice;
    };

    auto optimizer = optim::Adam(model.parameters(), {.lr = 1e-3});
    return train(model, optimizer, loss_of, 8);
}

struct SpatialTransformer : nn::Module<SpatialTransformer> {
    nn::Sequential localization = register_module("localization",
        nn::Sequential(nn::Conv2d(1, 8, 7), nn::MaxPool2d(2, {.stride = 2}), nn::ReLU(true), nn::Conv2d(8, 10, 5),
            nn::MaxPool2d(2, {.stride = 2}), nn::ReLU(true)));
    nn::Sequential fc_loc =
        register_module("fc_loc", nn::Sequential(nn::Linear(10 * 3 * 3, 32), nn::ReLU(true), nn::Linear(32, 3 * 2)));
    nn::Conv2d conv1 = register_module("conv1", nn::Conv2d(1, 10, 5)),
               conv2 = register_module("conv2", nn::Conv2d(10, 20, 5));
    nn::Dropout2d conv2_drop = register_module("conv2_drop", nn::Dropout2d());
    nn::Linear fc1 = register_module("fc1", nn::Linear(320, 50)), fc2 = register_module("fc2", nn::Linear(50, 10));

    SpatialTransformer() {
        fc_loc[2].as<nn::Linear>().weight.data().zero_();
        fc_loc[2].as<nn::Linear>().bias.data().copy_(torch::tensor({1, 0, 0, 0, 1, 0}, {.dtype = torch::kFloat}));
    }
    Tensor stn(Tensor x) {
        auto xs = localization(x);
        xs = xs.view(-1, 10 * 3 * 3);
        auto theta = fc_loc(xs);
        theta = theta.view(-1, 2, 3);
        auto grid = F::affine_grid(theta, x.size(), {.align_corners = false});
        return F::grid_sample(x, grid, {.align_corners = false});
    }
    Tensor forward(Tensor x) {
        x = stn(x);
        x = F::relu(F::max_pool2d(conv1(x), 2));
        x = F::relu(F::max_pool2d(conv2_drop(conv2(x)), 2));
        x = x.view(-1, 320);
        x = F::relu(fc1(x));
        x = F::dropout(x, {.training = training()});
        return F::log_softmax(fc2(x), {.dim = 1});
    }
};

Losses spatial_transformer() {
    torch::manual_seed(10);
    Tensor X = torch::rand({16, 1, 28, 28}), y = torch::randint(10, {16});
    auto model = SpatialTransformer();
    auto optimizer = optim::SGD(model.parameters(), {.lr = 0.01});
    return train(
        model, optimizer, [&](auto& model) { return F::nll_loss(model(X), y); }, 20);
}

struct Sentiment : nn::Module<Sentiment> {
    nn::Embedding embedding = register_module("embedding", nn::Embedding(20, 8, {.padding_idx = 0}));
    nn::LSTM lstm = register_module(
        "lstm", nn::LSTM(8, 10, {.num_layers = 2, .batch_first = true, .dropout = 0.2, .bidirectional = true}));
    nn::Linear fc = register_module("fc", nn::Linear(40, 3));

    Tensor forward(Tensor words, Tensor given) {
        auto packed = pack_padded_sequence(embedding(words), given, {.batch_first = true, .enforce_sorted = false});
        auto [output, state] = lstm(packed);
        auto [h, c] = state;
        auto [states, lengths] = pad_packed_sequence(output, {.batch_first = true});
        auto mean = states.sum(1) / lengths.unsqueeze(1);
        return fc(torch::cat({h[-2], h[-1], mean}, {.dim = 1}));
    }
};

Losses packed_classifier() {
    torch::manual_seed(9);
    std::vector<Tensor> sentences;
    std::vector<std::int64_t> sizes;
    for (int n : {3, 7, 5, 1, 7, 4}) sentences.push_back(torch::randint(1, 20, {n})), sizes.push_back(n);
    Tensor words = pad_sequence(sentences, {.batch_first = true}), lengths = torch::tensor(sizes);
    Tensor y = torch::randint(3, {6});
    auto model = Sentiment();
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01});

    auto loss_of = [&](auto& model) {
        auto loss = F::cross_entropy(model(words, lengths), y);
        return loss;
    };

    return train(model, optimizer, loss_of, 30);
}

struct LineReader : nn::Module<LineReader> {
    nn::Conv2d conv = register_module("conv", nn::Conv2d(1, 6, 3, {.padding = 1}));
    nn::MaxPool2d pool = register_module("pool", nn::MaxPool2d({4, 2}));
    nn::GRU gru = register_module("gru", nn::GRU(12, 16, {.bidirectional = true}));
    nn::Linear fc = register_module("fc", nn::Linear(32, 7));

    Tensor forward(Tensor lines) {
        auto x = pool(F::relu(conv(lines)));
        x = x.flatten(1, 2).permute(2, 0, 1);
        std::tie(x, std::ignore) = gru(x);
        return F::log_softmax(fc(x), {.dim = 2});
    }
};

Losses line_reader() {
    torch::manual_seed(10);
    Tensor lines = torch::rand({4, 1, 8, 24}), labels = torch::randint(1, 7, {4, 5});
    Tensor widths = torch::tensor({12, 12, 10, 9}), counts = torch::tensor({5, 3, 4, 2});
    auto model = LineReader();
    auto criterion = nn::CTCLoss({.zero_infinity = true});
    auto optimizer = optim::RMSprop(model.parameters(), {.lr = 0.003});
    return train(
        model, optimizer, [&](auto& model) { return criterion(model(lines), labels, widths, counts); }, 30);
}

struct Translator : nn::Module<Translator> {
    nn::Embedding source = register_module("source", nn::Embedding(15, 16));
    nn::Embedding target = register_module("target", nn::Embedding(12, 16));
    nn::Parameter place = register_parameter("place", torch::randn({10, 1, 16}));
    nn::Transformer transformer = register_module("transformer", nn::Transformer(16, 4, 2, 2, 32, {.dropout = 0.1}));
    nn::Linear fc = register_module("fc", nn::Linear(16, 12));

    Tensor forward(Tensor words, Tensor translated) {
        auto mask = transformer.generate_square_subsequent_mask(translated.size(0));
        auto x = source(words) + place[Slice(none, words.size(0))];
        auto y = target(translated) + place[Slice(none, translated.size(0))];
        auto padding = (words == 0).t();
        y = transformer(x, y, {.tgt_mask = mask, .src_key_padding_mask = padding, .memory_key_padding_mask = padding});
        return fc(y);
    }
};

Losses translator() {
    torch::manual_seed(11);
    std::vector<Tensor> sentences;
    for (int n : {6, 4, 5}) sentences.push_back(torch::randint(1, 15, {n}));
    Tensor source = pad_sequence(sentences), target = torch::randint(1, 12, {7, 3});
    auto model = Translator();
    auto optimizer = optim::AdamW(model.parameters(), {.lr = 1e-3, .betas = {0.9, 0.98}});

    auto loss_of = [&](auto& model) {
        auto logits = model(source, target[Slice(none, -1)]);
        auto loss = F::cross_entropy(logits.reshape({-1, 12}), target[Slice(1, none)].reshape(-1));
        return loss;
    };

    return train(model, optimizer, loss_of, 30);
}

struct PINN : nn::Module<PINN> {
    nn::Sequential net = register_module(
        "net", nn::Sequential(nn::Linear(1, 16), nn::Tanh(), nn::Linear(16, 16), nn::Tanh(), nn::Linear(16, 1)));

    Tensor forward(Tensor x) { return net(x); }
};

Losses pinn() {
    torch::set_default_dtype(torch::float64);
    torch::manual_seed(9);
    auto model = PINN();
    auto x = torch::linspace(0, 1, 32).view(-1, 1).requires_grad_(true);
    auto x_bc = torch::tensor({{0.0}, {1.0}});
    const double pi = std::numbers::pi;
    auto f = std::pow(pi, 2) * torch::sin(pi * x.detach());
    Losses losses;

    auto loss_of = [&] {
        auto u = model(x);
        auto u_x = torch::autograd::grad({u}, {x}, {.grad_outputs = {torch::ones_like(u)}, .create_graph = true})[0];
        auto u_xx =
            torch::autograd::grad({u_x}, {x}, {.grad_outputs = {torch::ones_like(u_x)}, .create_graph = true})[0];
        auto loss_pde = torch::mean((-u_xx - f).pow(2));
        auto loss_bc = torch::mean(model(x_bc).pow(2));
        return loss_pde + 10 * loss_bc;
    };

    auto adam = optim::Adam(model.parameters(), {.lr = 1e-3});
    for (int step = 0; step < 20; ++step) {
        adam.zero_grad();
        auto loss = loss_of();
        loss.backward();
        adam.step();
        losses.push_back(loss.item());
    }
    auto optimizer = optim::LBFGS(model.parameters(),
        {.lr = 1.0,
            .max_iter = 40,
            .max_eval = 60,
            .tolerance_grad = 1e-9,
            .tolerance_change = 1e-12,
            .history_size = 50,
            .line_search_fn = "strong_wolfe"});

    auto closure = [&] {
        optimizer.zero_grad();
        auto loss = loss_of();
        loss.backward();
        losses.push_back(loss.item());
        return loss;
    };

    optimizer.step(closure);
    torch::set_default_dtype(torch::float32);
    return losses;
}

Tensor gram_matrix(Tensor input) {
    auto [a, b, c, d] = taper::unpack<4>(input.shape());
    auto features = input.view(a * b, c * d);
    auto G = torch::mm(features, features.t());
    return G / static_cast<double>(a * b * c * d);
}

struct ContentLoss : nn::Module<ContentLoss> {
    Tensor target;
    nn::Setting<Tensor> loss = Tensor();
    explicit ContentLoss(Tensor target) : target(target.detach()) {}

    Tensor forward(Tensor input) {
        loss = F::mse_loss(input, target);
        return input;
    }
};

struct StyleLoss : nn::Module<StyleLoss> {
    Tensor target;
    nn::Setting<Tensor> loss = Tensor();
    explicit StyleLoss(Tensor target_feature) : target(gram_matrix(target_feature).detach()) {}

    Tensor forward(Tensor input) {
        auto G = gram_matrix(input);
        loss = F::mse_loss(G, target);
        return input;
    }
};

Losses style_transfer() {
    torch::set_default_dtype(torch::float64);
    torch::manual_seed(10);
    auto cnn = nn::Sequential(nn::Conv2d(3, 8, 3, {.padding = 1}), nn::ReLU(), nn::Conv2d(8, 8, 3, {.padding = 1}),
        nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(8, 16, 3, {.padding = 1}), nn::ReLU());
    cnn.eval();
    Tensor content_img = torch::rand({1, 3, 24, 24}), style_img = torch::rand({1, 3, 24, 24});
    std::vector<ContentLoss> content_losses;
    std::vector<StyleLoss> style_losses;
    auto model = nn::Sequential();
    int i = 0;
    for (auto layer : cnn.children()) {
        std::string name;
        if (layer.is<nn::Conv2d>()) {
            i += 1;
            name = fmt::format("conv_{}", i);
        } else if (layer.is<nn::ReLU>()) {
            name = fmt::format("relu_{}", i);
            layer = nn::ReLU({.inplace = false});
        } else {
            name = fmt::format("pool_{}", i);
        }
        model.add_module(name, layer);
        if (name == "conv_2") {
            auto content_loss = ContentLoss(model(content_img).detach());
            model.add_module(fmt::format("content_loss_{}", i), content_loss);
            content_losses.push_back(content_loss);
        }
        if (name == "conv_1" || name == "conv_2" || name == "conv_3") {
            auto style_loss = StyleLoss(model(style_img).detach());
            model.add_module(fmt::format("style_loss_{}", i), style_loss);
            style_losses.push_back(style_loss);
        }
    }
    auto input_img = content_img.clone();
    input_img.requires_grad_(true);
    model.requires_grad_(false);
    auto optimizer = optim::LBFGS({input_img});
    Losses losses;
    int run = 0;
    while (run <= 40) {
        auto closure = [&] {
            {
                torch::NoGradGuard no_grad;
                input_img.clamp_(0, 1);
            }
            optimizer.zero_grad();
            model(input_img);
            Tensor style_score = 0;
            Tensor content_score = 0;
            for (auto& sl : style_losses) style_score += sl.loss;
            for (auto& cl : content_losses) content_score += cl.loss;
            style_score *= 1000;
            content_score *= 1;
            auto loss = style_score + content_score;
            loss.backward();
            run += 1;
            losses.push_back(loss.item());
            return style_score + content_score;
        };

        optimizer.step(closure);
    }
    torch::set_default_dtype(torch::float32);
    return losses;
}

Losses averaged() {
    using namespace optim::swa_utils;
    using torch::utils::data::DataLoader, torch::utils::data::TensorDataset;
    torch::manual_seed(11);
    Tensor X = torch::randn(48, 10), y = torch::randn(48, 1);
    auto model = nn::Sequential(nn::Linear(10, 16), nn::BatchNorm1d(16), nn::ReLU(), nn::Linear(16, 1));
    auto loader = DataLoader(TensorDataset(X, y), {.batch_size = 12, .shuffle = true});
    auto optimizer = optim::SGD(model.parameters(), {.lr = 0.05, .momentum = 0.9});
    auto swa_model = AveragedModel(model);
    auto ema_avg = get_ema_avg_fn(0.9);
    auto ema_model = AveragedModel(model, {.avg_fn = ema_avg, .use_buffers = true});
    auto scheduler = optim::lr_scheduler::CosineAnnealingLR(optimizer, {.T_max = 10});
    auto swa_scheduler = SWALR(optimizer, {.swa_lr = 0.02, .anneal_epochs = 3});
    Losses losses;
    for (int epoch = 0; epoch < 10; ++epoch) {
        for (auto [input, target] : loader) {
            optimizer.zero_grad();
            auto loss = F::mse_loss(model(input), target);
            loss.backward();
            optimizer.step();
            losses.push_back(loss.item());
        }
        if (epoch > 4) {
            swa_model.update_parameters(model);
            ema_model.update_parameters(model);
            swa_scheduler.step();
        } else {
            scheduler.step();
        }
    }
    update_bn(loader, swa_model);
    for (auto& averaged : {swa_model, ema_model}) {
        auto evaluated = averaged;
        evaluated.eval();
        losses.push_back(F::mse_loss(evaluated(X), y).item());
        losses.push_back(evaluated.n_averaged.item());
        for (const auto& [name, v] : evaluated.state_dict()) losses.push_back(v.to(torch::float64).sum().item());
    }
    CHECK(fmt::format("{}", swa_model).starts_with("AveragedModel(\n  (module): Sequential(\n    (0): Linear("));
    return losses;
}

Losses spectral_gan() {
    torch::manual_seed(9);
    auto generator = nn::Sequential(nn::Linear(8, 32), nn::BatchNorm1d(32), nn::ReLU(), nn::Linear(32, 64), nn::Tanh(),
        nn::Unflatten(1, {1, 8, 8}));
    auto critic = nn::Sequential(nn::utils::spectral_norm(nn::Conv2d(1, 8, 3, {.stride = 2, .padding = 1})),
        nn::LeakyReLU(0.1), nn::utils::spectral_norm(nn::Conv2d(8, 16, 3, {.stride = 2, .padding = 1})),
        nn::LeakyReLU(0.1), nn::Flatten(), nn::utils::spectral_norm(nn::Linear(64, 1)));
    Tensor images = torch::rand({64, 1, 8, 8}).round() * 2 - 1;
    auto of_generator = optim::Adam(generator.parameters(), {.lr = 2e-4, .betas = {0.0, 0.9}});
    auto of_critic = optim::Adam(critic.parameters(), {.lr = 4e-4, .betas = {0.0, 0.9}});
    Losses losses;
    for (int step = 0; step < 20; ++step) {
        Tensor real = images[torch::randint(64, {16})];
        Tensor fake = generator(torch::randn({16, 8}));
        of_critic.zero_grad();
        Tensor of_real = F::relu(1 - critic(real)).mean();  // one after the other: each call goes on with the norms
        Tensor of_fake = F::relu(1 + critic(fake.detach())).mean();
        Tensor loss = of_real + of_fake;
        loss.backward();
        of_critic.step();
        losses.push_back(loss.item());
        of_generator.zero_grad();
        loss = -critic(fake).mean();
        loss.backward();
        of_generator.step();
        losses.push_back(loss.item());
    }
    return losses;
}

}  // namespace

TEST_CASE("other programs than the articles' have PyTorch's losses - run beside them") {
    if (std::system("/usr/bin/python3 -W ignore -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    const auto path = std::filesystem::temp_directory_path() / fmt::format("taper_programs_{}.json", ::getpid());
    REQUIRE(std::system(
                fmt::format("/usr/bin/python3 -W ignore {}/tests/live/programs.py {}", TAPER_SOURCE_DIR, path.string())
                    .c_str()) == 0);
    const auto theirs = nlohmann::json::parse(std::ifstream(path)).get<std::map<std::string, Losses>>();
    std::filesystem::remove(path);

    const std::pair<const char*, nn::AnyModule> activations[] = {{"Sigmoid", nn::Sigmoid()}, {"Tanh", nn::Tanh()},
        {"ReLU", nn::ReLU()}, {"LeakyReLU", nn::LeakyReLU(0.1)}, {"RReLU", nn::RReLU()}, {"ELU", nn::ELU()},
        {"SELU", nn::SELU()}, {"CELU", nn::CELU()}, {"GELU", nn::GELU()}, {"SiLU", nn::SiLU()}, {"Mish", nn::Mish()},
        {"Softplus", nn::Softplus()}, {"Softsign", nn::Softsign()}, {"Hardswish", nn::Hardswish()},
        {"Hardtanh", nn::Hardtanh()}, {"Tanhshrink", nn::Tanhshrink()}, {"LogSigmoid", nn::LogSigmoid()}};
    std::map<std::string, Losses> ours{{"lenet", lenet()}, {"network_of_examples", network_of_examples()},
        {"vae", vae()}, {"regression", regression()}, {"characters", characters()}, {"spectral_gan", spectral_gan()},
        {"unet3d", unet3d()}, {"spatial_transformer", spatial_transformer()},
        {"packed_classifier", packed_classifier()}, {"line_reader", line_reader()}, {"translator", translator()},
        {"pinn", pinn()}, {"style_transfer", style_transfer()}, {"averaged", averaged()}};
    for (const auto& [name, activation] : activations)
        ours.emplace(std::string("classifier with ") + name, classifier(activation));

    REQUIRE(ours.size() == theirs.size());
    for (const auto& [name, losses] : ours) {
        CAPTURE(name);
        REQUIRE(theirs.contains(name));
        const Losses& wanted = theirs.at(name);
        REQUIRE(losses.size() == wanted.size());
        double furthest = 0;
        for (std::size_t step = 0; step < losses.size(); ++step)
            furthest = std::max(furthest, std::abs(losses[step] - wanted[step]));
        CHECK(furthest <= 1e-5);
        MESSAGE(name << ": the furthest of " << losses.size() << " losses is " << furthest << " from PyTorch's");
    }
}
