"""What a route that moves money answers: the first answer's own bytes, however often it is asked."""

from litestar import Response


def replayed(repeated: bool) -> dict[str, str]:
    """The header that says of an answer that it was given before."""
    return {"Idempotent-Replayed": "true"} if repeated else {}


def answered(receipt: bytes, repeated: bool, status: int = 200) -> Response[bytes]:
    """The kept receipt (JSON) as it is; `status` is the first answer's, and the same whenever it is told again."""
    return Response(receipt, status_code=status, media_type="application/json", headers=replayed(repeated))
