/** Light or dark: the system's choice until somebody makes another. */

import { effect, signal } from "@preact/signals";
import { stored } from "../ui/stored";

const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const saved = stored<Theme>("theme", "system");
export const theme = signal<Theme>(THEMES.includes(saved.get()) ? saved.get() : "system");

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === "system") delete dataset["theme"];
  else dataset["theme"] = theme.value;
  saved.set(theme.value);
});

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
}
