/** Lets the buttons on the stage fade while a picture plays and nobody touches anything. */

const QUIET_MS = 3000;
/** A touch shows the buttons at least so long before it counts as pressing one. */
const STIRS = ["pointermove", "pointerdown", "focusin", "keydown"];

/** @param {HTMLElement} stage gets `data-quiet` while it is quiet; the style says what that hides */
export function keepQuiet(stage) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const rest = () => {
    const isInUse = stage.querySelector(".stage-bottom :is(:focus-visible, [aria-expanded=true])") !== null;
    stage.toggleAttribute("data-quiet", !isInUse);
    if (isInUse) timer = setTimeout(rest, QUIET_MS);
  };
  const stir = () => {
    stage.removeAttribute("data-quiet");
    clearTimeout(timer);
    timer = setTimeout(rest, QUIET_MS);
  };
  for (const kind of STIRS) stage.addEventListener(kind, stir);
  stage.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "touch") return;
    clearTimeout(timer);
    rest();
  });
  stir();
}
