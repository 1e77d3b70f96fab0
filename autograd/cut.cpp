#include "cut.h"

#include "inplace.h"
#include "ops.h"

namespace taper::autograd {
namespace {

using T = const Tensor&;

struct CutNode final : Node {
    CutNode(const char* name, T x, const Cut& at) : Node(name, &edge, 1), edge(edge_to(x)), at(at) {}
    Tensor gradient(int, T grad) override {
        return grad.shape() == edge.shape ? grad : put_together({}, edge.shape, {{grad, at}});
    }
    const Cut* cut() const override { return &at; }

    Edge edge;
    const Cut at;
};

// The step of put_together: input 0 is what the pieces are added to.
struct PiecesNode final : Node {
    PiecesNode(std::vector<Edge> edges, std::vector<Cut> cuts)
        : Node("SliceBackwardBackward0", edges.data(), static_cast<int>(edges.size())),
          owned(std::move(edges)),
          cuts(std::move(cuts)) {}
    Tensor gradient(int i, T grad) override {
        if (i == 0) return grad;
        const Cut& at = cuts[i - 1];
        return cut_out("SliceBackward0", grad, at, length_of(owned[i].shape, at));
    }
    static std::int64_t length_of(const Shape& piece, const Cut& at) { return at.drops_dim ? 1 : piece[at.dim]; }

    std::vector<Edge> owned;
    std::vector<Cut> cuts;
};

}  // namespace

Tensor seen_at(T x, const Cut& at, std::int64_t length) {
    Shape shape = x.shape();
    Strides strides = x.stride();
    const std::int64_t skip = at.start * strides[at.dim];
    if (at.drops_dim)
        shape.erase(at.dim), strides.erase(at.dim);
    else
        shape[at.dim] = length, strides[at.dim] *= at.step;
    return native::view(x, shape, strides, x.storage_offset() + skip);
}

Tensor cut_out(const char* name, T x, const Cut& at, std::int64_t length) {
    Tensor piece = seen_at(x, at, length);
    if (is_grad_enabled() && needs_gradient(x) && is_normal(x)) set_history(piece, Ref<Node>(new CutNode(name, x, at)));
    return as_view_of(x, piece);
}

static Tensor place_of(T whole, const Piece& piece) {
    return seen_at(whole, piece.at, PiecesNode::length_of(piece.grad.shape(), piece.at));
}
void add_piece(T whole, const Piece& piece) {
    const NoGradGuard no_grad;
    place_of(whole, piece).add_(piece.grad);
}

Tensor put_together(T start, const Shape& shape, const std::vector<Piece>& pieces) {
    const Tensor& like = pieces.front().grad;
    Tensor whole = start.defined() ? native::clone(start) : native::zeros(shape, like.dtype(), like.device());
    std::size_t i = 0;
    if (!start.defined()) native::copy(place_of(whole, pieces[i]), pieces[i].grad), ++i;
    for (; i < pieces.size(); ++i) add_piece(whole, pieces[i]);
    bool needed = start.defined() && needs_gradient(start);
    for (const Piece& piece : pieces) needed = needed || needs_gradient(piece.grad);
    if (!is_grad_enabled() || !needed) return whole;
    std::vector<Edge> edges{start.defined() ? edge_to(start) : Edge()};
    std::vector<Cut> cuts;
    for (const Piece& piece : pieces) edges.push_back(edge_to(piece.grad)), cuts.push_back(piece.at);
    set_history(whole, Ref<Node>(new PiecesNode(std::move(edges), std::move(cuts))));
    return whole;
}

}  // namespace taper::autograd
