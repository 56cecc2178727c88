/** What a key means in a field with mentions. */

export type Intent = "undo" | "redo" | "run" | "take" | "close" | "next" | "previous";

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/** null: the key is the browser's, or the input method's. `open`: whether the menu is. */
export function intentOf(event: Key, open: boolean): Intent | null {
  // While something is composed, Enter and the arrows choose among its candidates.
  if (event.isComposing || event.keyCode === 229 || event.altKey) return null;
  const { key, ctrlKey, shiftKey } = event;
  if (ctrlKey || event.metaKey) {
    if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
    if (key.toLowerCase() === "y" && ctrlKey && !shiftKey) return "redo";
    return key === "Enter" ? "run" : null;
  }
  return open && !shiftKey ? (MENU[key] ?? null) : null;
}

const MENU: Readonly<Record<string, Intent>> = {
  Enter: "take",
  Tab: "take",
  Escape: "close",
  ArrowDown: "next",
  ArrowUp: "previous",
};
