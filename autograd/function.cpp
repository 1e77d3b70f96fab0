#include "function.h"

#include <algorithm>

#include "../tensor/create.h"
#include "../tensor/native.h"
#include "inplace.h"

namespace taper::autograd {
namespace {

bool is_among(const TensorList& list, const Tensor& x) {
    return std::any_of(list.begin(), list.end(), [&](const Tensor& y) { return x.ref() == y.ref(); });
}

std::vector<Edge> edges_to(const TensorList& inputs) {
    std::vector<Edge> edges(inputs.size());
    for (std::size_t i = 0; is_grad_enabled() && i < inputs.size(); ++i)
        if (needs_gradient(inputs[i])) edges[i] = edge_to(inputs[i]);
    return edges;
}

bool broadcasts_to(const Shape& from, const Shape& to) {
    if (from.size() > to.size()) return false;
    for (int d = 1; d <= from.size(); ++d)
        if (from[from.size() - d] != 1 && from[from.size() - d] != to[to.size() - d]) return false;
    return true;
}

}  // namespace

void Context::save_for_backward(const TensorList& tensors) { to_save_ = tensors; }
TensorList Context::saved_tensors() const { return step_->unpacked(); }
void Context::mark_dirty(const TensorList& inputs) { dirty_ = inputs; }
void Context::mark_non_differentiable(const TensorList& outputs) { constants_ = outputs; }

namespace detail {

FunctionStep::FunctionStep(const char* name, Context& context, const TensorList& inputs,
    std::vector<std::size_t> of_argument, std::size_t arguments)
    : MultiOutputNode(name, edges_to(inputs)),
      context_(context),
      of_argument_(std::move(of_argument)),
      arguments_(arguments) {}

void FunctionStep::begin() {
    context_.step_ = this;
    context_.needs_input_grad.assign(arguments_, false);
    for (int i = 0; i < inputs; ++i)
        if (edges[i]) context_.needs_input_grad[of_argument_[i]] = true;
}

void FunctionStep::finish(const TensorList& inputs, TensorList& outputs) {
    check_dirty(outputs);
    bool recorded = false;
    for (int i = 0; i < this->inputs; ++i) recorded = recorded || edges[i];
    std::vector<Result> results;
    for (const Tensor& x : outputs) results.push_back({x.shape(), x.dtype()});
    set_results(std::move(results));
    for (const Tensor& x : context_.dirty_) x.impl().count_write();  // it may have written through a pointer
    TensorList given = outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k)
        if (recorded)
            outputs[k] = with_history(inputs, given[k], static_cast<int>(k));
        else if (is_among(inputs, given[k]) && !is_among(context_.dirty_, given[k]))
            outputs[k] = given[k].detach();
    if (recorded) save(given);
    context_.to_save_.clear();
    context_.dirty_.clear();
    context_.constants_.clear();
}

void FunctionStep::check_dirty(const TensorList& outputs) const {
    for (const Tensor& x : context_.dirty_)
        check(is_among(outputs, x),
            "{}: Some elements marked as dirty during the forward method were not returned as output. The inputs that "
            "are modified inplace must all be outputs of the Function.",
            name);
}

Tensor FunctionStep::with_history(const TensorList& inputs, const Tensor& output, int k) {
    if (!output.is_floating_point() || is_among(context_.constants_, output))
        return is_among(inputs, output) ? output.detach() : output;
    if (is_among(context_.dirty_, output)) {
        check(!output.is_leaf() || !output.requires_grad(),
            "{}: a leaf Variable that requires grad has been used in an in-place operation.", name);
        check_writable(name, output, true);
        rebase(output, result(k));
        return output;
    }
    Tensor own = output;
    if (is_among(inputs, output))
        own = as_view_of(output, native::view(output, output.shape(), output.stride(), output.storage_offset()));
    if (own.is_view()) own.impl().made_in = TensorImpl::MadeIn::Function;
    set_history(own, result(k));
    return own;
}

void FunctionStep::save(const TensorList& outputs) {
    for (const Tensor& x : context_.to_save_) {
        int result = -1;
        for (std::size_t k = 0; k < outputs.size(); ++k)
            if (x.defined() && x.ref() == outputs[k].ref()) result = static_cast<int>(k);
        saved_.emplace_back().keep(x, result < 0 ? Saved::As::Input : Saved::As::Result);
        saved_result_.push_back(result);
    }
}

TensorList FunctionStep::unpacked() {
    TensorList tensors;
    for (std::size_t i = 0; i < saved_.size(); ++i) {
        tensors.push_back(saved_[i].unpack(*this));
        if (saved_result_[i] >= 0) tensors.back().impl().node = result(saved_result_[i]);
    }
    return tensors;
}

TensorList FunctionStep::gradients(const TensorList& grads) {
    TensorList whole = grads;
    for (std::size_t k = 0; k < whole.size(); ++k)
        if (!whole[k].defined() && context_.materialize_grads_)
            whole[k] = native::zeros(results()[k].shape, results()[k].dtype);
    TensorList found = call_backward(whole);
    while (found.size() > arguments_ && !found.back().defined()) found.pop_back();
    check(found.size() == arguments_, "{}: function {} returned an incorrect number of gradients (expected {}, got {})",
        name, name, arguments_, found.size());
    TensorList given;
    for (int i = 0; i < inputs; ++i) {
        const Tensor& x = given.emplace_back(found[of_argument_[i]]);
        check(!edges[i] || !x.defined() || broadcasts_to(edges[i].shape, x.shape()),
            "{}: Function {} returned an invalid gradient at index {} - got {} but expected shape compatible with {}",
            name, name, i, x.defined() ? x.shape() : Shape(), edges[i].shape);
    }
    return given;
}

std::span<Saved> FunctionStep::saved() { return saved_; }

TensorList as_gradients(TensorList list) { return list; }
TensorList as_gradients(const Tensor& x) { return {x}; }

void check_gradients(const std::type_info& function, std::size_t returned, std::size_t taken) {
    check(returned == taken, "{}: forward returned {} tensors, but backward takes the gradients of {}",
        type_name(function), returned, taken);
}

void Arguments::take_tensor(const Tensor& x) {
    tensors.push_back(x);
    of_argument.push_back(count++);
}

}  // namespace detail
}  // namespace taper::autograd
