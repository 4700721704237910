"""Two ends of a call in one page, and a line between them that loses what it is told to."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import People
from tests.journeys.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

TWO_ENDS = """
async (lose) => {
  const {Negotiation} = await import('/static/js/transport/negotiation.js');
  const lost = [], canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
  let hue = 0;
  setInterval(() => {
    pen.fillStyle = `hsl(${hue += 7} 90% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }, 40);
  const end = (other) => new Negotiation({send: async (signal) => {
    const type = signal.description?.type;
    if (type === lose && window.loses) {
      window.loses = false;
      lost.push(type);
      throw new Error('offline');
    }
    other().take(JSON.parse(JSON.stringify(signal)));
  }});
  const first = end(() => second), second = end(() => first);
  first.agree({polite: false, iceServers: [], relayOnly: false});
  second.agree({polite: true, iceServers: [], relayOnly: false});
  Object.assign(window, {first, second, lost, loses: false});
  for (const [name, end] of Object.entries({first, second})) {
    end.use('video', canvas.captureStream(25).getVideoTracks()[0]);
    const video = Object.assign(document.createElement('video'), {id: `seen-by-${name}`, muted: true});
    video.srcObject = end.stream;
    video.autoplay = true;
    document.body.append(video);
  }
  first.meet();
  second.meet();
}
"""
ARE_AGREED = """
() => [first, second].every(({connection}) => connection?.signalingState === 'stable'
  && connection.connectionState === 'connected')
"""
NAMES = r"""
() => [first, second].map(({connection}) => /a=ice-ufrag:(.+)/.exec(connection.localDescription.sdp)[1])
"""
LOSE_ONE = "() => { window.loses = true; first.restart(); }"
IS_LOST = "() => lost.length === 1 && first.connection.signalingState === 'have-local-offer'"
BOTH_LOOK_FOR_A_PATH = """
() => {
  for (const end of [first, second]) {
    end.state = 'reconnecting';
    end.meet();
  }
}
"""


async def agreed(people: People, lost: str) -> Person:
    """Open a page with both ends, connected; the line loses one word of a kind when it is told to."""
    person = await people.enter()
    await person.go("/")
    await person.page.evaluate(TWO_ENDS, lost)
    await person.page.wait_for_function(ARE_AGREED)
    return person


@pytest.mark.long
@pytest.mark.threat("F31")
@pytest.mark.parametrize("lost", ["offer", "answer"])
async def test_a_lost_word_holds_up_no_call_whose_path_broke(people: People, lost: str) -> None:
    """The one who made the offer waits for its answer and heeds no other offer: it has to make it again."""
    page = (await agreed(people, lost)).page
    before = await page.evaluate(NAMES)
    await page.evaluate(LOSE_ONE)
    await page.wait_for_function(IS_LOST)
    await page.evaluate(BOTH_LOOK_FOR_A_PATH)
    await page.wait_for_function(ARE_AGREED)
    after = await page.evaluate(NAMES)
    assert not set(before) & set(after)


@pytest.mark.threat("F31")
async def test_both_may_look_for_a_path_at_once_and_go_on_seeing_each_other(people: People) -> None:
    """As when the credentials of both end together; an offer that is taken back would freeze the picture."""
    person = await agreed(people, "nothing")
    page = person.page
    for _ in range(3):
        before = await page.evaluate(NAMES)
        await page.evaluate("() => { second.restart(); first.restart(); }")
        are_others = f"before => !({NAMES})().some((name) => before.includes(name))"
        await page.wait_for_function(are_others, arg=before)
        await page.wait_for_function(ARE_AGREED)
        for name in ("first", "second"):
            await person.frames(f"#seen-by-{name}", 5)


@pytest.mark.long
async def test_what_comes_back_to_its_sender_changes_nothing(people: People) -> None:
    """As when a page has two conversations for a moment, at two nodes, and each hears the other."""
    page = (await agreed(people, "nothing")).page
    is_the_same = await page.evaluate(
        """
        async () => {
          const before = [first.connection, second.connection];
          for (const end of [first, second]) {
            end.take({description: end.connection.localDescription.toJSON()});
            await end._turn;
          }
          return before[0] === first.connection && before[1] === second.connection;
        }
        """
    )
    assert is_the_same is True
    await page.wait_for_function(ARE_AGREED)
