"""Why a till, or who claims a receipt, may be refused."""

from punchcard.foundation.errors import Refused


class CardUnknown(Refused):
    """Nobody has this card."""

    status = 404
    words = "checkout"


class CardReplaced(Refused):
    """This card was replaced by a new one."""

    words = "checkout"


class CardGivenUp(Refused):
    """The member left, and gave this card up."""

    words = "checkout"


class CardClosed(Refused):
    """This card is not in use."""

    words = "checkout"


class SaleUnknown(Refused):
    """There is no such sale of yours."""

    status = 404
    words = "checkout"


class NotEnoughPoints(Refused):
    """The card does not hold that many points."""

    words = "checkout"


class PointsWorthLess(Refused):
    """Points are worth less than that."""

    words = "checkout"


class PaysOtherwise(Refused):
    """This currency does not pay in this way."""

    words = "checkout"


class TendersShort(Refused):
    """What was paid does not cover the basket."""

    words = "checkout"


class WrongCurrency(Refused):
    """The programme reckons in another currency."""

    words = "checkout"


class NoSuchHold(Refused):
    """This card has no such hold."""

    words = "checkout"


class HoldElsewhere(Refused):
    """This was set aside for somebody else's shops."""

    words = "checkout"


class HoldLess(Refused):
    """Less than that is set aside."""

    words = "checkout"


class NoSuchVoucher(Refused):
    """This card has no such reward to use."""

    words = "checkout"


class VoucherElsewhere(Refused):
    """This reward is for another shop."""

    words = "checkout"


class VoucherHeld(Refused):
    """This reward is set aside for another sale."""

    words = "checkout"


class VoucherWorthLess(Refused):
    """This reward takes less off."""

    words = "checkout"


class TokenOfAnother(Refused):
    """This spend token is of another card."""

    words = "checkout"


class TokenWorthLess(Refused):
    """This spend token pays less."""

    words = "checkout"


class OfferNotYours(Refused):
    """This member does not have this offer."""

    words = "checkout"


class OfferOver(Refused):
    """This offer is over."""

    words = "checkout"


class OfferNotTaken(Refused):
    """This offer counts once the member has taken it in the app."""

    words = "checkout"


class OfferSoldOut(Refused):
    """Nothing is left of this offer."""

    words = "checkout"


class OfferUsedUp(Refused):
    """The member has used this offer as often as it may be."""

    words = "checkout"


class OfferNotHere(Refused):
    """This offer does not apply to this basket here and now."""

    words = "checkout"


class OfferTakesLess(Refused):
    """This offer takes less off this basket."""

    words = "checkout"


class OffersDoNotMix(Refused):
    """These offers do not go together."""

    words = "checkout"


class ReturnTooMuch(Refused):
    """More comes back than is left of the sale."""

    words = "checkout"


class VoidTooLate(Refused):
    """A sale is made void within a day."""

    words = "checkout"


class NothingLeft(Refused):
    """Nothing is left of this sale."""

    words = "checkout"


class NoCardYet(Refused):
    """This basket has no card yet, it can only be made void."""

    words = "checkout"


class ReceiptNotYours(Refused):
    """There is no such receipt to claim."""

    status = 404
    words = "checkout"


class ReceiptUnknown(Refused):
    """Your shop has no such receipt."""

    status = 404
    words = "checkout"


class ReceiptTwice(Refused):
    """Several tills of the shop printed this number on this day."""

    words = "checkout"


class SaleSettled(Refused):
    """This sale was told so late that its points were settled at once."""

    words = "checkout"
