import { idOf } from "../form/frame";
import { Counter } from "../form/text";
import { model, prompt, set } from "../workbench/draft";
import { MentionField } from "./mention-field";
import { References } from "./reference-row";

interface PromptBoxProps {
  /** Ctrl or Cmd and Enter. */
  onRun?: () => void;
}

/** What should change, or be seen: the one field that every model has. */
export function PromptBox({ onRun }: PromptBoxProps) {
  const of = model.value;
  const schema = of?.request_schema.properties?.["prompt"];
  if (!of || !schema) return null;
  const { required = [] } = of.request_schema;
  const edits = required.includes("input_video") && !required.includes("input_image");
  return (
    <div class="field prompt-box" data-place="prompt">
      <div class="field-head">
        <label for={idOf("prompt")}>Prompt</label>
        <Counter text={prompt.value} most={schema.maxLength} />
      </div>
      <MentionField
        place="prompt"
        text={prompt.value}
        placeholder={edits ? "What should change?" : "What should be seen?"}
        required={required.includes("prompt")}
        onText={(text) => set("prompt", text)}
        onRun={onRun}
      />
      <References area={idOf("prompt")} />
    </div>
  );
}
