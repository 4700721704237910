"""The chat beside a recording while the server does not answer: nobody is told that nothing was written."""

from __future__ import annotations

from tests.web.page_modules import run

CHAT = """
let isDown = false;
const posts = [{id: "a", second: 3, text: "How long?"}, {id: "b", second: 9, text: "Six weeks."}];
const asked = [];
globalThis.fetch = async (url) => {
  asked.push(url);
  if (isDown === "away") throw new TypeError("no network");
  const after = Number(new URL(url, location.href).searchParams.get("after"));
  return {ok: !isDown, json: async () => ({posts: posts.filter(({second}) => second > after).slice(0, 1)})};
};
const { ReplayChat } = await load("pages/replay_chat.js");
const panel = document.getElementById("chat");
panel.replaceAll = (shown) => (panel.shown = shown.map(({id}) => id));
panel.add = ({id}) => (panel.shown = [...panel.shown ?? [], id]);
const open = () => new ReplayChat({posts_url: "/posts", show: {started_at: 100}}, () => undefined);
const words = () => panel.emptyText;
"""
NOTHING = "Nothing was written up to this second."
NOT_YET = "The chat could not be loaded yet; it is tried again."


def test_an_empty_chat_is_said_to_be_empty_once_the_server_has_said_so() -> None:
    assert run(CHAT + """
      posts.length = 0;
      open();
      const before = words();
      await settled();
      say(before, words(), asked.length);
    """) == ["", NOTHING, 1]


def test_a_chat_that_does_not_come_is_asked_for_again_and_shown() -> None:
    assert run(CHAT + """
      isDown = true;
      const chat = open();
      await settled();
      const said = [words()];
      isDown = "away";
      await later();
      said.push(words());
      isDown = false;
      await later();
      chat.follow(10);
      say(said, words(), panel.shown, asked.length);
    """) == [[NOT_YET, NOT_YET], NOTHING, ["a", "b"], 5]


def test_the_rest_of_a_chat_is_asked_for_where_it_broke_off() -> None:
    assert run(CHAT + """
      const { fetch } = globalThis;
      globalThis.fetch = (url) => { isDown = asked.length === 1; return fetch(url); };
      const chat = open();
      await settled();
      chat.follow(10);
      const first = [...panel.shown];
      await later();
      chat.follow(10);
      say(first, panel.shown, asked.slice(0, 3));
    """) == [["a"], ["a", "b"], ["/posts?after=-1", "/posts?after=3", "/posts?after=3"]]


def test_pauses_between_tries_grow_up_to_half_a_minute() -> None:
    assert run(CHAT + """
      isDown = true;
      Math.random = () => 1;
      open();
      await settled();
      const pauses = [];
      for (let turn = 0; turn < 7; turn++) {
        pauses.push(waits.at(-1).ms);
        await later();
      }
      say(...pauses);
    """) == [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
