"""The closed form of a tapered capsule's height against balls drawn one by one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.hands.skeleton import Bones
from resnets.hands.surface import FAR, cover

SIZE = 48
BALLS = 4001

places = st.tuples(*(st.floats(-10, SIZE + 10, width=32) for _ in range(3)))
radii = st.floats(2, 12, width=32)


def one_bone(start, end, start_radius, end_radius, soft=False) -> Bones:
    flags = np.zeros(1, bool)
    return Bones(
        np.array([start]),
        np.array([end]),
        np.array([start_radius]),
        np.array([end_radius]),
        np.array([soft]),
        flags,
        flags,
    )


def height_of_many_balls(bones: Bones) -> np.ndarray:
    axis = np.arange(SIZE) + 0.5
    height = np.full((SIZE, SIZE), float(FAR))
    for t in np.linspace(0, 1, BALLS):
        x, y, z = bones.start[0] + t * (bones.end[0] - bones.start[0])
        radius = bones.start_radius[0] + t * (bones.end_radius[0] - bones.start_radius[0])
        square = radius**2 - (axis - x) ** 2 - ((axis - y) ** 2)[:, None]
        ball = np.where(square > 0, z + np.sqrt(np.maximum(square, 0)), FAR)
        height = np.maximum(height, ball)
    return height


@settings(max_examples=12, deadline=None)
@given(start=places, end=places, first=radii, last=radii)
def test_height_is_that_of_a_rolling_ball(start, end, first, last):
    bones = one_bone(start, end, first, last)
    flat_length = np.hypot(*np.subtract(start, end)[:2])
    if flat_length < abs(first - last) + 1:
        return  # seen nearly end on; the next test is about that
    found = cover(bones, SIZE, softness=1)
    expected = height_of_many_balls(bones)
    both = (found.height > FAR) & (expected > FAR)
    rim = (found.height > FAR) != (expected > FAR)
    assert rim.sum() <= 0.01 * SIZE * SIZE, "the outlines differ"
    assert np.abs(found.height - expected)[both].max(initial=0) < 0.3
    assert ((found.bone >= 0) == (found.height > FAR)).all()


def test_a_bone_that_points_at_the_camera_shows_its_nearer_ball():
    bones = one_bone((24, 24, 0), (24, 24, 30), 7, 6)
    found = cover(bones, SIZE, softness=1)
    assert abs(found.height[24, 24] - 36) < 0.2
    assert found.along[24, 24] > 0.99


def test_soft_flesh_is_smoothed_and_carries_no_bone_number():
    found = cover(one_bone((10, 24, 0), (38, 24, 0), 8, 8, soft=True), SIZE, softness=2)
    hard = cover(one_bone((10, 24, 0), (38, 24, 0), 8, 8), SIZE, softness=2)
    assert ((found.height > FAR) == (hard.height > FAR)).all()
    assert found.height[24, 24] < hard.height[24, 24] < found.height[24, 24] + 2
    assert set(np.unique(found.bone)) == {-1, 0} and not found.along.any()


def test_the_bone_in_front_hides_the_one_behind_whatever_the_order():
    near, far = ((5, 24, 20), (43, 24, 20)), ((24, 5, 0), (24, 43, 0))
    for order in ((near, far), (far, near)):
        flags = np.zeros(2, bool)
        bones = Bones(
            np.array([order[0][0], order[1][0]]),
            np.array([order[0][1], order[1][1]]),
            np.full(2, 5.0),
            np.full(2, 5.0),
            flags,
            flags,
            flags,
        )
        found = cover(bones, SIZE, softness=1)
        assert found.bone[24, 24] == order.index(near)
        assert found.bone[10, 24] == order.index(far)


def test_a_bone_outside_the_picture_is_not_drawn():
    found = cover(one_bone((-40, 10, 0), (-20, 30, 0), 5, 5), SIZE, softness=1)
    assert (found.height == FAR).all() and (found.bone == -1).all()
