import { useSignal } from "@preact/signals";
import mark from "../mark.svg";
import { hashOf, route } from "../route";
import { me, session } from "../session/session";
import { dollars } from "../ui/format";
import { Icon } from "../ui/icon";
import { nextTheme, theme } from "./theme";

const PAGES = [
  { page: "workbench", name: "Edit" },
  { page: "history", name: "History" },
  { page: "account", name: "Account" },
] as const;

export function Header() {
  const here = route.value.page;
  return (
    <header class="header">
      <a class="header-mark" href="#/" aria-label="cutroom, the workbench">
        <img src={mark} alt="" width="24" height="24" />
        <span>cutroom</span>
      </a>
      {session.value?.user && (
        <nav aria-label="Pages">
          {PAGES.map(({ page, name }) => (
            <a key={page} href={hashOf({ page })} aria-current={here === page ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
      )}
      <span class="header-gap" />
      {me.value && (
        <a class="header-balance" href="#/account" title="What is left to spend">
          <span class="visually-hidden">Balance: </span>
          {dollars(me.value.free)}
        </a>
      )}
      <ThemeButton />
    </header>
  );
}

function ThemeButton() {
  const told = useSignal("");
  const { name, icon } = THEMES[theme.value];
  return (
    <>
      <button
        class="button quiet square"
        type="button"
        title={`Colours: ${name}`}
        aria-label={`Colours: ${name}. Change`}
        onClick={() => {
          nextTheme();
          told.value = `Colours: ${THEMES[theme.value].name}`;
        }}
      >
        <Icon name={icon} />
      </button>
      <span class="visually-hidden" role="status">
        {told}
      </span>
    </>
  );
}

const THEMES = {
  system: { name: "as the system has them", icon: "contrast" },
  light: { name: "light", icon: "sun" },
  dark: { name: "dark", icon: "moon" },
} as const;
