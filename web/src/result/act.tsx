import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { said } from "../api/client";
import { notice } from "../shell/notices";
import { Icon, type IconName } from "../ui/icon";

interface ActProps {
  icon: IconName;
  act: () => unknown;
  /** Why it cannot be done. */
  off?: string | null;
  title?: string;
  accent?: boolean;
  children: ComponentChildren;
}

/** A button that says what went wrong. */
export function Act({ icon, act, off = null, title, accent, children }: ActProps) {
  const busy = useSignal(false);
  return (
    <button
      class={accent ? "button accent" : "button"}
      type="button"
      disabled={busy.value || off !== null}
      title={off ?? title}
      onClick={async () => {
        busy.value = true;
        try {
          await act();
        } catch (error) {
          notice("error", said(error));
        }
        busy.value = false;
      }}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
