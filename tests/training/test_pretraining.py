"""The mirror computes what Keras computes; augmentation keeps its promises."""

import keras
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pretraining needs PyTorch")
pytest.importorskip("cv2", reason="pretraining needs opencv-python-headless")

from pretraining.augment import Augmentation, as_they_are  # noqa: E402
from pretraining.pictures import CLASSES, rendered  # noqa: E402
from pretraining.torch_mirror import Mirror  # noqa: E402


def model() -> keras.Model:
    layers = keras.layers
    inputs = keras.Input((12, 12, 3))
    x = layers.ZeroPadding2D((3, 3))(inputs)
    x = layers.Conv2D(8, 7, strides=2, name="conv1")(x)
    x = layers.Activation("relu")(layers.BatchNormalization(axis=3, name="bn")(x))
    x = layers.MaxPooling2D(3, strides=2, padding="valid")(layers.ZeroPadding2D((1, 1))(x))
    y = layers.Conv2D(8, 3, padding="same", name="square")(x)
    x = layers.Add()([layers.Conv2D(8, 1, name="point")(x), y])
    x = layers.AveragePooling2D((2, 2))(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax", name="fc4")(x))


@pytest.mark.parametrize("training", [False, True])
def test_the_mirror_agrees_with_keras(training):
    original = model()
    mirror = Mirror(original).train(training)
    x = np.random.default_rng(0).random((6, 12, 12, 3), np.float32)
    expected = keras.ops.convert_to_numpy(original(x, training=training))
    logits = mirror(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()))
    found = torch.softmax(logits, 1).detach().numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_weights_come_back():
    original, other = model(), model()
    mirror = Mirror(original)
    mirror(torch.rand(4, 3, 12, 12)).sum().backward()
    with torch.no_grad():
        for parameter in mirror.parameters():
            parameter -= 0.1 * parameter.grad
    mirror.eval().copy_to(other)
    x = np.random.default_rng(0).random((3, 12, 12, 3), np.float32)
    with torch.no_grad():
        expected = torch.softmax(mirror(torch.from_numpy(x.transpose(0, 3, 1, 2).copy())), 1)
    found = keras.ops.convert_to_numpy(other(x, training=False))
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)


def test_what_cannot_be_mirrored_is_named():
    inputs = keras.Input((4, 4, 3))
    with pytest.raises(ValueError, match="found Dropout"):
        Mirror(keras.Model(inputs, keras.layers.Dropout(0.1)(inputs)))


def test_augmentation():
    hands = rendered(1, seed=0)
    assert len(hands) == CLASSES
    which = torch.arange(CLASSES)
    still = Augmentation(torch.Generator().manual_seed(0), strength=0.0)(hands, which)
    # Nothing moves; only the two ways of shrinking from 100 to 64 pixels differ.
    assert (still - as_they_are(hands)).abs().mean() < 0.02
    wild = [Augmentation(torch.Generator().manual_seed(seed))(hands, which) for seed in (1, 1, 2)]
    assert wild[0].shape == (CLASSES, 3, 64, 64)
    assert wild[0].min() >= 0 and wild[0].max() <= 1
    assert torch.equal(wild[0], wild[1])
    assert (wild[0] - wild[2]).abs().mean() > 0.05
