"""What a camera sees: a film of a picture, in the format that Chromium takes for a fake camera (YUV4MPEG2)."""

import io
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

WIDTH, HEIGHT = 640, 480
GREY, DUSK = (0x80, 0x80, 0x80), (0x24, 0x30, 0x2C)
APART, TILTED, BLURRED = 300, 9, 1.6
"""How high a phone stands that is still on its way, in pixels; by how many degrees it is held askew; how unsharp it is."""
ARGUMENTS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def shot(png: bytes, path: Path) -> Path:
    """A film in which nothing happens: the picture stands upright in the middle, as large as fits, on grey."""
    seen = Image.open(io.BytesIO(png)).convert("RGB")
    seen.thumbnail((WIDTH, HEIGHT))
    frame = Image.new("RGB", (WIDTH, HEIGHT), GREY)
    frame.paste(seen, ((WIDTH - seen.width) // 2, (HEIGHT - seen.height) // 2))
    return film(frame, path)


def coming(screen: Image.Image, path: Path) -> Path:
    """A phone on its way to the camera, too far yet for its code to be read."""
    edge = max(screen.width // 20, 1)
    phone = ImageOps.expand(screen, edge, (0, 0, 0)).convert("RGBA")
    phone.thumbnail((APART, APART))
    phone = phone.rotate(TILTED, Image.Resampling.BICUBIC, expand=True)
    frame = Image.new("RGBA", (WIDTH, HEIGHT), DUSK)
    frame.alpha_composite(phone, ((WIDTH - phone.width) // 2, (HEIGHT - phone.height) // 2))
    return film(frame.convert("RGB").filter(ImageFilter.GaussianBlur(BLURRED)), path)


def film(frame: Image.Image, path: Path, frames: int = 2) -> Path:
    """So many times the same frame: brightness for each pixel, colours for each four."""
    luma, blue, red = frame.convert("YCbCr").split()
    half = (WIDTH // 2, HEIGHT // 2)
    seen = luma.tobytes() + blue.resize(half).tobytes() + red.resize(half).tobytes()
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + seen) * frames)
    return path


def camera(film: Path) -> list[str]:
    """How Chromium is started so that its camera sees the film."""
    return [*ARGUMENTS, f"--use-file-for-fake-video-capture={film}"]
