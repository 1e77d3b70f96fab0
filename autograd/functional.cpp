#include "functional.h"

#include "backward.h"
#include "ops.h"

namespace taper::autograd::functional {
namespace {

struct Ways {
    bool create_graph = false, strict = false;
};

// The inputs as a function is to be given them: steps of the caller's graph, or leaves of a graph of our own.
TensorList started(const TensorList& inputs, bool create_graph) {
    TensorList own;
    for (const Tensor& x : inputs)
        own.push_back(
            create_graph && x.requires_grad() ? ops::view(x, x.shape()) : x.detach().clone().requires_grad_());
    return own;
}

TensorList finished(const TensorList& results, bool create_graph) {
    if (create_graph) return results;
    TensorList detached;
    for (const Tensor& x : results) detached.push_back(x.detach());
    return detached;
}

// autograd::grad that takes outputs without a gradient in its stride.
TensorList gradients(
    const TensorList& outputs, const TensorList& inputs, const TensorList& grad_outputs, bool create_graph) {
    TensorList reached, grads;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        if (outputs[i].requires_grad()) {
            reached.push_back(outputs[i]);
            if (!grad_outputs.empty()) grads.push_back(grad_outputs[i]);
        }
    if (reached.empty()) return TensorList(inputs.size());
    return grad(reached, inputs,
        {.grad_outputs = grads, .retain_graph = true, .create_graph = create_graph, .allow_unused = true});
}

// Zeros for the gradients that are none; where `strict`, what says why that can't be.
template <class Say> TensorList filled(TensorList grads, const TensorList& like, const Ways& ways, const Say& refuse) {
    for (std::size_t i = 0; i < grads.size(); ++i) {
        if (ways.strict && !grads[i].defined()) refuse(i);
        check(!ways.strict || !ways.create_graph || grads[i].requires_grad(),
            "The jacobian of the user-provided function is independent of input {}. This is not allowed in strict mode "
            "when create_graph=True.",
            i);
        if (!grads[i].defined()) grads[i] = zeros_like(like[i].detach());
    }
    return grads;
}

auto independent_of_input(const char* op) {
    return [op](std::size_t i) {
        fail(
            "{}: The output of the user-provided function is independent of input {}. This is not allowed in strict "
            "mode.",
            op, i);
    };
}

void check_strict(const char* op, const TensorList& outputs, bool strict) {
    for (std::size_t i = 0; strict && i < outputs.size(); ++i)
        check(outputs[i].requires_grad(),
            "{}: Output {} of the user-provided function does not require gradients. The outputs must be computed in a "
            "differentiable manner from the input when running in strict mode.",
            op, i);
}

void check_vector(const char* op, const TensorList& v, const TensorList& like) {
    check(v.size() == like.size(), "{}: v is a tuple of invalid length: should be {} but got {}.", op, like.size(),
        v.size());
    for (std::size_t i = 0; i < v.size(); ++i)
        check(v[i].shape() == like[i].shape(), "{}: {}v has invalid size: should be {} but got {}.", op,
            v.size() > 1 ? fmt::format("Entry {} in ", i) : "", like[i].shape(), v[i].shape());
}

void check_scalar(const char* op, const TensorList& outputs) {
    check(outputs.size() == 1, "{}: The function given to {} should return a single Tensor", op, op);
    check(outputs[0].numel() == 1,
        "{}: The Tensor returned by the function given to {} should contain a single element", op, op);
}

bool is_one_number(const TensorList& list) { return list.size() == 1 && list[0].numel() == 1; }

void check_second(const char* op, const TensorList& first, bool strict) {
    for (std::size_t i = 0; strict && i < first.size(); ++i)
        check(first[i].requires_grad(),
            "{}: While computing the hessian, found that the jacobian of the user-provided function with respect to "
            "input {} is independent of the input. This is not allowed in strict mode. You should ensure that your "
            "function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a "
            "linear function for example).",
            op, i);
}

Shape joined(const Shape& a, const Shape& b) {
    std::vector<std::int64_t> sizes(a.begin(), a.end());
    sizes.insert(sizes.end(), b.begin(), b.end());
    return Shape(sizes);
}

// The Jacobian of one output: a gradient for each of its elements.
TensorList jacobian_of(const Tensor& output, std::size_t i, const TensorList& inputs, const Ways& ways) {
    std::vector<TensorList> rows(inputs.size());
    Tensor flat = output.reshape(-1);
    for (std::int64_t j = 0; j < flat.numel(); ++j) {
        TensorList grads =
            filled(gradients({flat.select(0, j)}, inputs, {}, ways.create_graph), inputs, ways, [&](std::size_t in) {
                fail(
                    "jacobian: Output {} of the user-provided function is independent of input {}. This is not "
                    "allowed in strict mode.",
                    i, in);
            });
        for (std::size_t in = 0; in < inputs.size(); ++in) rows[in].push_back(grads[in]);
    }
    TensorList blocks;
    for (std::size_t in = 0; in < inputs.size(); ++in) {
        Shape shape = joined(output.shape(), inputs[in].shape());
        blocks.push_back(rows[in].empty() ? inputs[in].new_zeros(shape) : ops::stack(rows[in]).view(shape));
    }
    return blocks;
}

Blocks jacobian_blocks(const ListFunction& f, const TensorList& inputs, const Ways& ways) {
    EnableGradGuard enable_grad;
    const TensorList own = started(inputs, ways.create_graph);
    const TensorList outputs = f(own);
    check_strict("jacobian", outputs, ways.strict);
    Blocks blocks;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        blocks.push_back(finished(jacobian_of(outputs[i], i, own, ways), ways.create_graph));
    return blocks;
}

Blocks hessian_blocks(const ListFunction& f, const TensorList& inputs, const Ways& ways) {
    ListFunction first = [&](const TensorList& given) {
        ListFunction number = [&](const TensorList& x) {
            TensorList outputs = f(x);
            check_strict("hessian", outputs, ways.strict);
            check_scalar("hessian", outputs);
            return TensorList{outputs[0].reshape(Shape())};
        };
        TensorList grads = jacobian_blocks(number, given, {.create_graph = true})[0];
        check_second("hessian", grads, ways.strict);
        return grads;
    };
    return jacobian_blocks(first, inputs, ways);
}

Product vjp_product(const ListFunction& f, const TensorList& inputs, const TensorList& v, const Ways& ways) {
    EnableGradGuard enable_grad;
    const TensorList own = started(inputs, ways.create_graph);
    const TensorList outputs = f(own);
    check_strict("vjp", outputs, ways.strict);
    check(!v.empty() || is_one_number(outputs),
        "vjp: The vector v can only be None if the user-provided function returns a single Tensor with a single "
        "element.");
    if (!v.empty()) check_vector("vjp", v, outputs);
    const TensorList along = v.empty() ? TensorList{ones_like(outputs[0].detach())} : v;
    TensorList product =
        filled(gradients(outputs, own, along, ways.create_graph), own, ways, independent_of_input("vjp"));
    return {finished(outputs, ways.create_graph), finished(product, ways.create_graph)};
}

// The gradient along u is linear in u, so its derivative by u is the product wanted.
Product jvp_product(const ListFunction& f, const TensorList& inputs, const TensorList& v, const Ways& ways) {
    EnableGradGuard enable_grad;
    check(!v.empty() || is_one_number(inputs),
        "jvp: The vector v can only be None if the input to the user-provided function is a single Tensor with a "
        "single element.");
    if (!v.empty()) check_vector("jvp", v, inputs);
    const TensorList own = started(inputs, ways.create_graph);
    const TensorList outputs = f(own);
    check_strict("jvp", outputs, ways.strict);
    TensorList u;
    for (const Tensor& out : outputs) u.push_back(zeros_like(out.detach()).requires_grad_());
    const TensorList along = v.empty() ? TensorList{ones_like(inputs[0].detach())} : v;
    const TensorList first =
        filled(gradients(outputs, own, u, true), own, {.strict = ways.strict}, independent_of_input("jvp"));
    TensorList product = filled(gradients(first, u, along, ways.create_graph), u, ways, [](std::size_t i) {
        fail(
            "jvp: The gradient with respect to the input is independent of entry {} in the grad_outputs when using "
            "the double backward trick to compute forward mode gradients. This is not allowed in strict mode.",
            i);
    });
    return {finished(outputs, ways.create_graph), finished(product, ways.create_graph)};
}

Product vhp_product(const ListFunction& f, const TensorList& inputs, const TensorList& v, const Ways& ways) {
    EnableGradGuard enable_grad;
    check(!v.empty() || is_one_number(inputs),
        "vhp: The vector v can only be None if the input to the user-provided function is a single Tensor with a "
        "single element.");
    if (!v.empty()) check_vector("vhp", v, inputs);
    const TensorList own = started(inputs, ways.create_graph);
    const TensorList outputs = f(own);
    check_strict("vhp", outputs, ways.strict);
    check_scalar("vhp", outputs);
    const TensorList first =
        filled(gradients(outputs, own, {}, true), own, {.strict = ways.strict}, independent_of_input("vhp"));
    check_second("vhp", first, ways.strict);
    const TensorList along = v.empty() ? TensorList{ones_like(inputs[0].detach())} : v;
    TensorList product = filled(gradients(first, own, along, ways.create_graph), own, ways, [](std::size_t i) {
        fail(
            "vhp: The jacobian of the user-provided function is independent of input {}. This is not allowed in "
            "strict mode.",
            i);
    });
    return {finished(outputs, ways.create_graph), finished(product, ways.create_graph)};
}

// One Tensor in, one Tensor out.
Tensor only(const char* op, const Blocks& blocks) {
    check(blocks.size() == 1, "{}: the function has {} outputs: give it a TensorList of inputs", op, blocks.size());
    return blocks[0][0];
}
OneProduct only(const char* op, const Product& product) {
    const auto& [outputs, products] = product;
    check(outputs.size() == 1, "{}: the function has {} outputs: give it a TensorList of inputs", op, outputs.size());
    return {outputs[0], products[0]};
}
Ways ways_of(const char* op, bool create_graph, bool strict, bool vectorize, const std::string& strategy) {
    check(strategy == "reverse-mode" || strategy == "forward-mode",
        "{}: Expected strategy to be either \"reverse-mode\" or \"forward-mode\". Hint: If your function has more "
        "outputs than inputs, \"forward-mode\" tends to be more performant. Otherwise, prefer to use \"reverse-mode\".",
        op);
    check(strategy == "reverse-mode" || !create_graph,
        "{}: torch.autograd.functional.{}: `create_graph=True` and `strategy=\"forward-mode\"` are not supported "
        "together (yet). Please either set `create_graph=False` or `strategy=\"reverse-mode\"`.",
        op, op);
    check(!strict || !vectorize,
        "{}: torch.autograd.functional.{}: `strict=True` and `vectorized=True` are not supported together. Please "
        "either set `strict=False` or `vectorize=False`.",
        op, op);
    check(strategy == "reverse-mode" || vectorize,
        "{}: Computing Jacobian using forward-AD or forward-over-reverse Hessian is only implemented for "
        "`vectorize=True`.",
        op);
    return {create_graph, strict};
}

const TensorList& list_of(const TensorList& inputs) { return inputs; }
const TensorList& list_of(const OneTensor& input) { return input.list; }

using Multiply = Product(const ListFunction&, const TensorList&, const TensorList&, const Ways&);
template <class O> Product product_of(Multiply* multiply, const O& o) {
    return multiply(o.func, list_of(o.inputs), o.v->list ? *o.v->list : TensorList(), {o.create_graph, o.strict});
}

}  // namespace

#define TAPER_DEFINE_BLOCKS(name, O, strategy)                                                                         \
    TAPER_DEFINE_FUNCTION(Blocks, name, O<ListArg<Tensor>>,                                                            \
        (name##_blocks(o.func, o.inputs, ways_of(#name, o.create_graph, o.strict, o.vectorize, o.strategy))), 2, func, \
        inputs, create_graph, strict, vectorize, strategy)                                                             \
    TAPER_DEFINE_FUNCTION(Tensor, name, O<Arg<OneTensor>>,                                                             \
        (only(#name,                                                                                                   \
            name##_blocks(                                                                                             \
                o.func, o.inputs->list, ways_of(#name, o.create_graph, o.strict, o.vectorize, o.strategy)))),          \
        2, func, inputs, create_graph, strict, vectorize, strategy)
TAPER_DEFINE_BLOCKS(jacobian, JacobianOptions, strategy)
TAPER_DEFINE_BLOCKS(hessian, HessianOptions, outer_jacobian_strategy)

#define TAPER_DEFINE_PRODUCT(name, multiply)                                                                           \
    TAPER_DEFINE_FUNCTION(Product, name, ProductOptions<ListArg<Tensor>>, (product_of(multiply, o)), 2, func, inputs,  \
        v, create_graph, strict)                                                                                       \
    TAPER_DEFINE_FUNCTION(OneProduct, name, ProductOptions<Arg<OneTensor>>, (only(#name, product_of(multiply, o))), 2, \
        func, inputs, v, create_graph, strict)
TAPER_DEFINE_PRODUCT(vjp, vjp_product)
TAPER_DEFINE_PRODUCT(jvp, jvp_product)
TAPER_DEFINE_PRODUCT(vhp, vhp_product)
TAPER_DEFINE_PRODUCT(hvp, vhp_product)  // the Hessian is symmetric

}  // namespace taper::autograd::functional
