"""The page of an offer: all that changed is marked, and what one does is done to what one sees."""

from __future__ import annotations

import json
from contextvars import copy_context
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rooms.negotiation.offers.amounts import places_of, plain
from rooms.negotiation.offers.checking import checked
from rooms.negotiation.offers.terms import WishedLine
from tests.rooms.offers.table import WISH
from tests.web.page_modules import run
from web.i18n import Catalogues
from web.templating import LEFT_TO_RIGHT, money

SHEET = """
const drawn = {append() {}, setAttribute() {}, classList: {add() {}}, toString: () => ""};
document.createElementNS = () => drawn;
const flat = (it) => ["symbol", "function"].includes(typeof (it ?? Symbol())) ? ""
  : Array.isArray(it) ? it.map(flat).join("")
  : it.strings ? it.strings.map((part, at) => part + flat(it.values[at])).join("") : String(it);
const line = (more) => ({product: "chair", title: "Chair", quantity: "100", unit: "pc", price: "12.50",
  breaks: [], amount: "1250.00", ...more});
const terms = (more) => ({lines: [line({})], currency: "USD", incoterm: null, place: "", lead_days: null,
  payment: "", valid_until_ms: null, notes: "", total: "1250.00",
  seller: {company: "Oak", country: "PT", city: "Porto"},
  buyer: {name: "Ama", company: "Owusu", country: "GH"}, ...more});
const version = (number, document, differences = null) => ({number, side: number % 2 ? "seller" : "buyer",
  document, differences, signatures: [], written_at_ms: 0, sha256: String(number), is_erased: false});
const steps = (price) => [{from: "500", price}];
const shown = (text) => text.replace(/<[^>]*>/g, "").replace(/\\s+/g, " ").trim();
const { offerSheet } = await load("elements/offer_sheet.js");
const marks = (document, differences, older) => {
  const text = flat(offerSheet(version(2, document, {fields: [], lines: [], ...differences}), older));
  const found = (kind) => [...text.matchAll(new RegExp(`<${kind}[^>]*>(.*?)</${kind}>`, "gs"))];
  say(found("del").map((it) => shown(it[1])), found("ins").map((it) => shown(it[1])), shown(text));
};
"""
LINE_CHANGE = "{lines: [{before: 0, after: 0, fields: [%s]}]}"
MARKS = {
    "the currency": (
        'terms({currency: "EUR"}), {fields: [{name: "currency", before: "USD", after: "EUR"}]}',
        ["USD"], ["EUR"],
    ),
    "who would be bound": (
        'terms({buyer: {name: "Ama", company: "Owusu & Sons", country: "GH"}}), '
        '{fields: [{name: "buyer", before: terms({}).buyer, after: null}]}',
        ["Ama · Owusu · Ghana"], ["Ama · Owusu & Sons · Ghana"],
    ),
    "a price break": (
        'terms({lines: [line({breaks: steps("19.00")})]}), '
        + LINE_CHANGE % '{name: "breaks", before: steps("9.00"), after: steps("19.00")}',
        ["From 500: 9.00"], ["From 500: $19.00"],
    ),
    "a price break that is gone": (
        "terms({}), " + LINE_CHANGE % '{name: "breaks", before: steps("9.00"), after: []}',
        ["From 500: 9.00"], ["None"],
    ),
    "a price break that is new": (
        'terms({lines: [line({breaks: steps("9.00")})]}), '
        + LINE_CHANGE % '{name: "breaks", before: [], after: steps("9.00")}',
        ["None"], ["From 500: $9.00"],
    ),
    "a lead time of no days": (
        'terms({lead_days: 10}), {fields: [{name: "lead_days", before: 0, after: 10}]}', ["0"], ["10"],
    ),
    "the product": (
        "terms({}), " + LINE_CHANGE % '{name: "product", before: "stool", after: "chair"}',
        [], ["Another product"],
    ),
    "a line that is gone": (
        "terms({}), {lines: [{before: 1, after: null, fields: []}]}, "
        'version(1, terms({lines: [line({}), line({title: "Stool", quantity: "2", amount: "25.00"})]}))',
        ["Stool · 2 pc · $25.00"], [],
    ),
}


@pytest.mark.parametrize("what", MARKS)
def test_what_changed_is_marked_with_what_it_was(what: str) -> None:
    script, before, after = MARKS[what]
    assert run(f"{SHEET} marks({script});")[:2] == [before, after]


def test_another_order_of_the_lines_is_told() -> None:
    script = 'marks(terms({}), {fields: [{name: "order", before: [0, 1], after: [1, 0]}]});'
    assert "The lines stand in another order." in run(SHEET + script)[2]
    assert "another order" not in run(SHEET + "marks(terms({}), {});")[2]


def test_the_end_of_validity_names_the_zone_it_is_told_in() -> None:
    """Both read the same moment, each on their own clock."""
    _before, _after, text = run(
        'process.env.TZ = "America/New_York";' + SHEET + "marks(terms({valid_until_ms: 1800000000000}), {});"
    )
    assert "Jan 15, 2027, 3:00 AM EST" in " ".join(text.split())


def test_nothing_is_done_to_a_version_that_one_does_not_see() -> None:
    """A third version comes while one reads the second: "Sign" would have signed what was never shown."""
    assert run(SHEET + """
      const { FairOffers } = await load("elements/offers.js");
      const versions = [1, 2, 3].map((number) => version(number, terms({total: `${number}0.00`})));
      const offer = {id: "o", state: "open", may: ["sign", "counter", "withdraw"], consent: "c",
        opened_at_ms: 0, versions};
      const reading = (number) => {
        const view = Object.create(FairOffers.prototype);
        const facts = {thread: {side: "buyer", offers: [offer], drafts: []}, _chosen: "o", _shown: number};
        for (const [name, value] of Object.entries(facts)) Object.defineProperty(view, name, {value});
        const text = flat(view._reading());
        return ["$20.00", "$30.00", "sign-offer", "counter-offer", "withdraw-offer", "newest-version"]
          .filter((it) => text.includes(it));
      };
      say(reading(2), reading(3), reading(0));
    """) == [
        ["$20.00", "newest-version"],
        *[["$30.00", "sign-offer", "counter-offer", "withdraw-offer"]] * 2,
    ]


@pytest.mark.parametrize(("name", "lines", "said"), [
    ("Ines", [{}], "Ines has changed this draft meanwhile."),
    ("", [{}], "A colleague has changed this draft meanwhile."),
    ("", [], "This draft was sent from another window."),
])
def test_whose_words_stand_in_a_draft_is_told(name: str, lines: list[Any], said: str) -> None:
    """One whose name was erased has saved it all the same."""
    theirs = {"saved_by": name, "wish": {"lines": lines}}
    (text,) = run(f"""{SHEET}
      const {{ draftNotes }} = await load("elements/offer_parts.js");
      say(shown(flat(draftNotes({{state: "stale", theirs: {json.dumps(theirs)}}}))));
    """)
    assert said in text


@pytest.mark.parametrize(("currency", "text"), [("RSD", "12.50"), ("IQD", "12.500"), ("JPY", "12")])
def test_one_consents_to_every_digit_of_the_total(currency: str, text: str) -> None:
    """The words that are signed, and the time line, say what the sheet says."""
    assert money(Decimal(text), currency).removeprefix("¥").removeprefix(currency).strip() == text


def test_a_dollar_stays_behind_its_letters_among_arabic_words() -> None:
    """The mark that holds it there is seen by nobody."""

    def written(currency: str) -> str:
        Catalogues("ar").speak("ar")
        return money(Decimal("12.5"), currency)[-4:]

    assert [copy_context().run(written, it) for it in ("USD", "EUR")] == [f"US${LEFT_TO_RIGHT}", "50\u00a0€"]
    assert run("""
      page.locale = "ar";
      const { formatMoney } = await load("i18n.js");
      const { exactMoney } = await load("lib/decimal.js");
      const ends = (code) => [formatMoney("12.5", code).slice(-4), exactMoney("12.50", code).slice(-4)];
      say(ends("USD"), ends("EUR"));
    """) == [["US$\u200e"] * 2, ["50\u00a0€"] * 2]


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "HUF", "IDR", "PKR", "COP", "RSD"])
def test_the_total_while_one_types_is_the_one_that_is_sent(currency: str) -> None:
    """Browsers have ideas of their own of how many decimals a currency has."""
    line = WishedLine("", "Chair", "3", "pc", "12.45")
    sent = checked(replace(WISH, valid_until_ms=None, currency=currency, lines=(line,)), set(), 1).total
    places = {currency: places_of(currency)}
    wish = {"currency": currency, "lines": [{"quantity": "3", "price": "12.45", "breaks": []}]}
    assert run(f"""
      const {{ FairOffers }} = await load("elements/offers.js");
      const {{ totalOf }} = await load("lib/offer_wish.js");
      FairOffers.prototype.willUpdate.call({{thread: {{places: {json.dumps(places)}}}}});
      say(totalOf({json.dumps(wish)}));
    """) == [plain(sent, places[currency])]


SENDING = """
const { FairOffers } = await load("elements/offers.js");
const { DraftKeeper } = await load("transport/offer_draft.js");
const asked = [];
const answers = %s;
globalThis.fetch = async (url, {body}) => {
  asked.push([String(url).split("/").at(-1), JSON.parse(body).revision ?? JSON.parse(body).draft]);
  const [status, json] = answers.shift();
  return {ok: status < 400, status, json: async () => json};
};
const view = Object.create(FairOffers.prototype);
const keeper = new DraftKeeper({room: "oak", buyer: "b"}, null, {lines: []}, 4, () => undefined);
const facts = {thread: {room: "oak", buyer: "b"}, refresh() {}, call: "", _key: "k", _keeper: keeper,
  _problem: "", _isBusy: false, _news: "", _shown: 0, _chosen: ""};
for (const [name, value] of Object.entries(facts)) Object.defineProperty(view, name, {value, writable: true});
keeper.change({lines: []});
await view._send(keeper);
say(asked, keeper.state, keeper.theirs?.saved_by ?? null, view._keeper === keeper, view._problem);
"""
THEIRS: dict[str, Any] = {"offer": None, "revision": 7, "wish": {"lines": []}, "saved_by": "Ines"}


def sending(*answers: tuple[int, Any]) -> list[Any]:
    """Return what was asked for with which revision, and how one stands, after "Send"."""
    return run(SENDING % json.dumps(answers))


def test_what_is_typed_is_saved_before_it_is_sent() -> None:
    """Else one's own last words would count as a colleague's."""
    kept, sent = (200, {"draft": THEIRS | {"revision": 5}}), (201, {"offer": "o"})
    assert sending(kept, sent) == [[["draft", 4], ["offers", 5]], "saved", None, False, ""]


def test_a_colleagues_draft_is_shown_before_anything_is_sent_over_it() -> None:
    stale = (409, {"code": "stale_draft", "detail": "changed", "facts": {"draft": THEIRS}})
    assert sending(stale) == [[["draft", 4]], "stale", "Ines", True, ""]
    kept = (200, {"draft": THEIRS | {"revision": 5}})
    assert sending(kept, stale) == [[["draft", 4], ["offers", 5]], "stale", "Ines", True, ""]
