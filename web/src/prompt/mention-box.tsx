import { useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { History, type Moment } from "./history";
import { type Intent, intentOf } from "./keys";
import { type Begun, begun, carried, completion, label, matching, spliced } from "./mentions";
import { Menu, optionId } from "./menu";
import { Mirror } from "./mirror";
import { type Attached, attached } from "./references";
import { onRenumbering } from "./renumber";
import "./prompt.css";

export interface MentionBoxProps {
  id: string;
  text: string;
  onText: (text: string) => void;
  rows?: number;
  placeholder?: string | undefined;
  required?: boolean | undefined;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
  /** Pressed together with Ctrl or Cmd: Enter. */
  onRun?: (() => void) | undefined;
}

/**
 * A field of text in which references can be mentioned: `@` offers them.
 *
 * It is a plain textarea over a mirror that draws the marks, so that input methods, spelling, screen
 * readers and the keyboards of phones work as in any other. Only undo is its own (see `history.ts`).
 */
export function MentionBox({ text, onText, onRun, rows = 3, ...rest }: MentionBoxProps) {
  const menu = useId();
  const box = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const history = useHistory(text, area);
  const at = useSignal<Begun | null>(null);
  const chosen = useSignal(0);
  /** Where a mention was begun for which the menu was closed. */
  const closed = useRef<number | null>(null);

  const options = at.value ? matching(at.value.query, attached.value) : [];
  const only = options.length === 1 ? options[0] : undefined;
  const whole = only && label(only.kind, only.number).slice(1) === at.value?.query;
  const open = options.length > 0 && !whole;

  function look(): void {
    const element = area.current;
    if (!element) return;
    const { selectionStart: caret, selectionEnd: end, value } = element;
    const found = caret === end ? begun(value, caret) : null;
    if (found?.start !== closed.current) closed.current = null;
    const shown = found && closed.current === null ? found : null;
    if (shown?.query !== at.value?.query) chosen.value = 0;
    at.value = shown;
  }

  function close(): void {
    closed.current = at.value?.start ?? null;
    at.value = null;
  }

  function complete(one: Attached): void {
    if (!at.value) return;
    const by = completion(text, at.value, one);
    const next = spliced(text, [{ ...at.value, by }]);
    // Past the space that follows, whether it was there or came along.
    const caret =
      at.value.start +
      by.length +
      (by.endsWith(" ") || next[at.value.start + by.length] !== " " ? 0 : 1);
    at.value = null;
    history.put({ text: next, start: caret, end: caret });
    onText(next);
  }

  function step(moment: Moment | null): void {
    if (!moment) return;
    at.value = null;
    history.show(moment);
    onText(moment.text);
  }

  function move(by: number): void {
    chosen.value = (chosen.value + by + options.length) % options.length;
  }

  function act(intent: Intent): void {
    const one = options[chosen.value];
    if (intent === "undo") step(history.undo());
    else if (intent === "redo") step(history.redo());
    else if (intent === "run") onRun?.();
    else if (intent === "close") close();
    else if (intent === "take" && one) complete(one);
    else move(intent === "next" ? 1 : -1);
  }

  return (
    <div class="mention-box" ref={box}>
      <div class="mention-scroll">
        <Mirror text={text} anchor={open ? (at.value?.start ?? null) : null} />
        <textarea
          {...rest}
          ref={area}
          class="mention-text"
          rows={rows}
          value={text}
          autocomplete="off"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={open ? menu : undefined}
          aria-activedescendant={open ? optionId(menu, chosen.value) : undefined}
          onBeforeInput={(event) => {
            const redo = event.inputType === "historyRedo";
            if (!redo && event.inputType !== "historyUndo") return;
            event.preventDefault(); // from the menu of the browser, or by a gesture
            step(redo ? history.redo() : history.undo());
          }}
          onInput={(event) => {
            history.typed(event);
            onText(event.currentTarget.value);
            look(); // phones compose every word: the menu must follow
          }}
          onCompositionStart={history.composes}
          onCompositionEnd={(event) => {
            history.composed(event.currentTarget);
            look();
          }}
          onKeyDown={(event) => {
            const intent = intentOf(event, open);
            if (!intent || (intent === "run" && !onRun)) return;
            event.preventDefault();
            event.stopPropagation(); // Escape is for the menu, not for a dialog around the field
            act(intent);
          }}
          onSelect={() => {
            history.moved();
            look();
          }}
          onBlur={() => {
            at.value = null;
          }}
        />
      </div>
      {open && (
        <Menu id={menu} options={options} chosen={chosen.value} box={box} onChoose={complete} />
      )}
      <span class="visually-hidden" role="status">
        {open && `${options.length} to mention. Arrow keys choose, Enter puts in.`}
      </span>
    </div>
  );
}

/** The history of a field, in step with what is typed, what is put from outside, and renumberings. */
function useHistory(text: string, area: { current: HTMLTextAreaElement | null }) {
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
