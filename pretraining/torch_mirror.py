"""A Keras model's graph, run by PyTorch: the fastest training on CPU cores with bfloat16 units.

Any functional model made of the layers in `_TRANSLATIONS` will do. The mirror holds copies of the
weights in PyTorch's layout; `copy_to` carries them back. Outputs are logits: the last softmax is
left to the loss.
"""

from collections.abc import Callable

import keras
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional


class Mirror(nn.Module):
    """A Keras functional model with one input and one output, as a PyTorch module.

    Pictures go in as (m, channels, height, width), logits come out as (m, classes).

    Args:
        model: a built Keras model, channels last.

    Raises:
        ValueError: the model holds a layer for which there is no translation.
    """

    def __init__(self, model: keras.Model):
        super().__init__()
        self.parts = nn.ModuleDict()
        self.steps: list[tuple[str, list[int], int]] = []
        (first,), (last,) = model.inputs, model.outputs
        self.first, self.last = id(first), id(last)
        for operation in model.operations:
            if isinstance(operation, keras.layers.InputLayer):
                continue
            (node,) = operation._inbound_nodes  # Keras keeps the graph nowhere public
            inputs = [id(tensor) for tensor in node.input_tensors]
            self.parts[operation.name] = _translate(operation)
            self.steps.append((operation.name, inputs, id(node.output_tensors[0])))

    def forward(self, pictures: Tensor) -> Tensor:
        known = {self.first: pictures}
        for name, inputs, output in self.steps:
            known[output] = self.parts[name](*(known[i] for i in inputs))
        return known[self.last]

    def copy_to(self, model: keras.Model) -> None:
        """Write the weights and moving averages into the Keras model that was mirrored."""
        for layer in model.layers:
            if layer.weights:
                layer.set_weights(_keras_weights(self.parts[layer.name]))


class _Apply(nn.Module):
    """A layer without weights."""

    def __init__(self, function: Callable[..., Tensor]):
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


def _translate(layer: keras.layers.Layer) -> nn.Module:
    for kind, translation in _TRANSLATIONS.items():
        if type(layer) is kind:
            return translation(layer)
    raise ValueError(f"Expected a layer that PyTorch can mirror, found {type(layer).__name__}.")


def _conv(layer: keras.layers.Conv2D) -> nn.Module:
    kernel, bias = layer.get_weights()
    if layer.padding == "same" and layer.strides != (1, 1):
        raise ValueError(f"{layer.name}: 'same' padding with strides differs between the two.")
    _, side, width, channels = layer.input.shape
    small = kernel.shape[:2] == (1, 1) or (
        kernel.shape[:2] == (3, 3) and layer.padding == "same" and side * width <= 64
    )
    conv = (_MatrixConv2d if small else nn.Conv2d)(
        channels, kernel.shape[3], kernel.shape[:2], layer.strides, layer.padding
    )
    _fill(conv, weight=kernel.transpose(3, 2, 0, 1), bias=bias)
    return conv


class _MatrixConv2d(nn.Conv2d):
    """The same convolution as one matrix product.

    On the small feature maps of the deep stages the convolution library's weight gradient runs at a
    few percent of what a matrix product reaches (2048 -> 512 channels on 2x2: 24 ms against 1 ms).
    """

    def forward(self, pictures: Tensor) -> Tensor:
        rows, columns = self.stride
        x = pictures.permute(0, 2, 3, 1)[:, ::rows, ::columns]
        if self.kernel_size == (3, 3):
            height, width = x.shape[1:3]
            padded = functional.pad(x, (0, 0, 1, 1, 1, 1))
            x = torch.cat(
                [padded[:, i : i + height, j : j + width] for i in range(3) for j in range(3)], -1
            )
        matrix = self.weight.permute(0, 2, 3, 1).flatten(1)
        return functional.linear(x, matrix, self.bias).permute(0, 3, 1, 2)


def _batch_norm(layer: keras.layers.BatchNormalization) -> nn.Module:
    gamma, beta, mean, variance = layer.get_weights()
    norm = nn.BatchNorm2d(len(gamma), eps=layer.epsilon, momentum=1 - layer.momentum)
    _fill(norm, weight=gamma, bias=beta, running_mean=mean, running_var=variance)
    return norm


def _dense(layer: keras.layers.Dense) -> nn.Module:
    kernel, bias = layer.get_weights()
    dense = nn.Linear(*kernel.shape)
    _fill(dense, weight=kernel.T, bias=bias)
    return dense


def _padding(layer: keras.layers.ZeroPadding2D) -> nn.Module:
    (top, bottom), (left, right) = layer.padding
    return nn.ZeroPad2d((left, right, top, bottom))


_TRANSLATIONS: dict[type, Callable[[keras.layers.Layer], nn.Module]] = {
    keras.layers.Conv2D: _conv,
    keras.layers.BatchNormalization: _batch_norm,
    keras.layers.Dense: _dense,
    keras.layers.ZeroPadding2D: _padding,
    keras.layers.Activation: lambda layer: _Apply(getattr(functional, layer.activation.__name__)),
    keras.layers.Add: lambda layer: _Apply(torch.add),
    keras.layers.MaxPooling2D: lambda layer: nn.MaxPool2d(layer.pool_size, layer.strides),
    keras.layers.AveragePooling2D: lambda layer: nn.AvgPool2d(layer.pool_size, layer.strides),
    # Keras flattens (height, width, channels); a permuted view keeps the order of its features.
    keras.layers.Flatten: lambda layer: _Apply(lambda x: x.permute(0, 2, 3, 1).flatten(1)),
}


@torch.no_grad()
def _fill(module: nn.Module, **arrays: np.ndarray) -> None:
    for name, array in arrays.items():
        getattr(module, name).copy_(torch.from_numpy(np.ascontiguousarray(array)))


def _keras_weights(module: nn.Module) -> list[np.ndarray]:
    state = {name: value.float().numpy() for name, value in module.state_dict().items()}
    if isinstance(module, nn.Conv2d):
        return [state["weight"].transpose(2, 3, 1, 0), state["bias"]]
    if isinstance(module, nn.Linear):
        return [state["weight"].T, state["bias"]]
    return [state["weight"], state["bias"], state["running_mean"], state["running_var"]]
