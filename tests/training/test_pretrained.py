"""A model saved in half precision comes back the same but for rounding; trouble is named."""

import keras
import numpy as np
import pytest

from resnets.training import load_pretrained
from resnets.training.pretrained import save_pretrained


def model(seed: int = 0) -> keras.Model:
    draw = keras.initializers.RandomNormal(seed=seed)
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, kernel_initializer=draw, name="conv1")(inputs)
    x = keras.layers.BatchNormalization(name="bn_conv1")(x)
    x = keras.layers.Add()([x, keras.layers.Activation("relu")(x)])
    x = keras.layers.Flatten()(x)
    return keras.Model(inputs, keras.layers.Dense(6, activation="softmax", name="fc6")(x))


@pytest.mark.parametrize("seed", [0, 1])
def test_saved_and_loaded(tmp_path, seed):
    original = model(seed)
    original.get_layer("bn_conv1").moving_mean.assign([0.1, 0.2, 0.3, 0.4])
    save_pretrained(original, tmp_path / "m.keras")
    loaded = load_pretrained(tmp_path / "m.keras")
    assert [layer.name for layer in loaded.layers] == [layer.name for layer in original.layers]
    for old, new in zip(original.get_weights(), loaded.get_weights(), strict=True):
        assert new.dtype == np.float32
        np.testing.assert_allclose(new, old, rtol=2**-10, atol=1e-6)
        np.testing.assert_array_equal(new, new.astype("f2").astype("f4"))


def test_nothing_but_the_file_is_left(tmp_path):
    save_pretrained(model(), tmp_path / "m.keras")
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]


def test_an_interrupted_save_keeps_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "m.keras").write_bytes(b"old")
    monkeypatch.setattr("resnets.training.pretrained._halved", lambda content: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_pretrained(model(), tmp_path / "m.keras")
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]
    assert (tmp_path / "m.keras").read_bytes() == b"old"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        load_pretrained(tmp_path / "m.keras")
    for said in ("m.keras is not there", str(tmp_path), "course's files", "ask your instructor"):
        assert said in str(error.value)
    assert "git" not in str(error.value)


@pytest.mark.parametrize("kept", [0, 10, 2000])
def test_a_damaged_file_is_named(tmp_path, kept):
    save_pretrained(model(), tmp_path / "m.keras")
    content = (tmp_path / "m.keras").read_bytes()
    (tmp_path / "m.keras").write_bytes(content[:kept])
    with pytest.raises(ValueError, match=r"m\.keras is damaged"):
        load_pretrained(tmp_path / "m.keras")
