"""Blocks, stages and parameters, read from the graph of small and of published networks."""

import keras
import pytest
from keras import layers

from resnets.plots.anatomy import (
    BRANCHES,
    CONVOLUTIONAL,
    IDENTITY,
    LAYERS,
    RESHAPING,
    condense,
    fold,
    read_anatomy,
)

from . import networks
from .networks import conv, model


def kinds(network: keras.Model) -> list[str]:
    return [part.kind for part in read_anatomy(network).blocks]


@pytest.fixture(scope="module")
def resnet50():
    return read_anatomy(networks.resnet50())


def test_resnet50_has_sixteen_blocks_in_four_stages(resnet50):
    stages = {2: "abc", 3: "abcd", 4: "abcdef", 5: "abc"}
    titles = [f"{stage}{letter}" for stage, letters in stages.items() for letter in letters]
    assert [part.title for part in resnet50.blocks] == titles
    assert [part.stage for part in resnet50.blocks] == [0] * 3 + [1] * 4 + [2] * 6 + [3] * 3
    expected = [CONVOLUTIONAL if title.endswith("a") else IDENTITY for title in titles]
    assert [part.kind for part in resnet50.blocks] == expected
    assert resnet50.blocks[3].shape == (8, 8, 512)
    assert resnet50.blocks[3].main == ("1×1 conv, 128, /2", "3×3 conv, 128", "1×1 conv, 512")
    assert resnet50.blocks[3].shortcut == ("1×1 conv /2",)
    assert resnet50.depth == 50
    assert resnet50.jumps == 0


def test_resnet50s_parameters_add_up(resnet50):
    assert resnet50.weights == 25_636_712
    assert sum(part.weights for part in resnet50.parts) == 25_636_712
    assert resnet50.frozen == 53_120
    # Block 3a: four convolutions with biases, and batch norms of four numbers a channel.
    convolutions = 257 * 128 + (9 * 128 + 1) * 128 + 129 * 512 + 257 * 512
    assert resnet50.blocks[3].weights == convolutions + 4 * (128 + 128 + 512 + 512)


def test_second_version_pools_on_three_shortcuts():
    network = keras.applications.ResNet50V2(weights=None, include_top=False)
    anatomy = read_anatomy(network)
    reshaping = [part.title for part in anatomy.blocks if part.kind == RESHAPING]
    assert reshaping == ["2c", "3d", "4f"]
    assert len(anatomy.blocks) == 16
    assert sum(part.weights for part in anatomy.parts) == network.count_params()


def test_post_activation_belongs_to_the_block_before_it():
    network = networks.post_activated()
    assert kinds(network) == [IDENTITY, IDENTITY, CONVOLUTIONAL, IDENTITY]
    rest = [p.title for p in read_anatomy(network).parts if not p.residual]
    assert rest == ["input", "3×3 conv, 4", "global average pooling", "dense, 3"]


def test_pre_activation_belongs_to_the_block_behind_it():
    anatomy = read_anatomy(networks.pre_activated())
    assert [part.kind for part in anatomy.blocks] == [IDENTITY, CONVOLUTIONAL]
    second = anatomy.blocks[1]
    assert second.weights == 4 * 4 + (9 * 4 + 1) * 8 + (4 + 1) * 8  # its batch norm included
    assert anatomy.parts[-1].title == "batch norm" and anatomy.parts[-1].weights == 4 * 8


def test_shortcut_without_parameters():
    (block,) = read_anatomy(networks.padded()).blocks
    assert block.kind == RESHAPING and block.shortcut[-1] == "pad"


def test_sum_of_sums_is_one_block_with_many_paths():
    (block,) = read_anatomy(networks.many_paths(5)).blocks
    assert (block.kind, block.paths, block.main) == (IDENTITY, 5, ("3×3 conv, 4",))


def test_paths_within_the_main_path_stay_inside():
    (block,) = read_anatomy(networks.squeezed()).blocks
    assert block.kind == IDENTITY
    assert block.weights == networks.squeezed().count_params()


def test_connection_over_whole_blocks_is_not_a_block_but_counted():
    anatomy = read_anatomy(networks.long_skip())
    assert len(anatomy.blocks) == 2 and anatomy.jumps == 1
    assert "add" in [part.title for part in anatomy.parts]


@pytest.mark.parametrize("build", [networks.doubled, networks.two_inputs, networks.plain])
def test_what_is_no_residual_block(build):
    assert read_anatomy(build()).blocks == []


def test_blocks_in_a_base_are_found():
    assert len(kinds(networks.on_a_base())) == 4


def test_branches_without_additions():
    parts = read_anatomy(networks.unet()).parts
    assert [part.kind for part in parts].count(BRANCHES) == 1


@pytest.mark.parametrize("build", networks.EVERY, ids=lambda b: b.__name__)
def test_every_parameter_is_in_one_part(build):
    network = build()
    anatomy = read_anatomy(network)
    assert sum(part.weights for part in anatomy.parts) == anatomy.weights
    assert anatomy.weights == sum(int(keras.ops.size(w)) for w in network.weights)


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (("res7q_branch2a", "bn7q_branch2a"), "7q"),
        (("res7q_branch2a", "bn7r_branch2a"), "1a"),
        (("first", "second"), "1a"),
    ],
)
def test_names_of_the_course_name_the_block(names, title):
    def build(x):
        y = layers.BatchNormalization(name=names[1])(conv(x, 4, name=names[0]))
        return layers.Add()([y, x])

    assert [part.title for part in read_anatomy(model(build)).blocks] == [title]


def test_stages_count_from_one_without_a_stem():
    titles = [p.title for p in read_anatomy(networks.post_activated((4, 8), stem=False)).blocks]
    assert titles == ["1a", "2a"]


def test_names_go_on_after_z():
    blocks = read_anatomy(networks.light(28)).blocks
    assert [part.title for part in blocks[24:]] == ["1y", "1z", "1aa", "1ab"]


def test_plain_network_in_stages():
    parts = read_anatomy(networks.plain()).parts
    assert [(p.title, p.stage) for p in parts] == [
        ("input", 0),
        ("3×3 conv, 8", 0),
        ("2×2 max pool, /2", 0),
        ("3×3 conv, 8", 1),
        ("dense, 6", None),
    ]
    assert parts[3].details == ("batch norm", "ReLU") and parts[4].details == ("flatten", "softmax")


@pytest.mark.parametrize("build", [networks.Subclassed, networks.unbuilt])
def test_models_without_a_graph_list_their_layers(build):
    anatomy = read_anatomy(build())
    assert not anatomy.has_graph
    assert [part.kind for part in anatomy.parts] == [LAYERS, LAYERS]


def test_folding_keeps_what_differs():
    blocks = read_anatomy(networks.post_activated([4] * 5 + [8] * 4)).blocks
    folded = fold(blocks)
    assert [(p.title, p.last, p.times) for p in folded] == [
        ("2a", "2e", 5),
        ("3a", "", 1),
        ("3b", "3d", 3),
    ]
    assert sum(p.weights for p in folded) == sum(p.weights for p in blocks)
    assert all(p.equal for p in folded)


def test_loose_folding_joins_what_only_grows():
    def build(x):
        for _ in range(4):
            x = layers.Concatenate()([conv(x, 2), x])
        return x

    parts = [p for p in read_anatomy(model(build)).parts if p.kind == BRANCHES]
    assert len(fold(parts)) == 4
    (folded,) = fold(parts, loosely=True)
    assert (folded.times, folded.equal, folded.shape) == (4, False, (16, 16, 12))
    assert folded.weights == sum(part.weights for part in parts)


def test_condensed_layers_keep_parameters_and_shape():
    parts = read_anatomy(networks.plain()).parts
    brief = condense(parts[1:])
    assert brief.title == "4 layers" and brief.shape == (6,)
    assert brief.weights == sum(part.weights for part in parts)
    assert condense(parts[:1]) is parts[0]
