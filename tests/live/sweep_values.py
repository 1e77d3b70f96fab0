"""The values of the arguments: none of them a default, each such that the result changes where it can.

A value is an expression of Python in the names of sweep_world.py; of a list of them the first is taken that PyTorch
accepts and that makes a difference. A tuple of spellings takes turns."""

from sweep_functions import APART, OTHER, OUT, SELF, fractional, row_of_function, unpool

# Parameters that cannot exist here, and so stand in a class of their own: without sparse tensors, without a GPU, or
# where the type of the result would depend on a value (return_indices: a function ..._with_indices gives them).
ABSENT = {"layout", "memory_format", "pin_memory", "names", "multiprocessing_context", "pin_memory_device", "sparse",
          "return_indices"}

# By name, where the row of the call has none.
COMMON = {
    "params": ["w"],
    "optimizer": ["o"],
    "device": ["'cpu'"],
    "dtype": ["torch.float64", "torch.int64"],
    "requires_grad": ["True"],
    "layout": ["torch.sparse_coo", "torch.strided"],
    "memory_format": ["torch.channels_last", "torch.contiguous_format"],
    "reduction": ["'sum'", "'none'", "'mean'"],
    "size_average": ["False"],
    "reduce": ["False"],
    "foreach": ["True", "False"],
    "differentiable": ["True"],
    "capturable": ["True"],
    "fused": ["True"],
    "verbose": ["True"],
    "inplace": ["True"],
    "eps": ["0.25", "0.5"],
    "momentum": ["0.5"],
    "weight_decay": ["0.25"],
    "lr": ["0.5"],
    "betas": ["(0.5, 0.75)"],
    "p": ["0.25", "3.0", "1.0"],
    "margin": ["0.25", "0.75"],
    "last_epoch": ["2"],
    "generator": ["torch.Generator().manual_seed(5)"],
}

# By position, where a value other than the default would hide the later ones.
POSITIONAL = {"size_average": ["None"], "reduce": ["None"], "return_indices": ["False"], "pin_memory": ["False"],
              "sparse": ["False"]}

LSTM = dict(input_size="3", hidden_size="4", num_layers="2", dropout=["0.5"], proj_size="2",
            _forward="m(like(m, real(2, 2, 3)))")
CELL = dict(input_size="3", hidden_size="4", nonlinearity="'relu'", _forward="m(like(m, real(2, 3)))")


def conv(n):
    sizes = ", ".join(["7"] * n)
    two = "(3, 2, 3)"[:3 * n - 1].rstrip(", ") + ("," if n == 1 else "") + ")"
    return dict(in_channels="4", out_channels="8", kernel_size=[("3", two)],
                stride=[("2", two.replace("3", "1"))], padding=[("1", two.replace("3", "1").replace("2", "2"))],
                dilation=[("2", two.replace("3", "1"))], groups="2", padding_mode=["'circular'", "'reflect'"],
                output_padding=[("1",)], _forward=f"m(like(m, real(2, 4, {sizes})))")


def pool(n):
    sizes = ", ".join(["8"] * n)
    two = "(3, 2, 3)"[:3 * n - 1] + ")" if n > 1 else "3"  # 3 and (3,) are one here, and two texts in PyTorch
    return dict(kernel_size=[("3", two)], stride=[("2", two.replace("3", "1"))], padding=["1"], dilation=["2"],
                ceil_mode="True", divisor_override="5", norm_type=["3.0"],
                _with={"count_include_pad": {"padding": "1"}}, output_size=[("2", two)],
                _forward=f"m(real(2, 3, {sizes}))")


def norm(n):
    sizes = ", ".join(["3"] * n)
    return dict(num_features="4", _forward=f"m(like(m, real(2, 4, {sizes})))")


def pad(n):
    sizes, both = ", ".join(["5"] * n), ", ".join(["1", "2"] * n)
    return dict(padding=[("2", f"({both})")], value="0.5", _forward=f"m(real(2, 3, {sizes}))")


ACTIVATION = dict(_forward="m(3 * real(2, 3, 4))", alpha=["0.25", "2.0"], lambd="0.25", min_val="-0.25", max_val="0.5",
                  min_value="-0.75", max_value="0.75", beta="2", threshold=["0.25"], value="0.75",
                  negative_slope="0.25", lower="0.25", upper=["0.5"], approximate="'tanh'", dim=["0", "1"])
LOSS = dict(_forward="m(real(3, 4), more(3, 4))", weight="prob(4)", pos_weight="prob(4) + 1", beta="0.25",
            delta="0.25", ignore_index=["1"], label_smoothing="0.25", log_target="True", swap="True", full="True",
            log_input="False")
DROPOUT = dict(_forward="m(real(2, 3, 4))")
UPSAMPLING = dict(size=[("5", "(5, 6)")], scale_factor=["2.0"], _forward="m(real(1, 2, 3, 3))",
                  _required=[{"size": "5"}, {"scale_factor": "2.5"}])
TRANSFORMER = dict(d_model="4", nhead="2", dim_feedforward="6", dropout=["0.0", "0.5"], activation=["'gelu'"],
                   layer_norm_eps="0.25", num_encoder_layers="1", num_decoder_layers="2", num_layers="2",
                   encoder_layer="nn.TransformerEncoderLayer(4, 2, 6, 0.0)", norm="nn.LayerNorm(4)",
                   decoder_layer="nn.TransformerDecoderLayer(4, 2, 6, 0.0)",
                   _forward="m(like(m, real(3, 2, 4)))")

ROWS = {
    "nn.Linear": dict(in_features="4", out_features="3", _forward="m(like(m, real(2, 4)))"),
    "nn.Bilinear": dict(in1_features="4", in2_features="2", out_features="3",
                        _forward="m(like(m, real(2, 4)), like(m, real(2, 2)))"),
    "nn.Flatten": dict(start_dim="2", end_dim="-2", _forward="m(real(2, 3, 4, 2))"),
    "nn.Unflatten": dict(dim="1", unflattened_size=[("(2, 3)", "[3, 2]")], _forward="m(real(2, 6))"),
    "nn.Identity": dict(_forward="m(real(2, 6))"),
    "nn.Embedding": dict(num_embeddings="5", embedding_dim="3", padding_idx=["2"], max_norm="0.5", norm_type=["1.0"],
                         _before=[], _forward="m(whole(5, 2, 4))", _with={"norm_type": {"max_norm": "0.5"}}),
    "nn.EmbeddingBag": dict(num_embeddings="5", embedding_dim="3", padding_idx=["2"], max_norm="0.5",
                            norm_type=["1.0"], mode="'sum'", include_last_offset="True",
                            _forward="m(whole(5, 8), torch.tensor([0, 3, 8]))", _with={"norm_type": {"max_norm": "0.5"}}),
    "nn.PReLU": dict(num_parameters="3", init="0.5", _forward="m(like(m, real(2, 3, 4)))"),
    "nn.GroupNorm": dict(num_groups="2", num_channels="4", _forward="m(like(m, real(2, 4, 3)))"),
    "nn.LayerNorm": dict(normalized_shape=[("4", "(3, 4)", "[4]")], _forward="m(like(m, real(2, 3, 4)))"),
    "nn.LocalResponseNorm": dict(size="2", alpha="0.5", beta="0.25", k="2.0", _forward="m(real(2, 3, 4))"),
    "nn.CrossMapLRN2d": dict(size="2", alpha="0.5", beta="0.25", k="2.0", _forward="m(real(2, 3, 4, 4))"),
    "nn.MultiheadAttention": dict(
        embed_dim="4", num_heads="2", dropout=["0.5"], kdim=["4"], vdim=["4"],
        _forward="m(like(m, real(3, 2, 4)), like(m, more(3, 2, 4)), like(m, real(3, 2, 4)))"),
    "nn.Softmax2d": dict(_forward="m(real(2, 3, 4, 4))"),
    "nn.CosineSimilarity": dict(dim=["0"], eps=["5.0"], _forward="m(real(3, 4), more(3, 4))"),
    "nn.PairwiseDistance": dict(p=["1.0"], _forward="m(real(3, 4), more(3, 4))"),
    "nn.Upsample": dict(size=[("5", "(5, 6)")], scale_factor=["2.0"], mode=["'bilinear'", "'nearest'"],
                        align_corners=["True"], recompute_scale_factor=["True"], _forward="m(real(1, 2, 3, 3))",
                        _required=[{"size": "5"}, {"scale_factor": "2.5"}],
                        _with={"align_corners": {"mode": "'bilinear'"}}),
    "nn.UpsamplingNearest2d": UPSAMPLING, "nn.UpsamplingBilinear2d": UPSAMPLING,
    "nn.PixelShuffle": dict(upscale_factor="2", _forward="m(real(1, 4, 3, 3))"),
    "nn.PixelUnshuffle": dict(downscale_factor="2", _forward="m(real(1, 2, 4, 4))"),
    "nn.ChannelShuffle": dict(groups="2", _forward="m(real(1, 4, 3, 3))"),
    "nn.Unfold": dict(kernel_size=[("2", "(2, 3)")], dilation="2", padding="1", stride="2",
                      _forward="m(real(1, 2, 6, 6))"),
    "nn.Fold": dict(output_size="4", kernel_size="2", dilation="2", padding="1", stride="2",
                    _forward="m(real(1, 8, 9))"),
    "nn.ModuleList": dict(modules="[nn.Linear(2, 3), nn.ReLU()]", _forward="len(m)"),
    "nn.Sequential": dict(args="nn.Linear(2, 3), nn.ReLU()", _forward="m(real(1, 2))"),
    "nn.ParameterList": dict(values="[real(2), real(3)]", _forward="len(m)"),
    "nn.ModuleDict": dict(modules="{'a': nn.Linear(2, 3), 'b': nn.ReLU()}", _forward="len(m)"),
    "nn.ParameterDict": dict(parameters="{'a': real(2), 'b': real(3)}", _forward="len(m)"),
    "nn.BCELoss": LOSS | dict(_forward="m(prob(3, 4), prob(3, 4))"),
    "nn.BCEWithLogitsLoss": LOSS | dict(_forward="m(real(3, 4), prob(3, 4))"),
    "nn.NLLLoss": LOSS | dict(_forward="m(real(3, 4), whole(4, 3))"),
    "nn.CrossEntropyLoss": LOSS | dict(_forward="m(real(3, 4), whole(4, 3))"),
    "nn.MultiMarginLoss": LOSS | dict(p=["2"], _forward="m(real(3, 4), whole(4, 3))"),
    "nn.MultiLabelMarginLoss": LOSS | dict(_forward="m(real(3, 4), whole(4, 3, 4))"),
    "nn.CTCLoss": dict(blank="2", zero_infinity="True",
                       _forward="m(real(4, 2, 5), whole(2, 2, 3) + 3, whole(1, 2) + 4, whole(1, 2) + 3)"),
    "nn.GaussianNLLLoss": LOSS | dict(_forward="m(real(3, 4), more(3, 4), prob(3, 4))"),
    "nn.HingeEmbeddingLoss": LOSS | dict(_forward="m(real(3, 4), sign(3, 4))"),
    "nn.SoftMarginLoss": LOSS | dict(_forward="m(real(3, 4), sign(3, 4))"),
    "nn.MarginRankingLoss": LOSS | dict(_forward="m(real(4), more(4), sign(4))"),
    "nn.CosineEmbeddingLoss": LOSS | dict(_forward="m(real(3, 4), more(3, 4), sign(3))"),
    "nn.TripletMarginLoss": LOSS | dict(p=["1.0"], margin=["2.0"],
                                        _forward="m(real(3, 4), more(3, 4), 2 * more(3, 4))"),
    "nn.TripletMarginWithDistanceLoss": LOSS | dict(
        margin=["2.0"], distance_function="F.cosine_similarity", _forward="m(real(3, 4), more(3, 4), 2 * more(3, 4))"),
    "nn.Transformer": TRANSFORMER | dict(_forward="m(like(m, real(3, 2, 4)), like(m, more(3, 2, 4)))",
                                         _required=[{"d_model": "4", "nhead": "2", "num_encoder_layers": "1",
                                                     "num_decoder_layers": "2", "dim_feedforward": "6"}]),
    "nn.TransformerDecoder": TRANSFORMER | dict(_forward="m(like(m, real(3, 2, 4)), like(m, more(3, 2, 4)))"),
    "nn.TransformerDecoderLayer": TRANSFORMER | dict(_forward="m(like(m, real(3, 2, 4)), like(m, more(3, 2, 4)))"),
    "nn.TransformerEncoder": TRANSFORMER,
    "nn.TransformerEncoderLayer": TRANSFORMER,
    "nn.LSTMCell": CELL, "nn.GRUCell": CELL, "nn.RNNCell": CELL,
    "nn.LSTM": LSTM, "nn.GRU": LSTM, "nn.RNN": LSTM | dict(nonlinearity="'relu'"),
    "nn.AdaptiveAvgPool1d": pool(1), "nn.AdaptiveAvgPool2d": pool(2), "nn.AdaptiveAvgPool3d": pool(3),
    "nn.AdaptiveMaxPool1d": pool(1), "nn.AdaptiveMaxPool2d": pool(2), "nn.AdaptiveMaxPool3d": pool(3),
    "nn.FeatureAlphaDropout": DROPOUT, "nn.AlphaDropout": DROPOUT, "nn.Dropout": DROPOUT, "nn.Dropout1d": DROPOUT,
    "nn.Dropout2d": dict(_forward="m(real(2, 3, 4, 2))"), "nn.Dropout3d": dict(_forward="m(real(2, 3, 2, 2, 2))"),
    "optim.SGD": dict(dampening="0.25", _with={"dampening": {"momentum": "0.5"}, "nesterov": {"momentum": "0.5"}}),
    "optim.Adam": dict(eps="0.25"),
    "optim.RMSprop": dict(alpha="0.5"),
    "optim.Adagrad": dict(lr_decay="0.5", initial_accumulator_value="0.25"),
    "optim.Adadelta": dict(rho="0.5"),
    "optim.NAdam": dict(momentum_decay="0.5"),
    "optim.Rprop": dict(etas="(0.25, 1.5)", step_sizes="(0.001, 0.5)"),
    "optim.ASGD": dict(lambd="0.25", alpha="0.5", t0="1.0"),
    "optim.LBFGS": dict(max_iter="3", max_eval="2", tolerance_grad="2.5", tolerance_change="0.125", history_size="1",
                        line_search_fn="'strong_wolfe'", _with={"history_size": {"lr": "0.125"}}),
    "lr_scheduler.LambdaLR": dict(lr_lambda=[("halve", "[halve]")]),
    "lr_scheduler.MultiplicativeLR": dict(lr_lambda=[("halve", "[halve]")]),
    "lr_scheduler.StepLR": dict(step_size="2", gamma="0.5"),
    "lr_scheduler.MultiStepLR": dict(milestones="[2, 4]", gamma="0.5"),
    "lr_scheduler.ConstantLR": dict(factor="0.25", total_iters="3"),
    "lr_scheduler.LinearLR": dict(start_factor="0.25", end_factor="0.5", total_iters="3"),
    "lr_scheduler.ExponentialLR": dict(gamma="0.5"),
    "lr_scheduler.PolynomialLR": dict(total_iters="4", power="2.0"),
    "lr_scheduler.CosineAnnealingLR": dict(T_max="5", eta_min="0.125"),
    "lr_scheduler.CosineAnnealingWarmRestarts": dict(T_0="3", T_mult="2", eta_min="0.125"),
    "lr_scheduler.OneCycleLR": dict(
        max_lr="2.0", total_steps="10", epochs="3", steps_per_epoch="4", pct_start="0.5", anneal_strategy="'linear'",
        cycle_momentum="False", base_momentum="0.5", max_momentum="0.75", div_factor="5.0", final_div_factor="10.0",
        _required=[{"total_steps": "10"}, {"epochs": "3", "steps_per_epoch": "4"}]),
    "lr_scheduler.CyclicLR": dict(base_lr="0.125", max_lr="1.0", step_size_up="2", step_size_down="3",
                                  mode=["'triangular2'"], gamma="0.5", scale_fn="halve", scale_mode="'iterations'",
                                  cycle_momentum="False", base_momentum="0.5", max_momentum="0.75",
                                  _with={"gamma": {"mode": "'exp_range'"}}),
    "lr_scheduler.ReduceLROnPlateau": dict(mode="'max'", factor="0.5", patience="1", threshold="0.5",
                                           threshold_mode="'abs'", cooldown="2", min_lr="0.25", eps="0.4",
                                           _required=[{"patience": "2"}]),
    "lr_scheduler.SequentialLR": dict(
        schedulers="[lr_scheduler.ConstantLR(o, 0.5), lr_scheduler.ExponentialLR(o, 0.5)]", milestones="[3]"),
    "lr_scheduler.ChainedScheduler": dict(
        schedulers="[lr_scheduler.ConstantLR(o, 0.5), lr_scheduler.ExponentialLR(o, 0.5)]"),
}
ROWS["nn.NLLLoss2d"] = LOSS | dict(_forward="m(real(2, 4, 3, 3), whole(4, 2, 3, 3))")
ROWS["nn.AdaptiveLogSoftmaxWithLoss"] = dict(in_features="8", n_classes="6", cutoffs=["[2, 4]"], div_value="2.0",
                                             _forward="m(like(m, real(3, 8)), whole(6, 3))")
for n in (1, 2, 3):
    for name in ("Conv", "ConvTranspose"):
        ROWS[f"nn.{name}{n}d"] = conv(n)
    for name in ("MaxPool", "AvgPool", "LPPool"):
        ROWS[f"nn.{name}{n}d"] = pool(n)
    of_functions = {f"nn.MaxUnpool{n}d": unpool(n), f"nn.FractionalMaxPool{n}d": fractional(n)}
    for name, row in of_functions.items():
        ROWS[name] = row | dict(_forward=f"m({', '.join(row[key] for key in ('_self', 'indices') if key in row)})")
    for name in ("ConstantPad", "ReflectionPad", "ReplicationPad", "ZeroPad"):
        ROWS[f"nn.{name}{n}d"] = pad(n)
    ROWS[f"nn.BatchNorm{n}d"] = norm(n)
    ROWS[f"nn.InstanceNorm{n}d"] = norm(n)
    for name in ("Conv", "ConvTranspose", "BatchNorm", "InstanceNorm"):
        ROWS[f"nn.Lazy{name}{n}d"] = ROWS[f"nn.{name}{n}d"]
ROWS["nn.LazyLinear"] = ROWS["nn.Linear"]


def row_of(signature):
    if signature.name in ROWS:
        return ROWS[signature.name]
    if signature.group == "modules":
        return LOSS if signature.name.endswith("Loss") else ACTIVATION
    if signature.group not in ("optimizers", "schedulers"):
        return row_of_function(signature.name)
    return {}


def first_tensor(signature):
    """The parameter that is the first Tensor of a function."""
    return next((p for p in signature.params
                 if p.required and ("Tensor" in p.type and "List" not in p.type and "Any" not in p.type or
                                    not p.type and p.name in ("input", "self", "tensor"))), None)


SIZES = {"_size", "Sequence[Union[_int, SymInt]]", "Tuple[_int, ...]"}


def suits(value, param):
    """Whether the overload takes such a value: a Tensor, a number, a list of sizes."""
    if isinstance(value, tuple) or not param.type or "Union[int" in param.type or "Any" in param.type:
        return True
    kind = param.type.replace("Optional[", "").replace("]", "")
    tensor = any(word in value for word in ("real(", "more(", "prob(", "whole(", "mask(", "tensor("))
    listed = value.startswith(("(", "["))
    if kind in ("Number", "_float", "_int"):
        return not tensor and not listed and ("," in value) == (param.kind == "several")
    if kind == "Tensor":
        return tensor
    return listed if param.type in SIZES else True


def opposite(default):
    return {"True": "False", "False": "True"}.get(default)


def values_of(signature, param, positional=False):
    """The values to try, in order; tuples of spellings take turns."""
    row = row_of(signature)
    plain = signature.group not in ("modules", "optimizers", "schedulers")
    if positional and param.name in row.get("_positional", {}):
        return row["_positional"][param.name]
    if positional and param.name in POSITIONAL:
        return POSITIONAL[param.name]
    if plain and param.name == "out":
        return OUT
    if param.kind == "self" or plain and signature.group not in ("methods", "properties") and \
            param is first_tensor(signature) and param.name not in row:
        listed = row.get("_self", SELF)
        return listed if isinstance(listed, list) else [listed, *SELF]
    if param.name in row:
        listed = row[param.name]
        listed = listed if isinstance(listed, list) else [listed]
        return [v for v in listed if suits(v, param)] or listed
    flipped = opposite(param.default)
    if flipped:
        return [flipped]
    if param.name in COMMON:
        return [v for v in COMMON[param.name] if v != param.default] or COMMON[param.name]
    kind = param.type
    try:
        number = float(param.default)
    except (TypeError, ValueError):
        number = None
    if "bool" in kind:
        return ["True"]
    if number is not None:
        return ["1", "2", "3"] if "." not in str(param.default) and "e" not in str(param.default) else ["0.25", "1.5"]
    if "Tensor" in kind:
        return OTHER
    if "float" in kind or "Number" in kind:
        return ["0.75", "2"]
    if kind in SIZES:
        return ["1, 2", "2, 3"] if param.kind == "several" else ["(0, 1)", "(2, 3)"]
    if "int" in kind:
        return ["1", "2", "0"]
    return ["1"]


def apart(signature):
    """Why a signature has no calls here: dims by name, a deprecated order of arguments, or a result beyond compare."""
    if signature.name in APART:
        return APART[signature.name] or "its result is no value"
    if any("ellipsis" in p.type for p in signature.params if p.required) or \
            any(p.name in ("out_dim", "outdim") for p in signature.params):
        return "dims by name"
    first = [p.name for p in signature.params[:2]]
    if signature.name in ("torch.linspace", "torch.logspace") and signature.params[2].default == "None":
        return "deprecated order"
    if first in (["self", "alpha"], ["self", "value"], ["beta", "self"]) or \
            signature.group == "methods" and first[:1] in (["alpha"], ["beta"]):
        return "deprecated order"
    return ""
