"""Poses, bones and framing: what every drawn hand has in common."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.hands.camera import place
from resnets.hands.chance import Chance
from resnets.hands.filters import box_blur, shifted
from resnets.hands.pose import draw_pose
from resnets.hands.scene import draw_scene
from resnets.hands.skeleton import build_bones

keys = st.integers(0, 2**32)
digits = st.integers(0, 5)


@given(key=keys, digit=st.integers(1, 5))
def test_as_many_straight_fingers_as_the_digit_says(key, digit):
    pose = draw_pose(digit, Chance(key))
    straight = int((pose.flexion.sum(1) < 60).sum())
    thumb_points_out = pose.thumb[2, 0] > 0
    assert straight == {1: 1, 2: 2, 3: 2, 4: 4, 5: 4}[digit]
    assert thumb_points_out == (digit in (3, 5))


def test_the_tips_of_an_o_meet():
    gaps = []
    for key in range(200):
        bones = build_bones(draw_pose(0, Chance(key)), Chance(key, 1))
        index, *_, thumb = np.flatnonzero(bones.tip)
        distance = np.linalg.norm(bones.end[index] - bones.end[thumb])
        gaps.append(distance / (bones.end_radius[index] + bones.end_radius[thumb]))
    assert np.median(gaps) < 1.1, "touching balls are 1 apart"
    assert max(gaps) < 2.5


@given(key=keys, digit=digits)
def test_bones_of_a_finger_hang_together(key, digit):
    bones = build_bones(draw_pose(digit, Chance(key)), Chance(key, 1))
    last = np.flatnonzero(bones.tip)
    for tip in last:
        for bone in (tip - 1, tip):
            assert np.allclose(bones.end[bone - 1], bones.start[bone])
            assert np.isclose(bones.end_radius[bone - 1], bones.start_radius[bone])


@given(key=keys, digit=digits)
def test_the_whole_hand_is_in_the_picture(key, digit):
    chance = Chance(key)
    pose = draw_pose(digit, chance)
    scene = draw_scene(chance)
    placed = place(build_bones(pose, chance), pose.turn, scene, 128)
    hand = ~placed.forearm
    ends = np.concatenate([placed.start[hand], placed.end[hand]])[:, :2]
    radii = np.concatenate([placed.start_radius[hand], placed.end_radius[hand]])[:, None]
    assert (ends - radii).min() > 0
    assert (ends + radii).max() < 128


@given(key=keys)
def test_a_hand_stands_out_from_its_wall(key):
    scene = draw_scene(Chance(key))
    assert abs(0.8 * scene.skin.mean() - scene.backdrop.mean()) > 0.005
    assert np.isclose(np.linalg.norm(scene.light), 1) and scene.light[2] > 0


@settings(max_examples=25)
@given(down=st.integers(-6, 6), right=st.integers(-6, 6), radius=st.integers(0, 4))
def test_filters_against_padding_and_means(down, right, radius):
    image = Chance(1).field(9, 11)
    padded = np.pad(image, 6, mode="edge")
    expected = padded[6 - down : 15 - down, 6 - right : 17 - right]
    assert np.array_equal(shifted(image, down, right), expected)
    wide = np.pad(image, radius, mode="edge")
    side = 2 * radius + 1
    means = np.lib.stride_tricks.sliding_window_view(wide, (side, side)).mean((2, 3))
    assert np.allclose(box_blur(image, radius), means, atol=1e-6)
