import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Moment } from "./history";
import { type Begun, begun, completion, label, matching, spliced } from "./mentions";
import { type Attached, attached } from "./references";

/** What a field offers to mention where its caret is. */
export function useMenu(area: { current: HTMLTextAreaElement | null }) {
  const at = useSignal<Begun | null>(null);
  const chosen = useSignal(0);
  /** Where a mention was begun for which the menu was closed. */
  const closed = useRef<number | null>(null);
  /** The text and the caret behind a mention that was put in together with a space. */
  const spaced = useRef<Moment | null>(null);
  const options = at.value ? matching(at.value.query, attached.value) : [];

  return {
    options,
    chosen: chosen.value,
    /** Where the @ is. */
    start: at.value?.start ?? null,
    open: options.length > 0 && !isWhole(options, at.value?.query),

    /** See what is being written now. */
    look(): void {
      const element = area.current;
      if (!element) return;
      const { selectionStart: caret, selectionEnd: end, value } = element;
      const found = caret === end ? begun(value, caret) : null;
      if (found?.start !== closed.current) closed.current = null;
      const shown = found && closed.current === null ? found : null;
      if (shown?.query !== at.value?.query) chosen.value = 0;
      at.value = shown;
    },

    move(by: number): void {
      chosen.value = (chosen.value + by + options.length) % options.length;
    },

    /** Closed until another mention is begun. */
    close(): void {
      closed.current = at.value?.start ?? null;
      at.value = null;
    },

    /** Closed until the text or the caret changes. */
    leave(): void {
      at.value = null;
    },

    /** Whether the space that is typed is there already, having come with the mention before it. */
    isThere(
      typed: string | null,
      { value, selectionStart, selectionEnd }: HTMLTextAreaElement,
    ): boolean {
      const was = spaced.current;
      spaced.current = null; // whoever types another one wants it
      const here = was?.text === value && was.end === selectionStart && was.end === selectionEnd;
      return typed === " " && here;
    },

    /** The text with the mention in it, and the caret behind it. */
    complete(text: string, one: Attached): Moment | null {
      const here = at.value;
      if (!here) return null;
      at.value = null;
      const by = completion(text, here, one);
      const next = spliced(text, [{ ...here, by }]);
      const end = here.start + by.length;
      // Past the space that follows, whether it was there or came along.
      const caret = !by.endsWith(" ") && next[end] === " " ? end + 1 : end;
      const moment = { text: next, start: caret, end: caret };
      spaced.current = next[caret - 1] === " " ? moment : null;
      return moment;
    },
  };
}

/** Whether the only one to offer is written already. */
function isWhole(options: readonly Attached[], query: string | undefined): boolean {
  const [one, ...others] = options;
  return !!one && !others.length && label(one.kind, one.number).slice(1) === query;
}
