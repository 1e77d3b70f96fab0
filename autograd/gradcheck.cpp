#include "gradcheck.h"

#include <cmath>

#include "../tensor/warning.h"
#include "ops.h"

namespace taper::autograd {
namespace {

struct Mismatch : Error {
    using Error::Error;
};

// Per output, per element of the output.
using Values = std::vector<std::vector<double>>;

Values numbers_of(const TensorList& tensors) {
    Values numbers;
    for (const Tensor& x : tensors) numbers.push_back(x.to(float64).tolist());
    return numbers;
}

// The index of element `at`, counted in row-major order: "[1, 2]".
std::string place(const Tensor& x, std::int64_t at) {
    Shape index = x.shape();
    for (int d = index.size(); d-- > 0; at /= x.shape()[d]) index[d] = at % x.shape()[d];
    return index.str();
}

// f's outputs where element `at` of x, which is one of the inputs, is moved by `step`.
Values moved(const ListFunction& f, const TensorList& inputs, const Tensor& x, std::int64_t at, double step) {
    std::int64_t offset = 0;
    for (int d = static_cast<int>(x.ndim()); d-- > 0; at /= x.shape()[d]) offset += at % x.shape()[d] * x.stride()[d];
    return visit<Floats>(x.dtype(), [&](auto zero) {
        auto& element = x.data_ptr<decltype(zero)>()[offset];
        const auto before = element;
        element = static_cast<decltype(zero)>(before + step);
        Values outputs = numbers_of(f(inputs));
        element = before;
        return outputs;
    });
}

class Checker {
 public:
    Checker(const ListFunction& f, const TensorList& inputs, const GradcheckOptions& options);
    void run() const;

 private:
    TensorList gradients(const Tensor& output, const Tensor& grad) const;
    void check_repeatable(const Tensor& output) const;
    void check_input(std::size_t in) const;
    bool close(double a, double n) const { return std::abs(a - n) <= atol_ + rtol_ * std::abs(n) || a == n; }

    const ListFunction& f_;
    TensorList inputs_, outputs_;
    double eps_, atol_, rtol_, nondet_tol_;
    bool any_output_ = false;
};

Checker::Checker(const ListFunction& f, const TensorList& inputs, const GradcheckOptions& options)
    : f_(f),
      inputs_(inputs),
      eps_(options.eps),
      atol_(options.atol),
      rtol_(options.rtol),
      nondet_tol_(options.nondet_tol) {
    bool any_input = false;
    for (std::size_t in = 0; in < inputs.size(); ++in) {
        any_input = any_input || inputs[in].requires_grad();
        if (inputs[in].requires_grad() && inputs[in].dtype() != DType::Float64)
            warn(
                "Input #{} requires gradient and is not a double precision floating point or complex. This check will "
                "likely fail if all the inputs are not of double precision floating point or complex. ",
                in);
        check(!inputs[in].requires_grad() || !native::overlaps_itself(inputs[in]),
            "gradcheck: The {}th input has a dimension with stride 0. gradcheck only supports inputs that are "
            "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on "
            "the input before passing it to gradcheck.",
            in);
    }
    check(any_input,
        "gradcheck: gradcheck expects at least one input tensor to require gradient, but none of the them have "
        "requires_grad=True.");
    outputs_ = f(inputs);
    for (const Tensor& out : outputs_) any_output_ = any_output_ || out.requires_grad();
}

TensorList Checker::gradients(const Tensor& output, const Tensor& grad) const {
    TensorList wanted;
    for (const Tensor& x : inputs_)
        if (x.requires_grad()) wanted.push_back(x);
    return autograd::grad({output}, wanted, {.grad_outputs = {grad}, .retain_graph = true, .allow_unused = true});
}

void Checker::check_repeatable(const Tensor& output) const {
    Tensor grad = randn_like(output.detach());
    TensorList once = gradients(output, grad), again = gradients(output, grad);
    for (std::size_t in = 0; in < once.size(); ++in) {
        if (!once[in].defined()) continue;
        bool same = ops::allclose(once[in], again[in], 0, nondet_tol_, true);
        if (!same)
            throw Mismatch(
                "gradcheck: Backward is not reentrant, i.e., running backward with same input and grad_output multiple "
                "times gives different values, although analytical gradient matches numerical gradient.");
    }
}

// Each column of the Jacobian by differences, beside the same column of the gradients.
void Checker::check_input(std::size_t in) const {
    const Tensor& x = inputs_[in];
    std::vector<Values> analytical;  // per output, per element of it
    for (const Tensor& out : outputs_) {
        Values rows;
        for (std::int64_t j = 0; out.requires_grad() && j < out.numel(); ++j) {
            Tensor one_hot = zeros(out.shape(), {.dtype = out.dtype()});
            one_hot.view(-1).select(0, j).fill_(1);
            Tensor row =
                autograd::grad({out}, {x}, {.grad_outputs = {one_hot}, .retain_graph = true, .allow_unused = true})[0];
            rows.push_back((row.defined() ? row : zeros_like(x.detach())).to(float64).tolist());
        }
        analytical.push_back(std::move(rows));
    }
    for (std::int64_t i = 0; i < x.numel(); ++i) {
        Values above = moved(f_, inputs_, x, i, eps_), below = moved(f_, inputs_, x, i, -eps_);
        for (std::size_t out = 0; out < outputs_.size(); ++out)
            for (std::size_t j = 0; j < above[out].size(); ++j) {
                if (any_output_ && !outputs_[out].requires_grad()) continue;
                double a = outputs_[out].requires_grad() ? analytical[out][j][i] : 0,
                       n = (above[out][j] - below[out][j]) / (2 * eps_);
                if (!close(a, n))
                    throw Mismatch(fmt::format(
                        "gradcheck: Jacobian mismatch for output {} with respect to input {}: d output{} / d input{} "
                        "is analytically {:.8g}, numerically {:.8g}{}",
                        out, in, place(outputs_[out], j), place(x, i), a, n,
                        x.dtype() == DType::Float64 ? "" : "; give it float64 inputs"));
            }
    }
}

void Checker::run() const {
    for (std::size_t in = 0; in < inputs_.size(); ++in)
        if (inputs_[in].requires_grad()) check_input(in);
    for (const Tensor& out : outputs_)
        if (out.requires_grad()) check_repeatable(out);
}

}  // namespace

namespace {

bool run(const GradcheckOptions& options) {
    check(options.check_backward_ad || options.check_forward_ad,
        "gradcheck: Expected at least one of check_forward_ad and check_backward_ad to be True");
    check(!options.check_forward_ad && !options.check_batched_grad && !options.check_batched_forward_grad,
        "gradcheck: there is neither forward mode nor vmap here: leave check_forward_ad, check_batched_grad and "
        "check_batched_forward_grad false");
    try {
        Checker(options.func, options.inputs, options).run();
    } catch (const Mismatch&) {
        if (options.raise_exception) throw;
        return false;
    }
    return true;
}

// The results as their gradients are drawn: in rows of two elements, of which one is used, where `apart`.
Tensor drawn_like(const Tensor& out, bool apart) {
    Tensor drawn = randn(out.shape(), {.dtype = out.dtype()});
    if (apart) drawn = ops::select(ops::stack({drawn, zeros_like(drawn)}, -1), -1, 0);
    return drawn.requires_grad_(out.requires_grad());
}

// f's gradients as a function of f's inputs and, behind them, of the gradients of its outputs.
ListFunction gradients_of(const ListFunction& f, std::size_t count) {
    return [f, count](const TensorList& given) {
        TensorList own(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(count)), wanted, outputs, grads;
        TensorList results = f(own);
        check(given.size() == count + results.size(), "gradgradcheck: {} grad_outputs were given for {} outputs",
            given.size() - count, results.size());
        for (std::size_t i = 0; i < results.size(); ++i)
            if (results[i].requires_grad()) {
                outputs.push_back(results[i]);
                grads.push_back(given[count + i]);
            }
        for (const Tensor& x : own)
            if (x.requires_grad()) wanted.push_back(x);
        TensorList found = grad(outputs, wanted, {.grad_outputs = grads, .create_graph = true, .allow_unused = true});
        for (std::size_t i = 0; i < found.size(); ++i)
            if (!found[i].defined()) found[i] = zeros_like(wanted[i].detach());
        return found;
    };
}

bool run(const GradgradcheckOptions& options) {
    const ListFunction& f = options.func;
    const TensorList& inputs = options.inputs;
    check(options.check_rev_over_rev || options.check_fwd_over_rev,
        "gradgradcheck: Expected at least one of check_fwd_over_rev and check_rev_over_rev to be True");
    check(!options.check_fwd_over_rev && !options.check_batched_grad,
        "gradgradcheck: there is neither forward mode nor vmap here: leave check_fwd_over_rev and check_batched_grad "
        "false");
    TensorList all = inputs;
    if (options.grad_outputs->list)
        all.insert(all.end(), options.grad_outputs->list->begin(), options.grad_outputs->list->end());
    else
        for (const Tensor& out : f(inputs)) all.push_back(drawn_like(out, options.gen_non_contig_grad_outputs));
    return gradcheck(gradients_of(f, inputs.size()), all,
        {.eps = *options.eps,
            .atol = *options.atol,
            .rtol = *options.rtol,
            .raise_exception = *options.raise_exception,
            .nondet_tol = *options.nondet_tol,
            .check_grad_dtypes = *options.check_grad_dtypes});
}

}  // namespace

TAPER_DEFINE_FUNCTION(bool, gradcheck, GradcheckOptions, (run(o)), 2, func, inputs)
TAPER_DEFINE_FUNCTION(bool, gradgradcheck, GradgradcheckOptions, (run(o)), 2, func, inputs, grad_outputs)

}  // namespace taper::autograd
