import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { History, type Moment } from "./history";
import { carried, spliced } from "./mentions";
import { onRenumbering } from "./renumber";

/** The history of a field, in step with what is typed, what is put from outside, and renumberings. */
export function useHistory(text: string, area: { current: HTMLTextAreaElement | null }) {
  const kept = useRef<History | null>(null);
  kept.current ??= new History({ text, start: text.length, end: text.length });
  const history = kept.current;
  /** What an input method has on the way is no step of its own. */
  const composing = useRef(false);
  /** Where the caret must be once the text is drawn. */
  const caret = useRef<{ start: number; end: number } | null>(null);

  useEffect(
    () =>
      onRenumbering((how) => {
        const element = area.current;
        history.rewrite(({ text: old, start, end }) => {
          const splices = how(old);
          return {
            text: spliced(old, splices),
            start: carried(start, splices),
            end: carried(end, splices),
          };
        });
        if (!element) return;
        const splices = how(element.value);
        caret.current = {
          start: carried(element.selectionStart, splices),
          end: carried(element.selectionEnd, splices),
        };
      }),
    [history, area],
  );
  useLayoutEffect(() => {
    // What was put from outside, a draft say, is a step as well; everything else is known already.
    if (!composing.current) {
      history.record({ text, start: text.length, end: text.length }, "outside", 0);
    }
    const element = area.current;
    if (caret.current && element) element.setSelectionRange(caret.current.start, caret.current.end);
    caret.current = null;
  }, [text, history, area]);

  const momentOf = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Moment => ({
    text: value,
    start: selectionStart,
    end: selectionEnd,
  });
  return {
    undo: () => history.undo(),
    redo: () => history.redo(),
    show(moment: Moment): void {
      caret.current = moment;
    },
    put(moment: Moment): void {
      history.record(moment, "complete", performance.now());
      caret.current = moment;
    },
    typed(event: InputEvent & { currentTarget: HTMLTextAreaElement }): void {
      if (!event.isComposing) {
        history.record(momentOf(event.currentTarget), event.inputType, event.timeStamp);
      }
    },
    composes(): void {
      composing.current = true;
    },
    composed(element: HTMLTextAreaElement): void {
      composing.current = false;
      history.record(momentOf(element), "compose", performance.now());
    },
    moved(): void {
      const element = area.current;
      if (element) history.moved(element.value, element.selectionStart, element.selectionEnd);
    },
  };
}
