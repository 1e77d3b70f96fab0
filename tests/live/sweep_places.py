"""The values of the arguments of functions and methods about places, order and shape: a part of sweep_functions.py."""

ORDERED = dict(_self="real(3, 4)", dim="0", k="2", keepdim="True")
SHARES = dict(_self="real(3, 4)", q=["0.25", "prob(2)"], dim="1", keepdim="True", interpolation="'nearest'")
LINES = "torch.tensor([-0.5, -0.25, 0.0, 0.5])"
SCATTERED = dict(_self="real(3, 3)", dim="1", index="whole(3, 3, 2)", src="more(3, 2)", reduce="'prod'",
                 include_self="False")
INDEXED = dict(_self="real(3, 3)", dim="1", index="whole(3, 2)", source="more(3, 2)", reduce="'mean'",
               include_self="False")
PUT = dict(_self="real(2, 3)", index="torch.tensor([1, 4, 1])", source="more(3)", accumulate="True")
SPLIT = dict(_self="real(4, 4, 4)", sections=["2"], indices=["(1, 3)"], indices_or_sections=["2", "(1, 3)"],
             tensor_indices_or_sections=["torch.tensor([1, 2])"], dim="1")
SIZES = dict(split_size="2", split_sizes="(1, 3)", chunks="2", dim="1", _self="real(4, 4)")
PARTS = dict(_self="real(3, 4)", src="more(3)", dim="1", index="2")
DATA = dict(data=["[[1.5, 2.0], [3.0, 4.0]]"], obj=["[[1.5, 2.0], [3.0, 4.0]]"], copy="True",
            dtype=["torch.float64"])
STRIDED = dict(size="(2, 3)", stride="(1, 2)")

PLACES = {
    "quantile": SHARES, "nanquantile": SHARES, "kthvalue": ORDERED, "mode": ORDERED, "nanmedian": ORDERED,
    "cummax": ORDERED, "cummin": ORDERED, "msort": dict(_self="real(3, 4)"),
    "searchsorted": dict(_self=LINES, sorted_sequence=LINES, input=["real(2, 3)", "0.25"], self=["0.25"],
                         out_int32="True", right="True", side=["'right'"], sorter="torch.tensor([0, 1, 2, 3])"),
    "bucketize": dict(boundaries=LINES, _self="real(2, 3)", self=["0.25"], out_int32="True", right="True"),
    "isin": dict(_self="whole(5, 2, 3)", elements="whole(5, 2, 3)", test_elements="whole(3, 4)", element="2",
                 test_element="2", assume_unique="True", invert="True"),
    "histc": dict(_self="real(3, 4)", bins="4", min="-1", max="0.5"),
    "histogram": dict(_self="real(3, 4)", bins=["4", LINES], range="(-1.0, 0.5)", weight="prob(3, 4)", density="True"),
    "unique_consecutive": dict(_self="whole(4, 3, 3)", dim="1"),
    "take_along_dim": dict(_self="real(3, 3)", indices="whole(3, 3, 2)", dim="1"),
    "scatter_reduce": SCATTERED, "index_reduce": INDEXED, "put": PUT,
    "masked_scatter": dict(mask="mask(2, 3)", source="more(2, 3)"),
    "select_scatter": PARTS,
    "diagonal_scatter": dict(_self="real(3, 3, 3)", src="more(3, 3)", offset="0", dim1="1", dim2="2"),
    "as_strided_scatter": dict(_self="real(3, 4)", src="more(2, 2)", size="(2, 2)", stride="(1, 2)",
                               storage_offset="1"),
    "rot90": dict(k="2", dims="(1, 0)"), "diag_embed": dict(offset="1", dim1="0", dim2="1"),
    "diagflat": dict(_self="real(4)", offset="1"),
    "diff": dict(_self="real(3, 3)", n="2", dim="0", prepend="more(3, 3)", append="more(3, 3)"),
    "narrow_copy": dict(_self="real(3, 4)", dim="1", start="1", length="2"),
    "sum_to_size": dict(_self="real(2, 3)", size=["(1, 3)", "1, 3"]),
    "swapdims": dict(_self="real(2, 3, 4)", dim0="0", dim1="2"),
    "swapaxes": dict(_self="real(2, 3, 4)", axis0="0", axis1="2"),
    "resize_as": dict(the_template="more(3, 2)"),
    "unsafe_split": SIZES, "unsafe_chunk": SIZES, "split_with_sizes": SIZES, "unsafe_split_with_sizes": SIZES,
    "tensor_split": SPLIT, "hsplit": SPLIT, "vsplit": SPLIT, "dsplit": SPLIT,
    "column_stack": dict(tensors="[real(2, 3), more(2, 3)]"), "dstack": dict(tensors="[real(2, 3), more(2, 3)]"),
    "atleast_1d": dict(tensors=["real(2, 3), more(3)", "real(3)"]),
    "atleast_2d": dict(tensors=["real(2, 3), more(3)", "real(3)"]),
    "atleast_3d": dict(tensors=["real(2, 3), more(3)", "real(3)"]),
    "block_diag": dict(tensors="real(2, 3), more(3)"), "cartesian_prod": dict(tensors="real(2), more(3)"),
    "combinations": dict(_self="real(4)", r="3", with_replacement="True"),
    "vander": dict(x="real(4)", _self="real(4)", N="3", increasing="True"),
    "gradient": dict(_self="real(3, 4)", spacing=["2.0", "(2.0, 0.5)"], dim=["1"], edge_order="2"),
    "is_same_size": dict(other="more(2, 3)"), "is_set_to": dict(tensor="more(2, 3)"),
    "is_nonzero": dict(_self="real(1)"), "can_cast": {"from": "torch.float32", "from_": "torch.float32", "to": "torch.int64"},
    "poisson": dict(_self="8 * prob(2, 3)"), "geometric": dict(p="0.25"), "cauchy": dict(median="1.5", sigma="2.0"),
    "log_normal": dict(mean="0.5", std="0.25"),
    "as_tensor": DATA, "asarray": DATA, "is_tensor": dict(obj="real(2)"),
    "range": dict(start="2", end="9", step="3"), "empty_strided": STRIDED, "new_empty_strided": STRIDED,
    "apply": dict(callable="constant"),
    "H": dict(_self="real(2, 3)"), "mH": dict(_self="real(2, 3)"),
}
