"""The operations around negotiations: threads, drafts, offers and signatures."""

from __future__ import annotations

from rooms.fair.policy import Permission
from rooms.negotiation.offers.requests import KEY_LENGTH
from web.offers import CONSENT_LENGTH, ID_LENGTH, PASSWORD_LENGTH
from web.openapi.operation import Answer, Body, Operation, Query
from web.openapi.shapes import LARGEST_WHOLE, count, listed, named, or_null, record, whole, words

KEY = words(
    "Your own name for this request, without blanks: sent again, it is done once and answered the same.",
    "7d2f0c1e", most=KEY_LENGTH, least=1,
)
SEEN = whole("The newest version you know.", 1, minimum=0, maximum=LARGEST_WHOLE)
DRAFTED = or_null(whole(
    "The newest revision of your side's draft that you know. When a colleague has typed something else since,"
    " 409 has it in `facts.draft` and nothing is sent; without it nobody is asked, and the draft is emptied.",
    3, minimum=0, maximum=LARGEST_WHOLE,
))
IN_THREAD = Permission.NEGOTIATE
DONE = Answer("What was done.", named("Receipt"))
THREAD_CODES = ("no_thread", "no_room")

THREADS = (
    Operation(
        "GET", "/api/threads", "threads", "List your threads",
        "The newest first; for staff those of their room.",
        {200: Answer("The threads.", record({"threads": listed(named("ThreadSummary"))}))}, IN_THREAD,
    ),
    Operation(
        "GET", "/belongings.zip", "belongings", "Take everything along as a ZIP",
        "What you did at the fair, for staff their exhibitor: your account, tables of calls, appointments,"
        " messages, chat of shows, consents and recordings, and every thread with its offers, signed orders"
        " and files. What was recorded itself and the chat of calls are not in it. It is"
        " written while you read it; one that breaks off is not whole.",
        {200: Answer("The ZIP.", media="application/zip")}, IN_THREAD, refuses=("too_many_tries",),
    ),
    Operation(
        "GET", "/api/threads/{room}/{buyer}", "thread", "Get a thread",
        "With its offers, and the drafts of your own side. Buyers may write to any room, staff to buyers"
        " who have turned to them: asked for a call, taken one of theirs, sent a message or an offer.",
        {200: Answer("The thread.", named("Thread"))}, IN_THREAD, refuses=THREAD_CODES,
    ),
    Operation(
        "GET", "/threads/{room}/{buyer}.json", "thread_as_json", "Take a thread along as JSON",
        "Its calls, its offers with all versions and signatures, and the sealed end of the audit trail, which"
        " `showroom check-audit --receipt` takes.",
        {200: Answer("The thread.", named("ThreadExport"))}, IN_THREAD, refuses=THREAD_CODES,
    ),
    Operation(
        "GET", "/threads/{room}/{buyer}.pdf", "thread_as_pdf", "Take a thread along as PDF",
        "What happened and every version of every offer, in the reader's language, to read; it has no seal."
        " Takes some seconds.",
        {200: Answer("The copy.", media="application/pdf")}, IN_THREAD,
        refuses=(*THREAD_CODES, "not_printed", "fonts_missing", "too_many_tries"),
    ),
    Operation(
        "GET", "/threads/{room}/{buyer}.csv", "thread_as_csv", "Take the offers of a thread along as CSV",
        "A row for each line of each version; UTF-8 with a byte order mark, as spreadsheets want it.",
        {200: Answer("The lines.", media="text/csv")}, IN_THREAD, refuses=THREAD_CODES,
    ),
    Operation(
        "POST", "/api/threads/{room}/{buyer}/draft", "save_draft", "Save a draft",
        "What is being typed, shared by all of an exhibitor's staff. A save goes on from the revision it"
        " names; when that is not the newest, 409 has what is there in `facts.draft`.",
        {200: Answer("The draft.", record({"draft": named("Draft")}))}, IN_THREAD,
        takes=Body(record({
            "offer": or_null(words("The offer it counters; none for a new one.", most=ID_LENGTH)),
            "revision": or_null(whole("The revision it goes on from; 0 for none.", 3, minimum=0,
                                      maximum=LARGEST_WHOLE)),
            "wish": named("Wish"),
        }, needs=("wish",))),
        refuses=(*THREAD_CODES, "no_offer", "stale_draft"),
    ),
    Operation(
        "POST", "/api/threads/{room}/{buyer}/erasure", "erase", "Have your name erased",
        "It goes from the calls, messages, notes, files, appointments, drafts and unsigned versions of the"
        " thread. What was signed or recorded with consent stays, as do words that somebody wrote; the chat"
        " of a call is forgotten after a week. The buyer asks for themselves, and so does each member of the"
        " exhibitor's staff, who is shown as the company from then on; what they do later has their name"
        " again. It may be asked again, and is to be after a 503.",
        {200: Answer("What lost the name.", record({"versions": count("", 2), "calls": count("", 1)}))},
        IN_THREAD,
        refuses=THREAD_CODES,
    ),
)

OFFERS = (
    Operation(
        "POST", "/api/threads/{room}/{buyer}/offers", "send_offer", "Send an offer", "",
        {201: DONE}, IN_THREAD,
        takes=Body(record({
            "wish": named("Wish"), "key": KEY,
            "call": or_null(words("The call of this thread that it began in.", most=ID_LENGTH)),
            "draft": DRAFTED,
        }, needs=("wish", "key"))),
        refuses=(*THREAD_CODES, "exhibitor_left", "blocked", "bad_terms", "no_call", "key_reused",
                 "too_many_offers", "stale_draft"),
    ),
    Operation(
        "GET", "/api/offers/{offer}", "offer", "Get an offer", "",
        {200: Answer("The offer.", record({"offer": named("Offer")}))}, IN_THREAD, refuses=("no_offer",),
    ),
    Operation(
        "POST", "/api/offers/{offer}/counter", "counter_offer", "Counter an offer",
        "Adds a version. When there is a newer one than you know, 409 has the differences in `facts`.",
        {201: DONE}, IN_THREAD,
        takes=Body(record({
            "version": SEEN, "wish": named("Wish"), "key": KEY, "draft": DRAFTED,
        }, needs=("version", "wish", "key"))),
        refuses=("no_offer", "exhibitor_left", "blocked", "bad_terms", "key_reused", "superseded",
                 "agreed", "too_many_versions", "stale_draft"),
    ),
    Operation(
        "POST", "/api/offers/{offer}/withdraw", "withdraw_offer", "Withdraw a version",
        "The newest one, by the side that sent it.",
        {200: DONE}, IN_THREAD, takes=Body(record({"version": SEEN, "key": KEY})),
        refuses=("no_offer", "not_yours", "key_reused", "superseded", "agreed", "withdrawn", "expired"),
    ),
    Operation(
        "POST", "/api/offers/{offer}/sign", "sign_offer", "Sign a version",
        "An order of intent, not a qualified electronic signature. The second signature ends the offer for"
        " ever.",
        {200: DONE}, IN_THREAD,
        takes=Body(record({
            "version": SEEN, "sha256": words("The version's hash.", most=ID_LENGTH),
            "consent": words("The offer's `consent`, word for word.", most=CONSENT_LENGTH),
            "password": words("Your own, again.", most=PASSWORD_LENGTH), "key": KEY,
        })),
        refuses=("no_offer", "exhibitor_left", "wrong_password", "wrong_document", "key_reused",
                 "superseded", "agreed", "withdrawn", "erased", "expired", "already_signed",
                 "other_consent", "too_many_tries"),
    ),
    Operation(
        "GET", "/api/offers/{offer}/differences", "compare_versions", "Compare two versions", "",
        {200: Answer("What changed.", record({"differences": named("Differences")}))}, IN_THREAD,
        query=(Query("from", whole("The older one.", 1, minimum=1), is_needed=True),
               Query("to", whole("The newer one.", 2, minimum=1), is_needed=True)),
        refuses=("no_offer", "no_version"),
    ),
    Operation(
        "GET", "/offers/{offer}.pdf", "order_as_pdf", "Get a signed order as PDF",
        "Sealed with the fair's certificate (PAdES), in the language of either side; takes some seconds.",
        {200: Answer("The order.", media="application/pdf")}, IN_THREAD,
        refuses=("no_offer", "not_signed", "not_genuine", "not_printed", "fonts_missing", "no_time_stamp"),
    ),
    Operation(
        "GET", "/offers/{offer}.json", "order_as_json", "Get a signed order as JSON",
        "The document, its signatures and the fair's key.",
        {200: Answer("The order.", named("SignedOrder"))}, IN_THREAD,
        refuses=("no_offer", "not_signed", "not_genuine"),
    ),
)
