import type { FieldProps } from "./field";
import { Frame, GroupFrame, idOf, Under, wiring } from "./frame";
import { optionOf, titleOf } from "./kind";

/** Options and letters that fit into one row of buttons. */
const MOST_BUTTONS = 4;
const MOST_LETTERS = 28;

/** One of a few as buttons side by side, one of many as a list. */
export function ChoiceField(props: FieldProps) {
  const { name, schema } = props;
  const options = schema.enum ?? [];
  const words = options.map((one) => optionOf(name, schema, one));
  if (schema.default === undefined) words.unshift(NONE);
  const short = words.length <= MOST_BUTTONS && words.join("").length <= MOST_LETTERS;
  return short ? <Segments {...props} /> : <Select {...props} />;
}

/** What to call the state in which nothing is sent. */
const NONE = "Auto";

function Segments({ place, name, schema, value, required, onChange }: FieldProps) {
  const chosen = value ?? schema.default;
  const options = schema.default === undefined && !required ? [undefined] : [];
  return (
    <GroupFrame
      place={place}
      title={titleOf(name, schema)}
      hint={schema.description}
      required={required}
    >
      <div class="segments">
        {[...options, ...(schema.enum ?? [])].map((one) => (
          <label key={String(one)} class="segment">
            <input
              class="visually-hidden"
              type="radio"
              name={idOf(place)}
              checked={one === chosen}
              aria-invalid={wiring(place)["aria-invalid"]}
              onChange={() => onChange(one)}
            />
            <span>{one === undefined ? NONE : optionOf(name, schema, one)}</span>
          </label>
        ))}
      </div>
    </GroupFrame>
  );
}

function Select({ place, name, schema, value, required, onChange }: FieldProps) {
  const options = schema.enum ?? [];
  const chosen = options.indexOf((value ?? schema.default) as string);
  return (
    <Frame
      place={place}
      title={titleOf(name, schema)}
      hint={schema.description}
      required={required}
    >
      <select
        {...wiring(place, schema.description)}
        value={chosen}
        onChange={(event) => onChange(options[Number(event.currentTarget.value)])}
      >
        {schema.default === undefined && <option value={-1}>{required ? "Choose…" : NONE}</option>}
        {options.map((one, index) => (
          <option key={one} value={index}>
            {optionOf(name, schema, one)}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** Any of several. */
export function ChoicesField({ place, name, schema, value, required, onChange }: FieldProps) {
  const items = schema.items ?? {};
  const chosen = (value ?? schema.default ?? []) as readonly (string | number)[];
  const toggled = (one: string | number): readonly (string | number)[] =>
    (items.enum ?? []).filter((other) => (other === one) !== chosen.includes(other));
  return (
    <GroupFrame
      place={place}
      title={titleOf(name, schema)}
      hint={schema.description}
      required={required}
    >
      <div class="row">
        {(items.enum ?? []).map((one) => (
          <label key={one} class="check">
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              aria-invalid={wiring(place)["aria-invalid"]}
              onChange={() => onChange(toggled(one))}
            />
            {optionOf(name, items, one)}
          </label>
        ))}
      </div>
    </GroupFrame>
  );
}

/** On or off. */
export function SwitchField({ place, name, schema, value, onChange }: FieldProps) {
  const wired = wiring(place, schema.description);
  return (
    <div class="field switch-field" data-place={place}>
      <label class="switch" for={wired.id}>
        <span>{titleOf(name, schema)}</span>
        <input
          {...wired}
          type="checkbox"
          checked={Boolean(value ?? schema.default)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      </label>
      <Under place={place} hint={schema.description} />
    </div>
  );
}
