import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { said } from "../api/client";
import type { Schema } from "../models/models";
import { label as written } from "../prompt/mentions";
import { Icon } from "../ui/icon";
import { Tool } from "../ui/tool";
import type { ElementValue } from "../workbench/draft";
import { drop } from "./element-picker";
import { chosen, type Element, elements, lookAtElements, pictureOf } from "./library";
import { Making } from "./making";
import { Removing } from "./removing";
import { Renaming } from "./renaming";

interface DialogProps {
  schema: Schema;
  value: readonly ElementValue[];
  /** How many a request may have. */
  most: number;
  onChange: (value: readonly ElementValue[]) => void;
  onClose: () => void;
}

/** What the dialog shows: the elements there are, or what is done to one. */
type View = { does: "choose" } | { does: "make" } | { does: "rename" | "remove"; one: Element };

function titleOf(view: View): string {
  if (view.does === "choose") return "Elements";
  if (view.does === "make") return "New element";
  return `${view.does === "rename" ? "Rename" : "Delete"} “${view.one.name}”`;
}

export function ElementDialog({ schema, value, most, onChange, onClose }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const view = useSignal<View>({ does: "choose" });
  const trouble = useSignal("");
  useEffect(() => {
    dialog.current?.showModal();
    lookAtElements().catch((error: unknown) => {
      trouble.value = said(error);
    });
  }, [trouble]);

  /** To the list again, where the focus goes to an element, or to what makes new ones. */
  const back = (name?: string): void => {
    view.value = { does: "choose" };
    requestAnimationFrame(() => {
      const all = [...(dialog.current?.querySelectorAll<HTMLElement>("[data-element]") ?? [])];
      const one = all.find(({ dataset }) => dataset["element"] === name);
      (one ?? dialog.current)?.querySelector<HTMLElement>(one ? "button" : "[data-new]")?.focus();
    });
  };
  /** Take what was renamed or deleted out of the request, or its successor in. */
  const replace = (old: Element, by: ElementValue | null): void => {
    if (!value.some(({ name }) => name === old.name)) return;
    for (const one of value) if (one.name === old.name) drop(one);
    onChange(value.flatMap((one) => (one.name === old.name ? (by ?? []) : one)));
  };
  const { does } = view.value;
  const name = "one" in view.value ? view.value.one.name : undefined;
  return (
    <dialog
      ref={dialog}
      class="dialog-large"
      aria-labelledby={`${id}-title`}
      onCancel={(event) => {
        if (does === "choose") return;
        event.preventDefault(); // Escape leads one step back
        back(name);
      }}
      onClose={onClose}
    >
      <div class="dialog-head">
        <h2 id={`${id}-title`}>{titleOf(view.value)}</h2>
        <Tool icon="close" label="Close" onClick={() => dialog.current?.close()} />
      </div>
      <p class="error" role="alert">
        {trouble}
      </p>
      {does === "choose" && <Choosing {...{ value, most, onChange, view }} />}
      {does === "choose" && (
        <div class="element-foot">
          <button
            data-new
            class="button"
            type="button"
            onClick={() => {
              view.value = { does: "make" };
            }}
          >
            <Icon name="plus" />
            New element
          </button>
          <button class="button accent" type="button" onClick={() => dialog.current?.close()}>
            Done
          </button>
        </div>
      )}
      {does === "make" && (
        <Making
          schema={schema}
          onDone={(made) => {
            if (made && value.length < most) onChange([...value, chosen(made)]);
            back(made?.name);
          }}
        />
      )}
      {view.value.does === "rename" && (
        <Renaming
          one={view.value.one}
          onDone={(old, now) => {
            if (now) replace(old, chosen(now));
            back((now ?? old).name);
          }}
        />
      )}
      {view.value.does === "remove" && (
        <Removing
          one={view.value.one}
          used={value.some((each) => each.name === name)}
          onDone={(old) => {
            if (old) replace(old, null);
            back(name);
          }}
        />
      )}
    </dialog>
  );
}

interface ChoosingProps {
  value: readonly ElementValue[];
  most: number;
  onChange: (value: readonly ElementValue[]) => void;
  view: Signal<View>;
}

function Choosing({ value, most, onChange, view }: ChoosingProps) {
  const all = elements.value;
  if (!all) return <p class="soft">Looking…</p>;
  if (!all.length) {
    return (
      <p class="soft">
        There is none yet. An element is a character or a thing, shown from its front and up to
        three more angles; once it is made, any request can use it as <code>@Element1</code>.
      </p>
    );
  }
  const toggle = (one: Element): void => {
    const there = value.find(({ name }) => name === one.name);
    if (there) {
      drop(there);
      onChange(value.filter((other) => other !== there));
    } else if (value.length < most) onChange([...value, chosen(one)]);
  };
  return (
    <>
      <ul class="element-cards">
        {all.map((one) => (
          <Card
            key={one.name}
            one={one}
            number={value.findIndex(({ name }) => name === one.name) + 1}
            full={value.length >= most}
            onToggle={() => toggle(one)}
            onDo={(does) => {
              view.value = { does, one };
            }}
          />
        ))}
      </ul>
      {value.length >= most && (
        <p class="hint" role="status">
          {most ? "There is room for no more." : "The images take up all the room there is."}
        </p>
      )}
    </>
  );
}

interface CardProps {
  one: Element;
  /** Its number in the request; 0: it is not in it. */
  number: number;
  full: boolean;
  onToggle: () => void;
  onDo: (does: "rename" | "remove") => void;
}

function Card({ one, number, full, onToggle, onDo }: CardProps) {
  const angles = one.files.length - 1;
  return (
    <li class={`element-card ${number ? "chosen" : ""}`} data-element={one.name}>
      <button
        class="element-choice"
        type="button"
        aria-pressed={number > 0}
        aria-disabled={!number && full}
        onClick={onToggle}
      >
        <img src={pictureOf(one)} alt="" loading="lazy" />
        {number > 0 && <span class="tag accent">{written("element", number)}</span>}
        <span class="element-name">{one.name}</span>
        <span class="hint">{angles === 0 ? "front" : `front and ${angles} more`}</span>
      </button>
      <span class="element-tools">
        <Tool icon="edit" label={`Rename ${one.name}`} onClick={() => onDo("rename")} />
        <Tool icon="delete" label={`Delete ${one.name}`} onClick={() => onDo("remove")} />
      </span>
    </li>
  );
}
