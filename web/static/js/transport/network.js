/** Notices that this machine is on another network, or back on one. */

/** @param {() => void} act called each time */
export function onNetworkChange(act) {
  addEventListener("online", act);
  /** @type {(EventTarget & {type?: string}) | undefined} */
  const network = /** @type {any} */ (navigator).connection;
  let type = network?.type;
  network?.addEventListener("change", () => {
    if (network.type === type) return; // it tells of every new estimate of the speed as well
    type = network.type;
    if (type !== "none") act();
  });
}
