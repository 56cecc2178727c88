import { ElementPicker } from "../elements/element-picker";
import { MediaField } from "../footage/field";
import { MediaList } from "../footage/list";
import type { Schema } from "../models/models";
import { label } from "../prompt/mentions";
import { groups } from "../prompt/references";
import { type ElementValue, errors } from "../workbench/draft";
import { ChoiceField, ChoicesField, SwitchField } from "./choice";
import { kindOf, titleOf } from "./kind";
import { NumberField, SeedField } from "./number";
import { ObjectField, ObjectsField } from "./objects";
import { JsonField, LinesField, PromptField, TextField } from "./text";

export interface FieldProps {
  /** The parameter, or a place within one such as `multi_prompt[1].prompt`: what its errors go by. */
  place: string;
  /** The parameter's own name, or that within its object. */
  name: string;
  schema: Schema;
  /** undefined: not chosen; then the default holds. */
  value: unknown;
  required?: boolean | undefined;
  onChange: (value: unknown) => void;
}

/** The control that a schema asks for. */
export function Field(props: FieldProps) {
  switch (kindOf(props.name, props.schema)) {
    case "media":
    case "media-list":
    case "elements":
      return <Media {...props} />;
    case "switch":
      return <SwitchField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "choices":
      return <ChoicesField {...props} />;
    case "number":
      return <NumberField {...props} />;
    case "seed":
      return <SeedField {...props} />;
    case "prompt":
      return <PromptField {...props} />;
    case "text":
    case "long-text":
      return <TextField {...props} />;
    case "objects":
      return <ObjectsField {...props} />;
    case "object":
      return <ObjectField {...props} />;
    case "list":
      return <LinesField {...props} />;
    case "json":
      return <JsonField {...props} />;
  }
}

function Media({ place, name, schema, value, required, onChange }: FieldProps) {
  const group = groups.value.find(({ field }) => field === place);
  const common = {
    schema,
    label: titleOf(name, schema),
    hint: schema.description,
    error: errors.value[place],
    required,
  };
  return (
    <div class="media-field" data-place={place}>
      {schema.items?.properties ? (
        <ElementPicker
          {...common}
          value={(value ?? []) as readonly ElementValue[]}
          onChange={onChange}
        />
      ) : schema.items ? (
        <MediaList
          {...common}
          value={(value ?? []) as readonly string[]}
          mention={group && ((index) => label(group.kind, index + 1))}
          onChange={onChange}
        />
      ) : (
        <MediaField {...common} value={(value ?? null) as string | null} onChange={onChange} />
      )}
    </div>
  );
}
