"""/v1/videos: generations for OpenAI's clients, and for those of servers that speak as it does."""

from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, files, filters, repeats, thumbnails
from cutroom.api.v1 import asked, forms, wire
from cutroom.api.v1.keeping import keeping
from cutroom.errors import InvalidParams, NotFound, UnknownModel
from cutroom.schema import request_schema
from cutroom.types import Caller, Generation, Kind, Model, Status

FILES = ("input_reference", "video", "input_video", "input_image", "start_image_url", "tail_image_url")  # fmt: skip
"""The fields of a form that may be files."""
PAGE, LARGEST_PAGE = 20, 100
"""Videos of a page unless the query says otherwise, and at most."""
ORDERS = ("asc", "desc")
VARIANTS = ("video", "thumbnail")


async def create(request: Request) -> Response:
    """POST: accept one video."""
    caller = await asking.caller(request)
    async with forms.sent(request) as sent:
        if "video" in sent.fields or any(name == "video" for name, _ in sent.files):
            raise InvalidParams(
                "video cannot be given here; use input_reference, or /v1/videos/edits"
            )
        generation = await accept(request, caller, sent, a_model(request, sent.fields))
    return JSONResponse(described(request, generation))


async def edit(request: Request) -> Response:
    """POST: accept the edit of a video: a file, a URL, or the id of one that was made here."""
    caller = await asking.caller(request)
    async with forms.sent(request) as sent:
        fields = sent.fields
        fields.setdefault("model", first_editor(request).id)
        if (model := a_model(request, fields)).kind is not Kind.EDIT:
            raise InvalidParams(f"model must be one that edits; {model.id} does not")
        if (source := fields.pop("video", None)) is not None:
            fields["input_video"] = await a_source(request, caller, source)
        generation = await accept(request, caller, sent, model)
    return JSONResponse(described(request, generation))


async def every(request: Request) -> Response:
    """GET: a page of the caller's videos, the newest first."""
    caller = await asking.caller(request)
    query = request.query_params
    limit = filters.a_number(request, "limit", PAGE, LARGEST_PAGE)
    order = query.get("order") or "desc"
    if order not in ORDERS:
        raise InvalidParams("order must be asc or desc")
    listing = partial(
        asking.service(request).videos.list,
        caller,
        namespace=query.get("namespace") or None,
        after=query.get("after") or None,
        limit=limit + 1,  # one more tells whether there is more
        oldest_first=order == "asc",
    )
    found = await run_in_threadpool(listing)
    shown = [described(request, one) for one in found[:limit]]
    return JSONResponse(
        {
            "object": "list",
            "data": shown,
            "first_id": shown[0]["id"] if shown else None,
            "last_id": shown[-1]["id"] if shown else None,
            "has_more": len(found) > limit,
        }
    )


async def one(request: Request) -> Response:
    """GET: one video."""
    return JSONResponse(described(request, await found_by(request)))


async def delete(request: Request) -> Response:
    """DELETE: remove a video and its file; one that is not done is cancelled first."""
    caller = await asking.caller(request)
    video_id = request.path_params["generation_id"]
    await run_in_threadpool(asking.service(request).videos.delete, caller, video_id)
    return JSONResponse({"id": video_id, "object": "video.deleted", "deleted": True})


async def content(request: Request) -> Response:
    """GET and HEAD: the file, whole or in part; or a thumbnail of it."""
    found = await found_by(request)
    variant = request.query_params.get("variant") or "video"
    if variant not in VARIANTS:
        raise InvalidParams("variant must be video or thumbnail: sprite sheets are not made")
    if found.result_key is None:
        raise NotFound(f"The video is not there: its status is {wire.STATUSES[found.status]}.")
    if variant == "thumbnail":
        file = await run_in_threadpool(asking.service(request).files.find, found.result_key)
        return await thumbnails.answer(request, file)
    return await files.serve(request, found.result_key)


async def found_by(request: Request) -> Generation:
    """The video of the address. Raises NotFound."""
    caller = await asking.caller(request)
    get, video_id = asking.service(request).videos.get, request.path_params["generation_id"]
    return await run_in_threadpool(get, caller, video_id)


async def accept(request: Request, caller: Caller, sent: forms.Sent, model: Model) -> Generation:
    """The generation asked for. What came with a request that is refused is not kept."""
    fields = sent.fields
    if sent.form:
        properties = request_schema(model)["properties"]
        fields = forms.typed(fields, properties)
    for name, _ in sent.files:
        if name not in FILES:
            raise InvalidParams(f"{name[:100]} cannot be a file")
    service = asking.service(request)
    async with keeping(request, caller, payer(caller, fields), sent.files) as kept:
        given = asked.references(fields.get("input_reference"))
        body = asked.body(
            with_files(fields, kept.references), model, [*given, *referred(kept.references)]
        )
        said = fields | {"input_reference": [str(fields.get("input_reference")), *kept.hashes]}
        once = await repeats.once(request, caller, said)
        submit = service.requests.submit
        origin = asking.origin(request)
        accepted = await run_in_threadpool(
            partial(submit, caller, body, count=1, origin=origin, once=once)
        )
        kept.wanted = not accepted.replayed
    (generation,) = repeats.tell(request, accepted).generations
    return generation


def referred(kept: list[tuple[str, asked.Reference]]) -> list[asked.Reference]:
    """The files that were sent as `input_reference`, for the model to say what they are to it."""
    return [one for name, one in kept if name == "input_reference"]


def with_files(fields: dict[str, Any], kept: list[tuple[str, asked.Reference]]) -> dict[str, Any]:
    """The fields, and in them the files that were sent as parameters. Raises InvalidParams."""
    result = dict(fields)
    for field, one in kept:
        name = "input_video" if field == "video" else field
        if name == "input_reference":
            continue
        if name == "input_image":
            before = result.get(name) or []
            result[name] = [*(before if isinstance(before, list) else [before]), one.url]
        elif result.get(name):
            raise InvalidParams(f"{field} cannot be given twice")
        else:
            result[name] = one.url
    return result


def payer(caller: Caller, fields: dict[str, Any]) -> str:
    """Whose files they are to be: the one that the video is for, where the caller may act for it."""
    target = fields.get("target_namespace")
    return target if isinstance(target, str) and target in caller.namespaces else caller.namespace


def a_model(request: Request, fields: dict[str, Any]) -> Model:
    """The model that is named. Raises InvalidParams, UnknownModel."""
    name = fields.get("model")
    if not isinstance(name, str) or not name:
        raise InvalidParams("Field required: model (GET /v1/models lists them)")
    model = the_model(request, name)
    if model is None:
        raise UnknownModel(f"Model not found: {name}")
    return model


def the_model(request: Request, name: str) -> Model | None:
    """The model of that id, None where it is not on offer any more."""
    return next((one for one in asking.service(request).models() if one.id == name), None)


def first_editor(request: Request) -> Model:
    """The model that edits where none is named. Raises InvalidParams."""
    for model in asking.service(request).models():
        if model.kind is Kind.EDIT:
            return model
    raise InvalidParams("Field required: model")


async def a_source(request: Request, caller: Caller, source: object) -> str:
    """The URL of the video to edit. Raises InvalidParams, NotFound."""
    if isinstance(source, str):
        return source
    video_id = source.get("id") if isinstance(source, dict) else None
    if not isinstance(video_id, str):
        raise InvalidParams("video must be a file, a URL, or an object with the id of a video")
    found = await run_in_threadpool(asking.service(request).videos.get, caller, video_id)
    if found.status is not Status.SUCCEEDED or found.result_key is None:
        raise InvalidParams("video must be completed before it can be edited")
    namespace, repository, path = found.result_key.split("/", 2)
    return f"{asking.base_url(request)}/api/repos/{namespace}/{repository}/file/main/{path}"


def described(request: Request, generation: Generation) -> dict[str, Any]:
    """The Video object."""
    return wire.video(generation, the_model(request, generation.model))
