"""A first training step that does not keep anybody waiting.

Before Keras' first step on TensorFlow comes tracing: Python code becomes a graph. Three things make
that long for ResNet50 with Adam:

1. The optimizer and the metrics create their variables while they are traced. TensorFlow then
   traces everything a second time, to have one graph that creates variables and one that does not.
2. Each of these variables (two for every weight) gets a conditional of its own in the first graph.
3. Adam needs a dozen operations a weight: some thousands for 214 weights.

`prepare_training` creates the variables beforehand (1, 2) and lets the optimizer see all weights as
one long vector (3). The numbers that come out stay the same.
"""

import keras
import numpy as np
from keras import KerasTensor, ops


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
    if int(ops.convert_to_numpy(optimizer.iterations)) > 0:
        raise ValueError(
            "Expected a model that has not trained since model.compile(…): an optimizer that has "
            "taken steps cannot be replaced without losing its state."
        )
    if not isinstance(optimizer, _Fused):
        settings = model.get_compile_config()
        settings["optimizer"] = keras.saving.serialize_keras_object(fused(optimizer))
        model.compile_from_config(settings)  # so that a saved model knows its optimizer, too
    model.optimizer.build(model.trainable_variables)
    _build_metrics(model, np.asarray(labels[:1]))


def fused(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """The same optimizer, with the same settings, seeing all weights as one vector.

    Raises:
        ValueError: there is no fused twin of this optimizer, or of one of its settings.
    """
    for plain, twin in _TWINS.items():
        # By name, since on PyTorch keras.optimizers.Adam() makes a subclass, also called Adam.
        if isinstance(optimizer, plain) and type(optimizer).__name__ == plain.__name__:
            return twin.from_config(optimizer.get_config())
    raise ValueError(
        f"Expected one of {', '.join(plain.__name__ for plain in _TWINS)}, "
        f"found {type(optimizer).__name__}."
    )


def _build_metrics(model: keras.Model, labels: np.ndarray) -> None:
    predictions = np.zeros((len(labels), *model.output_shape[1:]), "float32")
    model.compute_loss(None, labels, predictions)
    model.compute_metrics(None, labels, predictions)
    model.reset_metrics()


class _Fused:
    """A mixin before a Keras optimizer: one vector of all weights, updated in one go."""

    def build(self, variables: list[keras.Variable]) -> None:
        if self.built:
            return
        self._check_settings(variables)
        self._shapes = [tuple(variable.shape) for variable in variables]
        sizes = [int(np.prod(shape)) for shape in self._shapes]
        self._borders = np.cumsum(sizes)[:-1].tolist()
        whole = keras.Variable(
            np.zeros(sum(sizes), variables[0].dtype), dtype=variables[0].dtype, name="all_weights"
        )
        super().build([whole])
        self._whole = whole
        self._track_variable(whole)  # part of the state that JAX threads through its steps
        # What Keras hands over with the gradients. Set past Keras' bookkeeping, or they would count
        # as the optimizer's state, too, and JAX refuses to be given a weight twice.
        object.__setattr__(self, "_trainable_variables", list(variables))

    def apply(
        self,
        grads: list[KerasTensor],
        trainable_variables: list[keras.Variable] | None = None,
    ) -> None:
        if not self.built:
            self.build(trainable_variables)
        variables = self._trainable_variables
        if trainable_variables is not None and len(trainable_variables) != len(variables):
            raise ValueError(
                f"Expected gradients of the {len(variables)} weights the optimizer was built for, "
                f"found {len(trainable_variables)}: freeze layers before compiling."
            )
        self._whole.assign(_one_vector(variables))
        super().apply([_one_vector(grads)], [self._whole])
        parts = ops.split(self._whole, self._borders) if self._borders else [self._whole]
        for variable, part, shape in zip(variables, parts, self._shapes, strict=True):
            variable.assign(ops.reshape(part, shape))
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))

    def _check_settings(self, variables: list[keras.Variable]) -> None:
        """What treats weights one by one cannot treat them as one vector."""
        for setting in ("clipnorm", "use_ema", "gradient_accumulation_steps"):
            if getattr(self, setting):
                raise ValueError(
                    f"Expected an optimizer without {setting}, found {getattr(self, setting)}: "
                    "it works on single weights, the fused optimizer on all at once."
                )
        kinds = {variable.dtype for variable in variables}
        if len(kinds) != 1:
            raise ValueError(f"Expected weights of one kind of number, found {sorted(kinds)}.")

    def exclude_from_weight_decay(self, *args: object, **kwargs: object) -> None:
        raise ValueError("A fused optimizer lets all weights decay or none.")


@keras.saving.register_keras_serializable(package="resnets")
class FusedAdam(_Fused, keras.optimizers.Adam):
    """`keras.optimizers.Adam` in a few operations instead of thousands."""


@keras.saving.register_keras_serializable(package="resnets")
class FusedSGD(_Fused, keras.optimizers.SGD):
    """`keras.optimizers.SGD` in a few operations instead of hundreds."""


_TWINS = {keras.optimizers.Adam: FusedAdam, keras.optimizers.SGD: FusedSGD}


def _one_vector(tensors: list) -> KerasTensor:
    return ops.concatenate([ops.reshape(tensor, (-1,)) for tensor in tensors])
