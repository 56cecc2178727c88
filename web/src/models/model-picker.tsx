import { useSignal } from "@preact/signals";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { dollars } from "../ui/format";
import { Icon, type IconName } from "../ui/icon";
import { choose, model } from "../workbench/draft";
import { type Model, models } from "./models";
import "./model-picker.css";

/** Which model: what each does, takes and costs. A list that opens below a button. */
export function ModelPicker() {
  const id = useId();
  const open = useSignal(false);
  const at = useSignal(0);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: "", when: 0 });
  const all = models.value ?? [];
  const chosen = model.value;

  useLayoutEffect(() => {
    if (open.value) list.current?.focus();
  }, [open.value]);
  useLayoutEffect(() => {
    list.current?.children[at.value]?.scrollIntoView({ block: "nearest" });
  }, [at.value, open.value]);

  function show(): void {
    at.value = Math.max(
      0,
      all.findIndex((one) => one.id === chosen?.id),
    );
    open.value = true;
  }

  function close(): void {
    open.value = false;
    button.current?.focus();
  }

  function take(one: Model | undefined): void {
    if (one && one.id !== chosen?.id) choose(one.id);
    close();
  }

  function keyDown(event: KeyboardEvent): void {
    const to = stepOf(event.key, at.value, all.length);
    if (to !== null) at.value = to;
    else if (event.key === "Enter" || (event.key === " " && !typing())) take(all[at.value]);
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) find(event.key);
    else return;
    if (event.key !== "Tab") event.preventDefault();
  }

  /** Whether what is typed goes on, a space too. */
  const typing = (): boolean => performance.now() - typed.current.when < 800;

  /** The next model whose name has what was typed. */
  function find(letter: string): void {
    const text = (typing() ? typed.current.text : "") + letter.toLowerCase();
    typed.current = { text, when: performance.now() };
    const order = [...all.slice(at.value + (text.length > 1 ? 0 : 1)), ...all];
    const found = order.find((one) => one.display_name.toLowerCase().includes(text));
    if (found) at.value = all.indexOf(found);
  }

  if (!chosen) return null;
  return (
    <div
      class="model-picker"
      onFocusOut={(event) => {
        const to = event.relatedTarget;
        if (!(to instanceof Node && event.currentTarget.contains(to))) open.value = false;
      }}
    >
      <span class="model-picker-title" id={`${id}-title`} aria-hidden="true">
        Model
      </span>
      <button
        ref={button}
        class="model-picker-button"
        type="button"
        aria-haspopup="listbox"
        aria-expanded={open.value}
        onClick={() => (open.value ? close() : show())}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          show();
        }}
      >
        <span class="visually-hidden">Model: </span>
        <Row of={chosen} />
        <Icon name="down" />
      </button>
      {open.value && (
        <div
          ref={list}
          class="model-picker-list"
          role="listbox"
          tabIndex={0}
          aria-labelledby={`${id}-title`}
          aria-activedescendant={`${id}-${at.value}`}
          onKeyDown={keyDown}
        >
          {all.map((one, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the list, which has the focus
            <div
              key={one.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={one.id === chosen.id}
              class={index === at.value ? "at" : ""}
              onPointerMove={() => {
                at.value = index;
              }}
              onClick={() => take(one)}
            >
              <Row of={one} />
              <span class="model-tick">{one.id === chosen.id && <Icon name="check" />}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function stepOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(count - 1, at + 1);
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

function Row({ of }: { of: Model }) {
  const inputs = of.capabilities.input;
  return (
    <span class="model-row">
      {/* The spaces are for those who hear it as one. */}
      <span class="model-name">{of.display_name}</span>{" "}
      <span class="model-summary">{of.summary}</span>{" "}
      <span class="model-price">{dollars(of.pricing.cost_per_second)}/s</span>{" "}
      <span class="visually-hidden">takes {inputs.join(", ")}</span>
      <span class="model-inputs" aria-hidden="true">
        {inputs.map((kind) => (
          <Input key={kind} kind={kind} />
        ))}
      </span>
    </span>
  );
}

const INPUTS: Readonly<Record<string, IconName>> = { image: "image", video: "film", text: "text" };

function Input({ kind }: { kind: string }) {
  const icon = INPUTS[kind];
  return icon ? (
    <span title={`Takes ${kind}`}>
      <Icon name={icon} />
    </span>
  ) : (
    <span class="tag">{kind}</span>
  );
}
