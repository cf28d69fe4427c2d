"""Recalibration gives exact statistics, touches nothing else, and leaves nothing half done."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.training import batch_statistics, recalibrate_batch_norm, set_statistics


def small_model() -> keras.Model:
    inputs = keras.Input((6, 6, 3))
    x = keras.layers.BatchNormalization(name="first")(inputs)
    x = keras.layers.Conv2D(4, 3, name="conv")(x)
    x = keras.layers.BatchNormalization(name="second", momentum=0.9)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(2, activation="softmax", name="head")(x))


def pictures(m: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(3.0, 2.0, (m, 6, 6, 3)).astype("float32")


def moving(model: keras.Model, name: str) -> tuple[np.ndarray, np.ndarray]:
    layer = model.get_layer(name)
    return tuple(
        keras.ops.convert_to_numpy(a.value) for a in (layer.moving_mean, layer.moving_variance)
    )


@settings(max_examples=10, deadline=None)
@given(m=st.integers(1, 23), batch_size=st.integers(1, 30))
def test_first_layer_gets_mean_and_variance_of_all_pictures(m, batch_size):
    model, x = small_model(), pictures(m)
    recalibrate_batch_norm(model, x, batch_size=batch_size)
    mean, variance = moving(model, "first")
    np.testing.assert_allclose(mean, x.mean((0, 1, 2)), rtol=1e-4)
    np.testing.assert_allclose(variance, x.var((0, 1, 2)), rtol=1e-3)


def test_with_one_batch_predictions_equal_training_mode():
    model, x = small_model(), pictures(16)
    model.get_layer("head").kernel.assign(np.ones((4, 2)) * [3.0, -3.0])
    in_training = keras.ops.convert_to_numpy(model(x, training=True))
    stale = keras.ops.convert_to_numpy(model(x, training=False))
    recalibrate_batch_norm(model, x, batch_size=16)
    recalibrated = keras.ops.convert_to_numpy(model(x, training=False))
    assert np.abs(stale - in_training).max() > 1e-2
    np.testing.assert_allclose(recalibrated, in_training, atol=1e-4)


def test_weights_and_momenta_stay():
    model = small_model()
    before = [keras.ops.convert_to_numpy(w.value) for w in model.trainable_weights]
    recalibrate_batch_norm(model, pictures(8))
    for old, new in zip(before, model.trainable_weights, strict=True):
        np.testing.assert_array_equal(old, keras.ops.convert_to_numpy(new.value))
    assert [model.get_layer(n).momentum for n in ("first", "second")] == [0.99, 0.9]


def test_nested_models_are_reached_and_frozen_layers_left_alone():
    inner = small_model()
    inner.get_layer("second").trainable = False
    inputs = keras.Input((6, 6, 3))
    outer = keras.Model(inputs, inner(inputs))
    recalibrate_batch_norm(outer, pictures(8))
    assert moving(inner, "first")[0].min() > 1.0
    np.testing.assert_array_equal(moving(inner, "second")[0], 0.0)


def test_an_error_on_the_way_leaves_the_model_as_it_was():
    model = small_model()
    recalibrate_batch_norm(model, pictures(8, seed=1))
    before = moving(model, "second")

    class FailsLater:
        """Ten pictures of which the second batch cannot be read."""

        def __len__(self):
            return 10

        def __getitem__(self, batch):
            if batch.start:
                raise OSError("disk gone")
            return pictures(5)

    with pytest.raises(OSError, match="disk gone"):
        recalibrate_batch_norm(model, FailsLater(), batch_size=5)
    for old, new in zip(before, moving(model, "second"), strict=True):
        np.testing.assert_array_equal(old, new)
    assert model.get_layer("first").momentum == 0.99


@pytest.mark.parametrize(
    ("model", "count", "batch_size", "message"),
    [
        (keras.Sequential([keras.Input((6, 6, 3)), keras.layers.Flatten()]), 4, 2, "BatchNorm"),
        (small_model(), 0, 2, "at least one picture"),
        (small_model(), 4, 0, "batch_size of 1 or more"),
    ],
)
def test_what_cannot_be_recalibrated_is_said(model, count, batch_size, message):
    with pytest.raises(ValueError, match=message):
        recalibrate_batch_norm(model, pictures(count), batch_size=batch_size)


def test_statistics_of_batches_are_those_of_the_pictures_and_the_model_stays():
    model, x = small_model(), pictures(7)
    before = model.get_weights()
    statistics, sizes = batch_statistics(model, x, batch_size=3)
    np.testing.assert_array_equal(sizes, [3, 3, 1])
    means, variances = statistics[0]
    assert means.shape == variances.shape == (3, 3) and statistics[1][0].shape == (3, 4)
    np.testing.assert_allclose(means[1], x[3:6].mean((0, 1, 2)), rtol=1e-4)
    np.testing.assert_allclose(variances[2], x[6:].var((0, 1, 2)), rtol=1e-3)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_statistics_are_set_in_the_layers_order_and_counted():
    model = small_model()
    set_statistics(model, [(np.ones(3), np.full(3, 2.0)), (np.full(4, 3.0), np.full(4, 4.0))])
    np.testing.assert_array_equal(moving(model, "second"), [[3.0] * 4, [4.0] * 4])
    with pytest.raises(ValueError, match="2 BatchNormalization layers, found 1"):
        set_statistics(model, [(np.ones(3), np.ones(3))])
