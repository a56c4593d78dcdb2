"""Files and pictures as answers: fingerprinted, so that a reader who has them is told so (304)."""

import hashlib
from urllib.parse import quote

from litestar import Response

from office.pages import AnyRequest


def answered(
    request: AnyRequest, content: bytes, media_type: str, *, filename: str = "", public: bool = True
) -> Response[bytes]:
    """The bytes with an ETag; with `filename` offered for saving, otherwise shown."""
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": "no-cache" if public else "private, no-cache"}
    if request.headers.get("if-none-match") == mark:
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    if filename:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return Response(content, media_type=media_type, headers=headers)
