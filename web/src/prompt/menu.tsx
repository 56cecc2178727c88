import { useLayoutEffect, useRef } from "preact/hooks";
import { label } from "./mentions";
import type { Attached } from "./references";
import { Thumb } from "./thumb";

interface MenuProps {
  id: string;
  options: readonly Attached[];
  chosen: number;
  /** The box that the menu lies under; where in it the @ is, its mirror tells. */
  box: { current: HTMLElement | null };
  onChoose: (one: Attached) => void;
}

export const optionId = (menu: string, index: number): string => `${menu}-${index}`;

/** What can be mentioned, under the @ that asks for it. */
export function Menu({ id, options, chosen, box, onChoose }: MenuProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (list.current && box.current) place(list.current, box.current);
  });
  useLayoutEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div class="mention-menu" id={id} ref={list} role="listbox" aria-label="What can be mentioned">
      {options.map((one, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
        <div
          key={`${one.kind}${one.number}`}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onPointerDown={(event) => event.preventDefault() /* the field keeps the focus */}
          onClick={() => onChoose(one)}
        >
          <Thumb id={one.id} />
          <span class="mention-menu-label">{label(one.kind, one.number)}</span>
          <span class="mention-menu-name">{one.name}</span>
        </div>
      ))}
    </div>
  );
}

/** Below the line of the @; above it where there is no room, and never beyond the box. */
function place(list: HTMLElement, box: HTMLElement): void {
  const anchor = box.querySelector("[data-anchor]") ?? box;
  const [at, within] = [anchor.getClientRects()[0], box.getBoundingClientRect()];
  if (!at) return;
  const left = Math.max(0, Math.min(at.left - within.left, within.width - list.offsetWidth));
  const below = Math.min(at.bottom, within.bottom) - within.top;
  const above = Math.max(at.top, within.top) - within.top - list.offsetHeight;
  const room = innerHeight - within.top - below > list.offsetHeight + 8;
  list.style.left = `${left}px`;
  list.style.top = `${room || within.top + above < 0 ? below + 4 : above - 4}px`;
}
