import { model } from "./draft";

export function Workbench() {
  return <h1>{model.value?.display_name}</h1>;
}
