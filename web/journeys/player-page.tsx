/** The player alone, for its journey: clips come from the query, `?clip=URL&clip=URL`. */

import { render } from "preact";
import { Grid, Player } from "../src/player/player";
import "../src/ui/style.css";

const query = new URLSearchParams(location.search);
const clips = query.getAll("clip").map((address, index) => {
  const [url = "", stretch = ""] = address.split("#t=");
  const [start, end] = stretch.split(",").map((text) => (text ? Number(text) : null));
  return { url, name: `Clip ${index + 1}`, start: start ?? null, end: end ?? null };
});
if (query.has("copied")) Reflect.deleteProperty(globalThis, "VideoFrame");
if (query.has("untold")) {
  Reflect.deleteProperty(HTMLVideoElement.prototype, "requestVideoFrameCallback");
}

const [first, second] = clips;
const root = document.getElementById("app");
if (root && first) {
  if (clips.length > 2) render(<Grid clips={clips} />, root);
  else if (second) render(<Player before={{ ...first, name: "Before" }} after={second} />, root);
  else render(<Player after={first} />, root);
}
