"""The URL table: every address of the server and the function that answers it."""

from __future__ import annotations

from aiohttp import web

from web import (
    api,
    appointments,
    asking,
    belongings,
    calendar_feeds,
    call_doors,
    call_files,
    captions,
    certificate,
    hls,
    offer_sheets,
    offers,
    pictures,
    programme,
    recorded_files,
    recordings,
    sprites,
    stills,
    thread_export,
    whep,
    whip,
)
from web.doors import add_cors_headers
from web.hls_answers import add_hls_headers
from web.hls_captions import LANGUAGE
from web.middleware import add_security_headers, note_beginning
from web.pages import (
    api_docs,
    appointment_book,
    caption_editor,
    departures,
    exhibitors,
    hall,
    join,
    language,
    meeting,
    operations,
    organiser,
    password,
    register,
    replay,
    room,
    shelf,
    sign_in,
    still,
    studio,
    threads,
)
from web.pages import appointments as appointment_list

ROOM = "{room:[a-z0-9][a-z0-9-]{0,63}}"
"""A room is its company's slug; other spellings have no page."""

CALL = "{call:[A-Za-z0-9._-]{1,128}}"
TALK = r"{call:[a-z0-9-]{1,63}\.[A-Za-z0-9_-]{22}}"
"""A call at the doors of media: its dot sets it off from a room."""
ANNOUNCED = "{announced:[A-Za-z0-9_-]{1,64}}"
RECORDING = "{recording:[A-Za-z0-9._-]{1,128}}"
TOKEN = "[A-Za-z0-9_-]{1,64}"  # noqa: S105 - the pattern of our identifiers, no secret

SHOW = f"{{show:{TOKEN}}}"
PRODUCT = "{product:[A-Za-z0-9._-]{1,64}}"
APPOINTMENT = f"{{appointment:{TOKEN}}}"
STILL = f"{{still:{TOKEN}}}"
THREAD = f"{ROOM}/{{buyer:{TOKEN}}}"
OFFER = f"{{offer:{TOKEN}}}"

PAGES = [
    web.get("/", hall.hall),
    web.get(f"/rooms/{ROOM}", room.room),
    web.get(f"/rooms/{ROOM}/shows/{SHOW}", replay.replay),
    web.get("/studio", studio.own_studio),
    web.get(f"/studio/{ROOM}", studio.studio),
    web.get(f"/studio/{ROOM}/shelf", shelf.show),
    web.post(f"/studio/{ROOM}/shelf", shelf.keep),
    web.post(f"/studio/{ROOM}/shelf/{PRODUCT}", shelf.move),
    web.get(f"/studio/{ROOM}/shows/{SHOW}/captions", caption_editor.captions),
    web.get(f"/meeting/{CALL}", meeting.meeting),
    web.get(f"/stills/{STILL}", still.still),
    web.get("/threads", threads.threads),
    web.get(f"/threads/{THREAD}", threads.thread),
    web.get(f"/join/{{token:{TOKEN}}}", join.show),
    web.post(f"/join/{{token:{TOKEN}}}", join.join),
    web.get("/sign-in", sign_in.show),
    web.post("/sign-in", sign_in.sign_in),
    web.post("/sign-out", sign_in.sign_out),
    web.get("/register", register.show),
    web.post("/register", register.register),
    web.get(password.ADDRESS, password.show),
    web.post(password.ADDRESS, password.change),
    web.get("/organiser", organiser.organiser),
    web.get(exhibitors.ADDRESS, exhibitors.exhibitors),
    web.post(exhibitors.ADDRESS, exhibitors.add),
    web.get("/organiser/new-exhibitor", exhibitors.new),
    web.post("/organiser/halls", exhibitors.keep_hall),
    web.get(f"{exhibitors.ADDRESS}/{ROOM}", exhibitors.show),
    web.post(f"{exhibitors.ADDRESS}/{ROOM}", exhibitors.change),
    web.post(f"{exhibitors.ADDRESS}/{ROOM}/staff", exhibitors.add_staff),
    web.post(f"{exhibitors.ADDRESS}/{ROOM}/staff/{{account:{TOKEN}}}", exhibitors.change_staff),
    web.get(f"{exhibitors.ADDRESS}/{ROOM}/departure", departures.ask),
    web.post(f"{exhibitors.ADDRESS}/{ROOM}/departure", departures.leave),
    web.post(f"{exhibitors.ADDRESS}/{ROOM}/return", departures.come_back),
    web.get("/appointments", appointment_list.appointments),
    web.get(f"/rooms/{ROOM}/appointment", appointment_book.show),
    web.post(f"/rooms/{ROOM}/appointment", appointment_book.book),
    web.post("/language", language.choose),
]
DATA = [
    web.get("/api/session", api.session),
    web.get("/api/hall", hall.live_rooms),
    web.post("/api/tickets", api.mint_ticket),
    web.post(f"/api/rooms/{ROOM}/stream-key", api.rotate_stream_key),
    web.put(f"/api/rooms/{ROOM}/portrait", exhibitors.set_portrait, name="portrait"),
    web.put(f"/api/rooms/{ROOM}/products/{PRODUCT}/picture", shelf.set_picture, name="product-picture"),
    web.get(f"/programme/{ANNOUNCED}.ics", programme.entry),
    web.post(f"/api/programme/{ANNOUNCED}", programme.change),
    web.post(f"/api/programme/{ANNOUNCED}/cancel", programme.cancel),
    web.post(f"/api/programme/{ANNOUNCED}/reserve", programme.reserve),
    web.post(f"/api/programme/{ANNOUNCED}/unreserve", programme.unreserve),
    web.post(f"/api/rooms/{ROOM}/programme", programme.announce),
    web.post(f"/api/rooms/{ROOM}/loop", programme.set_loop),
    web.post(f"/api/rooms/{ROOM}/film", programme.play),
    web.get(f"/api/rooms/{ROOM}/recordings", recordings.of_room),
    web.post(f"/api/recordings/{RECORDING}", recordings.change),
    web.delete(f"/api/recordings/{RECORDING}", recordings.delete),
    web.get(f"/recordings/{RECORDING}.webm", recorded_files.play),
    web.get(f"/recordings/{RECORDING}/download", recorded_files.download),
    web.get(f"/api/shows/{SHOW}/chapters", recordings.chapters),
    web.get(f"/api/shows/{SHOW}/posts", recordings.posts),
    web.delete(f"/api/shows/{SHOW}/posts/{{post:{TOKEN}}}", recordings.delete_post),
    web.post(f"/api/rooms/{ROOM}/caption-key", captions.rotate_key),
    web.post(f"/api/rooms/{ROOM}/stills", stills.take),
    web.post(f"/api/stills/{STILL}/attach", stills.attach),
    web.get(f"/stills/{STILL}.json", stills.facts),
    web.get(f"/stills/{STILL}.jpg", stills.picture),
    web.post(f"/captions/{ROOM}", captions.hear),
    web.put(f"/api/shows/{SHOW}/captions/{LANGUAGE}", captions.upload, name="captions"),
    web.post(f"/api/shows/{SHOW}/captions/{LANGUAGE}", captions.edit, name="captions-edited"),
    web.delete(f"/api/shows/{SHOW}/captions/{LANGUAGE}", captions.delete),
    web.get(f"/shows/{SHOW}/captions/{LANGUAGE}.vtt", captions.whole),
    web.get(f"/shows/{SHOW}/captions/{LANGUAGE}.json", captions.listed),
    web.get(f"/shows/{SHOW}/sprite.json", sprites.index),
    web.get(f"/shows/{SHOW}/sprite-{{number:[0-9]{{1,4}}}}.jpg", sprites.sheet),
    web.get("/belongings.zip", belongings.take_along, allow_head=False),
    web.get("/api/threads", offers.of_mine),
    web.get(f"/api/threads/{THREAD}", offers.thread),
    web.post(f"/api/threads/{THREAD}/draft", offers.save_draft),
    web.post(f"/api/threads/{THREAD}/offers", offers.send),
    web.post(f"/api/threads/{THREAD}/erasure", offers.erase),
    web.get(f"/api/offers/{OFFER}", offers.offer),
    web.post(f"/api/offers/{OFFER}/counter", offers.counter),
    web.post(f"/api/offers/{OFFER}/withdraw", offers.withdraw),
    web.post(f"/api/offers/{OFFER}/sign", offers.sign),
    web.get(f"/api/offers/{OFFER}/differences", offers.compare),
    web.get(f"/offers/{OFFER}.pdf", offer_sheets.as_pdf),
    web.get(f"/offers/{OFFER}.json", offer_sheets.as_json),
    web.get(f"/threads/{THREAD}.pdf", thread_export.as_pdf),
    web.get(f"/threads/{THREAD}.json", thread_export.as_json),
    web.get(f"/threads/{THREAD}.csv", thread_export.as_csv),
    web.get(f"/api/rooms/{ROOM}/appointment-slots", appointments.slots),
    web.post(f"/api/rooms/{ROOM}/appointments", appointments.request_appointment),
    web.get("/api/appointments", appointments.listed),
    web.post(f"/api/appointments/{APPOINTMENT}/accept", appointments.accept),
    web.post(f"/api/appointments/{APPOINTMENT}/decline", appointments.decline),
    web.post(f"/api/appointments/{APPOINTMENT}/cancel", appointments.cancel),
    web.post(f"/api/appointments/{APPOINTMENT}/counter", appointments.counter),
    web.post(f"/api/appointments/{APPOINTMENT}/reassign", appointments.reassign),
    web.post(f"/api/appointments/{APPOINTMENT}/outcome", appointments.note),
    web.get(f"/appointments/{APPOINTMENT}.ics", calendar_feeds.entry),
    web.post("/api/calendar", calendar_feeds.renew),
    web.delete("/api/calendar", calendar_feeds.revoke),
    web.get(f"/calendar/{{token:{TOKEN}}}.ics", calendar_feeds.feed),
    web.post(f"/api/calls/{CALL}/files", call_files.add, name="call-files"),
    web.post(f"/api/calls/{CALL}/notes", call_files.leave_note),
    web.get(f"/api/calls/{CALL}/recordings", call_files.recordings),
    web.get(f"/call-files/{CALL}/{{file:{TOKEN}}}", call_files.give),
    web.get(f"/thumbnails/{ROOM}.jpg", pictures.thumbnail),
    web.get("/fair-certificate.pem", certificate.published),
    web.post(f"/api/rooms/{ROOM}/messages", asking.write),
    web.get(f"/api/rooms/{ROOM}/follow-up", asking.follow_up),
    web.post(f"/api/rooms/{ROOM}/follow-up/{{subject:[A-Za-z0-9._-]{{1,128}}}}", asking.see_to),
    web.post(
        f"/api/rooms/{ROOM}/follow-up/{{subject:[A-Za-z0-9._-]{{1,128}}}}/appointment", appointments.propose
    ),
    web.post(f"/api/rooms/{ROOM}/hours", asking.set_hours),
    web.post(f"/api/rooms/{ROOM}/roster", asking.set_roster),
    web.get(f"/api/rooms/{ROOM}/blocks", asking.blocks),
    web.post(f"/api/rooms/{ROOM}/blocks", asking.block),
    web.get("/pictures/{name}", pictures.picture),
    web.get("/static/{path:.+}", pictures.static),
    web.get("/favicon.ico", pictures.favicon),
]
MEDIA = [
    web.post(f"/whip/{ROOM}", whip.create),
    web.options(f"/whip/{ROOM}", whip.options),
    web.get(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.nothing),
    web.patch(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.change),
    web.delete(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.end),
    web.options(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.options),
    web.post(f"/whep/{ROOM}", whep.create),
    web.options(f"/whep/{ROOM}", whep.options),
    web.get(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.nothing),
    web.patch(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.change),
    web.delete(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.end),
    web.options(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.options),
    web.get(f"/whep/{ROOM}/{{session:{TOKEN}}}/layer", whep.sizes),
    web.post(f"/whep/{ROOM}/{{session:{TOKEN}}}/layer", whep.choose),
    web.options(f"/whep/{ROOM}/{{session:{TOKEN}}}/layer", whep.options),
]
CALL_MEDIA = [
    web.post(f"/whip/calls/{TALK}", call_doors.publish),
    web.post(f"/whep/calls/{TALK}/{{seat:{TOKEN}}}", call_doors.view),
    web.options(f"/whip/calls/{TALK}", call_doors.options),
    web.options(f"/whep/calls/{TALK}/{{seat:{TOKEN}}}", call_doors.options),
    *(
        method(f"{door}/{{session:{TOKEN}}}", answer)
        for door in (f"/whip/calls/{TALK}", f"/whep/calls/{TALK}/{{seat:{TOKEN}}}")
        for method, answer in (
            (web.get, call_doors.nothing), (web.patch, call_doors.change), (web.delete, call_doors.end),
            (web.options, call_doors.options),
        )
    ),
]
OPERATIONS = [
    web.get("/api/docs", api_docs.docs),
    web.get("/api/openapi.json", api_docs.openapi),
    web.get("/healthz", operations.alive),
    web.get("/readyz", operations.ready),
    web.get("/metrics", operations.metrics),
]


def add_routes(app: web.Application) -> None:
    """Put the whole table into `app`."""
    app.add_routes([*PAGES, *DATA, *MEDIA, *CALL_MEDIA, *hls.ROUTES, *OPERATIONS])
    app.on_response_prepare.append(note_beginning)
    app.on_response_prepare.append(add_security_headers)
    app.on_response_prepare.append(add_cors_headers)
    app.on_response_prepare.append(add_hls_headers)
    app.on_response_prepare.append(call_files.add_file_headers)
