// LBFGS beside PyTorch's: the same points in the same order.
#include "live/optim.h"

using namespace live_optim;

namespace {

// The settings of a search, for Python and for us.
Case search(Draw& d) {
    const optim::LBFGSOptions o{.lr = d.real({0.8, 0.5, 0.1}),
        .max_iter = d.whole({1, 2, 5, 20}),
        .max_eval = d.maybe(std::int64_t{7}),
        .tolerance_grad = d.real({1e-7, 1e-2}),
        .tolerance_change = d.real({1e-9, 1e-4}),
        .history_size = d.whole({1, 2, 100}),
        .line_search_fn = d.maybe(std::string("strong_wolfe"))};
    const std::string python = d.line(
        "optim.LBFGS(p, lr={}, max_iter={}, max_eval={}, tolerance_grad={}, tolerance_change={}, history_size={}, "
        "line_search_fn={})");
    return {{{"kind", "searches"}, {"optimizer", python}, {"problem", d.number() % 2 == 0 ? "valley" : "net"}},
        [o](const TensorList& p) -> Optimizer {
            optim::LBFGSOptions options = o;
            options.params = p;
            return optim::LBFGS(options);
        }};
}

Tensor rosenbrock(const Tensor& x) {
    const Tensor a = x[Slice(1, none)], b = x[Slice(none, -1)];
    const Tensor r = cat({10 * (a - b.pow(2)), 1 - b});
    return r.dot(r);
}

// How far the numbers are apart, by the larger of them or 1.
double distance(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(a[i] - b[i]) / std::max(1., std::abs(b[i])));
    return most;
}

// The furthest of all losses and weights from PyTorch's.
double check_search(const Case& one, const json& theirs) {
    CAPTURE(one.about.dump());
    manual_seed(one.about["seed"].get<std::uint64_t>());
    const DType dtype = dtype_named(one.about["dtype"]);
    const bool valley = one.about["problem"] == "valley";
    const TensorList p = weights_of(valley ? json{{4}, {3}} : json{{4, 6}, {6}, {6}}, dtype);
    const Tensor X = valley ? Tensor() : randn({10, 4}, {.dtype = dtype}),
                 y = valley ? Tensor() : randn({10}, {.dtype = dtype});
    Optimizer o = one.make(p);
    std::vector<double> losses, returned;
    const auto closure = [&] {
        o.zero_grad();
        const Tensor loss =
            valley ? rosenbrock(cat(p)) : nn::functional::mse_loss(tanh(X.matmul(p[0]) + p[1]).matmul(p[2]), y);
        loss.backward();
        losses.push_back(loss.item());
        return loss;
    };
    for (int k = 0; k < one.about["steps"]; ++k) {
        returned.push_back(o.step(closure).item());
        if (k == 1) {
            const Value state = o.state_dict();
            o = one.make(p);
            o.load_state_dict(state);
        }
    }
    CHECK(fmt::to_string(o) == theirs["text"].get<std::string>());
    const Value state = o.state_dict();
    const json& wanted = theirs["state"]["state"]["0"];
    CHECK(state["state"][0].size() == wanted.size());
    if (dtype == float64)
        for (const auto& [name, value] : wanted.items()) {
            const Value ours = state["state"][0][name];
            if (value.is_array()) CHECK(ours.size() == value.size());
            if (value.is_number()) CHECK(ours.item() == doctest::Approx(value.get<double>()).epsilon(1e-6));
        }
    double furthest = std::max(distance(losses, theirs["losses"].get<std::vector<double>>()),
        distance(returned, theirs["returned"].get<std::vector<double>>()));
    for (std::size_t i = 0; i < p.size(); ++i)
        furthest = std::max(furthest,
            distance(flat(p)[i].get<std::vector<double>>(), flat(theirs["weights"])[i].get<std::vector<double>>()));
    if (dtype == float64) CHECK(furthest <= 1e-6);  // in float32 the last bit of a sum leads far away
    return furthest;
}

}  // namespace

TEST_CASE("LBFGS looks at the points that PyTorch's looks at - run beside it") {
    if (no_pytorch()) return;
    const char* seed = std::getenv("TAPER_LIVE_SEED");
    Draw draw(seed ? std::stoul(seed) : 1);
    std::vector<Case> cases;
    json about = json::array();
    for (int i = 0; i < 120; ++i) {
        Case one = search(draw);
        one.about["seed"] = draw.number() % 1000;
        one.about["steps"] = 3;
        one.about["dtype"] = i % 2 == 0 ? "float32" : "float64";
        about.push_back(one.about);
        cases.push_back(one);
    }
    const json theirs = answers(about);
    std::map<std::string, std::pair<int, double>> all;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const double furthest = check_search(cases[i], theirs[i]);
        auto& [equal, most] = all[cases[i].about["dtype"]];
        equal += furthest == 0, most = std::max(most, furthest);
    }
    for (const auto& [dtype, found] : all) {
        CHECK(found.first > 15);
        MESSAGE(
            dtype << ": " << found.first << " searches have PyTorch's bits, the others are within " << found.second);
    }
}
