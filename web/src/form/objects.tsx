import { useRef } from "preact/hooks";
import type { Schema } from "../models/models";
import { Icon } from "../ui/icon";
import { Tool } from "../ui/tool";
import { model } from "../workbench/draft";
import { secondsOf } from "./checks";
import { Field, type FieldProps } from "./field";
import { GroupFrame, idOf } from "./frame";
import { itemOf, titleOf } from "./kind";

type Item = Readonly<Record<string, unknown>>;

/** An object as a group of fields. */
export function ObjectField({ place, name, schema, value, required, onChange }: FieldProps) {
  return (
    <GroupFrame
      place={place}
      title={titleOf(name, schema)}
      hint={schema.description}
      required={required}
    >
      <Parts place={place} schema={schema} value={(value ?? {}) as Item} onChange={onChange} />
    </GroupFrame>
  );
}

interface PartsProps {
  place: string;
  schema: Schema;
  value: Item;
  onChange: (value: Item) => void;
}

function Parts({ place, schema, value, onChange }: PartsProps) {
  return (
    <div class="form-fields">
      {Object.entries(schema.properties ?? {}).map(([name, part]) => (
        <Field
          key={name}
          place={`${place}.${name}`}
          name={name}
          schema={part}
          value={value[name]}
          required={schema.required?.includes(name)}
          onChange={(to) => onChange({ ...value, [name]: to })}
        />
      ))}
    </div>
  );
}

/** Objects in an order, such as the shots of a film. */
export function ObjectsField({ place, name, schema, value, required, onChange }: FieldProps) {
  const title = titleOf(name, schema);
  const one = itemOf(title);
  const list = (value ?? schema.default ?? []) as readonly Item[];
  const keys = useKeys(list.length);
  const full = list.length >= (schema.maxItems ?? Number.POSITIVE_INFINITY);
  const move = (from: number, to: number): void => {
    keys.move(from, to);
    onChange(moved(list, from, to));
  };
  return (
    <GroupFrame
      place={place}
      title={title}
      hint={schema.description}
      required={required}
      aside={<Total schema={schema} list={list} />}
    >
      <ol class="objects">
        {list.map((item, index) => (
          <li key={keys.of(index)} class="object">
            <div class="object-head">
              <h3>{`${one} ${index + 1}`}</h3>
              <Tool
                icon="up"
                label={`Move ${one} ${index + 1} up`}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              />
              <Tool
                icon="down"
                label={`Move ${one} ${index + 1} down`}
                disabled={index === list.length - 1}
                onClick={() => move(index, index + 1)}
              />
              <Tool
                icon="delete"
                label={`Remove ${one} ${index + 1}`}
                onClick={() => {
                  keys.remove(index);
                  const left = list.filter((_, at) => at !== index);
                  onChange(left.length ? left : undefined);
                  document.getElementById(idOf(place))?.focus();
                }}
              />
            </div>
            <Parts
              place={`${place}[${index}]`}
              schema={schema.items ?? {}}
              value={item}
              onChange={(to) => onChange(list.map((other, at) => (at === index ? to : other)))}
            />
          </li>
        ))}
      </ol>
      <button
        id={idOf(place)}
        class="button slim add"
        type="button"
        aria-disabled={full}
        onClick={() => !full && onChange([...list, {}])}
      >
        <Icon name="plus" />
        {full
          ? `${list.length} are the most`
          : `Add ${/^[aeiou]/i.test(one) ? "an" : "a"} ${one.toLowerCase()}`}
      </button>
    </GroupFrame>
  );
}

/** How long the shots are together, where they have a length. */
function Total({ schema, list }: { schema: Schema; list: readonly Item[] }) {
  const total = secondsOf(schema, list);
  const most = model.value?.request_schema.properties?.["duration"]?.maximum;
  if (total === null) return null;
  const over = most !== undefined && total > most;
  return (
    <span class={`counter ${over ? "over" : ""}`}>
      {most === undefined ? `${total} s` : `${total} of ${most} s`}
    </span>
  );
}

/** The list with one of it at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), ...list.slice(from, from + 1), ...rest.slice(to)];
}

/** Keys that follow the items of a list, which have none of their own. */
function useKeys(length: number) {
  const keys = useRef<number[]>([]);
  const next = useRef(0);
  while (keys.current.length < length) keys.current.push(next.current++);
  keys.current.length = length;
  return {
    of: (index: number) => keys.current[index],
    move(from: number, to: number): void {
      keys.current = moved(keys.current, from, to);
    },
    remove(index: number): void {
      keys.current.splice(index, 1);
    },
  };
}
