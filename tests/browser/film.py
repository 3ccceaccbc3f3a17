"""What a camera sees: a film of a picture, in the format that Chromium takes for a fake camera (YUV4MPEG2)."""

import io
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 640, 480
GREY = 0x80
ARGUMENTS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def shot(png: bytes, path: Path, frames: int = 2) -> Path:
    """A film in which nothing happens: the picture stands upright in the middle, as large as fits, on grey."""
    seen = Image.open(io.BytesIO(png)).convert("L")
    seen.thumbnail((WIDTH, HEIGHT))
    frame = Image.new("L", (WIDTH, HEIGHT), GREY)
    frame.paste(seen, ((WIDTH - seen.width) // 2, (HEIGHT - seen.height) // 2))
    grey = bytes([GREY]) * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + frame.tobytes() + grey) * frames)
    return path


def camera(film: Path) -> list[str]:
    """How Chromium is started so that its camera sees the film."""
    return [*ARGUMENTS, f"--use-file-for-fake-video-capture={film}"]
