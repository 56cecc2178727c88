"""Parameters: what is taken, and the exact sentence for what is not."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutroom import params
from cutroom.catalog import Catalog
from cutroom.errors import InvalidParams
from cutroom.params.parts import Sources
from cutroom.settings import Settings
from cutroom.types import Kind

CATALOG = Catalog.load(Settings())
EDIT = "kling-video-o3-pro-video-to-video-edit"
REFERENCE = "kling-video-o3-pro-reference-to-video"
IMAGE = "kling-video-o3-pro-image-to-video"
TEXT = "kling-video-v2-6-pro-text-to-video"
IMAGE_26 = "kling-video-v2-6-pro-image-to-video"
MOTION = "kling-video-v3-pro-motion-control"
OMNI = "kling-video-o3-omni"
ALL = [model.id for model in CATALOG.models]
URL = "https://example.com/a.mp4"
UPSTREAM = "Getting model response error: 422 - "
WRONG_DURATION = (
    UPSTREAM + "duration value '{}' is invalid. Try using duration='5' instead, "
    "as duration support may vary by model and mode."
)
SHOT = "Input should be '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14' or '15'"


def parse(model: str, body: dict[str, Any], **more: Any) -> params.Params:
    return params.parse(CATALOG.model(model), body, **more)


def edit(**more: Any) -> dict[str, Any]:
    return {"prompt": "make it snow", "input_video": URL} | more


def shots(*durations: int) -> dict[str, Any]:
    return {"multi_prompt": [{"prompt": "a", "duration": n} for n in durations]}


@pytest.mark.parametrize(
    ("model", "body", "sentence"),
    [
        (EDIT, {}, "Field required: prompt; Field required: input_video"),
        (EDIT, {"prompt": "a"}, "Field required: input_video"),
        (EDIT, {"prompt": "a", "input_video": None}, "Field required: input_video"),
        (EDIT, edit(prompt=" \n"), "Prompt cannot be empty"),
        (EDIT, edit(prompt="a" * 2501), "prompt: String should have at most 2500 characters"),
        (EDIT, edit(input_video=f"{URL}#t=9,3"), "Invalid URL: input_video: #t=9,3 ends before it begins: END is 3 s, START is 9 s"),
        (EDIT, edit(prompt=7), "prompt: Input should be a valid string"),
        (EDIT, edit(prompt="put @Image3 in", input_image=[URL]), "The prompt mentions @Image3, but the request has no such image"),
        (EDIT, edit(prompt="@Element1 walks"), "The prompt mentions @Element1, but the request has no such element"),
        (EDIT, edit(prompt="@Video2 here"), "The prompt mentions @Video2, but the request has no such video"),
        (EDIT, edit(elements=[{"reference_image_urls": [URL]}]), "Field required: elements[0].frontal_image_url"),
        (EDIT, edit(input_image=[URL] * 3, elements=[{"frontal_image_url": URL}] * 2), "At most 4 images and elements together; this request has 5"),
        (EDIT, edit(input_video=[URL, URL]), "input_video: takes one, got 2"),
        (EDIT, edit(seed=-1), "seed: Input should be greater than or equal to 0"),
        (REFERENCE, {}, UPSTREAM + "Value error, Either 'prompt' or 'multi_prompt' must be provided."),
        (REFERENCE, {"multi_prompt": []}, UPSTREAM + "Value error, Either 'prompt' or 'multi_prompt' must be provided."),
        (REFERENCE, {"prompt": "a"} | shots(5), UPSTREAM + "Value error, Cannot provide both 'prompt' and 'multi_prompt'."),
        (REFERENCE, {"prompt": "a", "duration": 2}, WRONG_DURATION.format(2)),
        (REFERENCE, shots(1, 1), WRONG_DURATION.format(2)),
        (REFERENCE, shots(5, 5, 6), UPSTREAM + "Total shot duration (16s) exceeds maximum allowed (15s)."),
        (REFERENCE, shots(16), UPSTREAM + SHOT),
        (REFERENCE, {"multi_prompt": [{"duration": 5}]}, "Field required: multi_prompt[0].prompt"),
        (REFERENCE, {"prompt": "a", "duration": "soon"}, WRONG_DURATION.format("soon")),
        (REFERENCE, {"prompt": "a", "duration": float("nan")}, WRONG_DURATION.format("nan")),
        (REFERENCE, {"prompt": "a", "duration": True}, WRONG_DURATION.format("True")),
        (REFERENCE, {"prompt": "a", "duration": 10**5000}, UPSTREAM + "Total shot duration (a huge number of seconds) exceeds maximum allowed (15s)."),
        (REFERENCE, {"prompt": "a", "tail_image_url": URL}, "tail_image_url needs start_image_url"),
        (REFERENCE, {"prompt": "a", "aspect_ratio": "4:3"}, "aspect_ratio: Input should be '16:9', '9:16' or '1:1'"),
        (REFERENCE, {"multi_prompt": [{"prompt": "a @Image1"}]}, "The prompt mentions @Image1, but the request has no such image"),
        (IMAGE, {"prompt": "a"}, "Field required: input_image"),
        (IMAGE, {"prompt": "a", "input_image": [URL, URL]}, "input_image: takes one, got 2"),
        (IMAGE, {"prompt": "a", "input_image": URL, "duration": 2}, WRONG_DURATION.format(2)),
        (TEXT, {"prompt": "a", "duration": 7}, WRONG_DURATION.format(7)),
        (TEXT, {"prompt": "a", "cfg_scale": float("inf")}, "cfg_scale: Input should be a finite number"),
        (TEXT, {"prompt": "a", "cfg_scale": 11}, "cfg_scale: Input should be less than or equal to 10"),
        (MOTION, {"prompt": "a", "input_image": URL}, "Field required: input_video"),
        (MOTION, {"input_video": URL, "input_image": URL}, "Field required: prompt"),
        (OMNI, {}, "Field required: prompt"),
        (OMNI, edit(video_mode="copy"), "video_mode: Input should be 'edit' or 'reference'"),
        (OMNI, edit(resolution="8k"), "resolution: Input should be '720p', '1080p' or '4k'"),
        (OMNI, edit(generate_audio=True), "generate_audio must be off with input_video"),
        (OMNI, edit(input_image=[URL] * 5), "At most 4 images and elements together with a video; this request has 5"),
        (OMNI, edit(video_mode="reference", input_image=[URL] * 5), "At most 4 images and elements together with a video; this request has 5"),
        (OMNI, {"prompt": "a", "input_image": [URL] * 8}, "At most 7 images and elements together; this request has 8"),
        (OMNI, edit(start_image_url=URL), "start_image_url and tail_image_url need video_mode 'reference', or no input_video"),
        (OMNI, {"prompt": "a", "tail_image_url": URL}, "tail_image_url needs start_image_url"),
        (OMNI, {"prompt": "a", "duration": 2}, WRONG_DURATION.format(2)),
        (OMNI, {"prompt": "a", "duration": 16}, UPSTREAM + "Total shot duration (16s) exceeds maximum allowed (15s)."),
        (OMNI, {"prompt": "@Video1 as a cartoon"}, "The prompt mentions @Video1, but the request has no such video"),
        (MOTION, {"prompt": "a", "input_video": URL, "input_image": URL, "character_orientation": "image", "elements": [{"frontal_image_url": URL}]}, "elements need character_orientation 'video'"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_in_one_sentence(model, body, sentence):
    with pytest.raises(InvalidParams) as caught:
        parse(model, body)
    assert caught.value.message == sentence


@pytest.mark.parametrize(
    "url", ["", "zzz", "ftp://example.com/a", "http://", "file:///etc/passwd", "C:\\a.mp4"]
)
def test_a_malformed_url_is_told_as_such(url):
    with pytest.raises(InvalidParams, match=r"^Invalid URL: input_video"):
        parse(EDIT, edit(input_video=url))


def test_more_than_three_angles_are_refused_by_name():
    element = {"frontal_image_url": URL, "reference_image_urls": [URL] * 4}
    with pytest.raises(InvalidParams, match=r"^elements\[0\].reference_image_urls: .* at most 3"):
        parse(EDIT, edit(elements=[element]))


def test_many_errors_are_told_up_to_five():
    with pytest.raises(InvalidParams) as caught:
        parse(EDIT, edit(input_image=[1] * 9))
    assert caught.value.message.count(";") == 5
    assert caught.value.message.endswith("and 4 more")


def test_lone_surrogates_are_refused():
    with pytest.raises(InvalidParams, match="unicode"):
        parse(EDIT, edit(prompt="a\ud800"))


@pytest.mark.parametrize(
    ("model", "body", "seconds"),
    [
        (EDIT, edit(), Fraction("15.05")),
        (EDIT, edit(input_video=f"{URL}#t=3,12.5"), Fraction("15.05")),  # it may be slowed down
        (OMNI, edit(input_video=f"{URL}#t=,4"), Fraction("15.05")),
        (MOTION, {"prompt": "a", "input_video": f"{URL}#t=3,7", "input_image": URL}, 4),
        (MOTION, {"prompt": "a", "input_video": f"{URL}#t=3", "input_image": URL}, Fraction("30.05")),
        (MOTION, {"prompt": "a", "input_video": f"{URL}#t=,20", "input_image": URL, "character_orientation": "image"}, Fraction("10.05")),
        (REFERENCE, {"prompt": "a"}, 5),
        (REFERENCE, {"prompt": "a", "duration": 3}, 3),
        (REFERENCE, {"prompt": "a", "duration": " 15 "}, 15),
        (REFERENCE, shots(2, 1), 3),
        (REFERENCE, shots(15), 15),
        (REFERENCE, shots(5, 5, 5), 15),
        (IMAGE, {"prompt": "a", "input_image": URL, "duration": "7"}, 7),
        (TEXT, {"prompt": "a", "duration": 10.0}, 10),
        (IMAGE_26, {"prompt": "a"}, 5),
        (OMNI, edit(duration=3), Fraction("15.05")),
        (OMNI, edit(video_mode="reference", duration="3"), 3),
        (OMNI, {"prompt": "a"}, 5),
        (MOTION, {"prompt": "a", "input_video": URL, "input_image": [URL]}, Fraction("30.05")),
        (MOTION, {"prompt": "a", "input_video": URL, "input_image": URL, "character_orientation": "image"}, Fraction("10.05")),
    ],
)  # fmt: skip
def test_how_long_the_result_can_be(model, body, seconds):
    row = CATALOG.model(model)
    assert params.seconds_at_most(params.parse(row, body), row) == seconds


def test_an_edit_in_full():
    element = {"frontal_image_url": URL + "?f", "reference_image_urls": [URL + "?1", URL + "?2"]}
    found = parse(
        EDIT,
        edit(
            prompt="@Image1 beside @Element1 in @Video1",
            input_image=URL + "?i",
            elements=[{}, {"frontal_image_url": None}, element],
            keep_audio=True,
            seed=7,
            favourite_colour="unknown fields are taken",
        ),
    )
    given = found.sources()
    assert given.video == URL
    assert given.images == (URL + "?i",)
    assert [one.model_dump() for one in given.elements] == [element]
    assert found.keeps_audio
    assert found.seed == 7
    assert found.options() == {}


def test_keep_audio_is_off_unless_somebody_says_so():
    assert not parse(EDIT, edit()).keeps_audio
    assert parse(EDIT, edit(), keep_audio_default=True).keeps_audio
    assert not parse(EDIT, edit(keep_audio=False), keep_audio_default=True).keeps_audio
    assert parse(MOTION, {"prompt": "a", "input_video": URL, "input_image": URL}).keeps_audio


def test_a_data_uri_is_a_url():
    uri = "data:image/png;base64,iVBORw0KGgo="
    assert parse(EDIT, edit(input_image=uri)).sources().images == (uri,)


def test_parameters_that_a_model_does_not_know_are_ignored():
    found = parse(IMAGE_26, {"prompt": "a", "aspect_ratio": "nonsense", "tail_image_url": 5})
    assert found.sources().tail_image is None


def test_the_image_of_image_to_video_is_its_first_frame():
    given = parse(
        IMAGE, {"prompt": "a @Image1", "input_image": [URL], "tail_image_url": URL + "?t"}
    )
    assert given.sources() == Sources(images=(URL,), start_image=URL, tail_image=URL + "?t")


@pytest.mark.parametrize("count", [0, 5, -1, True, "2", 1.0, [], {}, 10**400])
def test_num_generations_outside_1_to_4(count):
    with pytest.raises(InvalidParams) as caught:
        params.num_generations({"num_generations": count})
    assert caught.value.message == "num_generations must be an integer between 1 and 4"


def test_num_generations_within():
    assert [params.num_generations({"num_generations": n}) for n in (1, 4, None)] == [1, 4, 1]
    assert params.num_generations({}) == 1


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from([URL, "@Image1", "5", "16:9", 10**400]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["prompt", "duration", "frontal_image_url", "reference_image_urls", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
NAMES = sorted({name for kind in params.CLASSES.values() for name in kind.model_fields})


@settings(max_examples=400, deadline=None)
@given(model=st.sampled_from(ALL), body=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_whatever_comes_it_is_parameters_or_a_sentence(model, body):
    try:
        found = parse(model, body)
    except InvalidParams as error:
        told = error.message
    else:
        told = f"at most {found.seconds(CATALOG.model(model))} seconds"
    assert told.strip()
    assert len(told) < 2000


def test_one_model_for_several_kinds_of_work():
    more = {
        "input_image": [URL + "?i"],
        "elements": [{"frontal_image_url": URL + "?e"}, {}],
        "seed": 3,
    }
    same = edit(**more, keep_audio=True)
    assert parse(OMNI, edit(**more)) == parse(EDIT, same)
    assert parse(OMNI, edit(**more)).kind is Kind.EDIT
    made = {
        "prompt": "@Image1 walks",
        "duration": 4,
        "aspect_ratio": "1:1",
        "generate_audio": True,
    } | more
    anew, reference = parse(OMNI, made), parse(REFERENCE, made)
    assert anew.kind is reference.kind is Kind.REFERENCE
    assert (anew.sources(), anew.options(), anew.seed) == (
        reference.sources(),
        reference.options(),
        3,
    )
    assert not anew.keeps_audio
    after = parse(
        OMNI,
        edit(
            video_mode="reference",
            prompt="@Video1 as a cartoon",
            tail_image_url=URL,
            start_image_url=URL,
        ),
    )
    assert after.kind is Kind.REFERENCE
    assert after.sources() == Sources(video=URL, start_image=URL, tail_image=URL)
    assert after.keeps_audio
    assert not parse(OMNI, edit(keep_audio=False)).keeps_audio
