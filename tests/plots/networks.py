"""Small networks with every shape of residual block that the pictures must tell apart."""

import functools
from collections.abc import Callable

import keras
from keras import layers


def conv(x, width: int, stride: int = 1, size: int = 3, **options):
    return layers.Conv2D(width, size, stride, padding="same", **options)(x)


def model(build: Callable, shape=(16, 16, 4), name: str = "net") -> keras.Model:
    inputs = layers.Input(shape)
    return keras.Model(inputs, build(inputs), name=name)


def post_activated(widths=(4, 4, 8, 8), stem: bool = True) -> keras.Model:
    """Addition, then ReLU; a projection wherever the width changes."""

    def build(x):
        x = layers.ReLU()(conv(x, 4)) if stem else x
        for width in widths:
            wider = width != x.shape[-1]
            stride = 2 if wider else 1
            y = layers.BatchNormalization()(conv(x, width, stride))
            shortcut = conv(x, width, stride, 1) if wider else x
            x = layers.ReLU()(layers.Add()([y, shortcut]))
        return layers.Dense(3)(layers.GlobalAveragePooling2D()(x))

    return model(build)


def light(*lengths: int) -> keras.Model:
    """Stages of as many identity blocks without weights: quick to make, so they may be many."""

    def build(x):
        for stage, length in enumerate(lengths):
            for block in range(length):
                if stage and not block:
                    x = layers.Add()([conv(x, 8, 2), conv(x, 8, 2, 1)])
                else:
                    x = layers.Add()([layers.ReLU()(x), x])
        return x

    return model(build)


@functools.cache
def resnet50() -> keras.Model:
    return keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3))


def pre_activated() -> keras.Model:
    """Normalisation and ReLU first; the second block projects what they give."""

    def build(x):
        x = conv(x, 4)
        y = conv(layers.ReLU()(layers.BatchNormalization()(x)), 4)
        x = layers.Add()([x, y])
        ready = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Add()([conv(ready, 8, 2), conv(ready, 8, 2, 1)])
        return layers.ReLU()(layers.BatchNormalization()(x))

    return model(build)


def padded() -> keras.Model:
    """A shortcut that pools and pads, and additions by the plus sign."""

    def build(x):
        shortcut = keras.ops.pad(layers.AveragePooling2D(2)(x), [(0, 0)] * 3 + [(0, 4)])
        return layers.ReLU()(conv(x, 8, 2) + shortcut)

    return model(build)


def many_paths(paths: int = 5) -> keras.Model:
    """A sum of paths within the sum with the shortcut."""

    def build(x):
        return layers.Add()([layers.Add()([conv(x, 4) for _ in range(paths)]), x])

    return model(build)


def squeezed() -> keras.Model:
    """Paths that part and meet within the main path."""

    def build(x):
        y = conv(x, 4)
        gate = layers.Dense(4, activation="sigmoid")(
            layers.GlobalAveragePooling2D(keepdims=True)(y)
        )
        return layers.Add()([layers.Multiply()([y, gate]), x])

    return model(build)


def long_skip() -> keras.Model:
    """Two blocks, and a connection over both of them."""

    def build(x):
        start = x
        for _ in range(2):
            x = layers.Add()([conv(x, 4), x])
        return layers.Add()([conv(x, 4), start])

    return model(build)


def doubled() -> keras.Model:
    """An addition of one tensor to itself: a mistake, and no block."""
    return model(lambda x: layers.Add()([y := conv(x, 4), y]))


def plain() -> keras.Sequential:
    return keras.Sequential(
        [
            layers.Input((16, 16, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(8, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(6, activation="softmax"),
        ],
        name="plain",
    )


def on_a_base() -> keras.Model:
    """A model used as a layer of another one."""
    base = post_activated()
    return model(lambda x: layers.Dense(2)(base(layers.Rescaling(2.0)(x))))


def two_inputs() -> keras.Model:
    a, b = layers.Input((8, 8, 3)), layers.Input((8, 8, 3))
    return keras.Model([a, b], [layers.Add()([a, b]), conv(a, 2)])


def shared() -> keras.Model:
    """One layer used by two blocks: its parameters count once."""
    layer = layers.Conv2D(4, 3, padding="same")

    def build(x):
        for _ in range(2):
            x = layers.Add()([layer(x), x])
        return x

    return model(build)


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="subclassed")
        self.first, self.second = layers.Conv2D(3, 3), layers.Dense(2)

    def call(self, x):
        return self.second(self.first(x))


def nothing() -> keras.Model:
    return model(lambda x: x, (3,), "nothing")


def unbuilt() -> keras.Sequential:
    return keras.Sequential([layers.Dense(3), layers.Dense(2)])


def unet() -> keras.Model:
    def build(x):
        deep = layers.UpSampling2D()(conv(layers.MaxPooling2D()(x), 8))
        return conv(layers.Concatenate()([deep, x]), 2)

    return model(build)


EVERY = [
    post_activated,
    pre_activated,
    padded,
    many_paths,
    squeezed,
    long_skip,
    doubled,
    plain,
    on_a_base,
    two_inputs,
    shared,
    Subclassed,
    nothing,
    unbuilt,
    unet,
]
