// LBFGS.
#include "../autograd/grad_mode.h"
#include "../autograd/ops.h"
#include "line_search.h"
#include "method.h"
#include "optimizers.h"

namespace taper::optim {
namespace {

// Where the search for a minimum stands, as a state_dict has it.
struct Progress {
    explicit Progress(const Dict& dict);
    Dict dict() const;

    std::int64_t func_evals = 0, n_iter = 0;
    Tensor d = {};  // the direction
    Quantity t = 0, H_diag = 1;
    TensorList old_dirs = {}, old_stps = {};
    std::vector<Quantity> ro = {};
    Value::List al = {};  // history_size places
    Tensor prev_flat_grad = {};
    double prev_loss = 0;
};

template <class T> std::vector<T> list_of(const Value& list) {
    std::vector<T> items;
    for (const Value& item : list.list()) items.push_back(T(item));
    return items;
}

Progress::Progress(const Dict& dict) {
    if (const Value* value = dict.find("func_evals")) func_evals = value->item<std::int64_t>();
    if (const Value* value = dict.find("n_iter")) n_iter = value->item<std::int64_t>();
    if (const Value* value = dict.find("al")) al = value->list();
    if (!dict.contains("d")) return;
    d = dict.at("d");
    t = Quantity(dict.at("t"));
    H_diag = Quantity(dict.at("H_diag"));
    old_dirs = list_of<Tensor>(dict.at("old_dirs"));
    old_stps = list_of<Tensor>(dict.at("old_stps"));
    ro = list_of<Quantity>(dict.at("ro"));
    prev_flat_grad = dict.at("prev_flat_grad");
    prev_loss = dict.at("prev_loss").item();
    check(old_dirs.size() == old_stps.size() && old_dirs.size() == ro.size(),
        "LBFGS: {} old_dirs, {} old_stps and {} ro do not go together", old_dirs.size(), old_stps.size(), ro.size());
}

Dict Progress::dict() const {
    Dict dict{{"func_evals", func_evals}, {"n_iter", n_iter}};
    if (!al.empty()) dict["al"] = al;
    if (!d.defined()) return dict;
    dict["d"] = d;
    dict["t"] = t;
    dict["old_dirs"] = Value(old_dirs);
    dict["old_stps"] = Value(old_stps);
    dict["ro"] = ro;
    dict["H_diag"] = H_diag;
    dict["prev_flat_grad"] = prev_flat_grad;
    dict["prev_loss"] = prev_loss;
    return dict;
}

// The parameters as one vector, and the loss as a function of it.
struct Objective {
    const TensorList& params;
    const Method::Closure& closure;

    Tensor evaluate() const {
        EnableGradGuard recording;
        Tensor loss = closure();
        check(loss.defined(), "LBFGS: the closure must return the loss");
        return loss;
    }
    Tensor gradient() const {
        TensorList views;
        for (const Tensor& p : params)
            views.push_back(p.grad().defined() ? p.grad().reshape({-1}) : p.new_zeros(p.numel()));
        return ops::cat(views, 0);
    }
    void move(const Quantity& t, const Tensor& d) const {
        std::int64_t offset = 0;
        for (const Tensor& p : params) {
            p.add_(d.narrow(0, offset, p.numel()).view(p.shape()), {.alpha = t.item()});
            offset += p.numel();
        }
    }
    // How it is at t, from where it comes back.
    LinePoint look(const Quantity& t, const Tensor& d, const TensorList& home) const {
        move(t, d);
        const double loss = evaluate().item();
        const Tensor grad = gradient();
        for (std::size_t i = 0; i < params.size(); ++i) params[i].copy_(home[i]);
        return {t, loss, grad, Quantity(grad.dot(d))};
    }
};

// Takes up the last step and its change of the gradient, unless the loss is not convex along it.
void remember(Progress& progress, const Tensor& flat_grad, std::int64_t history_size) {
    const Tensor y = flat_grad - progress.prev_flat_grad, s = progress.d * progress.t.item();
    const Quantity ys(y.dot(s));
    if (!(ys > 1e-10)) return;
    if (std::ssize(progress.old_dirs) == history_size) {
        check(history_size > 0, "LBFGS: pop from empty list: history_size must be at least 1, not {}", history_size);
        progress.old_dirs.erase(progress.old_dirs.begin());
        progress.old_stps.erase(progress.old_stps.begin());
        progress.ro.erase(progress.ro.begin());
    }
    progress.old_dirs.push_back(y);
    progress.old_stps.push_back(s);
    progress.ro.push_back(1 / ys);
    progress.H_diag = ys / Quantity(y.dot(y));
}

// The gradient, negated, times the inverse of the Hessian that the last steps let appear (Nocedal and Wright, 7.4).
Tensor direction(Progress& progress, const Tensor& flat_grad, std::int64_t history_size) {
    const auto& [dirs, steps, ro] = std::tie(progress.old_dirs, progress.old_stps, progress.ro);
    if (progress.al.empty()) progress.al.resize(history_size);
    check(dirs.size() <= progress.al.size(), "LBFGS: list assignment index out of range: {} old_dirs, but {} al",
        dirs.size(), progress.al.size());
    const Tensor q = -flat_grad;
    for (std::size_t i = dirs.size(); i-- > 0;) {
        const Quantity al = Quantity(steps[i].dot(q)) * ro[i];
        progress.al[i] = al;
        q.add_(dirs[i], {.alpha = -al.item()});
    }
    const Tensor r = q * progress.H_diag.item();
    for (std::size_t i = 0; i < dirs.size(); ++i) {
        const Quantity beta = Quantity(dirs[i].dot(r)) * ro[i];
        r.add_(steps[i], {.alpha = (Quantity(progress.al[i]) - beta).item()});
    }
    return r;
}

Quantity largest(const Tensor& x) { return Quantity(x.abs().max()); }

LBFGSOptions with_max_eval(LBFGSOptions o) {
    if (!*o.max_eval) o.max_eval = std::optional(*o.max_iter * 5 / 4);
    return o;
}

}  // namespace

struct LBFGSMethod final : MethodOf<LBFGSMethod, LBFGSOptions> {
    explicit LBFGSMethod(const LBFGSOptions& options)
        : MethodOf(with_max_eval(options), {"LBFGS", Counter::absent, {}}) {}
    void validate(const char*, const ParamGroup&) const override {}
    static constexpr auto table() {
        return std::tuple(TAPER_WHOLE_ROW(lr), TAPER_ROW(max_iter), TAPER_ROW(max_eval), TAPER_ROW(tolerance_grad),
            TAPER_ROW(tolerance_change), TAPER_ROW(history_size), TAPER_ROW(line_search_fn));
    }
    void update(const Tensor&, const Tensor&, ParamState&, const ParamGroup&) const override {}
    Tensor step(const Closure& closure) override;
    ParamState recalled(const Tensor& param, const ParamGroup& group, const Dict& dict) const override;

 private:
    // One step along a new direction. False if it was the last.
    bool iterate(const Objective& objective, Progress& progress, double& loss, Tensor& flat_grad,
        std::int64_t iteration, std::int64_t& evaluations) const;
};

Tensor LBFGSMethod::step(const Closure& closure) {
    check(groups.size() == 1, "LBFGS: LBFGS doesn't support per-parameter options (parameter groups)");
    check(static_cast<bool>(closure), "LBFGS: step() missing 1 required positional argument: 'closure'");
    NoGradGuard no_grad;
    const ParamGroup& group = groups[0];
    const Objective objective{group.params, closure};
    ParamState& state = states[&group.params[0].impl()];
    state.param = group.params[0];
    Progress progress(state.more);
    const Tensor first = objective.evaluate();
    ++progress.func_evals;
    double loss = first.item();
    Tensor flat_grad = objective.gradient();
    if (!(largest(flat_grad) <= group.tolerance_grad)) {
        std::int64_t evaluations = 1;
        for (std::int64_t i = 1; i <= group.max_iter; ++i)
            if (!iterate(objective, progress, loss, flat_grad, i, evaluations)) break;
    }
    states[&group.params[0].impl()].more = progress.dict();
    return first;
}

bool LBFGSMethod::iterate(const Objective& objective, Progress& progress, double& loss, Tensor& flat_grad,
    std::int64_t iteration, std::int64_t& evaluations) const {
    const ParamGroup& group = groups[0];
    const bool is_first = ++progress.n_iter == 1;
    if (!is_first) remember(progress, flat_grad, group.history_size);
    progress.d = is_first ? -flat_grad : direction(progress, flat_grad, group.history_size);
    progress.prev_flat_grad = flat_grad.clone();
    progress.prev_loss = loss;
    progress.t = is_first ? smaller(1, 1 / Quantity(flat_grad.abs().sum())) * group.lr : Quantity(group.lr);
    const Tensor& d = progress.d;
    const Quantity slope(flat_grad.dot(d));
    if (slope > -group.tolerance_change) return false;

    std::int64_t looked = 0;
    if (group.line_search_fn) {
        check(group.line_search_fn == "strong_wolfe", "LBFGS: only 'strong_wolfe' is supported");
        TensorList home;
        for (const Tensor& p : group.params) home.push_back(p.clone());
        const auto look = [&](const Quantity& t) { return objective.look(t, d, home); };
        LineSearch search =
            strong_wolfe(look, {0, loss, flat_grad, slope}, progress.t, largest(d), group.tolerance_change);
        loss = search.found.loss;
        flat_grad = search.found.grad;
        progress.t = search.found.at;
        looked = search.evaluations;
        objective.move(progress.t, d);
    } else {
        objective.move(progress.t, d);
        if (iteration != group.max_iter) {
            loss = objective.evaluate().item();
            flat_grad = objective.gradient();
            looked = 1;
        }
    }
    evaluations += looked;
    progress.func_evals += looked;
    return iteration < group.max_iter && evaluations < *group.max_eval &&
        !(largest(flat_grad) <= group.tolerance_grad) && !(largest(d * progress.t.item()) <= group.tolerance_change) &&
        !(std::abs(loss - progress.prev_loss) < group.tolerance_change);
}

ParamState LBFGSMethod::recalled(const Tensor& param, const ParamGroup&, const Dict& dict) const {
    const DType dtype = param.dtype();
    const auto own = [&](const Tensor& x) { return x.to(dtype).clone(); };
    ParamState state{.param = param};
    if (dict.size() == 0) return state;
    check(dict.contains("func_evals") && dict.contains("n_iter"),
        "load_state_dict: the state of a parameter is none of LBFGS: it has no 'func_evals' and 'n_iter'");
    Progress progress(dict);
    if (progress.d.defined()) progress.d = own(progress.d), progress.prev_flat_grad = own(progress.prev_flat_grad);
    for (TensorList* list : {&progress.old_dirs, &progress.old_stps})
        for (Tensor& x : *list) x = own(x);
    state.more = progress.dict();
    return state;
}

TAPER_DEFINE_CONSTRUCTORS(LBFGS, LBFGSOptions, 1, params, lr, max_iter, max_eval, tolerance_grad, tolerance_change,
    history_size, line_search_fn)
LBFGS::LBFGS(Called, const LBFGSOptions& o) : OptimizerOf(std::make_shared<LBFGSMethod>(o), o) {
    check(param_groups().size() == 1, "LBFGS: LBFGS doesn't support per-parameter options (parameter groups)");
}
template class OptimizerOf<LBFGSOptions>;

}  // namespace taper::optim
