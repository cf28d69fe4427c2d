"""The pretrained model: notebook 01's network as an ordinary Keras file, its weights in half
precision.

`pretraining/` made it; `python -m pretraining scores` prints how good it is.
"""

import io
import tempfile
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

PRETRAINED = Path(__file__).resolve().parents[2] / "datasets" / "ResNet50_signs.keras"
_WEIGHTS = "model.weights.h5"


def load_pretrained(path: str | Path = PRETRAINED) -> keras.Model:
    """The trained ResNet50: pictures (m, 64, 64, 3) from 0 to 1 in, (m, 6) probabilities out.

    Args:
        path: the model file; usually left out.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"The pretrained model {path.name} is not there. {_get_it(path)}")
    try:
        return keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(
            f"The pretrained model {path.name} is damaged ({type(error).__name__}). {_get_it(path)}"
        ) from error


def _get_it(path: Path) -> str:
    return (
        f"It comes with the course's files and belongs in the folder {path.resolve().parent}: copy "
        "it there from the folder or archive that you got the course in, or ask your instructor "
        "for the file (48 MB)."
    )


def save_pretrained(model: keras.Model, path: str | Path = PRETRAINED) -> None:
    """Write a model as a `.keras` file at half its size: the weights in float16.

    Keras reads such a file as any other and makes float32 of it. A weight's relative error is at
    most 2**-11, which no prediction notices. Initializers are replaced by zeros, so that loading
    neither draws 23.6 million random numbers nor needs this project's classes.

    The file appears whole or not at all.
    """
    path = Path(path)
    plain = _without_initializers(model)
    plain.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        full, half = Path(folder) / "full.keras", Path(folder) / "half.keras"
        plain.save(full)
        with zipfile.ZipFile(full) as source, zipfile.ZipFile(half, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                target.writestr(name, _halved(content) if name == _WEIGHTS else content)
        half.replace(path)


def _without_initializers(model: keras.Model) -> keras.Model:
    """The same model, every weight zero."""
    config = model.get_config()
    for layer in config["layers"]:
        for key in layer["config"].keys() & {"kernel_initializer", "bias_initializer"}:
            layer["config"][key] = "zeros"
    return type(model).from_config(config)


def _halved(content: bytes) -> bytes:
    """An HDF5 file's bytes with every float32 data set as float16."""
    target_bytes = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as source, h5py.File(target_bytes, "w") as target:

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Group):
                new = target.require_group(name)
            else:
                half = item.dtype == np.float32
                new = target.create_dataset(name, data=item[()].astype("f2") if half else item[()])
            for key, value in item.attrs.items():
                new.attrs[key] = value

        source.visititems(copy)
    return target_bytes.getvalue()
