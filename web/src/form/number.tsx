import { useSignal } from "@preact/signals";
import { Icon } from "../ui/icon";
import type { FieldProps } from "./field";
import { Frame, wiring } from "./frame";
import { titleOf, unitOf } from "./kind";

/** A slider with its number where both ends are told, else a number alone. */
export function NumberField({ place, name, schema, value, required, onChange }: FieldProps) {
  const { minimum, maximum, type, description } = schema;
  const title = titleOf(name, schema);
  const shown = (value ?? schema.default) as number | undefined;
  const wired = wiring(place, description);
  const ranged = minimum !== undefined && maximum !== undefined;
  const step = type === "integer" ? 1 : ranged ? fine(maximum - minimum) : "any";
  const unit = unitOf(name, schema);
  return (
    <Frame place={place} title={title} hint={description} required={required}>
      <div class="number-field">
        {ranged && (
          <input
            type="range"
            aria-label={`${title}, slider`}
            aria-valuetext={shown === undefined ? "not chosen" : `${shown}${unit}`}
            min={minimum}
            max={maximum}
            step={step}
            value={shown ?? minimum}
            onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
          />
        )}
        <NumberInput
          wired={wired}
          value={shown}
          whole={type === "integer"}
          onChange={onChange}
          placeholder={schema.default === undefined ? "Not chosen" : String(schema.default)}
        />
        {unit && <span class="number-unit">{unit}</span>}
      </div>
    </Frame>
  );
}

/** A step that a slider can make a hundred of. */
function fine(span: number): number {
  return 10 ** Math.floor(Math.log10(span / 100 || 1));
}

interface NumberInputProps {
  wired: ReturnType<typeof wiring>;
  value: number | undefined;
  whole: boolean;
  placeholder: string;
  onChange: (value: number | undefined) => void;
}

/**
 * A number as somebody writes it: what is on the way to one stays as it is until they are done.
 *
 * No `type=number`: it would turn with the mouse's wheel and hide what it cannot read.
 */
function NumberInput({ wired, value, whole, placeholder, onChange }: NumberInputProps) {
  const writing = useSignal<string | null>(null);
  const shown = writing.value ?? (value === undefined ? "" : String(value));
  const step = (by: number): void => {
    writing.value = null;
    onChange(Number(((value ?? 0) + by).toFixed(10)));
  };
  return (
    <input
      {...wired}
      type="text"
      class="number-input"
      inputMode={whole ? "numeric" : "decimal"}
      autocomplete="off"
      placeholder={placeholder}
      value={shown}
      onInput={(event) => {
        const text = event.currentTarget.value;
        writing.value = text;
        const number = numberOf(text);
        onChange(number === null ? undefined : number);
      }}
      onBlur={() => {
        writing.value = null;
      }}
      onKeyDown={(event) => {
        const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (!by || event.isComposing) return;
        event.preventDefault();
        step(by);
      }}
    />
  );
}

/** The number that a text says, with either decimal sign; null where it says none. */
export function numberOf(text: string): number | null {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() && Number.isFinite(number) ? number : null;
}

/** Numbers are drawn from as many as the server draws them from. */
const SEEDS = 2 ** 31;

/** A seed: drawn anew for each generation unless one is kept. */
export function SeedField({ place, name, schema, value, onChange }: FieldProps) {
  const hint = schema.description ?? "The same seed and input make the same video.";
  return (
    <Frame place={place} title={titleOf(name, schema)} hint={hint}>
      <div class="number-field">
        <NumberInput
          wired={wiring(place, hint)}
          value={value as number | undefined}
          whole
          placeholder="Random"
          onChange={onChange}
        />
        {value === undefined ? (
          <button
            class="button"
            type="button"
            onClick={() => onChange(Math.floor(Math.random() * SEEDS))}
          >
            <Icon name="dice" />
            Keep one
          </button>
        ) : (
          <button class="button" type="button" onClick={() => onChange(undefined)}>
            <Icon name="close" />
            Random
          </button>
        )}
      </div>
    </Frame>
  );
}
