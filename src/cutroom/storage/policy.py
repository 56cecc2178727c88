"""The least that a worker's credential needs, as a policy of AWS IAM."""

from typing import Any
from urllib.parse import urlsplit

from cutroom.errors import InvalidParams
from cutroom.storage.keys import INPUTS, PARTS

ID = "-".join("?" * count for count in (8, 4, 4, 4, 12))
"""An id of a generation, as IAM's patterns can say it."""


def worker_policy(url: str) -> dict[str, Any]:
    """What lets a worker read inputs, share parts and create results in the bucket of a storage URL, and nothing else.

    Raises InvalidParams for a URL that names no bucket of S3.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"s3", "s3a"} or not parts.netloc:
        raise InvalidParams("Policies are written for buckets of S3: s3://BUCKET/PREFIX.")
    place = f"arn:aws:s3:::{parts.netloc}{parts.path.rstrip('/')}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadInputs",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": f"{place}/{INPUTS}/*",
            },
            {
                "Sid": "ShareParts",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
                "Resource": f"{place}/{PARTS}/*",
            },
            {
                "Sid": "CreateResults",
                "Effect": "Allow",
                "Action": "s3:PutObject",
                "Resource": f"{place}/*/{ID}/*.mp4",
                # Create, never replace: a request without `If-None-Match` is not let in.
                "Condition": {"Null": {"s3:if-none-match": "false"}},
            },
        ],
    }
