import { expect, it } from "vitest";
import { intentOf, type Key } from "./keys";

const press = (key: string, more: Partial<Key> = {}): Key => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 0,
  ...more,
});

it.each(["Enter", "Tab", "Escape", "ArrowDown", "ArrowUp"])(
  "%s is the menu's while it is open",
  (key) => {
    expect(intentOf(press(key), true)).not.toBeNull();
    expect(intentOf(press(key), false)).toBeNull();
    expect(intentOf(press(key, { shiftKey: true }), true)).toBeNull();
  },
);

it.each(["Enter", "Escape", "ArrowDown", "z"])(
  "%s is the input method's while it composes",
  (key) => {
    const ctrlKey = key === "z";
    expect(intentOf(press(key, { ctrlKey, isComposing: true }), true)).toBeNull();
    // Safari ends the composition before it tells of the key that ended it.
    expect(intentOf(press(key, { ctrlKey, keyCode: 229 }), true)).toBeNull();
  },
);

it("undoes and redoes by the keys of every system", () => {
  expect(intentOf(press("z", { ctrlKey: true }), false)).toBe("undo");
  expect(intentOf(press("z", { metaKey: true }), false)).toBe("undo");
  expect(intentOf(press("Z", { metaKey: true, shiftKey: true }), false)).toBe("redo");
  expect(intentOf(press("y", { ctrlKey: true }), true)).toBe("redo");
  expect(intentOf(press("z"), false)).toBeNull();
  expect(intentOf(press("z", { ctrlKey: true, altKey: true }), false)).toBeNull(); // AltGr types a letter
});

it("runs by Ctrl and Enter even while the menu is open", () => {
  expect(intentOf(press("Enter", { ctrlKey: true }), true)).toBe("run");
  expect(intentOf(press("Enter", { metaKey: true }), false)).toBe("run");
});
