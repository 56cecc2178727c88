from fractions import Fraction
from pathlib import Path

import pytest

from cutroom.errors import InvalidMedia
from cutroom.intake.limits import check_image, check_video
from cutroom.intake.picture import Picture
from cutroom.intake.sink import readable
from cutroom.types import Clip, Limits

EDIT = Limits(min_seconds=3.0, max_seconds=15.05, min_side=720, max_side=3840, min_image_side=300)


def clip(width: int = 1280, height: int = 720, duration: Fraction = Fraction(5)) -> Clip:
    return Clip(Path("x"), width, height, Fraction(24), 120, duration)


@pytest.mark.parametrize("seconds", ["3", "15", "15.05", "9"])
def test_lengths_within(seconds: str) -> None:
    check_video(clip(duration=Fraction(seconds)), EDIT)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ("2", "2.0"),
        ("2.99", "2.99"),
        ("2.9999", "2.9999"),
        ("15.051", "15.1"),
        ("362.767", "362.8"),
        ("0.107", "0.1"),
    ],
)
def test_lengths_beyond(seconds: str, said: str) -> None:
    with pytest.raises(InvalidMedia) as raised:
        check_video(clip(duration=Fraction(seconds)), EDIT)
    assert raised.value.message == f"The video is {said} s long; 3 to 15.05 s are taken."


@pytest.mark.parametrize(
    ("width", "height"), [(720, 720), (3840, 2160), (2160, 3840), (3840, 3840)]
)
def test_sizes_within(width: int, height: int) -> None:
    check_video(clip(width, height), EDIT)


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 719), (719, 1280), (3841, 2160), (2160, 4096), (1, 1)]
)
def test_sizes_beyond(width: int, height: int) -> None:
    with pytest.raises(InvalidMedia) as raised:
        check_video(clip(width, height), EDIT)
    assert raised.value.message == (
        f"The video is {width}x{height} pixels; 720 to 3840 pixels are taken on each side."
    )


def test_one_sided_limits() -> None:
    with pytest.raises(InvalidMedia, match="at least 6 s are taken"):
        check_video(clip(), Limits(min_seconds=6))
    with pytest.raises(InvalidMedia, match="at most 4 s are taken"):
        check_video(clip(), Limits(max_seconds=4))


def test_images() -> None:
    check_image(Picture(300, 4000), EDIT)
    check_image(Picture(1, 1), Limits())
    with pytest.raises(
        InvalidMedia, match="The image is 299x4000 pixels; at least 300 pixels are taken"
    ):
        check_image(Picture(299, 4000), EDIT)


def test_no_limits_limit_nothing() -> None:
    check_video(clip(2, 9000, Fraction(10**6)), Limits())


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (999_999, "999,999 bytes"),
        (1_000_000, "1 MB"),
        (1_000_001, "1.1 MB"),
        (200_000_001, "200.1 MB"),
        (200_000_000, "200 MB"),
    ],
)
def test_bytes_for_people(size: int, said: str) -> None:
    assert readable(size) == said
