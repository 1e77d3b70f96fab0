#include "ctc.h"

#include "../../tensor/kernels/ctc.h"

#include <algorithm>
#include <cmath>

#include "../../tensor/base/parallel.h"
#include "../../tensor/native.h"
#include "../ops.h"

namespace taper::ops {

using T = const Tensor&;
using Lengths = std::vector<std::int64_t>;

namespace {

/// Where the labels of each sequence begin; Error unless all fits together.
Lengths starts_of_labels(T log_probs, T targets, const Lengths& steps, const Lengths& counts, std::int64_t blank) {
    check(log_probs.ndim() == 3,
        "ctc_loss: Expected 3-dimensional tensor, but got {}-dimensional tensor for argument #1 'log_probs'",
        log_probs.ndim());
    check(targets.ndim() == 1 || targets.ndim() == 2,
        "ctc_loss: Expected 1 to 2 dimensions, but got {}-dimensional tensor for argument #2 'targets'",
        targets.ndim());
    const std::int64_t batch = log_probs.size(1), longest = log_probs.size(0);
    check(0 <= blank && blank < log_probs.size(2), "ctc_loss: blank must be in label range, but got {} of {} classes",
        blank, log_probs.size(2));
    check(std::ssize(steps) == batch, "ctc_loss: input_lengths must be of size batch_size, but got {} of {}",
        steps.size(), batch);
    check(std::ssize(counts) == batch, "ctc_loss: target_lengths must be of size batch_size, but got {} of {}",
        counts.size(), batch);
    const bool padded = targets.ndim() == 2;
    if (padded)
        check(targets.size(0) == batch,
            "ctc_loss: Expected tensor to have size {} at dimension 0, but got size {} for argument #2 'targets'",
            batch, targets.size(0));
    Lengths starts;
    std::int64_t next = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        check(0 <= steps[i] && steps[i] <= longest,
            "ctc_loss: Expected input_lengths to have value at most {}, but got value {}", longest, steps[i]);
        check(counts[i] >= 0, "ctc_loss: target_lengths must not be negative, but got {}", counts[i]);
        check(!padded || counts[i] <= targets.size(1),
            "ctc_loss: Expected tensor to have size at least {} at dimension 1, but got size {} for argument #2 "
            "'targets'",
            counts[i], padded ? targets.size(1) : 0);
        starts.push_back(next);
        next += padded ? targets.size(1) : counts[i];
    }
    check(padded || targets.size(0) == next,
        "ctc_loss: Expected tensor to have size {} at dimension 0, but got size {} for argument #2 'targets'", next,
        targets.size(0));
    return starts;
}

/// What belongs to each sequence, (4, N): its steps, its labels, where they begin, and where its alpha begins.
Tensor table_of(const Lengths& steps, const Lengths& counts, const Lengths& starts) {
    Tensor table = native::empty({4, std::ssize(steps)}, DType::Int64);
    auto* to = table.data_ptr<std::int64_t>();
    std::copy(steps.begin(), steps.end(), to);
    std::copy(counts.begin(), counts.end(), to + steps.size());
    std::copy(starts.begin(), starts.end(), to + 2 * steps.size());
    std::int64_t next = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        to[3 * steps.size() + i] = next;
        next += steps[i] * (2 * counts[i] + 1);
    }
    return table;
}

/// Calls body(i, sequence, alpha's start) for each sequence of a batch.
template <class N, class Body>
void each_sequence(T log_probs, T labels, T table, std::int64_t blank, const Body& body) {
    const std::int64_t batch = log_probs.size(1), classes = log_probs.size(2), stride = batch * classes;
    const auto* row = table.data_ptr<std::int64_t>();
    parallel_for(batch, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            body(i,
                CtcSequence<N>{log_probs.data_ptr<N>() + i * classes, stride, row[i],
                    labels.data_ptr<std::int64_t>() + row[2 * batch + i], row[batch + i], blank},
                row[3 * batch + i]);
    });
}

Tensor gradient(T grad, T losses, T log_probs, T labels, T table, T alphas, std::int64_t blank, bool zero_infinity) {
    Tensor out = native::full(log_probs.shape(), 0, log_probs.dtype()), from = native::contiguous(grad);
    visit<Types<float, double>>(log_probs.dtype(), [&](auto zero) {
        using N = decltype(zero);
        const std::int64_t classes = log_probs.size(2);
        each_sequence<N>(
            log_probs, labels, table, blank, [&](std::int64_t i, const CtcSequence<N>& x, std::int64_t at) {
                const N loss = losses.data_ptr<N>()[i];
                if (zero_infinity && std::isinf(loss)) return;
                std::vector<N> beta(static_cast<std::size_t>(2 * x.places()));
                ctc_loss_backward(x, alphas.data_ptr<N>() + at, loss, from.data_ptr<N>()[i], classes, beta.data(),
                    out.data_ptr<N>() + i * classes);
            });
    });
    return out;
}

}  // namespace

Tensor ctc_loss(
    T log_probs, T targets, const Lengths& steps, const Lengths& counts, std::int64_t blank, bool zero_infinity) {
    const Lengths starts = starts_of_labels(log_probs, targets, steps, counts, blank);
    check(log_probs.dtype() == DType::Float32 || log_probs.dtype() == DType::Float64,
        "ctc_loss: \"ctc_loss_cpu\" not implemented for '{}'", scalar_name_of(log_probs.dtype()));
    const Tensor rows = native::contiguous(log_probs.detach()),
                 labels = native::contiguous(native::cast(targets.detach(), DType::Int64)),
                 table = table_of(steps, counts, starts);
    const std::int64_t batch = rows.size(1), classes = rows.size(2);
    std::int64_t ways = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto* first = labels.data_ptr<std::int64_t>() + starts[i];
        for (std::int64_t k = 0; k < counts[i]; ++k)
            check(0 <= first[k] && first[k] < classes, "ctc_loss: target {} is none of {} classes", first[k], classes);
        ways += steps[i] * (2 * counts[i] + 1);
    }
    Tensor losses = native::empty({batch}, rows.dtype()), alphas = native::empty({ways}, rows.dtype());
    visit<Types<float, double>>(rows.dtype(), [&](auto zero) {
        using N = decltype(zero);
        each_sequence<N>(rows, labels, table, blank, [&](std::int64_t i, const CtcSequence<N>& x, std::int64_t at) {
            losses.data_ptr<N>()[i] = taper::ctc_loss(x, alphas.data_ptr<N>() + at);
        });
    });
    return autograd::record("CtcLossBackward0", losses,
        autograd::wrt(log_probs, autograd::save(log_probs, labels, table, alphas),
            [=](T grad, T losses, T log_probs, T labels, T table, T alphas) {
                const auto none = [](T) -> Tensor {
                    fail("ctc_loss: derivative for aten::_ctc_loss_backward is not implemented");
                };
                Tensor values = gradient(grad.detach(), losses.detach(), native::contiguous(log_probs.detach()), labels,
                    table, alphas, blank, zero_infinity);
                return autograd::record(
                    "NotImplemented", values, autograd::wrt(grad, none), autograd::wrt(log_probs, none));
            }));
}

}  // namespace taper::ops
