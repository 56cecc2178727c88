"""As much of the API's client as the demo needs."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from cutroom.errors import EngineFailed, Unreachable


class Client:
    """Speaks to one server with one key. Raises Unreachable, or EngineFailed with the server's words."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=60.0,
            trust_env=False,  # a proxy of the environment does not know this machine's own server
            follow_redirects=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def upload(self, file: Path, namespace: str, repo: str) -> str:
        """Put a file where the API can read it; its URL."""
        path = f"/api/repos/{namespace}/{repo}/file/main/{file.name}"
        with file.open("rb") as stream:
            self._ask(
                "PUT",
                path,
                files={"file": (file.name, stream)},
                data={"message": f"Add {file.name}", "name": "demo", "email": "demo@localhost"},
            )
        return str(self._http.base_url.join(path))

    def submit(self, model: str, prompt: str, video: str) -> str:
        """Ask for one generation; its id."""
        body = {"model": model, "prompt": prompt, "input_video": video}
        answer = self._ask("POST", "/api/ai/queue", json=body).json()
        return str(answer["generations"][0]["generation_id"])

    def generation(self, generation_id: str) -> Mapping[str, Any]:
        """The generation's row."""
        row: dict[str, Any] = self._ask("GET", f"/api/ai/queue/{generation_id}").json()
        return row

    def download(self, url: str, out: Path) -> None:
        """Fetch a result. The signed URL is enough: the key stays here."""
        try:
            with httpx.stream("GET", url, timeout=60.0, trust_env=False) as answer:
                answer.raise_for_status()
                with out.open("wb") as file:
                    for chunk in answer.iter_bytes():
                        file.write(chunk)
        except httpx.HTTPStatusError as error:
            raise EngineFailed(f"{url} answered {error.response.status_code}.") from error
        except httpx.TransportError as error:
            raise Unreachable(f"{url} does not answer: {error}") from error

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401  httpx's own keywords
        try:
            answer = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise Unreachable(f"{self._http.base_url} does not answer: {error}") from error
        if answer.is_error:
            raise EngineFailed(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer
