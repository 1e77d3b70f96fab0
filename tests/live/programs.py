"""Whole programs in PyTorch, and the losses of their steps: python3 programs.py OUT.json

tests/live_programs_test.cpp is the same, statement for statement."""
import json
import sys

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.optim.swa_utils import AveragedModel, SWALR, update_bn
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)


def train(model, optimizer, loss_of, steps, scheduler=None):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        optimizer.step()
        if scheduler:
            scheduler.step()
        losses.append(loss.item())
    return losses


def classifier(activation):
    torch.manual_seed(3)
    X, y = torch.randn(64, 20), torch.randint(5, (64,))
    model = nn.Sequential(nn.Linear(20, 32), nn.BatchNorm1d(32), activation, nn.Dropout(0.2), nn.Linear(32, 32), activation, nn.Linear(32, 5))
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True)
    return train(model, optimizer, lambda model: F.cross_entropy(model(X), y), 40)


def lenet():
    torch.manual_seed(4)
    X, y = torch.rand(16, 1, 28, 28), torch.randint(10, (16,))
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.AvgPool2d(2), nn.Dropout2d(0.25), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Dropout(0.5), nn.Linear(120, 10))
    optimizer = optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
    return train(model, optimizer, lambda model: F.cross_entropy(model(X), y, label_smoothing=0.1), 30)


def network_of_examples():
    torch.manual_seed(5)
    X, y = torch.rand(8, 1, 28, 28), torch.randint(10, (8,))
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(1),
        nn.Linear(2304, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 10), nn.LogSoftmax(1))
    optimizer = optim.Adadelta(model.parameters(), lr=1.0)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.7)
    return train(model, optimizer, lambda model: F.nll_loss(model(X), y), 20, scheduler)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(784, 100), nn.Linear(100, 8), nn.Linear(100, 8)
        self.fc3, self.fc4 = nn.Linear(8, 100), nn.Linear(100, 784)

    def forward(self, x):
        h1 = F.relu(self.fc1(x.view(-1, 784)))
        mu, logvar = self.fc21(h1), self.fc22(h1)
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(mu + eps * std)))), mu, logvar


def vae():
    torch.manual_seed(6)
    X = torch.rand(32, 1, 28, 28)

    def loss_of(model):
        recon_x, mu, logvar = model(X)
        BCE = F.binary_cross_entropy(recon_x, X.view(-1, 784), reduction="mean")
        KLD = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
        return BCE + KLD

    model = VAE()
    return train(model, optim.Adam(model.parameters(), lr=1e-3), loss_of, 40)


def regression():
    torch.manual_seed(7)
    X = torch.linspace(-3, 3, 100).unsqueeze(1)
    y = torch.sin(X) + 0.1 * torch.randn_like(X)
    model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.LayerNorm(32), nn.Linear(32, 1))
    optimizer = optim.RMSprop(model.parameters(), lr=1e-3, momentum=0.5, centered=True)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    return train(model, optimizer, lambda model: F.smooth_l1_loss(model(X), y), 40, scheduler)


class Speaker(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.fc = nn.Embedding(30, 16), nn.LSTM(16, 24, num_layers=2, batch_first=True), nn.Linear(24, 30)

    def forward(self, x):
        out, _ = self.lstm(self.embedding(x))
        return self.fc(out)


def characters():
    torch.manual_seed(8)
    text = torch.randint(30, (8, 13))
    model = Speaker()

    def loss_of(model):
        loss = F.cross_entropy(model(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())
        return loss

    return train(model, optim.Adagrad(model.parameters(), lr=0.05), loss_of, 30)


class UNet3d(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = self.block(1, 4), self.block(4, 8)
        self.pool = nn.MaxPool3d(2)
        self.middle = self.block(8, 16)
        self.up2, self.up1 = nn.ConvTranspose3d(16, 8, 2, stride=2), nn.Upsample(scale_factor=2, mode="trilinear", align_corners=True)
        self.join2, self.join1 = self.block(16, 8), self.block(12, 4)
        self.out = nn.Conv3d(4, 3, 1)

    @staticmethod
    def block(inside, outside):
        return nn.Sequential(
            nn.Conv3d(inside, outside, 3, padding=1, bias=False), nn.BatchNorm3d(outside), nn.ReLU(),
            nn.Conv3d(outside, outside, 3, padding=1, padding_mode="replicate"), nn.InstanceNorm3d(outside, affine=True), nn.LeakyReLU(0.01))

    def forward(self, x):
        d1 = self.down1(x)
        d2 = self.down2(self.pool(d1))
        m = F.dropout3d(self.middle(self.pool(d2)), 0.2, self.training)
        u2 = self.join2(torch.cat([self.up2(m), d2], dim=1))
        u1 = self.join1(torch.cat([self.up1(u2), d1], dim=1))
        return self.out(u1)


def unet3d():
    torch.manual_seed(9)
    X, y = torch.rand(2, 1, 8, 12, 8), torch.randint(3, (2, 8, 12, 8))
    model = UNet3d()

    def loss_of(model):
        logits = model(X)
        chosen = F.one_hot(y, 3).permute(0, 4, 1, 2, 3)
        dice = 1 - 2 * (logits.softmax(1) * chosen).sum() / (logits.softmax(1) + chosen).sum()
        return F.cross_entropy(logits, y) + dice

    return train(model, optim.Adam(model.parameters(), lr=1e-3), loss_of, 8)


class SpatialTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.localization = nn.Sequential(
            nn.Conv2d(1, 8, 7), nn.MaxPool2d(2, stride=2), nn.ReLU(True), nn.Conv2d(8, 10, 5), nn.MaxPool2d(2, stride=2), nn.ReLU(True))
        self.fc_loc = nn.Sequential(nn.Linear(10 * 3 * 3, 32), nn.ReLU(True), nn.Linear(32, 3 * 2))
        self.fc_loc[2].weight.data.zero_()
        self.fc_loc[2].bias.data.copy_(torch.tensor([1, 0, 0, 0, 1, 0], dtype=torch.float))
        self.conv1, self.conv2, self.conv2_drop = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5), nn.Dropout2d()
        self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)

    def stn(self, x):
        xs = self.localization(x)
        xs = xs.view(-1, 10 * 3 * 3)
        theta = self.fc_loc(xs)
        theta = theta.view(-1, 2, 3)
        grid = F.affine_grid(theta, x.size(), align_corners=False)
        return F.grid_sample(x, grid, align_corners=False)

    def forward(self, x):
        x = self.stn(x)
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2_drop(self.conv2(x)), 2))
        x = x.view(-1, 320)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, training=self.training)
        return F.log_softmax(self.fc2(x), dim=1)


def spatial_transformer():
    torch.manual_seed(10)
    X, y = torch.rand(16, 1, 28, 28), torch.randint(10, (16,))
    model = SpatialTransformer()
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    return train(model, optimizer, lambda model: F.nll_loss(model(X), y), 20)

class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8, padding_idx=0)
        self.lstm = nn.LSTM(8, 10, num_layers=2, batch_first=True, dropout=0.2, bidirectional=True)
        self.fc = nn.Linear(40, 3)

    def forward(self, words, given):
        packed = pack_padded_sequence(self.embedding(words), given, batch_first=True, enforce_sorted=False)
        output, state = self.lstm(packed)
        h, c = state
        states, lengths = pad_packed_sequence(output, batch_first=True)
        mean = states.sum(1) / lengths.unsqueeze(1)
        return self.fc(torch.cat([h[-2], h[-1], mean], dim=1))


def packed_classifier():
    torch.manual_seed(9)
    sentences, sizes = [], []
    for n in (3, 7, 5, 1, 7, 4):
        sentences.append(torch.randint(1, 20, (n,)))
        sizes.append(n)
    words, lengths = pad_sequence(sentences, batch_first=True), torch.tensor(sizes)
    y = torch.randint(3, (6,))
    model = Sentiment()
    optimizer = optim.Adam(model.parameters(), lr=0.01)

    def loss_of(model):
        loss = F.cross_entropy(model(words, lengths), y)
        return loss

    return train(model, optimizer, loss_of, 30)


class LineReader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.pool = nn.MaxPool2d((4, 2))
        self.gru = nn.GRU(12, 16, bidirectional=True)
        self.fc = nn.Linear(32, 7)

    def forward(self, lines):
        x = self.pool(F.relu(self.conv(lines)))
        x = x.flatten(1, 2).permute(2, 0, 1)
        x, _ = self.gru(x)
        return F.log_softmax(self.fc(x), dim=2)


def line_reader():
    torch.manual_seed(10)
    lines, labels = torch.rand(4, 1, 8, 24), torch.randint(1, 7, (4, 5))
    widths, counts = torch.tensor([12, 12, 10, 9]), torch.tensor([5, 3, 4, 2])
    model = LineReader()
    criterion = nn.CTCLoss(zero_infinity=True)
    optimizer = optim.RMSprop(model.parameters(), lr=0.003)
    return train(model, optimizer, lambda model: criterion(model(lines), labels, widths, counts), 30)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(15, 16), nn.Embedding(12, 16)
        self.place = nn.Parameter(torch.randn(10, 1, 16))
        self.transformer = nn.Transformer(16, 4, 2, 2, 32, dropout=0.1)
        self.fc = nn.Linear(16, 12)

    def forward(self, words, translated):
        mask = self.transformer.generate_square_subsequent_mask(translated.size(0))
        x = self.source(words) + self.place[:words.size(0)]
        y = self.target(translated) + self.place[:translated.size(0)]
        padding = (words == 0).t()
        y = self.transformer(x, y, tgt_mask=mask, src_key_padding_mask=padding, memory_key_padding_mask=padding)
        return self.fc(y)


def translator():
    torch.manual_seed(11)
    sentences = [torch.randint(1, 15, (n,)) for n in (6, 4, 5)]
    source, target = pad_sequence(sentences), torch.randint(1, 12, (7, 3))
    model = Translator()
    optimizer = optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98))

    def loss_of(model):
        logits = model(source, target[:-1])
        loss = F.cross_entropy(logits.reshape(-1, 12), target[1:].reshape(-1))
        return loss

    return train(model, optimizer, loss_of, 30)

class PINN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, x):
        return self.net(x)


def pinn():
    """-u'' = pi^2 sin(pi x) with u(0) = u(1) = 0, first by Adam, then by LBFGS."""
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(9)
    model = PINN()
    x = torch.linspace(0, 1, 32).view(-1, 1).requires_grad_(True)
    x_bc = torch.tensor([[0.0], [1.0]])
    f = torch.pi ** 2 * torch.sin(torch.pi * x.detach())
    losses = []

    def loss_of():
        u = model(x)
        u_x = torch.autograd.grad(u, x, grad_outputs=torch.ones_like(u), create_graph=True)[0]
        u_xx = torch.autograd.grad(u_x, x, grad_outputs=torch.ones_like(u_x), create_graph=True)[0]
        loss_pde = torch.mean((-u_xx - f) ** 2)
        loss_bc = torch.mean(model(x_bc) ** 2)
        return loss_pde + 10 * loss_bc

    adam = optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(20):
        adam.zero_grad()
        loss = loss_of()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    optimizer = optim.LBFGS(model.parameters(), lr=1.0, max_iter=40, max_eval=60, history_size=50, tolerance_grad=1e-9,
                            tolerance_change=1e-12, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        losses.append(loss.item())
        return loss

    optimizer.step(closure)
    torch.set_default_dtype(torch.float32)
    return losses


def gram_matrix(input):
    a, b, c, d = input.size()
    features = input.view(a * b, c * d)
    G = torch.mm(features, features.t())
    return G.div(a * b * c * d)


class ContentLoss(nn.Module):
    def __init__(self, target):
        super().__init__()
        self.target = target.detach()

    def forward(self, input):
        self.loss = F.mse_loss(input, self.target)
        return input


class StyleLoss(nn.Module):
    def __init__(self, target_feature):
        super().__init__()
        self.target = gram_matrix(target_feature).detach()

    def forward(self, input):
        G = gram_matrix(input)
        self.loss = F.mse_loss(G, self.target)
        return input


def style_transfer():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(10)
    cnn = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU()).eval()
    content_img, style_img = torch.rand(1, 3, 24, 24), torch.rand(1, 3, 24, 24)
    content_losses, style_losses = [], []
    model = nn.Sequential()
    i = 0
    for layer in cnn.children():
        if isinstance(layer, nn.Conv2d):
            i += 1
            name = f"conv_{i}"
        elif isinstance(layer, nn.ReLU):
            name = f"relu_{i}"
            layer = nn.ReLU(inplace=False)
        else:
            name = f"pool_{i}"
        model.add_module(name, layer)
        if name == "conv_2":
            content_loss = ContentLoss(model(content_img).detach())
            model.add_module(f"content_loss_{i}", content_loss)
            content_losses.append(content_loss)
        if name in ("conv_1", "conv_2", "conv_3"):
            style_loss = StyleLoss(model(style_img).detach())
            model.add_module(f"style_loss_{i}", style_loss)
            style_losses.append(style_loss)
    input_img = content_img.clone()
    input_img.requires_grad_(True)
    model.requires_grad_(False)
    optimizer = optim.LBFGS([input_img])
    losses = []
    run = [0]
    while run[0] <= 40:

        def closure():
            with torch.no_grad():
                input_img.clamp_(0, 1)
            optimizer.zero_grad()
            model(input_img)
            style_score = 0
            content_score = 0
            for sl in style_losses:
                style_score += sl.loss
            for cl in content_losses:
                content_score += cl.loss
            style_score *= 1000
            content_score *= 1
            loss = style_score + content_score
            loss.backward()
            run[0] += 1
            losses.append(loss.item())
            return style_score + content_score

        optimizer.step(closure)
    torch.set_default_dtype(torch.float32)
    return losses


def averaged():
    """Stochastic weight averaging, with the statistics of batch norm made anew."""
    torch.manual_seed(11)
    X, y = torch.randn(48, 10), torch.randn(48, 1)
    model = nn.Sequential(nn.Linear(10, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
    loader = DataLoader(TensorDataset(X, y), batch_size=12, shuffle=True)
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    swa_model = AveragedModel(model)
    ema_avg = lambda averaged, current, num_averaged: 0.9 * averaged + (1 - 0.9) * current
    ema_model = AveragedModel(model, avg_fn=ema_avg, use_buffers=True)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    swa_scheduler = SWALR(optimizer, swa_lr=0.02, anneal_epochs=3)
    losses = []
    for epoch in range(10):
        for input, target in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(input), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch > 4:
            swa_model.update_parameters(model)
            ema_model.update_parameters(model)
            swa_scheduler.step()
        else:
            scheduler.step()
    update_bn(loader, swa_model)
    for averaged in (swa_model, ema_model):
        averaged.eval()
        losses.append(F.mse_loss(averaged(X), y).item())
        losses.append(averaged.n_averaged.item())
        losses += [v.double().sum().item() for v in averaged.state_dict().values()]
    return losses


def spectral_gan():
    torch.manual_seed(9)
    generator = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8)))
    critic = nn.Sequential(
        nn.utils.spectral_norm(nn.Conv2d(1, 8, 3, stride=2, padding=1)), nn.LeakyReLU(0.1),
        nn.utils.spectral_norm(nn.Conv2d(8, 16, 3, stride=2, padding=1)), nn.LeakyReLU(0.1), nn.Flatten(),
        nn.utils.spectral_norm(nn.Linear(64, 1)))
    images = torch.rand(64, 1, 8, 8).round() * 2 - 1
    of_generator = optim.Adam(generator.parameters(), lr=2e-4, betas=(0.0, 0.9))
    of_critic = optim.Adam(critic.parameters(), lr=4e-4, betas=(0.0, 0.9))
    losses = []
    for step in range(20):
        real = images[torch.randint(64, (16,))]
        fake = generator(torch.randn(16, 8))
        of_critic.zero_grad()
        of_real = F.relu(1 - critic(real)).mean()
        of_fake = F.relu(1 + critic(fake.detach())).mean()
        loss = of_real + of_fake
        loss.backward()
        of_critic.step()
        losses.append(loss.item())
        of_generator.zero_grad()
        loss = -critic(fake).mean()
        loss.backward()
        of_generator.step()
        losses.append(loss.item())
    return losses


activations = [nn.Sigmoid(), nn.Tanh(), nn.ReLU(), nn.LeakyReLU(0.1), nn.RReLU(), nn.ELU(), nn.SELU(), nn.CELU(), nn.GELU(), nn.SiLU(), nn.Mish(),
               nn.Softplus(), nn.Softsign(), nn.Hardswish(), nn.Hardtanh(), nn.Tanhshrink(), nn.LogSigmoid()]
results = {"classifier with " + type(a).__name__: classifier(a) for a in activations}
results |= {f.__name__: f() for f in (
    lenet, network_of_examples, vae, regression, characters, spectral_gan, unet3d, spatial_transformer,
    packed_classifier, line_reader, translator, pinn, style_transfer, averaged)}
with open(sys.argv[1], "w") as out:
    json.dump(results, out)
