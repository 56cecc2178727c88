import { useSignal } from "@preact/signals";
import { MentionField } from "../prompt/mention-field";
import { Icon } from "../ui/icon";
import { letters } from "./checks";
import type { FieldProps } from "./field";
import { Frame, GroupFrame, idOf, wiring } from "./frame";
import { itemOf, kindOf, titleOf } from "./kind";

export function TextField({ place, name, schema, value, required, onChange }: FieldProps) {
  const text = String(value ?? "");
  const { description, maxLength } = schema;
  const controls = {
    ...wiring(place, description),
    value: text,
    placeholder: schema.default == null ? undefined : String(schema.default),
  };
  return (
    <Frame
      place={place}
      title={titleOf(name, schema)}
      hint={description}
      required={required}
      aside={<Counter text={text} most={maxLength} />}
    >
      {kindOf(name, schema) === "long-text" ? (
        <textarea
          {...controls}
          rows={2}
          onInput={(event) => onChange(event.currentTarget.value || undefined)}
        />
      ) : (
        <input
          {...controls}
          type="text"
          onInput={(event) => onChange(event.currentTarget.value || undefined)}
        />
      )}
    </Frame>
  );
}

/** A prompt that is not the whole request's: of a shot. */
export function PromptField({ place, name, schema, value, required, onChange }: FieldProps) {
  const text = String(value ?? "");
  const id = idOf(place);
  return (
    <div class="field" data-place={place}>
      <div class="field-head">
        <label for={id}>{titleOf(name, schema)}</label>
        <Counter text={text} most={schema.maxLength} />
      </div>
      <MentionField
        place={place}
        text={text}
        rows={2}
        hint={schema.description}
        required={required}
        onText={onChange}
      />
    </div>
  );
}

/** How much of a text's room is used, once that is worth knowing. */
export function Counter({ text, most }: { text: string; most: number | undefined }) {
  if (most === undefined) return null;
  const count = letters(text);
  const near = count > most * 0.9;
  return (
    <span class={`counter ${count > most ? "over" : ""}`}>
      {(near || count > 0) && `${count} / ${most}`}
      <span class="visually-hidden" role="status">
        {count > most ? `${count - most} letters too many` : near ? "Almost full" : ""}
      </span>
    </span>
  );
}

/** Texts or numbers, a line each. */
export function LinesField({ place, name, schema, value, required, onChange }: FieldProps) {
  const title = titleOf(name, schema);
  const items = schema.items ?? {};
  const list = (value ?? schema.default ?? []) as readonly (string | number)[];
  const asNumber = kindOf("", items) === "number";
  const put = (index: number, text: string): void => {
    const number = Number(text.replace(",", "."));
    const one = asNumber && text.trim() && !Number.isNaN(number) ? number : text;
    onChange(list.map((other, at) => (at === index ? one : other)));
  };
  const full = list.length >= (schema.maxItems ?? Number.POSITIVE_INFINITY);
  return (
    <GroupFrame place={place} title={title} hint={schema.description} required={required}>
      {list.map((one, index) => (
        <div class="line" key={index}>
          <input
            {...wiring(`${place}[${index}]`)}
            type="text"
            inputMode={asNumber ? "decimal" : "text"}
            aria-label={`${itemOf(title)} ${index + 1}`}
            value={String(one)}
            onInput={(event) => put(index, event.currentTarget.value)}
          />
          <button
            class="button quiet square"
            type="button"
            aria-label={`Remove ${itemOf(title)} ${index + 1}`}
            onClick={() => onChange(list.filter((_, at) => at !== index))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button
        id={idOf(place)}
        class="button slim add"
        type="button"
        disabled={full}
        onClick={() => onChange([...list, asNumber ? (items.minimum ?? 0) : ""])}
      >
        <Icon name="plus" />
        Add
      </button>
    </GroupFrame>
  );
}

/** Whatever there is no better control for. */
export function JsonField({ place, name, schema, value, required, onChange }: FieldProps) {
  const writing = useSignal<string | null>(null);
  const wrong = useSignal(false);
  const hint = `${schema.description ? `${schema.description} ` : ""}Written as JSON.`;
  const shown = value ?? schema.default;
  return (
    <Frame place={place} title={titleOf(name, schema)} hint={hint} required={required}>
      <textarea
        {...wiring(place, hint)}
        class="code"
        rows={3}
        spellcheck={false}
        aria-invalid={wrong.value || wiring(place)["aria-invalid"]}
        value={writing.value ?? (shown === undefined ? "" : JSON.stringify(shown, null, 2))}
        onInput={(event) => {
          const text = event.currentTarget.value;
          writing.value = text;
          try {
            onChange(text.trim() ? JSON.parse(text) : undefined);
            wrong.value = false;
          } catch {
            wrong.value = true;
          }
        }}
        onBlur={() => {
          if (!wrong.value) writing.value = null;
        }}
      />
      {wrong.value && <p class="error">This is no JSON yet; the last that was is kept.</p>}
    </Frame>
  );
}
