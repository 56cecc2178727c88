"""/api/repos: files, up and down."""

from collections.abc import Mapping, Sequence

from cutroom.api.errors import ANSWERS, body
from cutroom.api.openapi.operation import BYTES, FORM, Content, Operation, Parameter, json
from cutroom.api.openapi.shapes import (
    Schema,
    flag,
    maybe,
    number,
    record,
    ref,
    several,
    text,
    whole,
)
from cutroom.errors import AlreadyExists

TAG = "Files"
REPO = "/api/repos/{namespace}/{repo}"
FILE = "/api/repos/{namespace}/{repo}/file/{branch}/{path}"
PRESIGN = "/api/repos/{namespace}/{repo}/file/presigned_url/{branch}/{path}"
ANYTHING: Schema = {}
PATH = (
    Parameter("namespace", "path", "Whose."),
    Parameter("repo", "path", "The repository's name."),
    Parameter("branch", "path", "There is one, `main`.", text(const="main")),
    Parameter("path", "path", "Where in the repository; it may have slashes.", example="birds.mp4"),
)
FOLDER = Parameter("folder", "path", "The folder; it may have slashes.", example="shoot")
SIGNATURE = (
    Parameter("expires", "query", "Of a signed URL: until when it is good."),
    Parameter("oxen_signature", "query", "Of a signed URL: its permission."),
)
RANGE = Parameter("Range", "header", "Which bytes, e.g. `bytes=0-1023`; one range.")
THUMBNAIL = (
    Parameter("thumbnail", "query", "`true`: a small picture of the video or image.", text(enum=["true", "false"])),
    Parameter("width", "query", "Pixels of the thumbnail at most; 320 unless given.", whole(minimum=16, maximum=1024)),
    Parameter("height", "query", "The same; 1024 unless given.", whole(minimum=16, maximum=1024)),
    Parameter("timestamp", "query", "Seconds into the video; 0 unless given.", number(minimum=0)),
)  # fmt: skip
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

REPOSITORY = {
    "id": maybe(text("None where nobody made it: something is in it.")),
    "namespace": text("Whose."),
    "name": text(),
    "description": text(),
    "visibility": text(const="private"),
    "created_at": maybe(text(format="date-time")),
}
CLIPS = {
    "id": "5b0c41f2", "namespace": "alice", "name": "footage", "description": "What I filmed",
    "visibility": "private", "created_at": "2026-11-26T05:58:00Z",
}  # fmt: skip

SCHEMAS: Mapping[str, Schema] = {
    "Repository": record("A folder of files of one namespace.", REPOSITORY),
    "FolderEntry": record(
        "A file or a folder in a folder.",
        {
            "filename": text("Its name."),
            "is_dir": flag("Whether it is a folder."),
            "size": maybe(whole("Bytes; null of a folder.")),
            "data_type": text(enum=["dir", "video", "image", "binary"]),
            "mime_type": text(),
            "extension": text("Without the dot; empty where there is none."),
            "last_modified": maybe(text("Null of a folder.", format="date-time")),
            "resource": ref("Resource"),
        },
    ),
    "Resource": record(
        "A place in a repository.",
        {"path": text("Empty for its root."), "version": text("The branch.", const="main")},
    ),
    "StoredFile": record(
        "A file as it was kept.",
        {
            "path": text("Within its repository."),
            "size": whole("Bytes."),
            "hash": text("SHA-256 of the bytes, hexadecimal."),
        },
    ),
    "Upload": record(
        "What an upload came to.",
        {
            "commit": record(
                "There is no history; this names the upload.",
                {
                    "id": text(),
                    "message": text(),
                    "author": record("", {"name": text(), "email": text()}),
                    "timestamp": text(format="date-time"),
                },
            ),
            "file": ref("StoredFile"),
            "files": several(ref("StoredFile")),
        },
    ),
}

BIRDS = {
    "filename": "birds.mp4", "is_dir": False, "size": 1048576, "data_type": "video", "mime_type": "video/mp4",
    "extension": "mp4", "last_modified": "2026-11-26T05:58:00Z", "resource": {"path": "shoot/birds.mp4", "version": "main"},
}  # fmt: skip
NOT_SENT = {
    304: Content("Not changed since the request's validators."),
    412: Content("Not what the request's validators name."),
}
KEPT = {"path": "birds.mp4", "size": 1048576, "hash": HASH}


def creating(path: str, name: str) -> Operation:
    """The making of a repository; clients of the hosted API call it with and without a slash."""
    return Operation(
        "POST", path, name, TAG, "Make a repository.",
        {
            200: json(
                "Made. The fields of `repository` stand beside it as well.",
                record(
                    "",
                    {"status": text(const="success"), "status_message": text(const="resource_created"), "repository": ref("Repository"), **REPOSITORY},
                ),
                {"status": "success", "status_message": "resource_created", "repository": CLIPS, **CLIPS},
            ),
            409: json("It is there already.", ref("Error"), body(ANSWERS[AlreadyExists])),
        },
        body=json(
            "What it is called.",
            record(
                "",
                {
                    "name": text("1 to 100 letters, digits, `.`, `_` or `-`.", pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"),
                    "namespace": text("Whose; the key's own unless given."),
                    "description": text(maxLength=2000),
                    "visibility": text(const="private"),
                    "user": ANYTHING,
                    "workbench": ANYTHING,
                },
                optional=["namespace", "description", "visibility", "user", "workbench"],
            ),
            {"namespace": "alice", "name": "footage", "description": "What I filmed"},
        ),
    )  # fmt: skip


def listing(path: str, name: str, parameters: Sequence[Parameter]) -> Operation:
    """The contents of a folder, or of the root of a repository."""
    return Operation(
        "GET", path, name, TAG, "What is in a folder.",
        {
            200: json(
                "A page of it: folders, then files.",
                record(
                    "",
                    {
                        "status": text(const="success"),
                        "status_message": text(const="resource_found"),
                        "entries": several(ref("FolderEntry")),
                        "resource": ref("Resource"),
                        "page_number": whole("From 1."),
                        "page_size": whole("At most on a page."),
                        "total_entries": whole("On all pages."),
                        "total_pages": whole(),
                    },
                ),
                {
                    "status": "success", "status_message": "resource_found", "entries": [BIRDS],
                    "resource": {"path": "shoot", "version": "main"},
                    "page_number": 1, "page_size": 100, "total_entries": 1, "total_pages": 1,
                },
            )
        },
        parameters=(
            *parameters,
            Parameter("page", "query", "Which page.", whole(minimum=1, default=1)),
            Parameter("page_size", "query", "How many on it.", whole(minimum=1, maximum=1000, default=100)),
            Parameter("sort_by", "query", "What files are sorted by; folders always by name.", text(enum=["name", "date"], default="name")),
            Parameter("reverse", "query", "Whether the last comes first.", text(enum=["true", "false"], default="false")),
        ),
        errors=(404,),
    )  # fmt: skip


OPERATIONS = (
    creating("/api/repos", "createRepository"),
    creating("/api/repos/", "createRepositoryWithSlash"),
    Operation(
        "GET", "/api/repos/{namespace}", "listRepositories", TAG, "The repositories of a namespace, by name.",
        {
            200: json(
                "They.",
                record("", {"status": text(const="success"), "status_message": text(const="resource_found"), "repositories": several(ref("Repository"))}),
                {"status": "success", "status_message": "resource_found", "repositories": [CLIPS]},
            )
        },
        parameters=PATH[:1], errors=(404,),
    ),
    listing(f"{REPO}/dir/{{branch}}", "listRepository", PATH[:3]),
    listing(f"{REPO}/dir/{{branch}}/{{folder}}", "listFolder", (*PATH[:3], FOLDER)),
    Operation(
        "GET", REPO, "getRepository", TAG, "Whether there is a repository.",
        {
            200: json(
                "There is.",
                record("", {"status": text(const="success"), "status_message": text(const="resource_found"), "repository": ref("Repository")}),
                {"status": "success", "status_message": "resource_found", "repository": CLIPS},
            )
        },
        parameters=PATH[:2], errors=(404,),
    ),
    Operation(
        "POST", f"{REPO}/workbench/context", "addToWorkbench", TAG, "Upload a file under a name of its own.",
        {
            200: json(
                "Kept.",
                record("", {"status": text(const="success"), "status_message": text(const="resource_created"), "asset_path": text("Where in the repository."), "uuid": text(format="uuid")}),
                {"status": "success", "status_message": "resource_created", "asset_path": "shoot/0c9ec1a6-5c3f-4a53-9d2e-0d6e6f0c9a11-birds.mp4", "uuid": "0c9ec1a6-5c3f-4a53-9d2e-0d6e6f0c9a11"},
            )
        },
        parameters=PATH[:2],
        body=Content("A form.", {FORM: record("", {"file": {"type": "string", "contentMediaType": BYTES}, "directory": text("The folder; `workbench` unless given.")}, optional=["directory"])}),
        errors=(404,),
    ),
    Operation(
        "GET", PRESIGN, "signFile", TAG, "A URL of a file that needs no key for a while.",
        {200: json("The URL.", record("", {"url": text(format="uri")}), {"url": "http://127.0.0.1:8080/api/repos/alice/clips/file/main/birds.mp4?expires=1795438809&oxen_signature=6f3c"})},
        parameters=PATH, errors=(404,),
    ),
    Operation(
        "GET", FILE, "readFile", TAG, "The bytes of a result or an upload.",
        {
            200: Content("The file.", {"*/*": ANYTHING}),
            206: Content("The range.", {"*/*": ANYTHING}, headers={"Content-Range": "Which bytes of how many."}),
            416: Content("The range lies outside the file.", headers={"Content-Range": "`bytes */SIZE`."}),
            **NOT_SENT,
        },
        about="A signed URL needs no key. With `thumbnail=true` a JPEG comes that is no larger than `width` and `height`.",
        parameters=(*PATH, *SIGNATURE, *THUMBNAIL, RANGE), errors=(404,), signed=True,
    ),
    Operation(
        "HEAD", FILE, "fileHead", TAG, "The file's headers alone.",
        {
            200: Content("Of the file."),
            206: Content("Of the range."),
            416: Content("The range lies outside the file."),
            **NOT_SENT,
        },
        parameters=(*PATH, *SIGNATURE, RANGE), errors=(404,), signed=True,
    ),
    Operation(
        "PUT", FILE, "writeFile", TAG, "Upload a file, kept whole or not at all.",
        {
            200: json(
                "Kept.", ref("Upload"),
                {
                    "commit": {
                        "id": "4c1f", "message": "", "author": {"name": "alice", "email": ""},
                        "timestamp": "2026-11-23T12:00:00+00:00",
                    },
                    "file": KEPT,
                    "files": [KEPT],
                },
            )
        },
        about="The file as the body, or a form with one or more `file` fields. A second upload to a path replaces the first.",
        parameters=PATH,
        body=Content(
            "The file, or a form.",
            {
                BYTES: ANYTHING,
                FORM: record(
                    "", {"file": several({"type": "string", "contentMediaType": BYTES}), "message": text(), "name": text(), "email": text()},
                    optional=["message", "name", "email"],
                ),
            },
        ),
        errors=(404,),
    ),
    Operation(
        "DELETE", FILE, "deleteFile", TAG, "Remove a file.",
        {
            200: json(
                "It is gone.",
                record("", {"status": text(const="success"), "status_message": text(const="resource_deleted")}),
                {"status": "success", "status_message": "resource_deleted"},
            )
        },
        parameters=PATH, errors=(404,),
    ),
)  # fmt: skip
