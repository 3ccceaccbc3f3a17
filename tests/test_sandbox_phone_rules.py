"""The sandbox's phone refuses what a real one refuses: one row a rule of Apple's, with the pass that breaks it."""

import io
import json
import zipfile
from collections.abc import Callable
from hashlib import sha1
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography import x509

from punchcard.passes.apple import Press
from punchcard.passes.apple.model import Sheet
from punchcard.sandbox.authority import Authority
from punchcard.sandbox.pass_rules import NotAPass, Opened, opened, unbundled

from .apple import AT, FACE, SERIAL, made, press
from .test_iphone import Service, holding

__all__ = ["made", "press"]  # fixtures

pytestmark = pytest.mark.anyio

Body = dict[str, Any]
Files = dict[str, bytes]
QR, EAN = "PKBarcodeFormatQR", "PKBarcodeFormatEAN13"
P256 = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7L"
    "tkBoN79R9Q=="
)
LATIN = {"messageEncoding": "iso-8859-1"}
PLACE = {"latitude": 32.08, "longitude": 34.78}
BEACON = {"proximityUUID": "2f234454-cf6d-4a0f-adf2-f4911ba9ffa6"}


@pytest.fixture(scope="module")
def good(press: Press) -> Files:
    """The files of a pass that is in order, without manifest and signature."""
    with zipfile.ZipFile(io.BytesIO(press.print(Sheet(FACE, SERIAL, press.token(SERIAL)), AT))) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name not in ("manifest.json", "signature")}


@pytest.fixture(scope="module")
def root(made: Authority) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.root.read_bytes())


def zipped(files: Files, packed: int = zipfile.ZIP_STORED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", packed) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def signed(press: Press, files: Files) -> Files:
    manifest = json.dumps({name: sha1(content).hexdigest() for name, content in files.items()}).encode()
    return files | {"manifest.json": manifest, "signature": press.signer.sign(manifest)}


def taken(press: Press, root: x509.Certificate, files: Files, body: Body) -> Opened:
    """What the phone says to a pass with this body, well signed."""
    return opened(zipped(signed(press, files | {"pass.json": json.dumps(body).encode()})), root)


def style_of(body: Body) -> str:
    return next(style for style in ("storeCard", "coupon", "eventTicket", "generic", "boardingPass") if style in body)


def put(**keys: Any) -> Callable[[Body], None]:
    return lambda body: body.update(keys)


def drop(key: str) -> Callable[[Body], None]:
    return lambda body: body.pop(key) and None


def front(**keys: Any) -> Callable[[Body], None]:
    """The balance, with these keys besides."""
    return lambda body: body[style_of(body)]["primaryFields"][0].update(keys)


def behind(**keys: Any) -> Callable[[Body], None]:
    """One more field on the back."""
    return lambda body: body[style_of(body)]["backFields"].append({"key": "more", "value": "x"} | keys)


def secondary(**keys: Any) -> Callable[[Body], None]:
    return lambda body: body[style_of(body)].update(secondaryFields=[{"key": "more", "value": "x"} | keys])


def groups(**keys: Any) -> Callable[[Body], None]:
    return lambda body: body[style_of(body)].update(keys)


def fields(count: int, prefix: str = "f") -> list[Body]:
    return [{"key": f"{prefix}{n}", "value": "x"} for n in range(count)]


def as_style(style: str, **keys: Any) -> Callable[[Body], None]:
    """The same fields in another style."""
    return lambda body: body.update({style: body.pop("storeCard") | keys})


def both(*changes: Callable[[Body], None]) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        for each in changes:
            each(body)

    return change


def barcode(format: str = QR, message: str = "123", **more: Any) -> Body:
    return {"format": format, "message": message} | LATIN | more


REFUSED: list[tuple[Callable[[Body], None], str]] = [
    # what must be there
    (put(formatVersion=2), "formatVersion must be 1"),
    (put(formatVersion="1"), "formatVersion must be 1"),
    (drop("formatVersion"), "formatVersion must be 1"),
    *((drop(key), f"{key} is missing") for key in ("description", "organizationName", "serialNumber")),
    *((drop(key), f"{key} is missing") for key in ("passTypeIdentifier", "teamIdentifier")),
    (put(serialNumber=7), "serialNumber is missing"),
    (put(passTypeIdentifier="pass.other"), "another pass type"),
    (put(teamIdentifier="ZZZ"), "another team"),
    (put(colour="red"), "unknown keys"),
    (put(barcode=barcode()), "deprecated"),
    (put(relevantDate="2027-01-01T00:00:00Z"), "deprecated"),
    (put(logoText=""), "say nothing"),
    (put(expirationDate=None), "say nothing"),
    # styles and groups
    (drop("storeCard"), "exactly one style"),
    (put(generic={}), "exactly one style"),
    (put(storeCard=[]), "storeCard is no object"),
    (groups(footerFields=fields(1)), "a storeCard has not"),
    (groups(additionalInfoFields=fields(1)), "a storeCard has not"),
    (groups(transitType="PKTransitTypeAir"), "a storeCard has not"),
    (as_style("boardingPass"), "transitType"),
    (as_style("boardingPass", transitType="PKTransitTypeFoot"), "transitType"),
    (groups(headerFields=fields(4)), "headerFields: more than 3"),
    (groups(primaryFields=fields(2)), "primaryFields: more than 1"),
    (groups(secondaryFields=fields(5)), "secondaryFields: more than 4"),
    (groups(secondaryFields=fields(3), auxiliaryFields=fields(2, "a")), "more than four"),
    (both(groups(secondaryFields=fields(3), auxiliaryFields=fields(2, "a")), as_style("coupon")), "more than four"),
    (groups(headerFields=[]), "an empty one"),
    (groups(headerFields=["x"]), "no object"),
    (groups(headerFields={"key": "x", "value": "y"}), "no list"),
    # fields
    (front(key=""), "has no key"),
    (front(key=7), "has no key"),
    (behind(key="points"), "twice"),
    (front(value=None), "empty property"),
    (behind(value=True), "has no value"),
    (behind(value=["x"]), "has no value"),
    (front(label=""), "empty property"),
    (front(label=7), "no text"),
    (front(colour="red"), "unknown"),
    (front(changeMessage="New balance"), "no %@"),
    (front(changeMessage=""), "empty property"),
    (front(textAlignment="PKTextAlignmentLeft"), "not for primaryFields"),
    (behind(textAlignment="PKTextAlignmentNatural"), "not for backFields"),
    (secondary(textAlignment="Left"), "unknown textAlignment"),
    (front(value="many", numberStyle="PKNumberStyleDecimal"), "is no number"),
    (secondary(value=1, numberStyle="PKNumberStyleRoman"), "unknown numberStyle"),
    (secondary(value=1, currencyCode="ILS", numberStyle="PKNumberStyleDecimal"), "no number style"),
    (secondary(value=1, currencyCode="shekel"), "three capitals"),
    (secondary(value="x", currencyCode="ILS"), "is no number"),
    (secondary(dateStyle="PKDateStyleShort", value="2027-01-01"), "no date with a zone"),
    (secondary(dateStyle="PKDateStyleShort", value="2027-01-01T00:00:00"), "no date with a zone"),
    (secondary(timeStyle="PKDateStyleShort", value="2027-01-01T00:00:00+0000"), "no date with a zone"),
    (secondary(dateStyle="PKDateStyleTiny", value="2027-01-01T00:00:00Z"), "unknown date style"),
    (secondary(isRelative=True), "for dates only"),
    (secondary(ignoresTimeZone="yes", dateStyle="PKDateStyleShort", value="2027-01-01T00:00:00Z"), "true or false"),
    (behind(attributedValue="<b>bold</b>"), "knows only <a href>"),
    (behind(attributedValue="<a href='https://a.example' target='x'>there</a>"), "knows only <a href>"),
    (behind(attributedValue="<a href='https://a.example'>there"), "not closed"),
    (behind(attributedValue="</a><a href='https://a.example'>"), "not closed"),
    (behind(attributedValue=["x"]), "no text"),
    (secondary(dataDetectorTypes=["PKDataDetectorTypeLink"]), "for the back only"),
    (behind(dataDetectorTypes=["PKDataDetectorTypeEmail"]), "unknown dataDetectorType"),
    (behind(dataDetectorTypes="PKDataDetectorTypeLink"), "unknown dataDetectorType"),
    (groups(auxiliaryFields=[{"key": "a", "value": "x", "row": 1}]), "row is for an event ticket"),
    (both(groups(auxiliaryFields=[{"key": "a", "value": "x", "row": 2}]), as_style("eventTicket")), "row is 0 or 1"),
    # semantics
    (put(semantics={"balance": {"amount": "24.80", "currencyCode": "shekel"}}), "balance is no money"),
    (put(semantics={"balance": {"amount": 24.8, "currencyCode": "ILS"}}), "balance is no money"),
    (put(semantics={"balance": "24.80"}), "balance is no money"),
    (put(semantics={"saldo": "24.80"}), "unknown saldo"),
    (put(semantics=["balance"]), "no object"),
    (put(semantics={"eventStartDate": "2027-01-01"}), "eventStartDate is no date"),
    (put(semantics={"venueLocation": {"latitude": 91, "longitude": 0}}), "venueLocation is no place"),
    (put(semantics={"performerNames": "Noa"}), "performerNames is no texts"),
    (put(semantics={"silenceRequested": 1}), "silenceRequested is no switch"),
    (front(semantics={"eventName": 7}), "eventName is no text"),
    # colours and switches
    *((put(**{key: "#fff"}), f"{key} is no colour") for key in ("backgroundColor", "foregroundColor", "labelColor")),
    (put(backgroundColor="rgb(0, 0, 256)"), "no colour"),
    (put(backgroundColor="rgba(0, 0, 0, 1)"), "no colour"),
    (put(stripColor=0), "no colour"),
    *((put(**{key: "true"}), f"{key} is neither") for key in ("voided", "sharingProhibited", "suppressStripShine")),
    (put(groupingIdentifier="x"), "not for a storeCard"),
    (both(put(groupingIdentifier="x"), as_style("coupon")), "not for a coupon"),
    (put(userInfo="x"), "userInfo is no object"),
    (put(logoText=7), "logoText is no text"),
    # barcodes
    (put(barcodes=[]), "an empty one"),
    (put(barcodes=barcode()), "no list"),
    (put(barcodes=[barcode("QR")]), "unknown format"),
    (put(barcodes=[{"format": QR} | LATIN]), "without message"),
    (put(barcodes=[{"format": QR, "message": "1"}]), "without messageEncoding"),
    (put(barcodes=[barcode(message="ключ")]), "does not fit its encoding"),
    (put(barcodes=[barcode(messageEncoding="latin-99")]), "does not fit its encoding"),
    (put(barcodes=[barcode(altText=7)]), "altText is no text"),
    (put(barcodes=[barcode(altText="")]), "empty property"),
    (put(barcodes=[barcode(size=3)]), "unknown"),
    (put(barcodes=[barcode(EAN)]), "before iOS 27"),
    (put(barcodes=[barcode(), barcode(EAN)]), "no phone shows"),
    (put(barcodes=[barcode(), barcode()]), "twice"),
    # a tap
    (put(nfc={"message": "x" * 65, "encryptionPublicKey": P256}), "1 to 64 bytes"),
    (put(nfc={"message": "é" * 33, "encryptionPublicKey": P256}), "1 to 64 bytes"),
    (put(nfc={"encryptionPublicKey": P256}), "1 to 64 bytes"),
    (put(nfc={"message": "x"}), "no P-256 key"),
    (put(nfc={"message": "x", "encryptionPublicKey": "AAAA"}), "no P-256 key"),
    (put(nfc={"message": "x", "encryptionPublicKey": P256, "requiresAuthentication": 1}), "true or false"),
    (put(nfc={"message": "x", "encryptionPublicKey": P256, "key": "x"}), "unknown"),
    (put(nfc="x"), "no object"),
    # places and times
    (put(locations=[PLACE] * 11), "locations: more than 10"),
    (put(locations=[{"latitude": 32.08}]), "longitude"),
    (put(locations=[PLACE | {"latitude": 90.5}]), "latitude"),
    (put(locations=[PLACE | {"longitude": -180.5}]), "longitude"),
    (put(locations=[PLACE | {"latitude": "32.08"}]), "latitude"),
    (put(locations=[PLACE | {"altitude": "high"}]), "altitude"),
    (put(locations=[PLACE | {"relevantText": 7}]), "relevantText"),
    (put(locations=[PLACE | {"name": "Nola"}]), "unknown"),
    (put(locations=[PLACE | {"distance": None}]), "unknown"),
    (put(locations=[PLACE], maxDistance=0), "maxDistance"),
    (put(locations=[PLACE], maxDistance="100"), "maxDistance"),
    (both(lambda body: body.pop("locations", None), put(maxDistance=100)), "without locations"),
    (put(beacons=[{"major": 1}]), "proximityUUID"),
    (put(beacons=[{"proximityUUID": "2f23"}]), "proximityUUID"),
    (put(beacons=[BEACON | {"major": 65536}]), "0 to 65535"),
    (put(beacons=[BEACON | {"major": 1, "minor": -1}]), "0 to 65535"),
    (put(beacons=[BEACON | {"minor": 1}]), "minor without its major"),
    (put(beacons=[BEACON | {"relevantText": 7}]), "relevantText"),
    (put(beacons=[BEACON | {"name": "x"}]), "unknown"),
    (put(beacons=[BEACON] * 11), "beacons: more than 10"),
    (put(relevantDates=["2027-01-01T00:00:00Z"]), "no object"),
    (put(relevantDates=[{"startDate": "2027-01-01T00:00:00Z"}]), "either date"),
    (put(relevantDates=[{"date": "2027-01-01T00:00:00Z", "endDate": "2027-01-01T00:00:00Z"}]), "either date"),
    (put(relevantDates=[{"date": "2027-01-01T00:00:00"}]), "no date with a zone"),
    (put(expirationDate="2027-01-01T00:00:00+0000"), "no date with a zone"),
    (put(expirationDate="2027-02-30T00:00:00Z"), "no date with a zone"),
    (put(expirationDate=1_800_000_000), "no date with a zone"),
    # the app
    (put(associatedStoreIdentifiers=["284910350"]), "whole numbers"),
    (put(associatedStoreIdentifiers=[True]), "whole numbers"),
    (put(associatedStoreIdentifiers=[]), "an empty one"),
    (both(lambda body: body.pop("associatedStoreIdentifiers", None), put(appLaunchURL="almond:card")), "needs associated"),
    (put(associatedStoreIdentifiers=[1], appLaunchURL="card"), "no address"),
    (put(featuredActions=[{"identifier": "a", "type": "b"}] * 3), "more than 2"),
    (put(featuredActions=[{"identifier": "a"}]), "identifier and type"),
    (put(featuredActions=[{"identifier": "a", "type": "b", "url": "there"}]), "no address"),
    # the web service
    (put(webServiceURL="http://a.example/wallet"), "not https"),
    (put(webServiceURL="wallet"), "no address"),
    (put(webServiceURL="https://a.example/wallet/v1"), "/v1"),
    (put(webServiceURL="https://a.example/wallet/v1/"), "/v1"),
    (put(authenticationToken="a" * 15), "too short"),
    (drop("authenticationToken"), "go together"),
    (drop("webServiceURL"), "go together"),
]  # fmt: skip


@pytest.mark.parametrize("change, why", REFUSED)
def test_the_phone_refuses_what_breaks_a_rule_of_pass_json(
    press: Press, root: x509.Certificate, good: Files, change: Callable[[Body], None], why: str
):
    body = json.loads(good["pass.json"])
    change(body)

    with pytest.raises(NotAPass, match=why):
        taken(press, root, good, body)


TAKEN: list[Callable[[Body], None]] = [
    put(),
    both(as_style("coupon"), put(expirationDate="2027-01-01T00:00Z")),
    put(expirationDate="2027-01-01T00:00:00+02:00", voided=True, sharingProhibited=True, suppressStripShine=False),
    put(barcodes=[barcode(EAN, "4006381333931"), barcode()]),
    put(barcodes=[barcode(message="ключ", messageEncoding="utf-8", altText="ключ")]),
    put(locations=[PLACE | {"altitude": 30, "relevantText": "Nola is near"}] * 10, maxDistance=120),
    put(beacons=[BEACON | {"major": 1, "minor": 65535, "relevantText": "Nola is near"}]),
    put(relevantDates=[{"date": "2027-01-01T00:00Z"}, {"startDate": "2027-01-01T00:00Z", "endDate": "2027-01-02T00:00Z"}]),
    put(nfc={"message": "x" * 64, "encryptionPublicKey": P256, "requiresAuthentication": True}),
    put(semantics={"balance": {"amount": "24.80", "currencyCode": "ILS"}}, userInfo={"any": [1, None]}),
    put(associatedStoreIdentifiers=[284910350, 1], appLaunchURL="almond:card", logoText="Almond"),
    put(featuredActions=[{"identifier": "order", "type": "order", "url": "https://a.example/order"}]),
    behind(attributedValue="Mail <a href=\"mailto:a@a.example\">us</a>", dataDetectorTypes=["PKDataDetectorTypePhoneNumber"]),
    behind(dataDetectorTypes=[]),
    secondary(value=12.5, currencyCode="ILS", textAlignment="PKTextAlignmentNatural"),
    secondary(value="2027-01-01T00:00:00Z", dateStyle="PKDateStyleShort", timeStyle="PKDateStyleNone", isRelative=True),
    groups(secondaryFields=fields(2), auxiliaryFields=fields(2, "a")),
]  # fmt: skip


@pytest.mark.parametrize("change", TAKEN)
def test_the_phone_takes_what_keeps_the_rules(press: Press, root: x509.Certificate, good: Files, change: Any):
    body = json.loads(good["pass.json"])
    change(body)

    assert taken(press, root, good, body).body == body


def test_an_event_ticket_may_have_two_rows_and_be_grouped(press: Press, root: x509.Certificate, good: Files):
    body = json.loads(good["pass.json"])
    rows = [{"key": "gate", "value": "B", "row": 0}, {"key": "seat", "value": "7", "row": 1}]
    both(groups(auxiliaryFields=rows, secondaryFields=fields(4)), as_style("eventTicket"), put(groupingIdentifier="x"))(
        body
    )
    without_strip = {name: content for name, content in good.items() if "strip" not in name}

    assert taken(press, root, without_strip, body).style == "eventTicket"


# The package


def picture(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x06\0\0\0"


ENROLMENT = {"requiredPersonalizationFields": ["PKPassPersonalizationFieldName"], "description": "Your name, please"}
ODD_FILES: list[tuple[Callable[[Files], Any], str]] = [
    (lambda files: files.pop("icon.png"), "there is no icon.png"),
    *(
        (lambda files, name=f"{image}{scale}.png", size=size, n=n: files.update({name: picture(n * size[0] + 1, 1)}), "too large")
        for image, size in {"icon": (38, 38), "logo": (160, 50), "strip": (375, 144)}.items()
        for n, scale in enumerate(("", "@2x", "@3x"), start=1)
    ),
    *(
        (lambda files, name=f"{image}{scale}.png", size=size, n=n: files.update({name: picture(1, n * size[1] + 1)}), "too large")
        for image, size in {"icon": (38, 38), "logo": (160, 50), "strip": (375, 144)}.items()
        for n, scale in enumerate(("", "@2x", "@3x"), start=1)
    ),
    (lambda files: files.update({"he.lproj/strip@2x.png": picture(751, 288)}), "too large"),
    (lambda files: files.update({"icon.png": b"GIF89a"}), "is no PNG"),
    (lambda files: files.update({"icon.png": b"\x89PNG\r\n\x1a\n"}), "is no PNG"),
    (lambda files: files.update({"icon@4x.png": picture(1, 1)}), "of this name"),
    (lambda files: files.update({"banner.png": picture(1, 1)}), "of this name"),
    (lambda files: files.update({"thumbnail.png": picture(1, 1)}), "a storeCard has no thumbnail"),
    (lambda files: files.update({"background.png": picture(1, 1)}), "a storeCard has no background"),
    (lambda files: files.update({"footer.png": picture(1, 1)}), "a storeCard has no footer"),
    (lambda files: files.update({".DS_Store": b"x"}), "does not belong"),
    (lambda files: files.update({"he.lproj/.DS_Store": b"x"}), "does not belong"),
    (lambda files: files.update({"__MACOSX/icon.png": b"x"}), "does not belong"),
    (lambda files: files.update({"card/icon.png": b"x"}), "does not belong"),
    (lambda files: files.update({"he.lproj/deep/icon.png": b"x"}), "does not belong"),
    (lambda files: files.update({"../icon.png": b"x"}), "does not belong"),
    (lambda files: files.update({"he.lproj/": b""}), "does not belong"),
    (lambda files: files.update({"..lproj/pass.strings": b""}), "does not belong"),
    (lambda files: files.update({"he.lproj/pass.strings": b'"a" = "b"'}), "cannot be read"),
    (lambda files: files.update({"he.lproj/pass.strings": b"\xff"}), "neither UTF-8 nor UTF-16"),
    (lambda files: files.pop("pass.json"), "there is no pass.json"),
    (lambda files: files.update({"pass.json": b"{"}), "pass.json"),
    (lambda files: files.update({"personalization.json": json.dumps(ENROLMENT).encode()}), "with nfc"),
    (lambda files: files.update({"personalizationLogo.png": picture(1, 1)}), "without personalization.json"),
]  # fmt: skip


@pytest.mark.parametrize("change, why", ODD_FILES)
def test_the_phone_refuses_files_that_do_not_belong(press: Press, root: x509.Certificate, good: Files, change, why):
    files = dict(good)
    change(files)

    with pytest.raises(NotAPass, match=why):
        opened(zipped(signed(press, files)), root)


@pytest.mark.parametrize(
    "asked, why",
    [
        (ENROLMENT | {"requiredPersonalizationFields": ["PKPassPersonalizationFieldAge"]}, "unknown field"),
        (ENROLMENT | {"requiredPersonalizationFields": []}, "unknown field"),
        ({"requiredPersonalizationFields": ["PKPassPersonalizationFieldName"]}, "no description"),
    ],
)
def test_a_pass_that_asks_for_a_name_says_for_which_and_why(
    press: Press, root: x509.Certificate, good: Files, asked, why
):
    body = json.loads(good["pass.json"]) | {"nfc": {"message": "x", "encryptionPublicKey": P256}}
    files = good | {"personalization.json": json.dumps(asked).encode(), "personalizationLogo.png": picture(150, 40)}

    with pytest.raises(NotAPass, match=why):
        taken(press, root, files, body)


@pytest.mark.parametrize(
    "change, why",
    [
        (lambda files: files.pop("signature"), "there is no signature"),
        (lambda files: files.pop("manifest.json"), "there is no manifest.json"),
        (lambda files: files.pop("logo.png"), "names other files"),
        (lambda files: files.update({"notes.txt": b"x"}), "names other files"),
        (lambda files: files.update({"pass.json": files["pass.json"] + b" "}), "does not fit the files"),
        (lambda files: files.update({"manifest.json": files["manifest.json"] + b" "}), "not the one that was signed"),
        (lambda files: files.update({"signature": b"x"}), "signature"),
    ],
)
def test_the_phone_refuses_what_its_manifest_or_signature_does_not_cover(
    press: Press, root: x509.Certificate, good: Files, change, why
):
    files = signed(press, good)
    change(files)

    with pytest.raises(NotAPass, match=why):
        opened(zipped(files), root)


def test_the_phone_refuses_what_is_no_archive_or_a_damaged_one(press: Press, root: x509.Certificate, good: Files):
    whole = zipped(signed(press, good))
    broken = whole.replace(good["icon.png"][40:60], bytes(20))

    for package, why in ((b"PK", "no archive"), (broken, "damaged")):
        with pytest.raises(NotAPass, match=why):
            opened(package, root)


def test_the_phone_takes_a_deflated_archive_and_refuses_another_packing(
    press: Press, root: x509.Certificate, good: Files
):
    files = signed(press, good)

    assert opened(zipped(files, zipfile.ZIP_DEFLATED), root)
    with pytest.raises(NotAPass, match="a way of its own"):
        opened(zipped(files, zipfile.ZIP_LZMA), root)


@pytest.mark.parametrize(
    "names, why",
    [
        ([], "no bundle"),
        (["card.pkpass", "notes.txt"], "no bundle"),
        (["passes/card.pkpass"], "no bundle"),
        ([f"{n}.pkpass" for n in range(11)], "more than 10"),
    ],
)
def test_the_phone_refuses_a_bundle_that_is_none(names: list[str], why: str):
    with pytest.raises(NotAPass, match=why):
        unbundled(zipped(dict.fromkeys(names, b"x")))


def test_the_phone_opens_a_bundle_of_ten(good: Files):
    assert unbundled(zipped({f"{n}.pkpass": b"x" for n in range(10)})) == [b"x"] * 10
    with pytest.raises(NotAPass, match="no archive"):
        unbundled(b"x")


# An update


@pytest.mark.parametrize(
    "serial, token, key",
    [
        (UUID("01920000-0000-7000-8000-0000000000ff"), None, "serialNumber"),
        (SERIAL, "f" * 64, "authenticationToken"),
    ],
)
async def test_an_update_changes_neither_serial_number_nor_token(
    press: Press, made: Authority, serial: UUID, token: str | None, key: str
):
    service = Service(press.print(Sheet(FACE, SERIAL, press.token(SERIAL)), AT))
    phone = await holding(service, made)
    other = press.print(Sheet(FACE, serial, token or press.token(serial)), AT)
    service.answers["list"] = httpx.Response(200, json={"serialNumbers": [str(SERIAL)], "lastUpdated": "7"})
    service.answers["pass"] = httpx.Response(200, content=other, headers={"last-modified": "now"})

    assert await phone.refresh() is False
    assert f"must not change {key}" in phone.troubles[0] and str(phone.body()["serialNumber"]) == str(SERIAL)
    await phone.close()


async def test_a_registration_that_is_refused_is_told_to_the_log(press: Press, made: Authority):
    service = Service(press.print(Sheet(FACE, SERIAL, press.token(SERIAL)), AT))
    service.answers["register"] = httpx.Response(401)

    phone = await holding(service, made)

    assert "registration was answered with 401" in phone.troubles[0] and len(service.logs) == 1
    await phone.close()
