/** What keys do while something inside a player has the focus. */

import type { Deck } from "./deck";
import type { ViewState } from "./view";

/** Do what a key means; whether it meant anything. */
export function press(event: KeyboardEvent, deck: Deck, state: ViewState): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement;
  const takesKeys = target.matches("input[type=radio], select, textarea, input[type=text]");
  if (takesKeys && event.key.startsWith("Arrow")) return false;
  if (event.key === " " && target.matches("button, input[type=radio], a")) return false;
  const second = Math.round(deck.clock.rate);
  const acts: Record<string, () => unknown> = {
    " ": () => deck.toggle(),
    ",": () => deck.step(-1),
    ".": () => deck.step(1),
    ArrowLeft: () => deck.seek(deck.at.value - second),
    ArrowRight: () => deck.seek(deck.at.value + second),
    Home: () => deck.seek(0),
    End: () => deck.seek(deck.last),
    f: () => {
      state.held.value = true;
    },
    l: () => {
      deck.loop.value = !deck.loop.value;
    },
    m: () => {
      deck.muted.value = !deck.muted.value;
    },
  };
  const act = acts[event.key];
  if (!act) return false;
  act();
  return true;
}

/** Let go of what a key held. */
export function release(event: KeyboardEvent, state: ViewState): void {
  if (event.key === "f") state.held.value = false;
}
