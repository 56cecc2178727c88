import { useId, useRef } from "preact/hooks";
import type { Moment } from "./history";
import { type Intent, intentOf } from "./keys";
import { Menu, optionId } from "./menu";
import { Mirror } from "./mirror";
import "./prompt.css";
import type { Attached } from "./references";
import { useHistory } from "./use-history";
import { useMenu } from "./use-menu";

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
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const history = useHistory(text, area);
  const menu = useMenu(area);
  const { open, options, chosen } = menu;

  function take(one: Attached): void {
    const moment = menu.complete(text, one);
    if (!moment) return;
    history.put(moment);
    onText(moment.text);
  }

  function step(moment: Moment | null): void {
    if (!moment) return;
    menu.leave();
    history.show(moment);
    onText(moment.text);
  }

  function act(intent: Intent): void {
    const one = options[chosen];
    if (intent === "undo") step(history.undo());
    else if (intent === "redo") step(history.redo());
    else if (intent === "run") onRun?.();
    else if (intent === "close") menu.close();
    else if (intent === "take" && one) take(one);
    else menu.move(intent === "next" ? 1 : -1);
  }

  return (
    <div class="mention-box" ref={box}>
      <div class="mention-scroll">
        <Mirror text={text} anchor={open ? menu.start : null} />
        <textarea
          {...rest}
          ref={area}
          class="mention-text"
          rows={rows}
          value={text}
          autocomplete="off"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={open ? id : undefined}
          aria-activedescendant={open ? optionId(id, chosen) : undefined}
          onBeforeInput={(event) => {
            if (menu.isThere(event.data, event.currentTarget)) event.preventDefault();
            const redo = event.inputType === "historyRedo";
            if (!redo && event.inputType !== "historyUndo") return;
            event.preventDefault(); // from the menu of the browser, or by a gesture
            step(redo ? history.redo() : history.undo());
          }}
          onInput={(event) => {
            history.typed(event);
            onText(event.currentTarget.value);
            menu.look(); // phones compose every word: the menu must follow
          }}
          onCompositionStart={history.composes}
          onCompositionEnd={(event) => {
            history.composed(event.currentTarget);
            menu.look();
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
            menu.look();
          }}
          onBlur={menu.leave}
        />
      </div>
      {open && <Menu id={id} options={options} chosen={chosen} box={box} onChoose={take} />}
      <span class="visually-hidden" role="status">
        {open && `${options.length} to mention. Arrow keys choose, Enter puts in.`}
      </span>
    </div>
  );
}
