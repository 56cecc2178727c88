"""/api/ai/models: what can be named as `model`. Open to all, as the hosted API's list is."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, wire
from cutroom.errors import InvalidParams, UnknownModel
from cutroom.types import Model


async def every(request: Request) -> Response:
    """GET: the catalog; all of one developer with `developer_name`, none with an `action`.

    An action is a kind of fine-tuning, of which there is none here.
    """
    query = request.query_params
    developer = query.get("developer_name") or wire.DEVELOPER
    if developer.lower() != wire.DEVELOPER or query.get("action"):
        return listed(request, ())
    return listed(request, asking.service(request).models())


async def search(request: Request) -> Response:
    """GET: the models whose id, name or description has every word of `search`."""
    words = request.query_params.get("search", "").lower().split()
    if not words:
        raise InvalidParams("Field required: search")
    return listed(
        request,
        (
            model
            for model in asking.service(request).models()
            if all(
                word in f"{model.id} {model.display_name} {model.description}".lower()
                for word in words
            )
        ),
    )


async def one(request: Request) -> Response:
    """GET: one model."""
    wanted = request.path_params["model_id"]
    for model in asking.service(request).models():
        if model.id == wanted:
            return JSONResponse(described(request, model))
    raise UnknownModel(f"Model not found: {wanted}")


def listed(request: Request, models: Iterable[Model]) -> Response:
    """The list that OpenAI's clients understand."""
    return JSONResponse({"object": "list", "data": [described(request, model) for model in models]})


def described(request: Request, model: Model) -> dict[str, object]:
    """The model, its defaults and limits as this server's settings have them."""
    settings = asking.settings(request)
    return wire.model_object(
        model,
        keep_audio_default=settings.keep_audio_default,
        relax_limits=settings.relax_limits,
    )
