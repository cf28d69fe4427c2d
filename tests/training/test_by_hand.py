"""What a loop by hand holds: Keras' own step does the same, and a restart loses nothing."""

from __future__ import annotations

import keras
import numpy as np

from resnets.training import Training
from tests.answers import solved


def _training(seed: int = 0) -> Training:
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((6, 6, 3)),
            layers.Conv2D(4, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    stream = np.random.default_rng(seed)
    model.set_weights([stream.uniform(0.1, 1, weight.shape) for weight in model.weights])
    return Training(model)


def _batch(seed: int) -> tuple[np.ndarray, np.ndarray]:
    stream = np.random.default_rng(seed)
    images = stream.standard_normal((5, 6, 6, 3)).astype("float32")
    return images, np.eye(3, dtype="float32")[stream.integers(0, 3, 5)]


def test_after_a_restart_training_goes_on_as_if_nothing_had_happened(tmp_path) -> None:
    step = solved("05_identity_mappings")["train_step"]
    whole = _training()
    for seed in range(4):
        step(whole, *_batch(seed))
    first = _training()
    for seed in range(2):
        step(first, *_batch(seed))
    log = [{"loss": 1.5, "seconds": 0.1}]
    first.save(tmp_path / "kept", log)
    second = _training(seed=9)
    assert second.restore(tmp_path / "kept") == log
    for seed in range(2, 4):
        step(second, *_batch(seed))
    for mine, theirs in zip(second.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        "log.json",
        "state.keras",
    ]


def test_without_a_file_everything_stays_as_it_is(tmp_path) -> None:
    training = _training()
    before = training.model.get_weights()
    assert training.restore(tmp_path) == []
    assert all(map(np.array_equal, before, training.model.get_weights()))
