"""Every knob, read from `CUTROOM_*` environment variables. `docs/settings.md` is checked against this."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from cutroom import urls
from cutroom.errors import InvalidParams
from cutroom.types import Encoding


def _web(url: str) -> str:
    if url:
        try:
            urls.parse(url)
        except InvalidParams as error:
            raise ValueError(error.message) from None
    return url


Pool: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A name of a pool of workers."""
PREFIX = "CUTROOM_"
"""How the variables of all settings begin."""
SECRETS = frozenset({
    "CUTROOM_SIGNING_SECRET", "CUTROOM_SIGNING_SECRETS_OLD", "CUTROOM_METRICS_TOKEN",
    "CUTROOM_DATABASE_URL", "CUTROOM_STORAGE_URL", "CUTROOM_STORAGE_OPTIONS",
    "CUTROOM_PLANNER_KEY", "CUTROOM_ENHANCER_KEY", "CUTROOM_REMOTE_KEY", "CUTROOM_C2PA_KEY",
})  # fmt: skip
"""Variables that are no business of a process that opens strangers' files, but one of them for whom it is meant."""
STORES = ("AWS_", "AZURE_", "GOOGLE_")
"""How those begin that the libraries of object stores read their keys from; no business of such a process either."""
OPEN_OPTIONS = ("endpoint", "region", "bucket", "style", "allow", "account_name", "timeout", "url")
"""What is in the names of the options of a store that are no secret."""


class Settings(BaseModel):
    """The settings of one process, immutable once read."""

    model_config = ConfigDict(frozen=True)

    data_dir: Path = Path.home() / ".cutroom"
    """Where everything of this installation lives: database, results, uploads, secrets, logs."""
    host: str = "127.0.0.1"
    """Address the server binds."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port the server binds; 0 takes a free one."""
    public_url: Annotated[str, AfterValidator(_web)] = ""
    """The base of URLs handed out; empty: taken from each request."""
    database_url: str = ""
    """SQLAlchemy URL; empty: the SQLite file cutroom.db in data_dir."""
    database_connections: Annotated[int, Field(ge=1)] = 10
    """Connections to PostgreSQL that a server may have at once; a worker has four at most."""
    storage_url: str = ""
    """Where results, uploads and inputs lie: `s3://`, `gs://` or `az://` bucket and prefix; empty: the folder `files` in data_dir."""
    storage_options: dict[str, SecretStr] = {}
    """What the bucket needs besides AWS_*, AZURE_* and GOOGLE_* variables, as a JSON object: `endpoint`, `access_key_id`, ..."""
    sign_by: Literal["server", "store"] = "server"
    """Whose URLs results and files are handed out as: this server's, which sends the bytes, or the bucket's own."""
    auth: bool = True
    """Whether requests need a key. Without, everybody is the namespace `default`."""
    open_to_all: bool = False
    """Serve beyond this machine although no key is needed, or one that stands in documentation is good."""
    signing_secret: SecretStr = SecretStr("")
    """Key of signed URLs; empty: made once and kept in data_dir."""
    signing_secrets_old: tuple[SecretStr, ...] = ()
    """What was signing_secret before, as a JSON list: what they signed is still let pass."""
    metrics_token: SecretStr = SecretStr("")
    """What `/metrics` must be asked with, as a bearer key; empty: it is told on this machine alone."""
    provenance: Literal["on", "off", "required"] = "on"
    """Whether results carry a signed C2PA manifest; with `required` what cannot be signed fails instead of coming with a note."""
    c2pa_key: str = ""
    """PEM file of the private key that manifests are signed with; empty: one is made once and kept in data_dir."""
    c2pa_certificates: str = ""
    """PEM file of its certificates, its own first, then who issued it."""
    session_ttl: Annotated[int, Field(ge=60)] = 30 * 86_400
    """Seconds for which a browser stays signed in."""
    link_ttl: Annotated[int, Field(ge=60)] = 900
    """Seconds within which a link that signs a browser in can be used, once."""
    url_ttl: Annotated[int, Field(ge=1)] = 3600
    """Seconds a signed result URL is good for."""
    rate_limit: Annotated[int, Field(ge=0)] = 0
    """Requests a minute that each key may make, and as many at once; 0: any number."""
    starting_credit: Annotated[float, Field(ge=0, le=1e12)] = 100.0
    """Dollars that the namespace made at first start begins with."""

    fetch_map: dict[str, Path] = {}
    """URL prefix -> local folder, as a JSON object; checked before any fetch."""
    fetch_timeout: Annotated[float, Field(gt=0)] = 120.0
    """Seconds one download may take in all."""
    fetch_min_rate: Annotated[int, Field(ge=0)] = 10_000
    """Bytes a second below which a download is given up, after the first ten seconds."""
    max_upload_bytes: Annotated[int, Field(ge=1)] = 300_000_000
    """Largest body of an upload."""
    max_body_bytes: Annotated[int, Field(ge=1)] = 80_000_000
    """Largest JSON body; data: URIs are in it."""
    relax_limits: bool = False
    """Take videos beyond the models' length and size limits."""
    probe_timeout: Annotated[float, Field(gt=0)] = 20.0
    """Seconds the child that probes a file may take."""
    probe_memory: Annotated[int, Field(ge=100_000_000)] = 1_000_000_000
    """Bytes of memory the child that probes a file may take."""
    excerpt_timeout: Annotated[float, Field(gt=0)] = 120.0
    """Seconds the child that cuts a stretch out of a video (`#t=3,12`) may take."""
    sandbox: Literal["auto", "require", "off"] = "auto"
    """What processes that open strangers' files are bound by: auto: all that this system has; require: it must keep
    them off the network, else nothing starts; off: limits alone."""
    engine_memory: Annotated[int, Field(ge=0)] = 0
    """Bytes of memory that the process of an engine may take that uses no GPU; 0: as much as there is."""
    idempotency_ttl: Annotated[int, Field(ge=1)] = 86_400
    """Seconds for which a request with an Idempotency-Key is answered as the first time."""
    retry_ttl: Annotated[int, Field(ge=0)] = 86_400
    """Seconds for which the data: URIs of a failed or cancelled generation are kept, for a retry."""
    fetchers: Annotated[int, Field(ge=0)] = 4
    """Inputs that a server copies at once into the storage, soon after their request; 0: workers bring them when their turn comes."""
    worker_fetches: bool = True
    """Whether a worker brings inputs itself that no server is at; false: it waits, and needs neither the web nor anybody's uploads."""
    input_bytes: Annotated[int, Field(ge=0)] = 5_000_000_000
    """Bytes of inputs that the storage keeps of one namespace; what is over it is copied once a worker waits for it."""
    input_ttl: Annotated[int, Field(ge=0)] = 3600
    """Seconds for which inputs are kept for a retry of what failed or was cancelled; those of what succeeded go at once."""
    result_ttl: Annotated[int, Field(ge=0)] = 0
    """Seconds after which results are deleted; 0: never, unless their owner does."""
    keep_audio_default: bool = False
    """What `keep_audio` is where a request does not say."""

    workers: Annotated[int, Field(ge=0)] = 1
    """Workers that `serve` supervises; 0: run them elsewhere."""
    pools: Annotated[tuple[Pool, ...], Field(min_length=1)] = ("cpu",)
    """Pools that those workers take from, one after the other."""
    model_pools: dict[str, Pool] = {}
    """Model id -> the pool whose workers do its work, as a JSON object; the others go where the catalog says, to cpu."""
    worker_ttl: Annotated[float, Field(ge=1)] = 20.0
    """Seconds without a heartbeat after which a worker counts as dead."""
    poll_interval: Annotated[float, Field(gt=0)] = 0.5
    """Seconds between a worker's looks into its queue, and a server's looks for events."""
    running_limit: Annotated[int, Field(ge=0)] = 0
    """Generations of one namespace that are worked on at once, unless it has a limit of its own; 0: any number."""
    model_limits: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Generations of a model that are worked on at once, as a JSON object: model -> number; the same on every machine."""
    max_attempts: Annotated[int, Field(ge=1)] = 3
    """Times a generation may take its worker or child down before it fails."""
    engine_timeout: Annotated[float, Field(gt=0)] = 3600.0
    """Seconds one generation may take in the engine."""
    cancel_grace: Annotated[float, Field(ge=0)] = 1.0
    """Seconds an engine gets to stop by itself before its process is killed."""
    resident_grace: Annotated[float, Field(ge=0)] = 30.0
    """The same for an engine that stays between generations: to load its weights again takes longer."""
    drain_timeout: Annotated[float, Field(ge=0)] = 30.0
    """Seconds that SIGTERM leaves running generations; what is unfinished then runs again later."""
    plan_timeout: Annotated[float, Field(gt=0)] = 15.0
    """Seconds one plan may take that `POST /api/ai/plan` asks for."""
    engine: str = ""
    """The engine of every model: classical, diffusion, remote, or `package.module:Class`; empty: as the catalog has it."""
    engines: dict[str, str] = {}
    """Model id -> its engine, named in the same way, as a JSON object; goes before `engine`."""

    events_replay: Annotated[float, Field(ge=0)] = 10.0
    """Seconds before a connect whose events `GET /api/events` tells at once, without Last-Event-ID."""
    events_kept: Annotated[float, Field(ge=60)] = 7 * 86_400.0
    """Seconds that events are kept, for those who come back with Last-Event-ID."""

    webhook_timeout: Annotated[float, Field(gt=0)] = 15.0
    """Seconds that a webhook has to answer."""
    webhook_allow: tuple[str, ...] = ()
    """`host:port` of webhooks that need not be public, as a JSON list; whoever may have webhooks may post there."""

    planner_url: Annotated[str, AfterValidator(_web)] = ""
    """Base URL of an OpenAI-compatible chat endpoint, asked for a plan of what the grammar refuses; empty: nobody."""
    planner_model: str = ""
    """The model that is asked there."""
    planner_key: SecretStr = SecretStr("")
    """The key it is asked with, if it needs one."""
    planner_timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds it may take; then the grammar's refusal stands."""

    weights_dir: str = ""
    """Folder of open weights; empty: `weights` in data_dir."""
    recipes: str = ""
    """TOML file of `[[recipe]]` and `[[weights]]` rows of your own; they go before those of `cutroom.weights`."""
    accept_licence: tuple[str, ...] = ()
    """Sets of weights whose restricted licence the operator accepts, as a JSON list of ids (`cutroom weights list`)."""
    diffusion_profile: Literal["", "small", "default", "quality"] = ""
    """Which recipes the diffusion engine uses; empty: by the GPU memory that it measures."""
    diffusion_device: Literal["", "cpu"] = ""
    """Where the diffusion engine computes; empty: on the GPU. cpu does without one, and takes days."""
    diffusion_compile: bool = True
    """Compile the repeated blocks of transformers: slower at the first shot of a size, faster after."""
    diffusion_attention: str = ""
    """Attention backend by diffusers' name; empty: the best there is on this machine."""
    diffusion_cache: Literal["", "first-block", "mag"] = ""
    """Reuse of what hardly changes from step to step: faster, and a little less true. docs/gpu.md has the price."""
    diffusion_fp8: bool = False
    """Keep weights in fp8: half the memory, and a little less true."""
    diffusion_gpus: Annotated[int, Field(ge=0)] = 1
    """GPUs of this machine that share the work of one generation; 0: all of them. More workers serve more generations."""
    only_the_change: bool = True
    """Whether the diffusion engine keeps the source's own pixels where an edit changed nothing."""

    enhancer_url: Annotated[str, AfterValidator(_web)] = ""
    """Base URL of an OpenAI-compatible chat endpoint that rewrites prompts for the diffusion engine; empty: nobody."""
    enhancer_model: str = ""
    """The model that is asked there."""
    enhancer_key: SecretStr = SecretStr("")
    """The key it is asked with, if it needs one."""
    enhancer_timeout: Annotated[float, Field(gt=0)] = 20.0
    """Seconds it may take; then the caller's own words are used."""

    remote_url: Annotated[str, AfterValidator(_web)] = ""
    """Base URL of the server that the remote engine hands its work to."""
    remote_protocol: Literal["oxen", "openai", "sglang", "vllm-omni"] = "oxen"
    """What it speaks: the API that this server answers too, or OpenAI's /v1/videos, of which server it says itself or this does."""
    remote_key: SecretStr = SecretStr("")
    """The key it is asked with, if it needs one."""
    remote_model: str = ""
    """The model to name there; empty: the same id as here, or with /v1/videos the one that it serves."""
    remote_takes: tuple[
        Literal["text", "image", "tail", "references", "edit", "motion", "sound"], ...
    ] = ()
    """What its model can be given over /v1/videos, as a JSON list; empty: as it says, or its name does (docs/remote.md)."""

    codec: Literal["h264", "av1", "vp9"] = "h264"
    """Codec of results. h264 uses x264 (GPL) from PyAV's wheel; the other two are BSD."""
    preset: str = "veryfast"
    """Speed preset of the h264 encoder."""
    crf: Annotated[int, Field(ge=0, le=63)] = 18
    """Constant rate factor of the encoder; lower is better and larger."""
    segment: Annotated[int, Field(ge=8)] = 500
    """Frames after which work on a long result can stop and go on; one of fewer than twice as many is made in one piece."""
    spread: Literal["auto", "always", "off"] = "auto"
    """Who helps a worker with a long result: idle workers of its pool on other machines, those of its own too, or none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What the log tells."""
    log_format: Literal["text", "json"] = "text"
    """How it tells it: lines for people, or a JSON object a line."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401  any setting, checked by pydantic
        """Read the environment; what is `given` goes before it.

        Raises pydantic's ValidationError for a value that cannot be, InvalidParams for what is no JSON.
        """
        super().__init__(**{**_told_by_environment(), **given})

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'cutroom.db'}"

    @cached_property
    def storage(self) -> str:
        """The obstore URL in force."""
        return self.storage_url or (self.data_dir.absolute() / "files").as_uri()

    @cached_property
    def weights(self) -> Path:
        """The folder of open weights in force."""
        return Path(self.weights_dir) if self.weights_dir else self.data_dir.absolute() / "weights"

    @cached_property
    def encoding(self) -> Encoding:
        """How results are encoded."""
        return Encoding(self.codec, self.preset, self.crf, self.segment)

    def secrets(self) -> tuple[str, ...]:
        """What must not be read in a log."""
        given = (
            self.signing_secret,
            *self.signing_secrets_old,
            self.metrics_token,
            self.planner_key,
            self.enhancer_key,
            self.remote_key,
        )
        options = (
            value
            for name, value in self.storage_options.items()
            if not any(word in name.lower() for word in OPEN_OPTIONS)
        )
        return tuple(one.get_secret_value() for one in (*given, *options) if one.get_secret_value())

    def environment(self) -> dict[str, str]:
        """The variables that make a process of ours read these same settings, secrets included."""
        variables = {}
        for name, value in self.model_dump(mode="json").items():
            told = revealed(getattr(self, name), value)
            text = told if isinstance(told, str) else json.dumps(told)
            variables[f"{PREFIX}{name.upper()}"] = text
        return variables


def revealed(value: object, shown: object) -> object:
    """The JSON value of a setting, `shown` with what is secret in it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict) and isinstance(shown, dict):
        return {name: revealed(value[name], one) for name, one in shown.items()}
    if isinstance(value, tuple) and isinstance(shown, list):
        return [revealed(*both) for both in zip(value, shown, strict=True)]
    return shown


def _told_by_environment() -> dict[str, Any]:
    """Field -> what its variable holds, less those that are empty. Raises InvalidParams."""
    told: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        if text := os.environ.get(variable, ""):
            try:
                told[name] = json.loads(text) if isinstance(field.default, dict | tuple) else text
            except ValueError:
                raise InvalidParams(f"{variable} cannot be read: it must be JSON.") from None
    return told
