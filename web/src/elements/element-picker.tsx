import type { Schema } from "../models/models";
import type { ElementValue } from "../workbench/draft";

export interface ElementPickerProps {
  schema: Schema;
  value: readonly ElementValue[];
  onChange: (value: readonly ElementValue[]) => void;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

export function ElementPicker({ label }: ElementPickerProps) {
  return <p>{label}</p>;
}
