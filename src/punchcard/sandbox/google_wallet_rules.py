"""What Google Wallet refuses of a loyalty class and a loyalty object. Its schema leaves these to prose."""

import re
from typing import Any

IDENTIFIER = re.compile(r"[A-Za-z0-9._-]+")
REQUIRED = {
    "loyaltyClass": ("id", "issuerName", "programName", "programLogo", "reviewStatus"),
    "loyaltyObject": ("id", "classId", "state"),
}
CLASS_FIELDS = """
    accountIdLabel accountNameLabel appLinkData callbackOptions classTemplateInfo countryCode discoverableProgram
    enableSmartTap heroImage hexBackgroundColor homepageUri id imageModulesData issuerName linksModuleData
    localizedAccountIdLabel localizedAccountNameLabel localizedIssuerName localizedProgramName localizedRewardsTier
    localizedRewardsTierLabel localizedSecondaryRewardsTier localizedSecondaryRewardsTierLabel merchantLocations messages
    multipleDevicesAndHoldersAllowedStatus notifyPreference programLogo programName redemptionIssuers review reviewStatus
    rewardsTier rewardsTierLabel secondaryRewardsTier secondaryRewardsTierLabel securityAnimation textModulesData
    valueAddedModuleData viewUnlockRequirement wideProgramLogo
"""
OBJECT_FIELDS = """
    accountId accountName appLinkData barcode classId classReference disableExpirationNotification groupingInfo
    hasLinkedDevice hasUsers heroImage id imageModulesData linkedObjectIds linkedOfferIds linksModuleData loyaltyPoints
    merchantLocations messages notifyPreference passConstraints rotatingBarcode saveRestrictions secondaryLoyaltyPoints
    smartTapRedemptionValue state textModulesData validTimeInterval valueAddedModuleData
"""
KNOWN = {"loyaltyClass": frozenset(CLASS_FIELDS.split()), "loyaltyObject": frozenset(OBJECT_FIELDS.split())}
STATES = frozenset({"ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"})
REVIEWS = frozenset({"UNDER_REVIEW", "DRAFT"})
AT_MOST = {"messages": 10, "merchantLocations": 10, "valueAddedModuleData": 15, "linkedObjectIds": 50}
BALANCES = frozenset({"string", "int", "double", "money"})
INT32 = range(-(2**31), 2**31)


class Wrong(Exception):
    """A refusal of Google's: status, the reason that programs decide by, and a sentence."""

    def __init__(self, status: int, reason: str, sentence: str):
        super().__init__(sentence)
        self.status, self.reason, self.sentence = status, reason, sentence


def needed(kind: str, body: dict[str, Any]) -> None:
    for name in REQUIRED[kind]:
        if not body.get(name):
            raise Wrong(400, "required", f"{name} is required.")


def check(kind: str, body: dict[str, Any], issuer: str) -> None:
    """Refuse what the real one refuses."""
    if unknown := sorted(set(body) - KNOWN[kind]):
        raise Wrong(
            400, "badRequest", f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
        )
    for name in ("id", "classId"):
        if name in body:
            check_id(str(body[name]), issuer)
    for name, most in AT_MOST.items():
        if len(body.get(name) or ()) > most:
            raise Wrong(400, "invalidResource", f"The maximum number of {name} is {most}.")
    if kind == "loyaltyClass":
        check_class(body)
    else:
        check_object(body)


def check_id(name: str, issuer: str) -> None:
    owner, _, suffix = name.partition(".")
    if not suffix or not IDENTIFIER.fullmatch(name):
        raise Wrong(400, "invalidResourceId", f"Invalid resource ID: {name}. It must be issuerId.identifier.")
    if owner != issuer:
        raise Wrong(403, "permissionDenied", f"The service account may not edit issuer {owner}.")


def check_class(body: dict[str, Any]) -> None:
    if body["reviewStatus"] not in REVIEWS:
        raise Wrong(400, "invalidReviewStatus", f"Invalid review status Optional[{body['reviewStatus']}].")
    if not re.fullmatch("#[0-9a-fA-F]{6}", body.get("hexBackgroundColor", "#000000")):
        raise Wrong(400, "invalidColor", "hexBackgroundColor must be #rrggbb.")
    for name in ("programLogo", "heroImage"):
        check_image(name, body.get(name))


def check_object(body: dict[str, Any]) -> None:
    if body["state"] not in STATES:
        raise Wrong(400, "invalidState", f"Invalid value for state: {body['state']}")
    check_image("heroImage", body.get("heroImage"))
    for name in ("loyaltyPoints", "secondaryLoyaltyPoints"):
        balance = (body.get(name) or {}).get("balance", {"int": 0})
        if len(BALANCES & set(balance)) != 1:
            raise Wrong(400, "invalidBalance", f"{name}.balance takes exactly one of string, int, double, money.")
        if "int" in balance and (not isinstance(balance["int"], int) or balance["int"] not in INT32):
            raise Wrong(400, "badRequest", f"Invalid value at {name}.balance.int (TYPE_INT32).")
    if (barcode := body.get("barcode")) and not (barcode.get("type") and barcode.get("value")):
        raise Wrong(400, "invalidBarcode", "A barcode takes a type and a value.")
    check_rotating(body.get("rotatingBarcode"))
    if not str(body.get("smartTapRedemptionValue", "")).isascii():
        raise Wrong(400, "invalidSmartTap", "smartTapRedemptionValue must be ASCII.")
    modules = [each.get("id") for each in body.get("textModulesData") or () if each.get("id")]
    if len(modules) != len(set(modules)):
        raise Wrong(400, "invalidTextModules", "Text module ids must differ.")


def check_rotating(barcode: dict[str, Any] | None) -> None:
    """A pattern whose every TOTP value has its key, by the one algorithm that there is."""
    if barcode is None:
        return
    details = barcode.get("totpDetails") or {}
    parameters = details.get("parameters") or []
    wanted = {int(each) for each in re.findall(r"\{totp_value_(\d+)\}", barcode.get("valuePattern", ""))}
    if barcode.get("type") not in ("QR_CODE", "PDF_417") or not wanted:
        raise Wrong(400, "invalidRotatingBarcode", "A rotating barcode takes a type and a pattern with a TOTP value.")
    if details.get("algorithm") != "TOTP_SHA1" or not str(details.get("periodMillis", "")).isdigit():
        raise Wrong(400, "invalidRotatingBarcode", "totpDetails takes TOTP_SHA1 and periodMillis.")
    if wanted != set(range(len(parameters))):
        raise Wrong(400, "invalidRotatingBarcode", "Each TOTP value of the pattern takes its parameters.")
    for each in parameters:
        if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", each.get("key", "")) or each.get("valueLength") not in range(1, 11):
            raise Wrong(400, "invalidRotatingBarcode", "A TOTP parameter takes a key in base 16 and a length.")


def check_image(name: str, image: dict[str, Any] | None) -> None:
    uri = ((image or {}).get("sourceUri") or {}).get("uri", "")
    if image is not None and not uri.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise Wrong(400, "invalidImage", f"{name}: an image takes a public https address.")


def merged(before: Any, change: Any) -> Any:
    """PATCH: fields are merged, null takes one away, lists are replaced whole."""
    if not isinstance(change, dict):
        return change
    result = dict(before) if isinstance(before, dict) else {}
    for name, each in change.items():
        if each is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), each)
    return result
