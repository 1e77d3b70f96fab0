// What optimizers and schedulers refuse, beside PyTorch's words for it; and what they show of themselves.
#include "live/optim.h"

using namespace live_optim;
namespace lr_scheduler = taper::optim::lr_scheduler;
namespace swa_utils = taper::optim::swa_utils;

namespace {

// What PyTorch says of the making of an optimizer, or of what is then done with it.
struct Refusal {
    const char *optimizer, *then;
    std::function<Optimizer(const TensorList&)> make;
    std::function<void(const Optimizer&)> use = [](const Optimizer&) {};
};
using Use = const Optimizer&;
#define MADE(...) [](const TensorList& p) -> Optimizer { return __VA_ARGS__; }
#define SOME_SGD MADE(optim::SGD(p, 0.5, 0.5))
#define PYTHON_SGD "optim.SGD(p, 0.5, 0.5)"
const Refusal refusals[] = {
    {"optim.Rprop(p, lr=-1.5)", "", MADE(optim::Rprop(p, {.lr = -1.5}))},
    {"optim.Rprop(p, etas=(0.5, 0.75))", "", MADE(optim::Rprop(p, {.etas = {0.5, 0.75}}))},
    {"optim.Rprop(p, 0.1, (1.5, 2.5))", "", MADE(optim::Rprop(p, 0.1, {1.5, 2.5}))},
    {"optim.ASGD(p, lr=-1.5)", "", MADE(optim::ASGD(p, {.lr = -1.5}))},
    {"optim.ASGD(p, weight_decay=-0.5)", "", MADE(optim::ASGD(p, {.weight_decay = -0.5}))},
    {"optim.SparseAdam(p, lr=-0.5)", "", MADE(optim::SparseAdam(p, {.lr = -0.5}))},
    {"optim.SparseAdam(p, eps=-0.5)", "", MADE(optim::SparseAdam(p, {.eps = -0.5}))},
    {"optim.SparseAdam(p, betas=(1.5, 0.5))", "", MADE(optim::SparseAdam(p, {.betas = {1.5, 0.5}}))},
    {"optim.SparseAdam(p)", "o.step()", MADE(optim::SparseAdam(p)), [](Use o) { o.step(); }},
    {"optim.LBFGS([{'params': p[:1]}, {'params': p[1:]}])", "",
        MADE(optim::LBFGS({{.params = {p[0]}}, {.params = {p[1]}}}))},
    {"optim.LBFGS([])", "", MADE(optim::LBFGS(TensorList(p.begin(), p.begin())))},
    {"optim.LBFGS(p)", "o.step()", MADE(optim::LBFGS(p)), [](Use o) { o.step(); }},
    {"optim.LBFGS(p, line_search_fn='armijo')", "o.step(lambda: p[0].sum())",
        MADE(optim::LBFGS(p, {.line_search_fn = "armijo"})),
        [](Use o) { o.step([&] { return o.param_groups()[0].params[0].sum(); }); }},
    {"optim.LBFGS(p, line_search_fn='armijo')", "", MADE(optim::LBFGS(p, {.line_search_fn = "armijo"}))},
    {PYTHON_SGD, "lr_scheduler.CyclicLR(o, 0.1, 1.0, mode='none')", SOME_SGD,
        [](Use o) { lr_scheduler::CyclicLR(o, 0.1, 1.0, {.mode = "none"}); }},
    {PYTHON_SGD, "lr_scheduler.CyclicLR(o, [0.1, 0.2], 1.0)", SOME_SGD,
        [](Use o) {
            lr_scheduler::CyclicLR(o, {0.1, 0.2}, 1.0);
        }},
    {PYTHON_SGD, "lr_scheduler.CyclicLR(o, 0.1, 1.0, max_momentum=[0.1, 0.2])", SOME_SGD,
        [](Use o) {
            lr_scheduler::CyclicLR(o, 0.1, 1.0, {.max_momentum = {0.1, 0.2}});
        }},
    {PYTHON_SGD, "lr_scheduler.CyclicLR(o, 0.1, 1.0, last_epoch=3)", SOME_SGD,
        [](Use o) { lr_scheduler::CyclicLR(o, 0.1, 1.0, {.last_epoch = 3}); }},
    {"optim.Adam(p)", "lr_scheduler.CyclicLR(o, 0.1, 1.0)", MADE(optim::Adam(p)),
        [](Use o) { lr_scheduler::CyclicLR(o, 0.1, 1.0); }},
    {"optim.Adam(p)", "lr_scheduler.CyclicLR(o, 0.1, 1.0, cycle_momentum=False)", MADE(optim::Adam(p)),
        [](Use o) { lr_scheduler::CyclicLR(o, 0.1, 1.0, {.cycle_momentum = false}); }},
    {PYTHON_SGD, "swa_utils.SWALR(o, 0.5, anneal_strategy='none')", SOME_SGD,
        [](Use o) { swa_utils::SWALR(o, 0.5, {.anneal_strategy = "none"}); }},
    {PYTHON_SGD, "swa_utils.SWALR(o, 0.5, -3)", SOME_SGD, [](Use o) { swa_utils::SWALR(o, 0.5, -3); }},
    {PYTHON_SGD, "swa_utils.SWALR(o, [0.5, 0.25])", SOME_SGD,
        [](Use o) {
            swa_utils::SWALR(o, {0.5, 0.25});
        }},
    {PYTHON_SGD, "o.add_param_group({'params': p[0]})", SOME_SGD,
        [](Use o) { static_cast<const optim::SGD&>(o).add_param_group({.params = {o.param_groups()[0].params[0]}}); }},
    {PYTHON_SGD, "o.state[p[0]]['exp_avg']", SOME_SGD,
        [](Use o) { o.state()[o.param_groups()[0].params[0]]["exp_avg"]; }},
    {PYTHON_SGD, "o.defaults['betas']", SOME_SGD, [](Use o) { o.defaults()["betas"]; }},
};
#undef PYTHON_SGD
#undef SOME_SGD
#undef MADE

}  // namespace

TEST_CASE("optimizers and schedulers refuse what PyTorch's refuse, in its words - run beside it") {
    if (no_pytorch()) return;
    json about = json::array();
    for (const Refusal& one : refusals)
        about.push_back({{"kind", "refusal"}, {"optimizer", one.optimizer}, {"then", one.then}});
    const json theirs = answers(about);
    for (std::size_t i = 0; i < about.size(); ++i) {
        CAPTURE(about[i].dump());
        const std::string wanted = theirs[i], ours = error_of([&] {
            const TensorList p = {nn::Parameter(ones(2)), nn::Parameter(ones(2))};
            for (const Tensor& w : p) w.set_grad(ones(2));
            refusals[i].use(refusals[i].make(p));
        });
        const bool missing = wanted.find("missing 1 required") != std::string::npos;
        const std::string sentence = missing ? wanted.substr(wanted.find("step()")) : wanted;
        CHECK_MESSAGE((wanted == "no error" ? ours == wanted : ours.find(sentence) != std::string::npos),
            "PyTorch: " << wanted << "; ours: " << ours);
    }
}

TEST_CASE("every optimizer returns what its closure gives, and shows what it remembers") {
    Tensor w = ones({2}, {.requires_grad = true});
    const TensorList p = {w};
    const std::vector<Optimizer> all = {optim::SGD(p, 0.1, 0.9), optim::Adam(p), optim::AdamW(p), optim::NAdam(p),
        optim::RAdam(p), optim::Adamax(p), optim::RMSprop(p), optim::Adagrad(p), optim::Adadelta(p), optim::Rprop(p),
        optim::ASGD(p), optim::LBFGS(p)};
    for (const Optimizer& o : all) {
        CAPTURE(o.name());
        CHECK(o.state().size() == 0);
        CHECK(o.state()[w].size() == 0);
        const double before = (w * w).sum().item();
        const Tensor loss = o.step([&] {
            o.zero_grad();
            Tensor loss = (w * w).sum();
            loss.backward();
            return loss;
        });
        CHECK(loss.item() == before);
        CHECK((w * w).sum().item() < before);
        CHECK(o.state().size() == 1);
        CHECK(o.state().contains(w));
        for (const auto& [param, state] : o.state().items()) CHECK((&param.impl() == &w.impl() && state.size() > 0));
    }
    Tensor memory = all[0].state()[w]["momentum_buffer"];
    memory.zero_();
    CHECK(all[0].state()[w]["momentum_buffer"].tensor().sum().item() == 0);
    CHECK(all[1].state()[w]["step"].item() == 1);
    CHECK(all[1].defaults()["lr"].item() == 1e-3);
    CHECK(optim::SGD(std::vector<optim::SGDOptions>{{.params = p, .lr = 0.5}}).defaults()["lr"].is_none());
    all[1].state().clear();
    CHECK(all[1].state().size() == 0);
    // (State that could be written to would have to reach the optimizer; so it can't.)
    const auto can_be_set = []<class O>(const O& o) { return requires(Tensor w) { o.state()[w]["step"] = 0; }; };
    CHECK(!can_be_set(all[1]));
}
