import { signal } from "@preact/signals";
import { Icon } from "../ui/icon";

interface Notice {
  id: number;
  kind: "error" | "done";
  text: string;
}

const notices = signal<readonly Notice[]>([]);
let count = 0;

/** Tell something that belongs to no field: errors stay until they are dismissed, the rest goes by itself. */
export function notice(kind: Notice["kind"], text: string): void {
  if (notices.value.some((one) => one.text === text)) return;
  const id = ++count;
  notices.value = [...notices.value, { id, kind, text }];
  if (kind === "done") setTimeout(() => dismiss(id), 6_000);
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id);
}

export function Notices() {
  return (
    <section class="notices" aria-label="Notices" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <div key={id} class={`notice ${kind}`}>
          <Icon name={kind === "error" ? "warning" : "check"} />
          <p>{text}</p>
          <button
            class="button quiet square"
            type="button"
            aria-label="Dismiss"
            onClick={() => dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
