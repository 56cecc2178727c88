"""Guidance by the published formulas, with numbers."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

import torch

from cutroom.engines.diffusion.families.guidance import MODES, guided, usual

SHAPE = (1, 2, 3, 1, 2)  # channels, latent frames, height, width
NOISY = torch.arange(12.0).reshape(SHAPE) - 4


def flat(*values):
    """A velocity of one value in each latent frame."""
    return torch.tensor(values).view(1, 1, -1, 1, 1).expand(SHAPE).contiguous()


@pytest.mark.parametrize(
    ("mode", "passes"),
    [("v2v", 2), ("v2v_apg", 2), ("v2v_chain", 3), ("rv2v", 4), ("r2v_apg", 3), ("t2v", 2), ("t2v_apg", 2)],
)  # fmt: skip
def test_passes_of_a_step(mode, passes):
    branches = MODES[mode].branches
    assert len(branches) == passes
    assert [branch.prompt for branch in branches] == [False] * (passes - 1) + [True]
    assert all(branch.scale for branch in branches[1:])
    assert MODES[mode].projected == mode.endswith("_apg")


def test_the_usual_modes():
    assert usual(video=True, images=True) == "rv2v"
    assert usual(video=True, images=False) == "v2v_apg"
    assert usual(video=False, images=True) == "r2v_apg"
    assert usual(video=False, images=False) == "t2v_apg"


def test_what_branches_of_rv2v_see():
    seen = [(b.video, b.images, b.prompt, b.scale) for b in MODES["rv2v"].branches]
    assert seen == [
        (False, False, False, ""),
        (True, False, False, "video"),
        (True, True, False, "image"),
        (True, True, True, "text"),
    ]


def test_a_chain():
    # 1 + 1.25 (3 - 1) + 4.5 (2 - 3) + 4 (2.5 - 2) = 1
    made = guided(
        [flat(1.0, 0.0, 0.0), flat(3.0, 0.0, 0.0), flat(2.0, 0.0, 0.0), flat(2.5, 0.0, 0.0)],
        [1.25, 4.5, 4.0],
        NOISY,
        0.7,
        projected=False,
    )
    assert torch.allclose(made, flat(1.0, 0.0, 0.0))


def test_half_of_what_goes_along_the_prediction():
    # The clean latents are noisy - v: 0 and 8 along the prediction in frame 0, so the difference, 8, counts
    # half. 4 x 4 = 16 is to be reached, by v = -16. In frame 1 nothing differs.
    noisy = torch.zeros(SHAPE)
    made = guided([flat(0.0, 1.0, 0.0), flat(-8.0, 1.0, 0.0)], [4.0], noisy, 1.0, projected=True)
    assert torch.allclose(made, flat(-16.0, 1.0, 0.0))


def test_what_goes_across_the_prediction_counts_whole():
    before, after = torch.zeros(SHAPE), torch.zeros(SHAPE)
    before[0, 0], after[0, 0], after[0, 1] = -3.0, -3.0, 0.0
    before[0, 1] = -1.0  # the difference, 0 - 1 in channel 1, is at a right angle to after
    made = guided([before, after], [2.0], torch.zeros(SHAPE), 0.5, projected=True)
    expected = torch.zeros(SHAPE)
    expected[0, 0], expected[0, 1] = -3.0, 1.0
    assert torch.allclose(made, expected, atol=1e-6)


def test_long_differences_are_cut_in_each_frame_by_itself():
    # Each frame has 4 numbers: 100 in all of them is 200 long, and 50 is allowed: a quarter. 10 is 20 long.
    # Both lie along the prediction and count half.
    made = guided(
        [flat(0.0, 0.0, 0.0), flat(-100.0, -10.0, 0.0)],
        [1.0],
        torch.zeros(SHAPE),
        1.0,
        projected=True,
    )
    assert torch.allclose(made, flat(-12.5, -5.0, 0.0))


@pytest.mark.parametrize("sigma", [0.2, 0.9])
def test_equal_predictions_are_left_alone(sigma):
    velocity = flat(0.5, -1.0, 2.0)
    for projected in (False, True):
        made = guided([velocity] * 3, [4.5, 4.0], NOISY, sigma, projected=projected)
        assert torch.allclose(made, velocity, atol=1e-5)
