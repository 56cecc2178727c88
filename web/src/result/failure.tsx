import { type Generation, retry } from "../generations/generations";
import { go, hashOf } from "../route";
import { Icon } from "../ui/icon";
import { Act } from "./act";
import { editRequest } from "./again";
import { Code } from "./code";
import { Facts } from "./facts";

/** What to do about each `error_type`; what is not named here is a fault of the server. */
const ADVICE: Readonly<Record<string, string>> = {
  cannot_do: "Say it in another way, or leave out what it cannot do. Nothing was charged.",
  invalid_params: "Change what the sentence names and ask again. Nothing was charged.",
  insufficient_credits: "Add credit, or ask for something shorter. Nothing was charged.",
  upstream: "The engine failed while it worked. Trying again may help. Nothing was charged.",
  forbidden: "Nothing was charged.",
  resource_not_found:
    "A file of the request is no longer there. Choose it again. Nothing was charged.",
};
const OTHERWISE =
  "This is a fault of the server, whose log has the details. Trying again may help. Nothing was charged.";

/** Whether the same request may have a better end. */
const MAY_PASS = new Set(["upstream", "unknown_error", "insufficient_credits", "timeout"]);

export function Failure({ row }: { row: Generation }) {
  const type = row.error_type ?? "unknown_error";
  const again = MAY_PASS.has(type);
  const sentence = row.error_message ?? "It failed, and did not say why.";
  return (
    <section class="result-failure stack" aria-label="It failed">
      <div class="result-wrong">
        <Icon name="warning" />
        <div class="stack">
          <p class="result-sentence">{sentence}</p>
          <p class="soft">
            {ADVICE[type] ?? OTHERWISE}
            {type === "insufficient_credits" && (
              <>
                {" "}
                <a href={hashOf({ page: "account" })}>Your account</a>
              </>
            )}
          </p>
        </div>
      </div>
      <div class="row">
        <Act icon="edit" accent={!again} act={() => editRequest(row, sentence)}>
          Edit the request
        </Act>
        <Act
          icon="retry"
          accent={again}
          act={async () => go({ page: "generation", id: await retry(row.generation_id) })}
        >
          Retry
        </Act>
      </div>
      {row.prompt && <p class="result-prompt">{row.prompt}</p>}
      <Facts row={row} url={null} />
      <Code row={row} />
    </section>
  );
}
