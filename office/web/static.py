"""Static files: for ever where the address names their content, asked again otherwise, packed where they are text.

Only these are packed: a page carries a token of its own beside what a visitor typed, and its packed length would tell.
"""

from litestar import HttpMethod, Response, route
from litestar.params import FromPath

from office.assets import Assets
from office.errors import NotFound
from office.pages import AnyRequest

FOR_EVER, ASK_AGAIN = "public, max-age=31536000, immutable", "public, no-cache"


@route("/static/{path:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def static(request: AnyRequest, path: FromPath[str]) -> Response[bytes]:
    assets: Assets = request.app.state.assets
    asset = assets.find(path.lstrip("/"))
    if asset is None:
        raise NotFound
    same = request.query_params.get("v") == asset.mark
    headers = {
        "Cache-Control": FOR_EVER if same else ASK_AGAIN,
        "ETag": f'W/"{asset.mark}"',
        "Vary": "Accept-Encoding",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    body = asset.body
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = asset.packed
    return Response(body, headers=headers, media_type=asset.media_type)


ROUTES = [static]
