"""A fused optimizer takes the very steps of its plain twin, traced once."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.training.first_step import prepare_training
from resnets.training.fused_optimizers import FusedAdam, FusedSGD, fused

X = np.random.default_rng(0).normal(size=(8, 5, 5, 2)).astype("float32")
Y = np.eye(3, dtype="float32")[np.arange(8) % 3]


def compiled(optimizer: keras.optimizers.Optimizer, kind: type = keras.Model) -> keras.Model:
    draw = keras.initializers.GlorotUniform(seed=3)
    inputs = keras.Input((5, 5, 2))
    # No bias before batch norm: its gradient is nothing but rounding, which Adam makes large.
    x = keras.layers.Conv2D(4, 3, use_bias=False, kernel_initializer=draw)(inputs)
    x = keras.layers.Activation("relu")(keras.layers.BatchNormalization()(x))
    x = keras.layers.Dense(3, activation="softmax", kernel_initializer=draw)(
        keras.layers.Flatten()(x)
    )
    model = kind(inputs, x)
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.02),
    "adam, decaying weights": lambda: keras.optimizers.Adam(0.02, weight_decay=0.1),
    "adam, amsgrad": lambda: keras.optimizers.Adam(0.02, amsgrad=True),
    "adam, global clipping": lambda: keras.optimizers.Adam(0.02, global_clipnorm=0.01),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "sgd, momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "sgd, momentum, schedule": lambda: keras.optimizers.SGD(
        keras.optimizers.schedules.CosineDecay(0.1, 10, warmup_target=0.2, warmup_steps=2),
        momentum=0.9,
        nesterov=True,
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_same_training(name):
    plain, quick = compiled(OPTIMIZERS[name]()), compiled(OPTIMIZERS[name]())
    prepare_training(quick, Y)
    losses = [
        [model.train_on_batch(X, Y)[0] for _ in range(5)]  # the fifth step shows the state, too
        for model in (plain, quick)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-4)
    for expected, found in zip(plain.get_weights(), quick.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


@settings(max_examples=5, deadline=None)
@given(shapes=st.lists(st.lists(st.integers(1, 4), max_size=3), min_size=1, max_size=4))
def test_any_shapes_of_weights(shapes):
    random = np.random.default_rng(0)
    values = [random.normal(size=shape).astype("float32") for shape in shapes]
    steps = []
    for optimizer in (keras.optimizers.Adam(0.1), FusedAdam(0.1)):
        weights = [keras.Variable(value) for value in values]
        optimizer.build(weights)
        optimizer.apply([keras.ops.convert_to_tensor(value) for value in values], weights)
        steps.append([keras.ops.convert_to_numpy(weight.value) for weight in weights])
    for expected, found in zip(*steps, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the others trace once anyway")
def test_traced_once():
    class Counts(keras.Model):
        traced = 0

        def train_step(self, *args):
            Counts.traced += 1
            return super().train_step(*args)

    plain, quick = (compiled(keras.optimizers.Adam(), Counts) for _ in range(2))
    plain.train_on_batch(X, Y)
    assert Counts.traced == 2
    prepare_training(quick, Y)
    quick.train_on_batch(X, Y)
    assert Counts.traced == 3


def test_metrics_begin_at_nothing():
    model = compiled(keras.optimizers.Adam(1e-9))
    before = model.evaluate(X, Y, verbose=0)
    prepare_training(model, Y)
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), before, rtol=1e-5)


def test_settings_go_along():
    twin = fused(keras.optimizers.SGD(0.3, momentum=0.7, nesterov=True))
    assert isinstance(twin, FusedSGD)
    assert (float(twin.learning_rate), twin.momentum, twin.nesterov) == (
        pytest.approx(0.3),
        0.7,
        True,
    )


def test_a_saved_model_loads_with_its_optimizer(tmp_path):
    model = compiled(keras.optimizers.Adam(0.02))
    prepare_training(model, Y)
    model.train_on_batch(X, Y)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.optimizer, FusedAdam)
    np.testing.assert_allclose(
        loaded.train_on_batch(X, Y)[0], model.train_on_batch(X, Y)[0], rtol=1e-5
    )


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (keras.optimizers.RMSprop(), "Expected one of Adam, SGD, found RMSprop"),
        (keras.optimizers.Adam(clipnorm=1.0), "without clipnorm"),
        (keras.optimizers.Adam(use_ema=True), "without use_ema"),
    ],
)
def test_what_has_no_twin_is_named(optimizer, message):
    with pytest.raises(ValueError, match=message):
        prepare_training(compiled(optimizer), Y)


def test_the_wrong_moment_is_named():
    model = compiled(keras.optimizers.Adam())
    model.train_on_batch(X, Y)
    with pytest.raises(ValueError, match="has not trained since"):
        prepare_training(model, Y)
    with pytest.raises(ValueError, match=r"call model\.compile"):
        prepare_training(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), Y)
