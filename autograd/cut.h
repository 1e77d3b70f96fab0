// Pieces cut out of a tensor, and how their gradients are put together again: all of them in one tensor, so that a step
// for each of n pieces costs n pieces and not n wholes.
#pragma once

#include "node.h"

namespace taper::autograd {

/// A view of the piece of x that lies there, of so many along the dim, without history.
Tensor seen_at(const Tensor& x, const Cut& at, std::int64_t length);
/// The same with history and, as PyTorch names it, a step of its own. One that keeps all of a dim is a piece too.
Tensor cut_out(const char* name, const Tensor& x, const Cut& at, std::int64_t length);

/// The gradient of a piece.
struct Piece {
    Tensor grad;
    Cut at;
};
/// Adds a piece in place, without history.
void add_piece(const Tensor& whole, const Piece& piece);
/// `start`, or zeros of this shape if it is undefined, with the pieces added to it, and history.
Tensor put_together(const Tensor& start, const Shape& shape, const std::vector<Piece>& pieces);

}  // namespace taper::autograd
