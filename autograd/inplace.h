// Writing over values that may have a history, and views whose base was written.
#pragma once

#include "node.h"

namespace taper::autograd {

/// Writes `value`, the recorded result of an op on the old x, over x, and makes its history x's own; where x is a view,
/// its base and all other views of it learn of it. Error, as in PyTorch, for a leaf that requires grad, a view made
/// without recording, a tensor whose elements share memory, and a shape or dtype that does not fit.
const Tensor& overwrite(const char* op, const Tensor& x, const Tensor& value);
/// Writes `source`, a tensor of its own, over x: what x was before has a gradient of zero. The node has this name.
/// Where all is to be `one_value`, elements may share memory.
const Tensor& overwrite_with(
    const char* op, const char* name, const Tensor& x, const Tensor& source, bool one_value = false);
/// Gives x, whose values have been written, the history `node`; through its base if it is a view.
void rebase(const Tensor& x, const Ref<Node>& node);
/// The checks of overwrite alone, for writers that record nothing. `recorded`: whether what is written has a history.
void check_writable(const char* op, const Tensor& x, bool recorded = false, bool one_value = false);
/// Marks the result of an op as a view of x, so that writes to one reach the other's history.
Tensor as_view_of(const Tensor& x, Tensor view);
/// Makes the history of a view anew from its base.
void renew_view_history(const Tensor& view);

}  // namespace taper::autograd
