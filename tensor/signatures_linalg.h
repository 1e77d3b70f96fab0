// Signatures of torch.linalg: what functions.h makes functions of, in namespace linalg, as it does of signatures.h.
// clang-format off
SIGNATURE(FUNCTION_OUT, FIRST, ARGUMENTS, Tensor, cross, Cross, (Arg<Tensor> input = required; Arg<Tensor> other = required; Arg<std::int64_t> dim = Default(-1);), 2, (input, other), (dim), (ops::cross(input, other, *dim)))
SAME(matrix_power)
