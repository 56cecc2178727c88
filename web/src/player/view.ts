/** How a player shows its clips: kept by the browser, so that the next result is looked at in the same way. */

import { type Signal, signal } from "@preact/signals";
import { stored } from "../ui/stored";
import type { Mode } from "./painter";

export const MODES = [
  { mode: "wipe", name: "Wipe" },
  { mode: "side", name: "Side by side" },
  { mode: "flicker", name: "Flicker" },
  { mode: "difference", name: "Difference" },
] as const satisfies readonly { mode: Mode; name: string }[];

export type Comparison = (typeof MODES)[number]["mode"];

export interface ViewState {
  mode: Signal<Comparison>;
  /** Where the divider of the wipe is, 0 to 1. */
  divider: Signal<number>;
  /** How many times the difference is doubled, 0 to 5. */
  doublings: Signal<number>;
  /** Whether the other clip is shown, as long as something is held. */
  held: Signal<boolean>;
}

const saved = stored<Comparison>("player.mode", "wipe");

export function viewState(): ViewState {
  const mode = MODES.find((one) => one.mode === saved.get())?.mode ?? "wipe";
  return {
    mode: signal<Comparison>(mode),
    divider: signal(0.5),
    doublings: signal(0),
    held: signal(false),
  };
}

export function choose(view: ViewState, mode: Comparison): void {
  view.mode.value = mode;
  saved.set(mode);
}
