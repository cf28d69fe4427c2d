"""A first training step that does not keep anybody waiting.

Before Keras' first step on TensorFlow comes tracing: Python code becomes a graph. Three things make
that long for ResNet50 with Adam:

1. The optimizer and the metrics create their variables while they are traced. TensorFlow then
   traces everything a second time, to have one graph that creates variables and one that does not.
2. Each of these variables (two for every weight) gets a conditional of its own in the first graph.
3. Adam needs a dozen operations a weight: some thousands for 214 weights.

`prepare_training` creates the variables beforehand (1, 2) and exchanges the optimizer for a twin
that needs a few operations (3, see fused_optimizers.py). The numbers that come out stay the same.
"""

import keras
import numpy as np

from resnets.training.fused_optimizers import Fused, fused


def prepare_training(model: keras.Model, labels: np.ndarray) -> None:
    """Shorten the first training step of a compiled model; call it between compile and fit.

    The model's optimizer is replaced by its fused twin, `FusedAdam` or `FusedSGD`.

    Args:
        model: a built and compiled model with one output.
        labels: the labels it will be trained on, or some of them; only their form matters.

    Raises:
        ValueError: the model is not compiled, has trained already, or its optimizer is neither
            Adam nor SGD.
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        raise ValueError("Expected a compiled model: call model.compile(…) before.")
    if int(keras.ops.convert_to_numpy(optimizer.iterations)) > 0:
        raise ValueError(
            "Expected a model that has not trained since model.compile(…): an optimizer that has "
            "taken steps cannot be replaced without losing its state."
        )
    if not isinstance(optimizer, Fused):
        settings = model.get_compile_config()
        settings["optimizer"] = keras.saving.serialize_keras_object(fused(optimizer))
        model.compile_from_config(settings)  # so that a saved model knows its optimizer, too
    model.optimizer.build(model.trainable_variables)
    _build_metrics(model, np.asarray(labels[:1]))


def _build_metrics(model: keras.Model, labels: np.ndarray) -> None:
    predictions = np.zeros((len(labels), *model.output_shape[1:]), "float32")
    model.compute_loss(None, labels, predictions)
    model.compute_metrics(None, labels, predictions)
    model.reset_metrics()
