"""The values of the arguments of functions and methods, by their bare names: sum for torch.sum, x.sum and x.sum_.

_self is the first Tensor, whatever it is called; _before and _after are statements around the call; _result is False
where the result itself cannot be compared."""

from sweep_numbers import NUMBERS
from sweep_places import PLACES

SELF = ["real(2, 3)", "prob(2, 3)", "whole(5, 2, 3)", "mask(2, 3)", "real(3, 3)", "real(4)", "real(2, 3, 4)", "real(1)"]
OTHER = ["more(2, 3)", "whole(3, 2, 3) + 1", "mask(2, 3)", "more(3, 2)", "more(3)", "more(4)", "more(3, 3)",
         "more(2, 4, 3)", "whole(2, 2, 3)"]
OUT = ["torch.empty(0)", "torch.empty(0, dtype=torch.int64)", "torch.empty(0, dtype=torch.bool)",
       "(torch.empty(0), torch.empty(0, dtype=torch.int64))"]

# What cannot be compared by its result, and why.
APART = {
    "torch.seed": "differs at each call", "g.seed": "differs at each call", "m.forward": "called as m(x)",
    "nn.Module": "a base class", "nn.RNNBase": "a base class", "nn.RNNCellBase": "a base class",
    "optim.Optimizer": "a base class", "data.Dataset": "a base class", "data.IterableDataset": "a base class",
    "data.get_worker_info": "None: tests/live_data_test.cpp", "data.Sampler": "a base class",
    "o.state_dict": "a tree: tests/optim_test.cpp", "o.load_state_dict": "a tree: tests/optim_test.cpp",
    "s.state_dict": "a tree: tests/lr_scheduler_test.cpp", "s.load_state_dict": "a tree: tests/lr_scheduler_test.cpp",
    "nn.utils.fuse_conv_bn_eval": "of two modules: tests/live_modules_test.cpp",
    "nn.utils.fuse_conv_bn_weights": "eight by position: tests/live_modules_test.cpp",
    "nn.utils.skip_init": "holds anything", "m.to_empty": "holds anything",
    "nn.utils.remove_weight_norm": "of a normed module: tests/live_modules_test.cpp",
    "nn.utils.remove_spectral_norm": "of a normed module: tests/parametrize_test.cpp",
    "F.fractional_max_pool2d_with_indices": "with drawn places: tests/live/ops_geometry.py",
    "F.fractional_max_pool3d_with_indices": "with drawn places: tests/live/ops_geometry.py",
    "linalg.matrix_power": "as torch.matrix_power", "torch.from_numpy": "an array of numpy's: tests/numpy_test.cpp",
    "torch.slice_scatter": "whose source has the slice's size: tests/live/ops_places.py",
    "x.slice_scatter": "whose source has the slice's size: tests/live/ops_places.py",
    "m.register_load_state_dict_post_hook": "a function of two: tests/parametrize_test.cpp",
    "m.register_forward_hook": "a function of three: tests/module_test.cpp",
    "m.register_forward_pre_hook": "a function of two: tests/module_test.cpp",
    "m.register_full_backward_hook": "a function of three: tests/module_test.cpp",
    "transforms.InterpolationMode": "an enumeration", "torch.initial_seed": "", "x.data_ptr": "an address",
    "torch.save": "writes a file: tests/serialize_test.cpp", "torch.load": "reads a file: tests/serialize_test.cpp",
    "torch.set_printoptions": "the printer's state: tests/print_test.cpp", "torch.get_num_threads": "the machine's",
    "torch.set_num_threads": "the machine's", "torch.empty": "", "x.new_empty": "", "torch.empty_like": "",
    "torch.empty_strided": "", "x.new_empty_strided": "", "x.map_": "a function of two: tests/places_test.cpp",
}

for name in "uniform normal constant eye dirac xavier_uniform xavier_normal kaiming_uniform kaiming_normal orthogonal sparse".split():
    APART["init." + name] = "takes whatever its new name takes: tests/init_test.cpp"

INT = "whole(8, 2, 3)"
COMPARE = dict(other=["whole(3, 2, 3)", "2"], _self="whole(5, 2, 3)")
BITS = dict(_self=INT, other=["whole(5, 2, 3)", "3"], self="6")
ROUNDED = dict(_self="3 * real(2, 3)", decimals="1")
LOGS = dict(_self="prob(2, 3)")
SCATTER = dict(_self="real(3, 3)", dim="1", index="whole(3, 3, 2)", src="more(3, 3)", value="0.75",
               reduce="'multiply'")
INDEXED = dict(_self="real(3, 3)", dim="1", index="whole(3, 2)", source="more(3, 2)", value="0.75", alpha="2")


def unpool(n):
    sizes, two, five = ", ".join(["3"] * n), "(2, 3, 2)"[:3 * n - 1] + ")", "(7, 5, 7)"[:3 * n - 1] + ")"
    return dict(_self=f"real(1, 2, {sizes})", indices=f"whole({3 ** n}, 1, 2, {sizes})",
                kernel_size=["2"] if n == 1 else [("2", two)], stride="3", padding="1",
                output_size=["[7]"] if n == 1 else [five], _with={"output_size": {"kernel_size": "2"}})


def fractional(n):
    sizes, two, half = ", ".join(["7"] * n), "(2, 3, 2)"[:3 * n - 1] + ")", "(0.5, 0.25, 0.5)"[:5 + 6 * (n - 1)] + ")"
    return dict(_self=f"real(1, 2, {sizes})", kernel_size=[("2", two)], output_size=[("3", two)],
                output_ratio=[("0.5", half)], _random_samples=f"prob(1, 2, {n})",
                _required=[{"output_size": "3"}, {"output_ratio": "0.5"}])


CONV1 = dict(_self="real(2, 4, 7)", weight="more(4, 4, 3)", bias="real(4)", stride=[("2", "(2,)")],
             padding=["1", "'same'"],
             dilation=[("2", "(2,)")], groups=["2"], output_padding=["1"],
             _with={"groups": {"weight": "more(4, 2, 3)"}})
CONV2 = CONV1 | dict(_self="real(2, 4, 7, 7)", weight="more(4, 4, 3, 3)", stride=[("2", "(2, 1)")],
                     dilation=[("2", "(1, 2)")], _with={"groups": {"weight": "more(4, 2, 3, 3)"}})
CONV3 = CONV1 | dict(_self="real(1, 2, 5, 5, 5)", weight="more(2, 2, 3, 3, 3)", bias="real(2)",
                     stride=[("2", "(2, 1, 1)")], dilation=[("2", "(1, 2, 1)")],
                     _with={"groups": {"weight": "more(2, 1, 3, 3, 3)"}})


def transposed(conv, halved):
    return conv | dict(padding=["1"], _with={"output_padding": {"stride": "2"}, "groups": {"weight": halved}})


POOL1 = dict(_self="real(2, 3, 8)", kernel_size="3", stride=["2"], padding=["1"], dilation=["2"],
             ceil_mode="True", output_size="2", norm_type="3.0", _with={"count_include_pad": {"padding": "1"}})
POOL2 = POOL1 | dict(_self="real(2, 3, 8, 8)", kernel_size=[("3", "(3, 2)")], divisor_override="5",
                     output_size=[("2", "(2, 3)")])
POOL3 = POOL1 | dict(_self="real(1, 2, 6, 6, 6)", kernel_size=[("3", "(3, 2, 2)")], divisor_override="5",
                     output_size=[("2", "(2, 3, 2)")])
SIZES = dict(size=[("(2, 3)", "(3,)"), "2, 3"], fill_value="0.75", low="2", high="9", mean="0.5", std="2.0")
RESIZED = dict(_self="real(2, 3)", size=[("(3, 2)", "(6,)"), "3, 2"], shape=[("(3, 2)", "(6,)"), "3, 2"])
VIEWED = dict(size=["(4, 2, 3)", "4, 2, 3"])
MOVED = dict(_self="real(2, 3, 4)", dim0="0", dim1="2", dims=["(2, 0, 1)", "2, 0, 1"], axis0="0", axis1="2")
LOSS = dict(_self="real(3, 4)", target="more(3, 4)", weight="prob(4)", pos_weight="prob(4) + 1", beta="0.25",
            delta="0.25", ignore_index="1", label_smoothing="0.25", log_target="True", swap="True", full="True",
            log_input="False", eps="0.25")
CLASSES = LOSS | dict(target="whole(4, 3)")
SIGNS = LOSS | dict(target="sign(3, 4)")
CLIPPED = dict(_before=["w = with_grads()"], parameters="w", max_norm="0.25", clip_value="0.25", norm_type=["1.0"],
               _after=["put(w[0].grad)", "put(w[1].grad)"])
FILLED = dict(tensor="real(4, 6)", a="0.25", b="1.5", mean="0.25", std="0.5", val="0.75", gain="2", groups="2",
              sparsity="0.25", mode="'fan_out'", nonlinearity=["'relu'"], param="0.5")
DIMS = dict(_self="real(2, 3, 4)", dim=[("1", "(0, 1)")])
CLAMPED = dict(min=["-0.25", "more(2, 3)"], max=["0.25", "prob(2, 3)"],
               _required=[{"min": "-0.25"}, {"min": "more(2, 3)"}, {"max": "0.25"}])
ORDERED = dict(_self="real(3, 4)", dim="0", k="2", descending="True", stable="True", largest="False", sorted="False",
               _last=["stable"])
BILINEAR = ["transforms.InterpolationMode.BILINEAR"]
ACTIVATION = dict(_self="3 * real(2, 3, 4)", alpha="0.25", lambd="0.25", min_val="-0.25", max_val="0.5", beta="2",
                  threshold="0.75", value="0.5", negative_slope="0.25", lower="0.25", upper="0.5",
                  approximate="'tanh'", training="True")
DROPPED = dict(_self="real(2, 3, 4)", p="0.25", training=["True", "False"], train="True")

FUNCTIONS = {
    "acos": dict(), "atan2": dict(), "erfinv": dict(),
    "log": LOGS, "log2": LOGS, "log10": LOGS, "log1p": LOGS, "sqrt": LOGS, "rsqrt": LOGS,
    "add": dict(alpha="2"), "sub": dict(alpha="2"), "div": dict(_self="3 * real(2, 3)", rounding_mode="'floor'"),
    "addcmul": dict(tensor1="more(2, 3)", tensor2="prob(2, 3)", value="0.25"),
    "addcdiv": dict(tensor1="more(2, 3)", tensor2="prob(2, 3)", value="0.25"),
    "addmm": dict(_self="real(2, 4)", mat1="more(2, 3)", mat2="real(3, 4)", beta="0.5", alpha="2"),
    "all": dict(_self="mask(2, 3)", dim="1"), "any": dict(_self="mask(2, 3)", dim="1"),
    "sum": DIMS, "mean": DIMS, "amax": DIMS, "amin": DIMS, "var": DIMS | dict(correction="0"), "nansum": DIMS,
    "std": DIMS | dict(correction="0"), "logsumexp": DIMS, "count_nonzero": dict(dim=["1", "(0, 1)", "0, 1"]),
    "norm": dict(p="1", dim=[("1", "(0, 1)")]), "cumsum": dict(dim="1"), "cumprod": dict(dim="1"),
    "allclose": dict(other="real(2, 3) + 0.01", rtol="1.5", atol="0.5", equal_nan="True"),
    "isclose": dict(other="real(2, 3) + 0.01", rtol="1.5", atol="0.5", equal_nan="True"),
    "equal": dict(other="real(2, 3)"),
    "arange": dict(start="2", end="9", step="3"),
    "linspace": dict(start="2", end="9", steps="4", base="3.0"),
    "logspace": dict(start="0.5", end="2", steps="4", base="3.0"),
    "argsort": ORDERED, "sort": ORDERED, "topk": ORDERED,
    "as_strided": dict(_self="real(3, 4)", size="(2, 2)", stride="(1, 2)", storage_offset="1"),
    "batch_norm": dict(_self="real(3, 4)", running_mean="real(4)", running_var="prob(4)", weight="more(4)",
                       bias="real(4)", training="True", momentum="0.5", eps="0.25", cudnn_enabled="False"),
    "instance_norm": dict(_self="real(2, 4, 3)", running_mean="real(4)", running_var="prob(4)", weight="more(4)",
                          bias="real(4)", use_input_stats="True", momentum="0.5", eps="0.25", cudnn_enabled="False"),
    "layer_norm": dict(_self="real(2, 3, 4)", normalized_shape=[("(4,)", "(3, 4)")], weight=["prob(4)", "prob(3, 4)"],
                       bias=["real(4)", "real(3, 4)"], eps="0.25", cudnn_enable="False"),
    "group_norm": dict(_self="real(2, 4, 3)", num_groups="2", weight="prob(4)", bias="real(4)", eps="0.25"),
    "bernoulli": dict(_self="prob(2, 3)", p=["0.25", "prob(2, 3)"]),
    "bincount": dict(_self="whole(5, 6)", weights="real(6)", minlength="8"),
    "bitwise_and": BITS, "bitwise_or": BITS, "bitwise_xor": BITS, "bitwise_not": dict(_self=INT),
    "logical_and": dict(_self=INT), "logical_or": dict(_self=INT), "logical_xor": dict(_self=INT),
    "eq": COMPARE, "ne": COMPARE, "lt": COMPARE, "le": COMPARE, "gt": COMPARE, "ge": COMPARE,
    "bmm": dict(_self="real(2, 3, 4)", mat2="more(2, 4, 3)"),
    "mm": dict(_self="real(2, 3)", mat2="more(3, 2)"), "mv": dict(_self="real(2, 3)", vec="more(3)"),
    "matmul": dict(_self="real(2, 3)", other="more(3, 2)"), "dot": dict(_self="real(4)", tensor="more(4)"),
    "outer": dict(_self="real(4)", vec2="more(3)"),
    "broadcast_shapes": dict(shapes="(2, 1), (1, 3)"), "broadcast_tensors": dict(tensors="real(2, 1), more(1, 3)"),
    "broadcast_to": VIEWED, "expand": VIEWED, "expand_as": dict(other="more(4, 2, 3)"),
    "cat": dict(tensors="[real(2, 3), more(2, 3)]", dim="1"),
    "concat": dict(tensors="[real(2, 3), more(2, 3)]", dim="1"),
    "stack": dict(tensors="[real(2, 3), more(2, 3)]", dim="1"),
    "hstack": dict(tensors="[real(2, 3), more(2, 3)]"), "vstack": dict(tensors="[real(2, 3), more(2, 3)]"),
    "chunk": dict(_self="real(4, 6)", chunks="2", dim="1"),
    "split": dict(_self="real(6, 6)", split_size=[("2", "[2, 4]", "[6]")],
                  split_size_or_sections=[("2", "[2, 4]", "[6]")],
                  dim="1"),
    "clamp": CLAMPED, "clip": CLAMPED,
    "clamp_min": dict(min=["0.25", "prob(2, 3)"]), "clamp_max": dict(max=["0.25", "prob(2, 3)"]),
    "conv1d": CONV1, "conv2d": CONV2, "conv3d": CONV3,
    "conv_transpose1d": transposed(CONV1, "more(4, 2, 3)"), "conv_transpose2d": transposed(CONV2, "more(4, 2, 3, 3)"),
    "conv_transpose3d": transposed(CONV3, "more(2, 1, 3, 3, 3)"),
    "diag": dict(_self="real(3, 3)", diagonal="1"), "tril": dict(_self="real(3, 3)", diagonal="1"),
    "triu": dict(_self="real(3, 3)", diagonal="1"),
    "diagonal": dict(_self="real(3, 4, 2)", offset="1", dim1="2", dim2="0", _with={"dim1": {"dim2": "0"}}),
    "einsum": dict(equation="'ij,jk->ik'", operands="real(2, 3), more(3, 2)"),
    "embedding": dict(_self="whole(5, 2, 3)", input="whole(5, 2, 3)", weight="real(5, 4)", indices="whole(5, 2, 3)",
                      padding_idx="2", max_norm="0.5", norm_type=["1.0"], _with={"norm_type": {"max_norm": "0.5"}}),
    "embedding_bag": dict(input="whole(5, 2, 4)", weight="real(5, 4)", padding_idx="2", max_norm="0.5",
                          norm_type=["1.0"], mode=["'sum'", "'mean'"], per_sample_weights="prob(2, 4)", offsets=["None"],
                          include_last_offset=["False"],
                          _with={"norm_type": {"max_norm": "0.5"}, "per_sample_weights": {"mode": "'sum'"}}),
    "ctc_loss": dict(log_probs="real(4, 2, 5)", targets="whole(2, 2, 3) + 3", input_lengths="whole(1, 2) + 4",
                     target_lengths="whole(1, 2) + 3", blank="2", zero_infinity="True",
                     _with={"zero_infinity": {"target_lengths": "torch.tensor([2, 3])"}}),
    "empty": SIZES, "ones": SIZES, "zeros": SIZES, "full": SIZES, "rand": SIZES, "randn": SIZES, "randint": SIZES,
    "new_empty": SIZES, "new_full": SIZES, "new_ones": SIZES, "new_zeros": SIZES,
    "randint_like": SIZES, "full_like": SIZES, "randperm": dict(n="5"), "eye": dict(n="3", m="2"),
    "normal": dict(mean=["0.5", "real(2, 3)"], std=["2.0", "prob(2, 3)"], size=[("(2, 3)", "(3,)")]),
    "tensor": dict(data=["[[1.5, 2.0], [3.0, 4.0]]"]), "new_tensor": dict(data=["[[1.5, 2.0], [3.0, 4.0]]"]),
    "exponential": dict(lambd="2.0"), "uniform": {"from": "0.25", "to": "2.0"}, "random": {"from": "2", "to": "9"},
    "multinomial": dict(_self="prob(2, 6)", num_samples="3", replacement="True"),
    "fill": dict(value=["0.75", "torch.tensor(0.75)"]),
    "fill_diagonal": dict(_self="real(5, 2)", fill_value="0.75", wrap="True"),
    "flatten": dict(_self="real(2, 3, 4)", start_dim="1", end_dim="1"),
    "unflatten": dict(_self="real(2, 6)", dim="1", sizes="(2, 3)"),
    "flip": dict(dims=[("(0, 1)", "(1,)"), "0, 1"]), "permute": MOVED, "transpose": MOVED, "t": dict(),
    "movedim": dict(_self="real(2, 3, 4)", source=["0", "(0, 1)"], destination=["2", "(1, 2)"]),
    "floor": ROUNDED, "ceil": ROUNDED, "round": ROUNDED, "trunc": ROUNDED, "frac": ROUNDED, "floor_divide": ROUNDED,
    "gather": dict(_self="real(3, 3)", dim="1", index="whole(3, 3, 2)", sparse_grad="True"),
    "take": dict(index="whole(6, 4)"),
    "index_add": INDEXED, "index_copy": INDEXED | dict(source="more(3, 2)"), "index_select": INDEXED,
    "index_fill": INDEXED | dict(value=["0.75", "torch.tensor(0.75)"]),
    "index_put": dict(indices="[whole(2, 2), whole(3, 2)]", values="more(2)", accumulate="True"),
    "scatter": SCATTER, "scatter_add": SCATTER,
    "masked_fill": dict(mask="mask(2, 3)", value=["0.75", "torch.tensor(0.75)"]),
    "masked_select": dict(mask="mask(2, 3)"),
    "lerp": dict(end="more(2, 3)", weight=["0.25", "prob(2, 3)"]),
    "log_softmax": dict(dim="0"), "softmax": dict(dim="0"), "softmin": dict(dim="0"),
    "max": dict(dim="1"), "min": dict(dim="1"), "argmax": dict(dim="1"), "argmin": dict(dim="1"),
    "median": dict(_self="real(3, 3)", dim="1"), "prod": dict(dim="1"),
    "maximum": dict(), "minimum": dict(),
    "meshgrid": dict(tensors="real(2), more(3)", indexing="'xy'"),
    "nan_to_num": dict(_self="torch.log(real(2, 3) - 0.05 * 0 - real(2, 3)) * real(2, 3)", nan="0.5", posinf="2.0",
                       neginf="-3.0"),
    "narrow": dict(_self="real(3, 4)", dim="1", start=["1", "torch.tensor(1)"], length="2"),
    "nonzero": dict(_self="mask(2, 3)", as_tuple="True"), "where": dict(condition="mask(2, 3)", self="0.25"),
    "pow": dict(_self="prob(2, 3)", exponent=["2.5", "more(2, 3)"], self="2.5"),
    "prelu": dict(_self="real(2, 3)", weight="prob(3)"),
    "promote_types": dict(type1="torch.int64", type2="torch.float32"),
    "result_type": dict(tensor="real(2)", other=["whole(3, 2)", "2.5"], scalar="2.5", scalar1="2", scalar2="2.5"),
    "repeat": dict(_self="real(3)", repeats=[("(2, 3)", "(2,)"), "2, 3"]),
    "tile": dict(dims=[("(2, 3)", "(2,)"), "2, 3"]),
    "repeat_interleave": dict(_self="real(2, 3)", repeats=["2", "whole(3, 3)"], dim="1",
                              output_size=["6", "12", "3"], _required=[{}, {"dim": "1"}]),
    "reshape": RESIZED, "view": RESIZED | dict(dtype="torch.int32"), "resize": RESIZED,
    "reshape_as": dict(other="more(3, 2)"), "view_as": dict(other="more(3, 2)"),
    "roll": dict(shifts=["1", "(1, 2)"], dims=["1", "(0, 1)"]),
    "select": dict(dim="1", index="2"), "size": dict(dim="1"), "stride": dict(dim="1"),
    "squeeze": dict(_self="real(2, 1, 3, 1)", dim="1"), "unsqueeze": dict(dim="1"),
    "threshold": ACTIVATION, "tril_indices": dict(row="3", col="4", offset="1"),
    "triu_indices": dict(row="3", col="4", offset="1"), "trace": dict(_self="real(3, 3)"),
    "unbind": dict(dim="1"), "unfold": dict(_self="real(2, 7)", dimension="1", size="3", step="2"),
    "unique": dict(_self="whole(4, 3, 3)", dim="1"), "to": dict(dtype="torch.float64", other="whole(3, 2)", copy="True",
                                                                 non_blocking="True"),
    "type_as": dict(other="whole(3, 2)"), "copy": dict(src="more(2, 3)", non_blocking="True"),
    "item": dict(_self="real(1)"), "requires_grad": dict(mode="False", requires_grad="False"),
    "backward": dict(_before=["w = leaf(3)"], _self="w * w * w", gradient="prob(3)", retain_graph="True",
                     create_graph="True", inputs="[w]", _result=False, _after=["put(w.grad)"],
                     _required=[{"gradient": "prob(3)"}]),
    "register_hook": dict(_before=["w = leaf(3)"], _self="w * w", hook="doubled", _result=False,
                          _after=["x.sum().backward()", "put(w.grad)"]),
    "retain_grad": dict(_before=["w = leaf(3)"], _self="w * w", _after=["x.sum().backward()", "put(x.grad)"]),
    "manual_seed": dict(seed="5", _result=False, _after=["put(torch.rand(3))"]),
    "set_default_dtype": dict(d="torch.float64",
                              _after=["put(torch.zeros(2))", "torch.set_default_dtype(torch.float32)"]),
    "set_flush_denormal": dict(mode="False", _result=True), "set_rng_state": dict(new_state="torch.get_rng_state()",
                                                                     _after=["put(torch.rand(3))"]),
    "set_grad_enabled": dict(mode="False"), "set_warn_always": dict(b="False"),
    # torch.nn.functional
    "relu": ACTIVATION, "relu6": ACTIVATION, "leaky_relu": ACTIVATION, "rrelu": ACTIVATION, "elu": ACTIVATION,
    "celu": ACTIVATION, "selu": ACTIVATION, "gelu": ACTIVATION, "silu": ACTIVATION, "mish": ACTIVATION,
    "softplus": ACTIVATION, "softsign": ACTIVATION, "tanhshrink": ACTIVATION, "softshrink": ACTIVATION,
    "hardshrink": ACTIVATION, "hardtanh": ACTIVATION, "hardsigmoid": ACTIVATION, "hardswish": ACTIVATION,
    "logsigmoid": ACTIVATION, "glu": dict(_self="real(2, 4)", dim="0"),
    "dropout": DROPPED, "dropout1d": DROPPED, "dropout2d": DROPPED | dict(_self="real(2, 3, 4, 2)"),
    "dropout3d": DROPPED | dict(_self="real(2, 3, 2, 2, 2)"), "alpha_dropout": DROPPED,
    "feature_alpha_dropout": DROPPED,
    "normalize": dict(p="1.0", dim="0", eps="5.0"),
    "cosine_similarity": dict(_self="real(3, 4)", x1="real(3, 4)", x2="more(3, 4)", dim="0", eps="5.0"),
    "pairwise_distance": dict(_self="real(3, 4)", x1="real(3, 4)", x2="more(3, 4)", p="1.0", eps="0.5"),
    "l1_loss": LOSS, "mse_loss": LOSS, "smooth_l1_loss": LOSS, "huber_loss": LOSS, "kl_div": LOSS,
    "poisson_nll_loss": LOSS, "gaussian_nll_loss": LOSS | dict(var="prob(3, 4)"),
    "binary_cross_entropy": LOSS | dict(_self="prob(3, 4)", target="1 - prob(3, 4)"),
    "binary_cross_entropy_with_logits": LOSS | dict(target="prob(3, 4)"),
    "nll_loss": CLASSES, "cross_entropy": CLASSES, "multi_margin_loss": CLASSES | dict(p="2", margin="0.5"),
    "multilabel_margin_loss": LOSS | dict(target="whole(4, 3, 4)"), "hinge_embedding_loss": SIGNS,
    "soft_margin_loss": SIGNS, "multilabel_soft_margin_loss": LOSS | dict(target="prob(3, 4)"),
    "cosine_embedding_loss": dict(input1="real(3, 4)", input2="more(3, 4)", target="sign(3)", margin="0.25"),
    "margin_ranking_loss": dict(input1="real(4)", input2="more(4)", target="sign(4)", margin="0.25"),
    "triplet_margin_loss": dict(_self="real(3, 4)", anchor="real(3, 4)", positive="more(3, 4)",
                                negative="2 * more(3, 4)", p="1.0", margin="2.0", eps="0.5"),
    "linear": dict(_self="real(2, 4)", weight="more(3, 4)", bias="real(3)"),
    "bilinear": dict(input1="real(2, 4)", input2="real(2, 2)", weight="more(3, 4, 2)", bias="real(3)"),
    "one_hot": dict(_self="whole(4, 3)", tensor="whole(4, 3)", num_classes="6"),
    "pad": dict(_self="real(1, 2, 4, 4)", pad="(1, 2)", mode=["'reflect'", "'circular'"], value="0.5",
                _positional={"mode": ["'constant'"]}),
    "interpolate": dict(_self="real(1, 2, 3, 3)", size=[("5", "(5, 6)")], scale_factor="2.0", mode="'bilinear'",
                        align_corners="True", recompute_scale_factor="True", antialias="True",
                        _required=[{"size": "5"}, {"scale_factor": "2.5"}],
                        _with={"align_corners": {"mode": "'bilinear'"}, "antialias": {"mode": "'bilinear'"}}),
    "upsample": dict(_self="real(1, 2, 3, 3)", size=[("5", "(5, 6)")], scale_factor="2.0", mode="'bilinear'",
                     align_corners="True", _required=[{"size": "5"}, {"scale_factor": "2.5"}],
                     _with={"align_corners": {"mode": "'bilinear'"}}),
    "grid_sample": dict(_self="real(1, 2, 3, 4)", grid="real(1, 2, 2, 2)", mode=["'bicubic'", "'nearest'"],
                        padding_mode=["'reflection'", "'border'"], align_corners="True"),
    "affine_grid": dict(_self="real(1, 2, 3)", theta="real(1, 2, 3)", size=[("(1, 1, 3, 4)", "[1, 2, 3, 4]")],
                        align_corners="True"),
    "max_unpool1d": unpool(1), "max_unpool2d": unpool(2), "max_unpool3d": unpool(3),
    "fractional_max_pool2d": fractional(2), "fractional_max_pool3d": fractional(3),
    "pixel_shuffle": dict(_self="real(1, 4, 3, 3)", upscale_factor="2"),
    "pixel_unshuffle": dict(_self="real(1, 2, 4, 4)", downscale_factor="2"),
    "fold": dict(_self="real(1, 8, 9)", output_size="4", kernel_size="2", dilation="2", padding="1", stride="2"),
    # torch.nn.utils, torch.nn.utils.rnn
    "pad_sequence": dict(sequences="[real(2, 3), real(4, 3)]", batch_first="True", padding_value="0.5"),
    "unpad_sequence": dict(_before=["w = real(3, 3, 2)"], padded_sequences="w", lengths=[("[3, 1, 2]", "torch.tensor([3, 1, 2])")],
                           _after=["put(w)"]),
    "pack_padded_sequence": dict(input="real(3, 3, 2)", lengths=[("[3, 2, 2]", "torch.tensor([3, 2, 2])")],
                                 enforce_sorted="False"),
    "pack_sequence": dict(sequences="[real(3, 2), real(1, 2)]", enforce_sorted="False"),
    "pad_packed_sequence": dict(sequence="nn.utils.rnn.pack_sequence([real(3, 2), real(1, 2)])", padding_value="0.5",
                                total_length="5"),
    "unpack_sequence": dict(packed_sequences="nn.utils.rnn.pack_sequence([real(3, 2), real(1, 2)])"),
    "invert_permutation": dict(permutation="torch.tensor([2, 0, 1])"),
    "weight_norm": dict(module="nn.Linear(4, 3)", name="'weight'", dim=["1", "None"]),
    "spectral_norm": dict(module="nn.Linear(4, 3)", name="'weight'", n_power_iterations="2", eps="0.5", dim="1"),
    "clip_grad_norm": CLIPPED, "clip_grad_value": CLIPPED,
    "parameters_to_vector": dict(parameters="params()"),
    "vector_to_parameters": dict(_before=["w = params()"], vec="more(7)", parameters="w",
                                 _after=["put(w[0])", "put(w[1])"]),
}
LOADED = ["put(len(d))", "put_batches(d)"]
DRAWN = ["put(len(d))", "put_batches(d)"]
IMAGES = ["put(d(image()))", "put(d(image()))", "put(d(image()))"]
READ = ["put(len(d))", "put_samples(d)"]
MODEL = ["m = nn.Linear(2, 3)"]
SEEN = ["put(m)"]
STEPPED = ["w = with_grads()", "o = optim.SGD(w, lr=0.5, momentum=0.25)"]
SCHEDULED = STEPPED + ["s = lr_scheduler.StepLR(o, 2, 0.5)"]
BACKWARD = dict(tensors="[w * w * w]", grad_tensors="[prob(3)]", retain_graph="True", create_graph="True",
                inputs="[w]", _before=["w = leaf(3)"], _result=False, _after=["put(w.grad)"],
                _required=[{"grad_tensors": "[prob(3)]"}])
FUNCTIONAL = dict(func="cubed", inputs="real(3)", v="prob(3)", create_graph="True", strict="True", vectorize="True",
                  strategy="'reverse-mode'", outer_jacobian_strategy="'reverse-mode'")
NONE = [{"set_to_none": "True"}]  # the default here is PyTorch 2's, True
VECTOR = dict(_required=[{"v": "prob(3)"}])
FUNCTIONS |= {
    "autograd.backward": BACKWARD,
    "autograd.grad": dict(outputs="[w * w * w]", grad_outputs="[prob(3)]", inputs="[w]", retain_graph="True",
                          create_graph="True", only_inputs="True", allow_unused="True", _before=["w = leaf(3)"],
                          _required=[{"grad_outputs": "[prob(3)]"}]),
    "autograd.gradcheck": dict(func="cubed", inputs="[wide(3).requires_grad_()]", eps="0.001", atol="0.5", rtol="0.5"),
    "autograd.gradgradcheck": dict(func="cubed", inputs="[wide(3).requires_grad_()]", eps="0.001", atol="0.5",
                                   rtol="0.5"),
    "autograd.jacobian": FUNCTIONAL, "autograd.hessian": FUNCTIONAL | dict(func="cubed_sum"),
    "autograd.vjp": FUNCTIONAL | VECTOR, "autograd.jvp": FUNCTIONAL | VECTOR,
    "autograd.vhp": FUNCTIONAL | VECTOR | dict(func="cubed_sum"),
    "autograd.hvp": FUNCTIONAL | VECTOR | dict(func="cubed_sum"),
    "data.DataLoader": dict(
        dataset="pairs(7)", batch_size=["3"], shuffle="True", sampler="data.SequentialSampler(pairs(5))",
        batch_sampler="data.BatchSampler(data.SequentialSampler(pairs(5)), 2, True)", num_workers=["2", "0"],
        collate_fn="collated", drop_last="True", timeout=["30"], worker_init_fn="nothing", prefetch_factor="3",
        persistent_workers="True", multiprocessing_context="'fork'", pin_memory_device="'cpu'",
        _positional={"sampler": ["None"], "batch_sampler": ["None"], "num_workers": ["0"], "timeout": ["0"],
                     "multiprocessing_context": ["None"]},
        _with={"drop_last": {"batch_size": "3"}, "timeout": {"num_workers": "1"}, "batch_sampler": {},
               "prefetch_factor": {"num_workers": "1"}, "persistent_workers": {"num_workers": "1"},
               "multiprocessing_context": {"num_workers": "1"}, "generator": {"shuffle": "True"}},
        _use=LOADED),
    "data.TensorDataset": dict(tensors="real(4, 2), whole(3, 4)", _use=READ),
    "data.Subset": dict(dataset="pairs(5)", indices="[3, 1]", _use=READ),
    "data.ConcatDataset": dict(datasets="[pairs(3), pairs(2)]", _use=READ),
    "data.ChainDataset": dict(datasets="[stream(3), stream(2)]", _use=["put_batches(d)"]),
    "data.default_convert": dict(data="real(2, 3)"),
    "data.random_split": dict(dataset="pairs(5)", lengths=["[2, 3]", "[0.5, 0.5]"],
                              _use=["put_samples(d[0])", "put_samples(d[1])"]),
    "data.SequentialSampler": dict(data_source="pairs(5)", _use=DRAWN),
    "data.RandomSampler": dict(data_source="pairs(5)", replacement="True", num_samples="3", _use=DRAWN),
    "data.SubsetRandomSampler": dict(indices="[3, 1, 4]", _use=DRAWN),
    "data.WeightedRandomSampler": dict(weights="[0.25, 0.5, 2.0]", num_samples="2", replacement="False", _use=DRAWN),
    "data.BatchSampler": dict(sampler="data.SequentialSampler(pairs(5))", batch_size="2", drop_last="True",
                              _use=DRAWN),
    "data.default_collate": dict(batch="[real(2, 3), more(2, 3)]"),
    "transforms.ToTensor": dict(_use=["put(d(gray()))"]),
    "transforms.Normalize": dict(mean=["[0.5, 0.25, 0.125]", "(0.5,)"], std=["[0.5, 0.25, 2.0]", "(0.5,)"],
                                 _use=["x = image()", "put(d(x))", "put(x)"]),
    "transforms.Compose": dict(transforms="[transforms.Normalize((0.5,), (0.25,)), transforms.RandomHorizontalFlip()]",
                               _use=IMAGES),
    "transforms.Lambda": dict(lambd="doubled", _use=IMAGES),
    "transforms.RandomRotation": dict(degrees=[("30", "(10, 40)")], interpolation=BILINEAR, expand="True",
                                      center="(2, 3)", fill="0.5", _use=IMAGES),
    "transforms.RandomAffine": dict(degrees=[("30", "(10, 40)")], translate="(0.25, 0.5)", scale="(0.5, 1.5)",
                                    shear=[("20", "(5, 20)")], interpolation=BILINEAR, fill="0.5", center="(2, 3)",
                                    _use=IMAGES),
    "transforms.RandomCrop": dict(size=[("4", "(4, 3)")], padding=[("2", "(1, 2)")], pad_if_needed="True", fill="0.5",
                                  padding_mode="'reflect'", _with={"fill": {"padding": "2"},
                                                                   "padding_mode": {"padding": "2"},
                                                                   "pad_if_needed": {"size": "9"}}, _use=IMAGES),
    "transforms.RandomHorizontalFlip": dict(p="0.25", _use=IMAGES),
    "transforms.RandomVerticalFlip": dict(p="0.25", _use=IMAGES),
    "transforms.CenterCrop": dict(size=[("4", "(4, 3)")], _use=IMAGES),
    "transforms.Resize": dict(size=[("4", "(4, 3)")], interpolation=["transforms.InterpolationMode.NEAREST"],
                              max_size="5", antialias="True", _use=IMAGES),
    "transforms.Pad": dict(padding=[("2", "(1, 2)")], fill="0.5", padding_mode="'reflect'", _use=IMAGES),
    "transforms.RandomErasing": dict(p="0.75", scale="(0.25, 0.5)", ratio="(0.5, 2.0)", value="0.5", inplace="True",
                                     _use=IMAGES),
    "transforms.RandomResizedCrop": dict(size=[("4", "(4, 3)")], scale="(0.25, 0.5)", ratio="(0.5, 1.0)",
                                         interpolation=["transforms.InterpolationMode.NEAREST"], antialias="True",
                                         _use=IMAGES),
    "transforms.Grayscale": dict(num_output_channels="3", _use=IMAGES),
    "transforms.RandomGrayscale": dict(p="0.5", _use=IMAGES),
    "transforms.GaussianBlur": dict(kernel_size=[("3", "(3, 5)")], sigma=[("0.5", "(0.5, 1.0)")], _use=IMAGES),
    "transforms.ColorJitter": dict(brightness="0.5", contrast="0.5", saturation="0.5", hue="0.25", _use=IMAGES),
    "transforms.RandomApply": dict(transforms="[transforms.Normalize((0.5,), (0.25,))]", p="0.25", _use=IMAGES),
    "transforms.RandomChoice": dict(transforms="[doubled, transforms.Normalize((0.5,), (0.25,))]", p="[0.25, 0.75]",
                                    _use=IMAGES),
    "transforms.RandomInvert": dict(p="0.25", _use=IMAGES),
    "transforms.ConvertImageDtype": dict(dtype="torch.uint8", _use=IMAGES),
    "m.add_module": dict(name="'act'", module="nn.ReLU()", _before=MODEL, _after=SEEN),
    "m.append": dict(module="nn.ReLU()", _before=MODEL, _after=SEEN),
    "m.register_module": dict(_result=False, name="'act'", module="nn.ReLU()", _before=MODEL, _after=SEEN),
    "m.register_parameter": dict(_result=False, name="'w'", param="nn.Parameter(real(2))", _before=MODEL, _after=SEEN),
    "m.register_buffer": dict(_result=False, name="'w'", tensor="real(2)", persistent="False", _before=MODEL,
                              _after=SEEN + ["put(m.named_buffers())"]),
    "m.apply": dict(fn="nothing", _before=MODEL, _after=SEEN),
    "m.state_dict": dict(destination="None", prefix="'a.'", keep_vars="True", _before=MODEL),
    "m.load_state_dict": dict(state_dict="nn.Linear(2, 3).state_dict()", strict="False", _before=MODEL, _result=False,
                              _after=SEEN),
    "m.named_parameters": dict(prefix="'a'", recurse="False", _before=MODEL),
    "m.named_buffers": dict(prefix="'a'", recurse="False", remove_duplicate="False",
                            _before=["m = nn.Sequential(nn.BatchNorm1d(2))"]),
    "m.named_modules": dict(memo="None", prefix="'a'", remove_duplicate="False", _before=MODEL),
    "m.parameters": dict(recurse="False", _before=["m = nn.Sequential(nn.Linear(2, 3))"]),
    "m.buffers": dict(recurse="False", _before=["m = nn.Sequential(nn.BatchNorm1d(2))"]),
    "m.train": dict(mode="False", _before=MODEL, _after=["put(m.training)"]),
    "m.requires_grad": dict(requires_grad="False", _before=MODEL, _after=["put(m.parameters())"]),
    "m.zero_grad": dict(set_to_none=["True", "False"], _required=NONE,
                        _before=MODEL + ["m(real(4, 2)).sum().backward()"],
                        _after=["put(m.weight.grad)"]),
    "m.to": dict(dtype="torch.float64", device="'cpu'", tensor="wide(2)", non_blocking="True", _before=MODEL,
                 _after=SEEN, _required=[{}, {"dtype": "torch.float64"}]),
    "m.type": dict(dst_type="torch.float64", _before=MODEL, _after=SEEN),
    "m.get_parameter": dict(target="'weight'", _before=MODEL),
    "m.get_buffer": dict(target="'running_mean'", _before=["m = nn.BatchNorm1d(2)"]),
    "m.get_submodule": dict(target="'0'", _before=["m = nn.Sequential(nn.Linear(2, 3))"]),
    "o.step": dict(_before=STEPPED, closure="None", _result=False, _after=["put(w)"]),
    "o.zero_grad": dict(set_to_none=["True", "False"], _required=NONE, _before=STEPPED, _after=["put(w[0].grad)"]),
    "o.add_param_group": dict(param_group="{'params': [leaf(4)], 'lr': 0.25}", _before=STEPPED, _after=["put(o)"]),
    "s.step": dict(_before=SCHEDULED, epoch="3", _result=False, _after=["put_rate(o)", "put(s.get_last_lr())"]),
    "s.get_last_lr": dict(_before=SCHEDULED), "s.get_lr": dict(_before=SCHEDULED),
    "g.manual_seed": dict(seed="5", _before=["g = torch.Generator()"], _result=False,
                          _after=["put(torch.rand(2, generator=g))"]),
    "g.initial_seed": dict(_before=["g = torch.Generator().manual_seed(5)"]),
    "g.get_state": dict(_before=["g = torch.Generator().manual_seed(5)"]),
    "g.set_state": dict(new_state="torch.Generator().manual_seed(7).get_state()", _before=["g = torch.Generator()"],
                        _result=False, _after=["put(torch.rand(2, generator=g))"]),
}
for name in ("MNIST", "FashionMNIST", "KMNIST"):
    FUNCTIONS["datasets." + name] = dict(root="root()", train="False", transform="transforms.ToTensor()",
                                         target_transform="plus_one", download="True", _use=READ)
for name in ("bfloat16", "children", "cpu", "double", "eval", "extra_repr", "float", "get_extra_state",
             "half", "modules", "named_children", "share_memory"):
    FUNCTIONS["m." + name] = dict(_before=MODEL, _after=SEEN)
for name in ("uniform", "normal", "trunc_normal", "constant", "ones", "zeros", "xavier_uniform", "xavier_normal",
             "kaiming_uniform", "kaiming_normal", "orthogonal", "sparse", "calculate_gain"):
    FUNCTIONS["init." + name] = FILLED
FUNCTIONS["init.kaiming_uniform"] = FUNCTIONS["init.kaiming_normal"] = FILLED | dict(a="1.5")
FUNCTIONS["init.eye"] = FILLED
FUNCTIONS["init.dirac"] = FILLED | dict(tensor="real(4, 3, 3)")
FUNCTIONS |= PLACES
FUNCTIONS["x.normal"] = dict(mean="0.5", std="2.0")
for n, (conv, pool) in enumerate(((CONV1, POOL1), (CONV2, POOL2), (CONV3, POOL3)), 1):
    for name in ("max_pool", "avg_pool", "lp_pool", "adaptive_avg_pool", "adaptive_max_pool"):
        FUNCTIONS[f"{name}{n}d"] = FUNCTIONS[f"{name}{n}d_with_indices"] = pool
FUNCTIONS |= NUMBERS


def row_of_function(name):
    """Of torch.sum, x.sum_, F.relu."""
    scope, bare = name.split(".", 1)
    bare = bare.split(".")[-1]
    for key in (f"{scope}.{bare.rstrip('_')}", bare, bare.rstrip("_")):
        if key in FUNCTIONS:
            return FUNCTIONS[key]
    return {}
