"""Training as a recipe says."""

import dataclasses

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.training import Pictures, Recipe, course, fast, train
from resnets.training.averaging import WeightAverage
from resnets.training.loop import moved


def model() -> keras.Model:
    draw = keras.initializers.GlorotUniform(seed=1)
    inputs = keras.Input((16, 16, 3))
    # No bias before batch norm: its gradient is nothing but rounding, which Adam makes large.
    x = keras.layers.Conv2D(8, 3, strides=2, use_bias=False, kernel_initializer=draw)(inputs)
    x = keras.layers.Activation("relu")(keras.layers.BatchNormalization(name="bn")(x))
    x = keras.layers.GlobalAveragePooling2D()(x)
    outputs = keras.layers.Dense(3, activation="softmax", kernel_initializer=draw)(x)
    return keras.Model(inputs, outputs)


def colours(m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of three colours with noise: anything that trains at all tells them apart."""
    random = np.random.default_rng(seed)
    y = np.arange(m) % 3
    x = random.uniform(0, 0.4, (m, 16, 16, 3)).astype("float32")
    x[np.arange(m), :, :, y] += 0.6
    return x, y


PICTURES = Pictures(*colours(60, 0), *colours(30, 1))


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(epochs=12, batch_size=10, optimizer="sgd", rate=0.3, cosine=True, warm_up=0.1),
        Recipe(epochs=12, batch_size=16, rate=0.1, recalibrate=40, quick_start=True),
        dataclasses.replace(
            fast(12), optimizer="sgd", batch_size=10, rate=0.3, side=12, recalibrate=60, shift=1
        ),
        Recipe(epochs=12, batch_size=10, rate=0.1, precision="mixed_bfloat16", recalibrate=60),
    ],
    ids=["sgd", "adam", "smaller", "bfloat16"],
)
def test_it_learns(recipe):
    history = train(model(), PICTURES, recipe)
    assert history[-1].accuracy > 0.9
    assert history[-1].loss < history[0].loss
    seconds = [epoch.seconds for epoch in history]
    assert [epoch.number for epoch in history] == list(range(1, 13))
    assert seconds == sorted(seconds) and seconds[0] > 0


def test_the_model_itself_is_trained_and_keeps_its_form():
    trained = model()
    before = trained.get_weights()
    train(trained, PICTURES, Recipe(epochs=1, side=12, precision="mixed_bfloat16"))
    assert trained.input_shape == (None, 16, 16, 3)
    assert {layer.compute_dtype for layer in trained.layers} == {"float32"}
    assert any(np.abs(a - b).max() > 1e-4 for a, b in zip(before, trained.get_weights()))  # noqa: B905


def test_same_seed_same_training():
    runs = [train(model(), PICTURES, course(2), seed=5) for _ in range(2)]
    assert runs[0][-1].loss == pytest.approx(runs[1][-1].loss, rel=1e-4)


def test_it_can_be_ended_early():
    seen = []

    def second(epoch):
        seen.append(epoch.number)
        return epoch.number == 2

    assert len(train(model(), PICTURES, course(5), after_epoch=second)) == 2
    assert seen == [1, 2]


def test_the_rate_rises_and_falls():
    schedule = Recipe(epochs=1, optimizer="sgd", rate=0.5, cosine=True, warm_up=0.2)
    rate = schedule.make_optimizer(100)._learning_rate
    rates = [float(rate(step)) for step in range(101)]
    assert rates[0] < 0.05
    assert max(rates) == pytest.approx(0.5, rel=0.01)
    assert np.argmax(rates) == pytest.approx(20, abs=1)
    assert rates[100] == pytest.approx(0, abs=1e-6)


def test_residual_branches_begin_at_nothing():
    """With a rate of nothing, training leaves the initial values for us to see."""
    inputs = keras.Input((16, 16, 3))
    branch = keras.layers.BatchNormalization(name="bn2a_branch2c")(inputs)
    shortcut = keras.layers.BatchNormalization(name="bn2a_branch1")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Add()([branch, shortcut]))
    residual = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(x))
    train(residual, PICTURES, Recipe(epochs=1, rate=0.0, zero_branches=True))
    found = [residual.get_layer(f"bn2a_branch{part}").get_weights()[0] for part in ("2c", "1")]
    np.testing.assert_array_equal(found, [[0, 0, 0], [1, 1, 1]])


def test_averaged_weights_are_the_mean_of_the_checkpoints():
    """Eight steps an epoch, so one checkpoint each; trainings without average show both."""
    recipe = Recipe(epochs=2, batch_size=8, rate=0.01, recalibrate=60)
    ends = []
    for epochs, average in ((1, 0.0), (2, 0.0), (2, 1.0)):
        trained = model()
        train(trained, PICTURES, dataclasses.replace(recipe, epochs=epochs, average=average))
        ends.append([keras.ops.convert_to_numpy(w.value) for w in trained.trainable_weights])
    for first, second, mean in zip(*ends, strict=True):
        np.testing.assert_allclose(mean, (first + second) / 2, atol=1e-5)
        assert np.abs(first - second).max() > 1e-4


def test_between_averaged_epochs_training_goes_on_where_it_was():
    recipe = Recipe(epochs=4, batch_size=8, rate=0.01, recalibrate=60)
    losses = [
        [epoch.loss for epoch in train(model(), PICTURES, dataclasses.replace(recipe, average=a))]
        for a in (0.0, 1.0)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-3)


@settings(max_examples=10, deadline=None)
@given(count=st.integers(1, 9))
def test_a_running_mean_is_the_mean(count):
    checkpoints = np.random.default_rng(count).normal(size=(count, 4)).astype("float32")
    average = WeightAverage()
    for checkpoint in checkpoints:
        average.add([checkpoint])
    np.testing.assert_allclose(average.weights[0], checkpoints.mean(axis=0), atol=1e-6)
    np.testing.assert_array_equal(
        checkpoints, np.random.default_rng(count).normal(size=(count, 4)).astype("float32")
    )


@settings(max_examples=20, deadline=None)
@given(shift=st.integers(0, 3), mirror=st.booleans(), seed=st.integers(0, 99))
def test_moved_pictures_are_parts_of_the_widened_ones(shift, mirror, seed):
    x = np.random.default_rng(0).random((4, 6, 5, 3), np.float32)
    recipe = Recipe(epochs=1, shift=shift, mirror=mirror)
    found = moved(x, recipe, np.random.default_rng(seed))
    assert found.shape == x.shape
    border = ((shift, shift), (shift, shift), (0, 0))
    for before, after in zip(x, found, strict=True):
        forms = [before, before[:, ::-1]] if mirror else [before]
        assert any(
            np.array_equal(np.pad(form, border, mode="edge")[i : i + 6, j : j + 5], after)
            for form in forms
            for i in range(2 * shift + 1)
            for j in range(2 * shift + 1)
        )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "lion"}, "'adam' or 'sgd', found 'lion'"),
        ({"epochs": 0}, "1 or more"),
        ({"warm_up": 1.0}, "warm_up from 0"),
        ({"average": 1.5, "recalibrate": 9}, "average from 0 to 1"),
        ({"average": 0.5}, "recalibrate with average"),
    ],
)
def test_a_wrong_recipe_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**{"epochs": 1, **settings})
