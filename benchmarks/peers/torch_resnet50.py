"""ResNet-50 as PyTorch users write it, and its training step: channels last, compiled on a GPU.

The blocks are those of He et al. 2015, figure 5 and table 1, the stride on the 3×3 convolution as
PyTorch's own library has it since 2016.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn


class Bottleneck(nn.Module):
    """1×1, 3×3, 1×1 convolutions; a projection where the shape changes."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *_convolution(channels, width, 1, 1),
            nn.ReLU(inplace=True),
            *_convolution(width, width, 3, stride),
            nn.ReLU(inplace=True),
            *_convolution(width, 4 * width, 1, 1),
        )
        same = stride == 1 and channels == 4 * width
        self.shortcut = (
            nn.Identity() if same else nn.Sequential(*_convolution(channels, 4 * width, 1, stride))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.main(x) + self.shortcut(x))


def _convolution(channels: int, filters: int, kernel: int, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)
    return convolution, nn.BatchNorm2d(filters)


def resnet50(classes: int) -> nn.Module:
    """The network, which ends in one number a class."""
    layers: list[nn.Module] = [*_convolution(3, 64, 7, 2), nn.ReLU(inplace=True)]
    layers.append(nn.MaxPool2d(3, 2, 1))
    channels = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for number in range(blocks):
            layers.append(Bottleneck(channels, width, stride if number == 0 else 1))
            channels = 4 * width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]
    return nn.Sequential(*layers)


def training_step(
    x: np.ndarray, labels: np.ndarray, classes: int, precision: str
) -> tuple[Callable[[], torch.Tensor], Callable[[], None]]:
    """One step of training on a batch that stays on the device, and a wait for what was started.

    Args:
        x: pictures (m, height, width, 3).
        labels: digits (m,).
        classes: how many there are.
        precision: "fp32", "tf32" or "bf16".
    """
    gpu = torch.cuda.is_available()
    device = torch.device("cuda" if gpu else "cpu")
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("highest" if precision == "fp32" else "high")
    torch.backends.cudnn.allow_tf32 = precision != "fp32"
    model = resnet50(classes).to(device, memory_format=torch.channels_last)
    forward = torch.compile(model) if gpu else model
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
    pictures = torch.as_tensor(x).permute(0, 3, 1, 2).to(device, memory_format=torch.channels_last)
    targets = torch.as_tensor(labels, dtype=torch.int64, device=device)

    def step() -> torch.Tensor:
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = nn.functional.cross_entropy(forward(pictures), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step, torch.cuda.synchronize if gpu else lambda: None
