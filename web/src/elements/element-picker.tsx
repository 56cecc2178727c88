import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { moved } from "../footage/order";
import type { Schema } from "../models/models";
import { label as written } from "../prompt/mentions";
import { Thumb } from "../prompt/thumb";
import { Icon } from "../ui/icon";
import { later } from "../ui/later";
import { Tool } from "../ui/tool";
import { detach } from "../workbench/attachment";
import type { ElementValue } from "../workbench/draft";
import "./elements.css";

const ElementDialog = later(() => import("./dialog").then((all) => all.ElementDialog));

export interface ElementPickerProps {
  schema: Schema;
  value: readonly ElementValue[];
  onChange: (value: readonly ElementValue[]) => void;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** How many more there is room for, where something besides `maxItems` takes up room. */
  room?: number | undefined;
}

/** The elements of a request, in the order that gives them their numbers. */
export function ElementPicker(props: ElementPickerProps) {
  const { schema, value, onChange, label, hint, error, room = Number.POSITIVE_INFINITY } = props;
  const id = useId();
  const open = useSignal(false);
  const told = useSignal("");
  const list = useRef<HTMLOListElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const most = Math.min(schema.maxItems ?? Number.POSITIVE_INFINITY, value.length + room);

  function move(from: number, to: number): void {
    if (to < 0 || to >= value.length) return;
    onChange(moved(value, from, to));
    told.value = `Moved to place ${to + 1} of ${value.length}.`;
  }

  function remove(index: number): void {
    drop(value[index]);
    onChange(value.filter((_, at) => at !== index));
    told.value = "Taken out.";
    requestAnimationFrame(() => {
      const rows = list.current?.querySelectorAll<HTMLElement>("[data-remove]");
      (rows?.[Math.min(index, rows.length - 1)] ?? button.current)?.focus();
    });
  }

  return (
    <fieldset class="footage" aria-describedby={`${id}-hint ${id}-error`}>
      <legend>{label}</legend>
      {value.length > 0 && (
        <ol class="element-list" ref={list}>
          {value.map((one, index) => (
            <Row
              key={one.frontal ?? one.name}
              one={one}
              index={index}
              count={value.length}
              onMove={(to) => move(index, to)}
              onRemove={() => remove(index)}
            />
          ))}
        </ol>
      )}
      <button
        ref={button}
        class="button slim add"
        type="button"
        aria-haspopup="dialog"
        aria-invalid={error ? true : undefined}
        onClick={() => {
          open.value = true;
        }}
      >
        <Icon name="shapes" />
        {value.length ? "Change elements" : "Choose elements"}
      </button>
      <p class="hint" id={`${id}-hint`}>
        {hint ?? "A character or thing, from its front and up to three more angles."}
      </p>
      <p class="visually-hidden" role="status">
        {told}
      </p>
      <p id={`${id}-error`} class="error" role="alert">
        {error}
      </p>
      {open.value && (
        <ElementDialog
          schema={schema}
          value={value}
          most={most}
          onChange={onChange}
          onClose={() => {
            open.value = false;
            button.current?.focus();
          }}
        />
      )}
    </fieldset>
  );
}

/** Let go of what an element of a request held. */
export function drop(one: ElementValue | undefined): void {
  for (const id of one ? [one.frontal, ...one.angles] : []) if (id) detach(id);
}

interface RowProps {
  one: ElementValue;
  index: number;
  count: number;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function Row({ one, index, count, onMove, onRemove }: RowProps) {
  const number = written("element", index + 1);
  return (
    <li class="element-row">
      <Thumb id={one.frontal ?? ""} />
      <span class="element-row-words">
        <strong>{number}</strong> <span>{one.name}</span>
      </span>
      {count > 1 && (
        <>
          <Tool
            icon="up"
            label={`Move ${number}, ${one.name}, up`}
            disabled={index === 0}
            onClick={() => onMove(index - 1)}
          />
          <Tool
            icon="down"
            label={`Move ${number}, ${one.name}, down`}
            disabled={index === count - 1}
            onClick={() => onMove(index + 1)}
          />
        </>
      )}
      <Tool icon="close" label={`Take ${number}, ${one.name}, out`} mark onClick={onRemove} />
    </li>
  );
}
