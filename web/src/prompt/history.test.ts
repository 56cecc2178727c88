import { expect, it } from "vitest";
import { History } from "./history";
import { moves, renumbered } from "./mentions";

const at = (text: string) => ({ text, start: text.length, end: text.length });

function typed(history: History, text: string, from: string, when: number): void {
  for (let index = 1; index <= text.length; index++) {
    history.record(at(from + text.slice(0, index)), "insertText", when + index * 50);
  }
}

it("takes typing back word by word", () => {
  const history = new History(at(""));
  typed(history, "make it snow", "", 0);
  expect(history.undo()?.text).toBe("make it ");
  expect(history.undo()?.text).toBe("make ");
  expect(history.undo()?.text).toBe("");
  expect(history.undo()).toBeNull();
  expect(history.redo()?.text).toBe("make ");
  typed(history, "me", "make ", 9_000);
  expect(history.redo()).toBeNull();
  expect(history.undo()?.text).toBe("make ");
});

it("takes a paste, a completion and typing after a pause back by themselves", () => {
  const history = new History(at(""));
  history.record(at("a"), "insertText", 0);
  history.record(at("a pasted text"), "insertFromPaste", 100);
  history.record(at("a pasted text!"), "insertText", 200);
  history.record(at("a pasted text!?"), "insertText", 5_000);
  expect(history.undo()?.text).toBe("a pasted text!");
  expect(history.undo()?.text).toBe("a pasted text");
  expect(history.undo()?.text).toBe("a");
});

it("puts the caret where it was", () => {
  const history = new History(at("snow"));
  history.moved("snow", 0, 4);
  history.record(at("rain"), "insertFromPaste", 0);
  expect(history.undo()).toEqual({ text: "snow", start: 0, end: 4 });
});

it("brings no old number back", () => {
  const history = new History(at(""));
  history.record(at("@Image2 "), "complete", 0);
  history.record(at("@Image2 and @Image3"), "complete", 1);
  const to = moves(["a", "b", "c"], ["b", "c"]);
  history.rewrite((moment) => ({ ...moment, text: renumbered(moment.text, "image", to) }));
  expect(history.undo()?.text).toBe("@Image1 ");
  expect(history.redo()?.text).toBe("@Image1 and @Image2");
});
