"""Writes EfficientNet-Lite0 as ONNX, from the same folded weights that Keepsake's strict tests use.

    python3 convert.py data/lite0-f32.safetensors lite0.onnx

Input `pixels`, 1 x 3 x 224 x 224, (value - 127) / 128. Outputs `features` (1 x 1280) and `classes` (1 x 1000).
The stages are those of `vision/src/backbone/table.rs`; the kernels lie there with the outputs last.
"""

import json
import struct
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Repeats, kernel, stride of the first block, channels out.
STAGES = [(1, 3, 1, 16), (2, 3, 2, 24), (2, 5, 2, 40), (3, 3, 2, 80), (3, 5, 1, 112), (4, 5, 2, 192), (1, 3, 1, 320)]


def read(path):
    with open(path, "rb") as file:
        head = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    head.pop("__metadata__", None)
    of = {}
    for name, entry in head.items():
        begin, end = entry["data_offsets"]
        of[name] = np.frombuffer(data[begin:end], np.float32)
    return of


class Graph:
    def __init__(self, weights):
        self.weights, self.nodes, self.tensors = weights, [], []
        self.side = 224

    def constant(self, name, value):
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def node(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def convolution(self, x, name, kernel, stride, relu6, depthwise=False):
        """A convolution with `SAME` padding as TensorFlow has it, its bias, and ReLU6."""
        bias = self.weights[f"{name}.bias"]
        outputs = len(bias)
        values = self.weights[f"{name}.kernel"].reshape(kernel, kernel, -1, outputs)
        out = -(-self.side // stride)
        padding = max((out - 1) * stride + kernel - self.side, 0)
        before = padding // 2
        self.side = out
        x = self.node(
            "Conv",
            [
                x,
                self.constant(f"{name}.kernel", values.transpose(3, 2, 0, 1)),
                self.constant(f"{name}.bias", bias),
            ],
            name if not relu6 else f"{name}.sum",
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[before, before, padding - before, padding - before],
            group=outputs if depthwise else 1,
        )
        return self.node("Clip", [x, "zero", "six"], name) if relu6 else x


def model(weights):
    graph = Graph(weights)
    graph.constant("zero", np.array(0))
    graph.constant("six", np.array(6))
    x = graph.convolution("pixels", "stem", 3, 2, True)
    channels, block = 32, 0
    for repeats, kernel, stride, outputs in STAGES:
        for repeat in range(repeats):
            name, start = f"block{block:02}", x
            step = stride if repeat == 0 else 1
            if block > 0:
                x = graph.convolution(x, f"{name}.expand", 1, 1, True)
            x = graph.convolution(x, f"{name}.depthwise", kernel, step, True, depthwise=True)
            x = graph.convolution(x, f"{name}.project", 1, 1, False)
            if step == 1 and channels == outputs:
                x = graph.node("Add", [x, start], f"{name}.add")
            channels, block = outputs, block + 1
    x = graph.convolution(x, "head", 1, 1, True)
    x = graph.node("GlobalAveragePool", [x], "mean")
    features = graph.node("Flatten", [x], "features")
    kernel = graph.constant("classes.kernel", weights["classes.kernel"].reshape(1280, 1000))
    graph.node("Gemm", [features, kernel, graph.constant("classes.bias", weights["classes.bias"])], "classes")
    tensor = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    whole = helper.make_graph(
        graph.nodes,
        "lite0",
        [tensor("pixels", 1, 3, 224, 224)],
        [tensor("features", 1, 1280), tensor("classes", 1, 1000)],
        graph.tensors,
    )
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made


if __name__ == "__main__":
    onnx.save(model(read(sys.argv[1])), sys.argv[2])
